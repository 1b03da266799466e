# SPDX-License-Identifier: GPL-3.0-or-later
"""A server that was set back to its backup gives out UIDs once more (P33): what waits for it means other messages."""

import contextlib

import pytest
from desk import letter
from imapd import Imapd
from odddesk import OddDesk
from test_undo import Session
from wire import Refused

CAPABILITIES = ["IMAP4rev1 UIDPLUS UNSELECT MOVE", "IMAP4rev1 UIDPLUS UNSELECT MOVE CONDSTORE", "IMAP4rev1 UNSELECT"]


@pytest.fixture(params=CAPABILITIES, ids=["plain", "condstore", "no UIDPLUS"])
def session(certificate, request):
    desk = OddDesk(certificate, Imapd({"INBOX": [letter(i) for i in range(5)], "Archive": []}, capabilities=request.param))
    session = Session(desk)
    yield session
    session.close()
    desk.close()


def set_back(session):
    """As it was with three messages; one has come since."""
    box = session.desk.inbox()
    for uid in (4, 5):
        del box.messages[uid]
    box.uidnext = 4
    box.add(letter(10))
    session.desk.fake.away(False)


def settle(session):
    for _round in range(3):
        with contextlib.suppress(Refused):
            session.sync()


def kept(session, folder="INBOX"):
    """Of which nothing there says that they go."""
    return sorted(text.partition(b"Message-ID: <letter-")[2].partition(b"@")[0].decode()
                  for text, flags, *_ in session.desk.imapd.boxes[folder].messages.values() if "\\Deleted" not in flags)


def test_p33_a_deletion_hits_no_message_that_was_given_its_uid(session):
    session.away()
    session.ask("REMOVE", session.inbox, [session.lids[3]])
    set_back(session)
    settle(session)
    assert kept(session) == ["0", "1", "10", "2", "4"]
    assert not [kind for kind, *_ in session.desk.steps() if kind != "left"]
    assert session.here()["INBOX"] == sorted(f"<letter-{i}@example.net>" for i in (0, 1, 2, 4, 10))


def test_p33_a_move_takes_no_message_that_was_given_its_uid(session):
    session.away()
    session.ask("MOVE", session.inbox, [session.lids[3]], session.url("Archive"))
    set_back(session)
    settle(session)
    assert kept(session) == ["0", "1", "10", "2", "4"]
    assert kept(session, "Archive") == ["3"]
    assert session.desk.steps() == []


def test_p33_what_is_told_before_the_mailbox_was_listed_waits_for_that(session):
    """It was set back while the engine waited in another mailbox, and nothing but the deletion is to be told."""
    archive = session.wire.open(session.url("Archive"))
    session.ask("SYNC", [session.url("Archive")], True)
    selected = [said for said in session.desk.imapd.asked if said.startswith(("SELECT", "EXAMINE"))]
    assert "Archive" in selected[-1]
    session.desk.imapd.asked.clear()
    box = session.desk.inbox()
    for uid in (4, 5):
        del box.messages[uid]
    box.uidnext = 4
    box.add(letter(10))
    session.ask("REMOVE", session.inbox, [session.lids[3]])
    settle(session)
    assert kept(session) == ["0", "1", "10", "2", "4"]
    session.ask("CLOSE", archive)
