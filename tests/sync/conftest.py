# SPDX-License-Identifier: GPL-3.0-or-later
"""Fixtures of the engine's tests: an account on a private Dovecot."""

import pytest
from desk import Desk, letter
from imapd import Imapd
from odddesk import big, odd_desks
from servers import Lab


@pytest.fixture
def desk(lab):
    desk = Desk(lab)
    yield desk
    desk.close()


@pytest.fixture
def filled(desk):
    """Ten messages at the server, flagged S by turns, synced once."""
    desk.server.fill([letter(i) for i in range(10)], flags=lambda i: "S" if i % 2 else "")
    desk.once()
    return desk


@pytest.fixture(scope="module")
def certificate():
    with Lab() as lab:
        yield lab.certificate


@pytest.fixture
def odd(certificate):
    """odd(boxes, capabilities) gives a desk that was synced once."""
    def imapd(boxes=None, **options):
        return Imapd(boxes or {"INBOX": [letter(i) for i in range(5)]}, **options)

    with odd_desks(certificate, imapd) as make:
        yield make


@pytest.fixture
def partial(odd):
    """Three small letters and three big ones, which are here as headers."""
    desk = odd({"INBOX": [letter(i) for i in range(3)] + [big(i) for i in range(3)], "Archive": []}, once=False)
    desk.add("set imap_keep_size=1")
    desk.once()
    assert len(desk.headers()) == 3
    desk.imapd.asked.clear()
    return desk
