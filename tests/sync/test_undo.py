# SPDX-License-Identifier: GPL-3.0-or-later
"""What the user did is taken back, one act after the other, before and after the server heard of it."""

import sqlite3

import pytest
from desk import letter, wanted
from imapd import Imapd
from odddesk import OddDesk
from wire import Refused, Wire

SEEN, FLAGGED, ANSWERED = 1 << 4, 1 << 1, 1 << 3


class Session:
    """A desk, a program at its engine, and the INBOX's lids by letter."""

    def __init__(self, desk):
        self.desk = desk
        self.open()

    def open(self, env=None):
        self.wire = self.desk.start(env)
        self.wire.ask("SYNC", [], True)
        self.inbox = self.wire.open(self.desk.url + "INBOX")
        self.archive = self.wire.open(self.desk.url + "Archive")
        self.lids = {uid - 1: lid for uid, lid in self.desk.numbers()}

    def ask(self, name, *values):
        return self.wire.ask(name, *values)

    def url(self, name):
        return self.desk.url + name

    def undo(self):
        """(act, folder, messages, left)"""
        [(kind, name, n, left)] = self.ask("UNDO")
        return kind, name.removeprefix(self.desk.url), n, left

    def desk_lids(self, folder):
        """Lids of a folder, ascending."""
        db = sqlite3.connect(f"file:{self.desk.home.data}/state.db?mode=ro", uri=True)
        try:
            return [lid for lid, in db.execute("SELECT lid FROM messages JOIN mailboxes ON number = mailbox WHERE folder = ? ORDER BY lid", (folder,))]
        finally:
            db.close()

    def away(self):
        """Nobody reaches the server, and the engine knows."""
        self.desk.fake.away()
        self.desk.until(lambda: self.ask("STATUS")[0][2] == "waiting")

    def sync(self):
        self.ask("SYNC", [], True)
        self.ask("SYNC", [], True)

    def here(self):
        return {name: [i for i, _flags in rows] for name, rows in self.desk.here().items()}

    def there(self):
        return {name: sorted(box.messages) for name, box in self.desk.imapd.boxes.items()}

    def close(self):
        self.wire.close()
        self.desk.stop()


@pytest.fixture
def session(certificate):
    desk = OddDesk(certificate, Imapd({"INBOX": [letter(i) for i in range(6)], "Archive": [], "Trash": []}))
    session = Session(desk)
    yield session
    session.close()
    desk.close()


class Told:
    """begin() before an act, told() after it: the server hears of it, or is away from before the act."""

    def __init__(self, session, hears):
        self.session, self.hears = session, hears

    def begin(self):
        if not self.hears:
            self.session.away()

    def __call__(self):
        if self.hears:
            self.session.sync()


@pytest.fixture(params=[False, True], ids=["not told", "told"])
def told(request, session):
    return Told(session, request.param)


def settled(session):
    """Both sides are the same and nothing waits: {folder: letters}."""
    session.desk.fake.away(False)
    session.sync()
    assert session.desk.steps() == []
    here = session.here()
    for name, box in session.desk.imapd.boxes.items():
        there = sorted(b.partition(b"Message-ID: ")[2].split()[0].decode() for b, *_ in box.messages.values())
        assert there == sorted(here[name]), name
    return here


# ---- each act, before and after the server heard of it

def test_a_mark_is_taken_off_again(session, told):
    told.begin()
    session.ask("MARK", session.inbox, [session.lids[i] for i in (0, 1, 2)], FLAGGED, 0)
    told()
    assert session.undo() == ("mark", "INBOX", 3, 0)
    settled(session)
    assert all("F" not in flags for _i, flags in session.desk.here()["INBOX"])
    assert not any("\\Flagged" in flags for _b, flags, _m in session.desk.inbox().messages.values())


def test_a_label_is_taken_off_and_one_taken_off_is_back(session, told):
    session.ask("TAG", session.inbox, [session.lids[0]], "todo", "")
    session.sync()
    told.begin()
    session.ask("TAG", session.inbox, [session.lids[0]], "later", "todo")
    told()
    assert session.undo() == ("tag", "INBOX", 1, 0)
    settled(session)
    assert session.desk.inbox().messages[1][1] == {"todo"}


def test_moved_messages_are_back(session, told):
    told.begin()
    session.ask("MOVE", session.inbox, [session.lids[i] for i in (0, 1, 2)], session.url("Archive"))
    told()
    assert session.undo() == ("move", "Archive", 3, 0)
    assert settled(session)["INBOX"] == wanted(0, 1, 2, 3, 4, 5)


