# SPDX-License-Identifier: GPL-3.0-or-later
"""A message that is moved on, or removed, while the server is just being told where it goes."""

import contextlib

import pytest
from desk import letter
from imapd import Imapd
from odddesk import OddDesk
from test_undo import Session, wanted
from wire import Refused, Wire

UIDPLUS, PLAIN = "IMAP4rev1 UIDPLUS UNSELECT MOVE", "IMAP4rev1 UNSELECT"
ALL = wanted(0, 1, 2)


@pytest.fixture(params=[UIDPLUS, PLAIN], ids=["UIDPLUS", "plain"])
def session(certificate, request):
    desk = OddDesk(certificate, Imapd({"INBOX": [letter(i) for i in range(3)], "Archive": [], "Work": [], "Trash": []}, capabilities=request.param))
    session = Session(desk)
    yield session
    session.close()
    desk.close()


def meanwhile(session, acts, fate="done"):
    """While the server is told of the first move, a user does `acts`; then it is done, or is cut off before or behind."""
    imapd = session.desk.imapd
    command = "UID MOVE" if "MOVE" in imapd.capabilities else "UID COPY"

    def slowly(talk, tag, words):
        imapd.odd.clear()
        user = Wire(session.desk.home.data)
        acts(user)
        user.close()
        if fate == "cut behind":
            imapd.take_over(type("Deaf", (), {"box": talk.box, "say": lambda *_: None}), tag, words, command == "UID MOVE")
        if fate == "refused":
            talk.say(f"{tag} NO not now")
        if fate.startswith("cut"):
            talk.connection.close()
        return fate != "done"

    imapd.odd[command] = slowly
    session.ask("MOVE", session.inbox, [session.lids[1]], session.url("Archive"))
    for _round in range(3):
        with contextlib.suppress(Refused):
            session.sync()
    assert command not in imapd.odd


def move(session, folder, to):
    return lambda user: user.ask("MOVE", user.open(session.url(folder)), [session.desk_lids(folder)[-1]], session.url(to))


def settled(session):
    """Nothing waits and both sides are the same, but for what a server without UIDPLUS keeps marked: {folder: letters}."""
    assert [kind for kind, *_ in session.desk.steps() if kind != "left"] == []
    here = session.here()
    for name, box in session.desk.imapd.boxes.items():
        assert sorted(text.partition(b"Message-ID: ")[2].split()[0].decode() for text, flags, *_ in box.messages.values()
                      if "\\Deleted" not in flags) == here[name], name
    return here


FATES = pytest.mark.parametrize("fate", ["done", "cut before", "cut behind", "refused"])


@FATES
def test_g3_what_is_moved_on_while_its_move_is_told_is_there_once(session, fate):
    meanwhile(session, move(session, "Archive", "Work"), fate)
    here = settled(session)
    assert (here["INBOX"], here["Archive"], here["Work"]) == (wanted(0, 2), [], wanted(1))


@FATES
def test_g3_what_is_moved_on_twice_while_its_move_is_told_is_there_once(session, fate):
    def acts(user):
        move(session, "Archive", "Work")(user)
        move(session, "Work", "Trash")(user)

    meanwhile(session, acts, fate)
    here = settled(session)
    assert (here["INBOX"], here["Archive"], here["Work"], here["Trash"]) == (wanted(0, 2), [], [], wanted(1))


@FATES
def test_g3_what_is_moved_back_while_its_move_is_told_is_back_once(session, fate):
    meanwhile(session, move(session, "Archive", "INBOX"), fate)
    here = settled(session)
    assert (here["INBOX"], here["Archive"]) == (ALL, [])


@FATES
def test_g1_what_is_moved_on_and_undone_while_its_move_is_told_is_back(session, fate):
    def acts(user):
        move(session, "Archive", "Work")(user)
        move(session, "Work", "INBOX")(user)

    meanwhile(session, acts, fate)
    here = settled(session)
    assert (here["INBOX"], here["Archive"], here["Work"]) == (ALL, [], [])


@FATES
def test_p44_what_is_deleted_while_its_move_is_told_does_not_come_back(session, fate):
    meanwhile(session, lambda user: user.ask("REMOVE", user.open(session.url("Archive")), [session.desk_lids("Archive")[-1]]), fate)
    here = settled(session)
    assert (here["INBOX"], here["Archive"]) == (wanted(0, 2), [])


@FATES
def test_p44_what_is_moved_to_this_computer_while_its_move_is_told_is_not_left_there(session, fate):
    local = session.desk.home.path / "kept"
    session.ask("CREATE", str(local))
    meanwhile(session, lambda user: user.ask("MOVE", user.open(session.url("Archive")), [session.desk_lids("Archive")[-1]], str(local)), fate)
    here = settled(session)
    assert (here["INBOX"], here["Archive"]) == (wanted(0, 2), [])
    assert [b"letter-1@" in path.read_bytes() for part in ("cur", "new") for path in (local / part).iterdir()] == [True]
