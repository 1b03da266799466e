# SPDX-License-Identifier: GPL-3.0-or-later
"""A server that says OK to a move without saying what it moved: what is in neither folder is given to it again."""

import pytest
from desk import letter
from imapd import Imapd
from odddesk import OddDesk
from test_undo import Session

CAPABILITIES = pytest.mark.parametrize("capabilities", ["IMAP4rev1 UNSELECT", "IMAP4rev1 MOVE UNSELECT", "IMAP4rev1 UIDPLUS MOVE UNSELECT"])
NAMED = pytest.mark.parametrize("named", [True, False], ids=["with Message-ID", "without"])


def text(i, named):
    return letter(i) if named else letter(i).replace(b"Message-ID", b"X-Was")


@pytest.fixture
def session(certificate, capabilities, named):
    desk = OddDesk(certificate, Imapd({"INBOX": [text(i, named) for i in range(3)], "Archive": []}, capabilities=capabilities))
    session = Session(desk)
    yield session
    session.close()
    desk.close()


def meanwhile(session, act):
    imapd = session.desk.imapd
    command = "UID MOVE" if "MOVE" in imapd.capabilities else "UID COPY"

    def once(talk, tag, words):
        del imapd.odd[command]
        return act(talk, tag, words)

    imapd.odd[command] = once
    session.ask("MOVE", session.inbox, [session.lids[1]], session.url("Archive"))
    for _round in range(4):
        session.sync()
    assert command not in imapd.odd


def there(session, name):
    return [body for body, flags, *_ in session.desk.imapd.boxes[name].messages.values() if "\\Deleted" not in flags]


@CAPABILITIES
@NAMED
def test_d48_what_went_just_before_it_was_moved_is_appended(session, named):
    meanwhile(session, lambda talk, tag, words: talk.box.remove(2))
    assert [b"letter-1@" in body for body in there(session, "Archive")] == [True]
    assert len(session.desk.files("Archive")) == 1
    assert [kind for kind, *_ in session.desk.steps() if kind != "left"] == []


@CAPABILITIES
@NAMED
def test_d48_what_no_search_finds_where_it_was_moved_is_there_once(session, named):
    session.desk.imapd.odd["UID SEARCH"] = lambda talk, tag, words: "HEADER" in words and (talk.say("* SEARCH", f"{tag} OK done") or True)
    meanwhile(session, lambda talk, tag, words: False)
    assert [b"letter-1@" in body for body in there(session, "Archive")] == [True]
    assert len(session.desk.files("Archive")) == 1
    assert [kind for kind, *_ in session.desk.steps() if kind != "left"] == []
    assert not any(line.startswith("APPEND") for line in session.desk.imapd.asked)