def test_a_move_that_the_server_never_heard_of_leaves_it_untouched(session):
    session.away()
    session.ask("MARK", session.inbox, [session.lids[1]], FLAGGED, 0)
    session.ask("MOVE", session.inbox, [session.lids[i] for i in (0, 1, 2)], session.url("Archive"))
    session.undo()
    settled(session)
    assert session.there()["INBOX"] == [1, 2, 3, 4, 5, 6]
    assert session.desk.inbox().messages[2][1] == {"\\Flagged"}
    assert not any(line.startswith(("UID MOVE", "APPEND", "UID COPY")) for line in session.desk.imapd.asked)


def test_copies_go(session, told):
    told.begin()
    session.ask("COPY", session.inbox, [session.lids[i] for i in (0, 1)], session.url("Archive"))
    told()
    assert session.undo() == ("copy", "Archive", 2, 0)
    here = settled(session)
    assert here["Archive"] == [] and len(here["INBOX"]) == 6


def test_what_was_deleted_for_good_is_back_with_its_flags(session, told):
    session.ask("MARK", session.inbox, [session.lids[2]], FLAGGED | SEEN, 0)
    session.sync()
    told.begin()
    session.ask("REMOVE", session.inbox, [session.lids[2], session.lids[3]])
    told()
    assert session.undo() == ("remove", "INBOX", 2, 0)
    assert settled(session)["INBOX"] == wanted(0, 1, 2, 3, 4, 5)
    assert dict(session.desk.here()["INBOX"])["<letter-2@example.net>"] == "FS"


def test_what_the_server_never_heard_deleted_stays_what_it_was(session):
    session.away()
    session.ask("REMOVE", session.inbox, [session.lids[2], session.lids[3]])
    session.undo()
    settled(session)
    assert session.there()["INBOX"] == [1, 2, 3, 4, 5, 6]


def test_mailboxes_made_and_renamed_are_as_before(session, told):
    told.begin()
    session.ask("CREATE", session.url("New"))
    told()
    session.ask("RENAME", session.url("Archive"), session.url("Old"))
    told()
    assert session.undo() == ("rename", "Archive", 0, 0)
    assert session.undo() == ("create", "New", 0, 0)
    assert sorted(settled(session)) == ["Archive", "INBOX", "Trash"]
    assert sorted(session.desk.imapd.boxes) == ["Archive", "INBOX", "Trash"]


# ---- one after the other

def test_each_undo_goes_one_act_further_back(session, told):
    told.begin()
    lid = session.lids[0]
    session.ask("MARK", session.inbox, [lid], FLAGGED, 0)
    session.ask("MOVE", session.inbox, [lid, session.lids[1]], session.url("Archive"))
    told()
    there = dict(zip((0, 1), session.desk_lids("Archive")))
    session.ask("MARK", session.archive, [there[0]], ANSWERED, 0)
    session.ask("MOVE", session.archive, [there[0]], session.url("Trash"))
    told()
    assert [row[1:] for row in session.ask("ACTS")] == [
        ("move", session.url("Trash"), 1), ("mark", session.url("Archive"), 1), ("move", session.url("Archive"), 2), ("mark", session.url("INBOX"), 1)]
    assert [session.undo()[0] for _ in range(4)] == ["move", "mark", "move", "mark"]
    assert settled(session)["INBOX"] == wanted(0, 1, 2, 3, 4, 5)
    assert {flags for _i, flags in session.desk.here()["INBOX"]} == {""}
    with pytest.raises(Refused, match="nothing to undo"):
        session.undo()


def test_what_is_marked_by_being_read_is_no_act(session):
    session.ask("MARK", session.inbox, [session.lids[0]], FLAGGED, 0)
    session.ask("SHOWN", session.inbox, [session.lids[1]], SEEN, 0)
    session.undo()
    assert dict(session.desk.here()["INBOX"])["<letter-1@example.net>"] == "S"
    assert dict(session.desk.here()["INBOX"])["<letter-0@example.net>"] == ""


def test_what_changes_nothing_is_no_act(session):
    session.ask("MARK", session.inbox, [session.lids[0]], FLAGGED, 0)
    session.ask("MARK", session.inbox, [session.lids[0]], FLAGGED, 0)
    assert len(session.ask("ACTS")) == 1


# ---- what others did since

def test_what_is_gone_since_is_told_and_the_rest_is_undone(session):
    session.ask("MOVE", session.inbox, [session.lids[i] for i in (0, 1, 2)], session.url("Archive"))
    session.sync()
    session.desk.imapd.boxes["Archive"].remove(2)
    session.sync()
    assert session.undo() == ("move", "Archive", 2, 1)
    assert settled(session)["INBOX"] == wanted(0, 2, 3, 4, 5)


