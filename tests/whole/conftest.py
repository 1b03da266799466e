# SPDX-License-Identifier: GPL-3.0-or-later
"""Fixtures of the whole-program tests: real servers, a home with a muttrc, the real programs."""

import pathlib
import sys
import zlib

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "lab"))

from home import Home  # noqa: E402
from servers import Lab  # noqa: E402



@pytest.fixture
def lab():
    """A fresh set of servers: lab.dovecot(), lab.submission(dovecot=…)."""
    with Lab() as lab:
        yield lab


@pytest.fixture
def home():
    """An empty home; home.muttrc(text) or home.account(dovecot, submission) configures it."""
    home = Home()
    yield home
    home.close()


@pytest.fixture
def server(lab):
    """A Dovecot with the user anna."""
    return lab.dovecot()


@pytest.fixture
def account(lab, server, home):
    """A home with an IMAP account and submission on private servers: account.server, account.sink."""
    home.server, home.sink = server, lab.submission(dovecot=server)
    return home.account(server, home.sink)


def message(subject="hello", sender="Bob <bob@example.net>", to="anna@example.org", body="text\n", extra="",
            date="Mon, 02 Nov 2026 10:00:00 +0000", ident=None):
    """A small message as bytes."""
    ident = ident or f"<{zlib.crc32(repr((subject, sender, date, body)).encode())}@example.net>"
    return (f"From: {sender}\nTo: {to}\nSubject: {subject}\nDate: {date}\nMessage-ID: {ident}\n"
            f"MIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n"
            f"{extra}\n{body}").encode()


@pytest.fixture
def make_message():
    return message
