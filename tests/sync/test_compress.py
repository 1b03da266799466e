# SPDX-License-Identifier: GPL-3.0-or-later
"""COMPRESS=DEFLATE (RFC 4978): asked for where the server has it and is far away, and it changes nothing but bytes."""

import pytest
from desk import Desk, letter
from far import Far
from minute import live_a_minute
from servers import Lab

ZLIB = "protocol imap {\n  mail_plugins = imap_zlib\n}\n"
BODY = "What is said again and again takes less room.\n" * 200


@pytest.fixture(scope="module")
def servers():
    with Lab() as lab:
        yield lab


@pytest.fixture
def far(servers):
    """A desk whose Dovecot compresses and is reached over desk.far."""
    desk = Desk(servers, extra=ZLIB)
    desk.far = Far(desk.server.imaps)
    desk.home.account(desk.server, port=desk.far.port)
    yield desk
    desk.far.close()
    desk.close()
    desk.server.stop()


def test_p59_messages_come_compressed_and_are_the_same(far):
    letters = [letter(i, body=BODY) for i in range(30)]
    far.server.fill(letters)
    far.once()
    assert "compressed from now on" in far.log()
    assert far.far.down < sum(map(len, letters)) // 4
    assert sorted(path.read_bytes() for path in far.files()) == sorted(letters)
    far.agree()


def test_both_sides_end_the_same(far):
    live_a_minute(far)
    assert "compressed from now on" in far.log()
    far.settle()


def test_nothing_is_compressed_where_it_is_not_wanted(far):
    far.home.account(far.server, port=far.far.port, more="unset imap_deflate\n")
    far.server.fill([letter(1)])
    far.once()
    assert "compressed from now on" not in far.log() and "COMPRESS DEFLATE" not in far.log()
    far.agree()