def test_a_flag_that_somebody_took_off_meanwhile_is_left_alone(session):
    session.ask("MARK", session.inbox, [session.lids[i] for i in (0, 1)], FLAGGED, SEEN)
    session.sync()
    for flags in (session.desk.inbox().messages[1][1],):
        flags.clear()
        flags.add("\\Answered")
    session.desk.inbox().touch(1)
    session.sync()
    assert session.undo() == ("mark", "INBOX", 1, 1)
    settled(session)
    assert session.desk.inbox().messages[1][1] == {"\\Answered"}


def test_a_copy_that_was_flagged_since_stays(session):
    session.ask("COPY", session.inbox, [session.lids[i] for i in (0, 1)], session.url("Archive"))
    session.sync()
    box = session.desk.imapd.boxes["Archive"]
    box.messages[1][1].add("\\Flagged")
    box.touch(1)
    session.sync()
    assert session.undo() == ("copy", "Archive", 1, 1)
    assert len(settled(session)["Archive"]) == 1


def test_a_mailbox_that_is_not_empty_any_more_stays_and_the_act_before_is_next(session):
    session.ask("MARK", session.inbox, [session.lids[5]], FLAGGED, 0)
    session.ask("CREATE", session.url("New"))
    session.sync()
    session.desk.imapd.boxes["New"].add(letter(40))
    session.sync()
    with pytest.raises(Refused, match="not empty any more"):
        session.undo()
    assert session.undo()[0] == "mark"


def test_a_deletion_that_is_older_than_a_day_is_for_good(session):
    session.ask("REMOVE", session.inbox, [session.lids[0]])
    session.sync()
    [kept] = (session.desk.home.data / "undo/new").iterdir()
    stamp, dot, rest = kept.name.partition(".")
    session.close()
    kept.rename(kept.with_name(f"{int(stamp) - 25 * 3600}{dot}{rest}"))
    session.open()
    assert list((session.desk.home.data / "undo/new").iterdir()) == []
    with pytest.raises(Refused, match="for a day"):
        session.undo()


# ---- when the server is just being told

def test_what_the_server_is_just_told_is_undone_when_it_has_answered(session):
    user = Wire(session.desk.home.data)
    waiting = []

    def slowly(talk, tag, words):
        waiting.append(user.send("UNDO"))
        return False

    session.desk.imapd.odd["UID MOVE"] = slowly
    session.ask("MOVE", session.inbox, [session.lids[0], session.lids[1]], session.url("Archive"))
    while True:
        what, serial, body = user.next()
        if waiting and serial == waiting[0]:
            break
    session.desk.imapd.odd.clear()
    assert (what, body[2:]) == ("UNDONE", (2, 0))
    user.close()
    assert settled(session)["INBOX"] == wanted(0, 1, 2, 3, 4, 5)


def test_a_deletion_that_the_server_is_just_told_is_undone_as_a_new_message(session):
    user = Wire(session.desk.home.data)

    def slowly(talk, tag, words):
        session.desk.imapd.odd.clear()
        user.ask("UNDO")
        return False

    session.desk.imapd.odd["UID EXPUNGE"] = slowly
    session.ask("REMOVE", session.inbox, [session.lids[0], session.lids[1]])
    session.sync()
    user.close()
    assert settled(session)["INBOX"] == wanted(0, 1, 2, 3, 4, 5)
    assert session.there()["INBOX"] == [3, 4, 5, 6, 7, 8]


# ---- kill -9

ACTS = {"mark": lambda s: s.ask("MARK", s.inbox, [s.lids[0], s.lids[1]], FLAGGED, 0),
        "move": lambda s: s.ask("MOVE", s.inbox, [s.lids[0], s.lids[1]], s.url("Archive")),
        "copy": lambda s: s.ask("COPY", s.inbox, [s.lids[0], s.lids[1]], s.url("Archive")),
        "remove": lambda s: s.ask("REMOVE", s.inbox, [s.lids[0], s.lids[1]])}


@pytest.mark.parametrize("act", ACTS)
def test_d42_killed_at_any_step_of_an_undo_it_is_undone_wholly_or_not(session, act):
    before = session.here()
    ACTS[act](session)
    session.sync()
    for stop in range(1, 40):
        session.close()
        session.desk.age()
        try:
            wire = session.desk.start({"CUR_TEST_STOP": str(stop)})
            wire.ask("UNDO")
            wire.ask("SYNC", [], True)
            break
        except (EOFError, OSError):
            pass
        except Refused:
            break
    assert stop > 1
    session.close()
    session.open()
    while session.ask("ACTS"):
        session.undo()
    here = settled(session)
    assert {name: rows for name, rows in here.items()} == before
    assert {flags for rows in session.desk.here().values() for _i, flags in rows} == {""}
