# SPDX-License-Identifier: GPL-3.0-or-later
"""What random histories found, each as a short one of its own."""

import contextlib
import sqlite3
import subprocess
import threading

import pytest
import world
from faulty import FaultyDisk
from home import BUILD
from pace import patience
from sides import Sides
from wire import Refused, Wire
from world import ALL

SEEN = 1 << 4


def letter(i):
    return (f"From: Bob <bob@example.net>\r\nTo: anna@example.org\r\nSubject: letter {i}\r\n"
            f"Date: Mon, 02 Nov 2026 10:00:00 +0000\r\nMessage-ID: <m{i}@example.net>\r\n\r\ntext {i}\r\n").encode()


@pytest.fixture
def sides():
    sides = Sides()
    sides.world.create("Archive")
    yield sides
    sides.close()


def local_name(i):
    return f"170000000{i}.M{i}.test"


def settle(sides):
    for _ in range(4):
        done = sides.sync()
    assert done.returncode == 0, done.stderr
    assert sides.here() == sides.there(), sides.log()[-3000:]
    return {name: [ident for ident, _flags, _bytes in rows] for name, rows in sides.here().items()}


def settle_without(sides, gone):
    """The same when the server has a folder no more, and the user says that it may go here, too."""
    sides.sync()
    sides.home.run("sync", "--accept-deletions", sides.url + gone)
    sides.home.stop_engine()
    return settle(sides)


@contextlib.contextmanager
def engine(sides):
    """It runs, and a program is connected to it."""
    process = subprocess.Popen([str(BUILD / "curd"), "--foreground"], env=sides.home.env, cwd=sides.home.path, stderr=subprocess.DEVNULL)
    try:
        wire = Wire(sides.home.data, alive=lambda: process.poll() is None)
        yield wire
        wire.close()
        process.terminate()
        process.wait(patience(15))
    finally:
        process.kill()
        process.wait()


def test_d57_p41_a_message_that_comes_back_where_it_was_left_marked_deleted_is_kept(sides):
    """Its old self is still there, \\Deleted, with the UID that the file's name happens to say."""
    sides.world.capabilities = set(ALL) - {"UIDPLUS", "MOVE"}
    sides.world.boxes["INBOX"].add(letter(1))
    sides.sync()
    for folder, other in (("INBOX", "Archive"), ("Archive", "INBOX")):
        [path] = sides.files(folder)
        sides.move(path, sides.boxes_here()[other], with_uid=folder == "Archive")
        settle(sides)
    assert settle(sides) == {"Archive": [], "INBOX": ["<m1@example.net>"]}


def test_g1_a_message_put_into_a_folder_that_the_server_removes_is_kept(sides):
    """Another program writes it when the folder has gone there already, with all that was in it in other folders."""
    sides.world.boxes["Archive"].add(letter(1))
    sides.sync()
    sides.write("Archive", local_name(2), letter(2))
    sides.world.boxes["INBOX"].add(letter(1))
    del sides.world.boxes["Archive"]
    assert "<m2@example.net>" in settle(sides).get("Archive", [])


def test_d46_a_keyword_that_is_set_while_flags_are_on_their_way_is_not_forgotten(sides, monkeypatch):
    """The first of its name in the mailbox: who sends the flags does not know it yet."""
    sides.world.boxes["INBOX"].add(letter(1))
    sides.sync()
    with engine(sides) as wire:
        inbox, store, tags = wire.open(sides.url + "INBOX"), world.Session.do_uid_store, ["todo"]

        def slow(session, *words):
            if tags:
                other = Wire(sides.home.data)
                other.ask("TAG", inbox, [1], tags.pop(), "")
                other.close()
            return store(session, *words)

        monkeypatch.setattr(world.Session, "do_uid_store", slow)
        wire.ask("MARK", inbox, [1], SEEN, 0)
        wire.ask("SYNC", [], True)
    assert not tags
    settle(sides)
    assert sides.world.boxes["INBOX"].messages[1].flags == {"\\Seen", "todo"}


@pytest.mark.parametrize("capabilities", [ALL, ("MOVE",), ("UIDPLUS",), ()], ids=" ".join)
@pytest.mark.parametrize("how", ["MOVE", "COPY"])
def test_d48_a_move_of_what_another_client_has_moved_meanwhile_ends_in_both_places(sides, how, capabilities):
    sides.world.capabilities = set(capabilities)
    sides.world.create("Sent")
    inbox, archive = sides.world.boxes["INBOX"], sides.world.boxes["Archive"]
    inbox.add(letter(1))
    sides.sync()
    with engine(sides) as wire:
        wire.ask("SYNC", [], True)
        sides.world.meter.is_dead = True
        wire.ask(how, wire.open(sides.url + "INBOX"), [1], sides.url + "Sent")
    archive.add(inbox.messages[1].text)
    inbox.remove(1)
    sides.world.meter.reset()
    assert settle(sides) == {"INBOX": [], "Archive": ["<m1@example.net>"], "Sent": ["<m1@example.net>"]}


@pytest.mark.parametrize("capabilities", [ALL, ()], ids=" ".join)
def test_g3_a_message_that_is_moved_while_it_is_appended_is_not_doubled(sides, monkeypatch, capabilities):
    sides.world.capabilities = set(capabilities)
    sides.sync()
    append, once = world.Session.do_append, [sides.url + "Archive"]

    def slow(session, name, *words):
        answer = append(session, name, *words)
        if once:
            other = Wire(sides.home.data)
            other.ask("MOVE", other.open(sides.url + "INBOX"), [1], once.pop())
            other.close()
        return answer

    monkeypatch.setattr(world.Session, "do_append", slow)
    sides.write("INBOX", local_name(1), letter(1))
    with engine(sides) as wire:
        wire.ask("SYNC", [], True)
    assert not once
    assert settle(sides) == {"INBOX": [], "Archive": ["<m1@example.net>"]}


@pytest.mark.parametrize("capabilities", [ALL, ("UIDPLUS",), ()], ids=" ".join)
@pytest.mark.parametrize("act", ["MOVE", "COPY", "REMOVE"])
def test_g3_a_message_that_leaves_a_new_folder_while_it_is_moved_there_is_not_doubled(sides, monkeypatch, act, capabilities):
    """Nobody has asked for the new folder's UIDVALIDITY yet."""
    sides.world.capabilities = set(capabilities)
    sides.world.boxes["INBOX"].add(letter(1))
    sides.sync()
    once = []
    for command in ("do_uid_move", "do_uid_copy"):
        do = getattr(world.Session, command)

        def slow(session, uids, name, do=do):
            answer = do(session, uids, name)
            if not once:
                other = Wire(sides.home.data)
                once.append(other.ask(act, other.open(sides.url + "Work"), [1], *[sides.url + "Archive"] * (act != "REMOVE")))
                other.close()
            return answer

        monkeypatch.setattr(world.Session, command, slow)
    with engine(sides) as wire, contextlib.suppress(Refused):
        sides.world.meter.is_dead = True
        wire.ask("CREATE", sides.url + "Work")
        wire.ask("MOVE", wire.open(sides.url + "INBOX"), [1], sides.url + "Work")
        sides.world.meter.reset()
        wire.ask("SYNC", [], True)
    assert once
    m1 = ["<m1@example.net>"]
    assert settle(sides) == {"INBOX": [], "Archive": m1 * (act != "REMOVE"), "Work": m1 * (act == "COPY")}


def test_g3_p63_a_message_that_is_moved_when_its_append_was_cut_off_is_not_doubled(sides):
    sides.sync()
    sides.write("INBOX", local_name(1), letter(1))
    stop = next(n for n in range(1, 100) if sides.sync(CUR_TEST_STOP=str(n)).returncode == 0 or sides.world.boxes["INBOX"].messages)
    assert stop and len(sides.world.boxes["INBOX"].messages) == 1
    [path] = sides.files("INBOX")
    sides.move(path, sides.boxes_here()["Archive"], with_uid=False)
    assert settle(sides) == {"INBOX": [], "Archive": ["<m1@example.net>"]}


def test_g4_one_sync_pushes_what_was_moved_to_another_folder_by_another_program(sides):
    sides.world.boxes["INBOX"].add(letter(1))
    sides.sync()
    sides.move(sides.files("INBOX")[0], sides.boxes_here()["Archive"], with_uid=True)
    assert sides.sync().returncode == 0
    assert {row[0] for row in sides.there()["Archive"]} == {"<m1@example.net>"}


def test_g4_one_sync_pushes_what_is_in_a_folder_that_another_program_made(sides):
    sides.sync()
    sides.write("New", local_name(2), letter(2))
    assert sides.sync().returncode == 0
    assert {row[0] for row in sides.there()["New"]} == {"<m2@example.net>"}


def test_g4_d22_a_message_that_cannot_be_opened_when_it_is_pushed_waits_and_is_told(sides):
    sides.sync()
    disk = FaultyDisk(sides.home, ("open",), spare="/lock")
    sides.write("INBOX", local_name(1), letter(1))
    sides.remember()
    sides.sync(**disk.listing())
    opens = [n for n, (_call, path) in enumerate(disk.passed(), 1) if "M1.test" in path]
    assert opens
    for n in opens:
        sides.forget()
        done = sides.sync(**disk.spoil(n, "EIO"))
        assert done.returncode or sides.here() == sides.there()
        assert settle(sides)["INBOX"] == ["<m1@example.net>"]


def test_g3_p35_a_file_without_a_row_whose_flags_change_as_it_is_matched_is_not_doubled(sides, monkeypatch):
    """Killed between the file and its row; then the server tells of new flags in the answer that is to prove it the same."""
    fetch, inbox, once = world.Session.do_uid_fetch, sides.world.boxes["INBOX"], [{"\\Seen"}]
    sides.sync()
    inbox.add(letter(1))
    stop = next(n for n in range(1, 100) if sides.sync(CUR_TEST_STOP=str(n)).returncode == 0 or sides.files("INBOX"))
    assert stop and len(sides.files("INBOX")) == 1

    def told_of_flags(session, uids, items, *more):
        if "RFC822.SIZE" in items and uids == "1" and once:
            answer = fetch(session, uids, items, *more)
            inbox.set_flags(1, once.pop())
            session.tell_changes()
            return answer
        return fetch(session, uids, items, *more)

    monkeypatch.setattr(world.Session, "do_uid_fetch", told_of_flags)
    assert settle(sides) == {"INBOX": ["<m1@example.net>"], "Archive": []}
    assert not once


def killed_at(sides, point):
    """The files of INBOX then."""
    steps = sides.home.path / "steps"
    sides.remember()
    sides.sync(CUR_TEST_STEPS=str(steps))
    sides.forget()
    assert sides.sync(CUR_TEST_STOP=str(1 + steps.read_text().split().index(point))).returncode
    return sides.files("INBOX")


def moved_at_the_server(sides, uid):
    inbox = sides.world.boxes["INBOX"]
    sides.world.boxes["Archive"].add(inbox.messages[uid].text)
    inbox.remove(uid)


@pytest.mark.parametrize("point", ["delivery-renamed", "fetch-visible", "fetch-recorded"])
def test_g3_d57_a_message_that_is_moved_at_the_server_when_its_fetch_was_killed_is_not_doubled(sides, point):
    sides.world.boxes["INBOX"].add(letter(2))
    sides.sync()
    sides.world.boxes["INBOX"].add(letter(1))
    assert len(killed_at(sides, point)) == 2
    moved_at_the_server(sides, 2)
    assert settle(sides) == {"INBOX": ["<m2@example.net>"], "Archive": ["<m1@example.net>"]}
    assert not list((sides.boxes_here()["INBOX"] / "tmp").iterdir())


def test_g1_d57_what_a_user_put_beside_a_killed_fetch_is_uploaded(sides):
    """Under the UID of the one that was fetched, and under another."""
    sides.sync()
    sides.world.boxes["INBOX"].add(letter(1))
    [fetched] = killed_at(sides, "fetch-visible")
    assert ",U=1" in fetched.name
    sides.write("INBOX", local_name(2) + ",U=1", letter(2))
    sides.write("INBOX", local_name(3) + ",U=77", letter(3))
    moved_at_the_server(sides, 1)
    assert settle(sides) == {"INBOX": ["<m2@example.net>", "<m3@example.net>"], "Archive": ["<m1@example.net>"]}


def test_g1_d47_what_was_flagged_here_after_a_killed_fetch_is_kept(sides):
    sides.sync()
    sides.world.boxes["INBOX"].add(letter(1))
    [fetched] = killed_at(sides, "fetch-visible")
    sides.flag(fetched, {"\\Flagged"})
    sides.world.boxes["INBOX"].remove(1)
    assert settle(sides) == {"INBOX": ["<m1@example.net>"], "Archive": []}


def test_g1_d57_a_message_that_is_restored_under_the_name_it_was_fetched_as_is_uploaded(sides):
    """Killed when it had its row: the list of what had none yet is still there."""
    sides.sync()
    sides.world.boxes["INBOX"].add(letter(1))
    [fetched] = killed_at(sides, "fetch-recorded")
    backup = fetched.read_bytes()
    sides.world.boxes["INBOX"].remove(1)
    assert settle(sides) == {"INBOX": [], "Archive": []}
    fetched.write_bytes(backup)
    assert settle(sides) == {"INBOX": ["<m1@example.net>"], "Archive": []}


@pytest.mark.parametrize("elsewhere", [False, True], ids=["nowhere else", "an older one elsewhere"])
def test_g1_p45_what_the_server_never_had_of_a_folder_stays_when_the_folder_goes(sides, monkeypatch, elsewhere):
    """It was refused; then the folder is gone there, and the user says that it may go, or all in it seems to be in others."""
    newest = letter(2) + b"the newest draft\r\n"
    sides.world.boxes["Archive"].add(letter(1))
    for i in (1, 2) if elsewhere else ():
        sides.world.boxes["INBOX"].add(letter(i))
    sides.sync()
    with monkeypatch.context() as refusal:
        refusal.setattr(world.Session, "do_append", lambda *_: "NO [OVERQUOTA] no more")
        sides.write("Archive", local_name(2), newest)
        assert sides.sync().returncode == 1
    del sides.world.boxes["Archive"]
    assert elsewhere or sides.sync().returncode == 1
    sides.home.run("sync", "--accept-deletions", sides.url + "Archive")
    sides.home.stop_engine()
    assert settle(sides)["Archive"] == ["<m2@example.net>"]
    assert [message.text for message in sides.world.boxes["Archive"].messages.values()] == [newest]


def test_g4_a_sync_that_is_ended_by_a_signal_is_no_success(sides, monkeypatch):
    sides.world.boxes["INBOX"].add(letter(1))
    asked, go_on = threading.Event(), threading.Event()
    login = world.Session.do_capability
    monkeypatch.setattr(world.Session, "do_capability", lambda session: (login(session), asked.set(), go_on.wait(5))[0])
    process = subprocess.Popen([str(BUILD / "curd"), "--once"], env=sides.home.env, cwd=sides.home.path, stderr=subprocess.DEVNULL)
    assert asked.wait(patience(5))
    process.terminate()
    go_on.set()
    assert process.wait(patience(15)) == 75


@pytest.mark.parametrize("with_uid", [True, False], ids=["with its UID", "without"])
def test_g1_a_header_that_another_program_moves_twice_is_followed_by_its_text(sides, with_uid):
    """The second time its text is no more where the server first gave the header."""
    rc = sides.home.path / "config/cur/muttrc"
    rc.write_text(f"{rc.read_text()}keep -size 300 *\n")
    sides.world.create("Sent")
    sides.world.boxes["INBOX"].add(letter(1) + b"more\r\n" * 100)
    sides.sync()
    for folder, to in (("INBOX", "Archive"), ("Archive", "Sent")):
        [path] = sides.files(folder)
        sides.move(path, sides.boxes_here()[to], with_uid)
        for _ in range(2):
            sides.sync()
    assert {name: len(box.messages) for name, box in sides.world.boxes.items()} == {"INBOX": 0, "Archive": 0, "Sent": 1}
    assert len(sides.files("Sent")) == 1


@pytest.mark.parametrize("with_uids", [(True, True), (True, False), (False, True), (False, False)])
def test_g1_a_header_that_another_program_moves_away_and_back_is_followed_by_its_text(sides, with_uids):
    rc = sides.home.path / "config/cur/muttrc"
    everything = rc.read_text()
    rc.write_text(f"{everything}keep -size 300 *\n")
    sides.world.boxes["INBOX"].add(letter(1) + b"more\r\n" * 100)
    sides.world.boxes["INBOX"].add(letter(2))
    sides.sync()
    for (folder, to), with_uid in zip((("INBOX", "Archive"), ("Archive", "INBOX")), with_uids):
        [path] = [path for path in sides.files(folder) if b"letter 1" in path.read_bytes()]
        sides.move(path, sides.boxes_here()[to], with_uid)
    sides.sync()
    rc.write_text(everything)
    assert settle(sides) == {"INBOX": ["<m1@example.net>", "<m2@example.net>"], "Archive": []}


def test_g1_a_header_moved_into_a_folder_that_is_gone_there_is_followed_by_its_text(sides):
    """The server gave the folder another name, and the user says that the old one may go."""
    rc = sides.home.path / "config/cur/muttrc"
    everything = rc.read_text()
    rc.write_text(f"{everything}keep -size 300 *\n")
    sides.world.create("Lists")
    sides.world.boxes["INBOX"].add(letter(1) + b"more\r\n" * 100)
    sides.world.boxes["INBOX"].add(letter(2))
    sides.sync()
    sides.world.boxes["Work"] = sides.world.boxes.pop("Lists")
    [path] = [path for path in sides.files("INBOX") if b"letter 1" in path.read_bytes()]
    sides.move(path, sides.boxes_here()["Lists"], with_uid=False)
    for _ in range(3):
        sides.sync()
    rc.write_text(everything)
    assert settle_without(sides, "Lists")["Lists"] == ["<m1@example.net>"]


def test_g3_a_message_moved_into_a_folder_that_is_deleted_then_is_gone_on_both_sides(sides):
    sides.world.boxes["INBOX"].add(letter(1))
    sides.world.boxes["INBOX"].add(letter(2))
    sides.sync()
    with engine(sides) as wire:
        wire.ask("SYNC", [], True)
        sides.world.meter.is_dead = True
        wire.ask("MOVE", wire.open(sides.url + "INBOX"), [1], sides.url + "Archive")
        wire.ask("DELETE", sides.url + "Archive")
    sides.world.meter.reset()
    assert settle(sides)["INBOX"] == ["<m2@example.net>"]


def test_g3_of_a_copy_that_is_refused_nothing_is_left(sides):
    """The text of a header that waits to be moved cannot be had: neither it nor what was to be copied with it is."""
    rc = sides.home.path / "config/cur/muttrc"
    everything = rc.read_text()
    rc.write_text(f"{everything}keep -size 300 *\n")
    sides.world.create("Sent")
    sides.world.boxes["INBOX"].add(letter(1))
    sides.world.boxes["INBOX"].add(letter(2) + b"more\r\n" * 100)
    sides.sync()
    with engine(sides) as wire:
        wire.ask("SYNC", [], True)
        sides.world.meter.is_dead = True
        wire.ask("MOVE", wire.open(sides.url + "INBOX"), [1, 2], sides.url + "Archive")
        with pytest.raises(Refused, match="text of a message is not here"):
            wire.ask("COPY", wire.open(sides.url + "Archive"), [1, 2], sides.url + "Sent")
        assert not sides.files("Sent")
    sides.world.meter.reset()
    rc.write_text(everything)
    assert settle(sides) == {"INBOX": [], "Archive": ["<m1@example.net>", "<m2@example.net>"], "Sent": []}


def test_g1_texts_come_when_a_rule_that_a_kill_left_half_obeyed_is_taken_back(sides):
    rc = sides.home.path / "config/cur/muttrc"
    everything = rc.read_text()
    sides.sync()
    sides.world.boxes["INBOX"].add(letter(1) + b"more\r\n" * 100)
    sides.remember()
    for stop in range(1, 100):
        sides.forget()
        rc.write_text(f"{everything}keep -size 300 *\n")
        is_whole = sides.sync(CUR_TEST_STOP=str(stop)).returncode == 0
        rc.write_text(everything)
        assert settle(sides)["INBOX"], stop
        if is_whole:
            break
    assert is_whole and stop > 3


def test_g1_a_header_in_a_folder_where_all_texts_are_wanted_gets_its_text(sides):
    """Another program may put one back after the rule was taken back and carried out."""
    rc = sides.home.path / "config/cur/muttrc"
    everything = rc.read_text()
    sides.world.boxes["INBOX"].add(letter(1) + b"more\r\n" * 100)
    rc.write_text(f"{everything}keep -size 300 *\n")
    sides.sync()
    rc.write_text(everything)
    db = sqlite3.connect(sides.home.data / "state.db")
    assert db.execute("SELECT partial FROM messages").fetchall() == [(1,)]
    assert db.execute("UPDATE meta SET value = '' WHERE name LIKE 'keep.%'").rowcount
    db.commit()
    db.close()
    assert settle(sides)["INBOX"] == ["<m1@example.net>"]


def test_d46_a_letter_keeps_the_name_that_another_program_gave_it(sides):
    """A header is missing, so all folders are looked through, one of them for the first time since a file with a keyword of
    its own is in it."""
    rc = sides.home.path / "config/cur/muttrc"
    rc.write_text(f"{rc.read_text()}keep -size 300 *\n")
    for name in ("Sent", "Spam"):
        sides.world.create(name)
    sides.world.boxes["INBOX"].add(letter(1) + b"more\r\n" * 100, {"$Junk"})
    sides.world.boxes["Archive"].add(letter(2), {"todo"})
    sides.sync()
    sides.move(sides.files("INBOX")[0], sides.boxes_here()["Sent"], with_uid=True)
    sides.move(sides.files("Archive")[0], sides.boxes_here()["Spam"], with_uid=True)
    for _ in range(2):
        sides.sync()
    assert [message.flags for message in sides.world.boxes["Spam"].messages.values()] == [{"todo"}]


def test_d46_a_letter_that_gets_its_name_at_last_is_told_to_the_server_after_a_kill(sides):
    sides.world.boxes["INBOX"].add(letter(1))
    sides.sync()
    [path] = sides.files("INBOX")
    path.rename(path.parents[1] / "cur" / f"{path.name.partition(':2,')[0]}:2,c")
    sides.sync()
    (sides.boxes_here()["INBOX"] / "dovecot-keywords").write_text("2 todo\n")
    sides.remember()
    for stop in range(1, 100):
        sides.forget()
        is_whole = sides.sync(CUR_TEST_STOP=str(stop)).returncode == 0
        settle(sides)
        assert sides.world.boxes["INBOX"].messages[1].flags == {"todo"}, stop
        if is_whole:
            break
    assert is_whole and stop > 3


@pytest.mark.parametrize("capabilities", [ALL, ()], ids=" ".join)
@pytest.mark.parametrize("how", ["MOVE", "COPY"])
def test_d48_p45_what_was_to_be_taken_out_of_a_folder_that_is_gone_there_is_appended(sides, how, capabilities):
    sides.world.capabilities = set(capabilities)
    for i in (1, 2):
        sides.world.create("Lists")
        sides.world.boxes["Lists"].add(letter(i))
    sides.sync()
    with engine(sides) as wire:
        wire.ask("SYNC", [], True)
        sides.world.meter.is_dead = True
        wire.ask(how, wire.open(sides.url + "Lists"), [1, 2], sides.url + "Archive")
    del sides.world.boxes["Lists"]
    sides.world.meter.reset()
    assert settle_without(sides, "Lists")["Archive"] == ["<m1@example.net>", "<m2@example.net>"]


def test_d48_p45_a_move_without_an_answer_out_of_a_folder_that_is_gone_since_is_told_anew(sides, monkeypatch):
    sides.world.create("Lists")
    sides.world.boxes["Lists"].add(letter(1))
    sides.sync()

    def gone(session, *_words):
        del sides.world.boxes["Lists"]
        raise world.Cut

    monkeypatch.setattr(world.Session, "do_uid_move", gone)
    with engine(sides) as wire, contextlib.suppress(Refused):
        wire.ask("MOVE", wire.open(sides.url + "Lists"), [1], sides.url + "Archive")
        wire.ask("SYNC", [], True)
    assert "Lists" not in sides.world.boxes
    assert settle_without(sides, "Lists")["Archive"] == ["<m1@example.net>"]


def test_d46_a_message_has_its_keywords_when_it_arrives(sides, monkeypatch):
    """A filter at the server moves it at once: there is nothing any more that keywords could be added to."""
    sides.sync()
    append, inbox, archive = world.Session.do_append, sides.world.boxes["INBOX"], sides.world.boxes["Archive"]

    def filtered(session, name, *words):
        answer = append(session, name, *words)
        [uid] = inbox.messages
        archive.add(inbox.messages[uid].text, inbox.messages[uid].flags)
        inbox.remove(uid)
        return answer

    monkeypatch.setattr(world.Session, "do_append", filtered)
    sides.write("INBOX", local_name(1), letter(1), {"\\Seen", "todo"})
    assert settle(sides) == {"INBOX": [], "Archive": ["<m1@example.net>"]}
    assert [message.flags for message in archive.messages.values()] == [{"\\Seen", "todo"}]


@pytest.mark.parametrize("n", [1, 3])
def test_d46_a_keyword_that_is_refused_with_a_message_stops_none(sides, monkeypatch, n):
    append = world.Session.do_append
    sides.sync()
    monkeypatch.setattr(world.Session, "do_append",
                        lambda session, name, *words: "NO that is no flag" if "todo" in str(words[0]) else append(session, name, *words))
    for i in range(n):
        sides.write("INBOX", local_name(i), letter(i), {"todo"} if i < 2 else {"\\Seen"})
    assert len(settle(sides)["INBOX"]) == n
    assert [message.flags for _uid, message in sorted(sides.world.boxes["INBOX"].messages.items()) if "\\Seen" not in message.flags] == [{"todo"}] * min(n, 2)


def test_d46_a_message_goes_without_keywords_where_the_server_keeps_none(sides, monkeypatch):
    append, select, said = world.Session.do_append, world.Session.say, []
    sides.sync()
    monkeypatch.setattr(world.Session, "do_append", lambda session, name, *words: said.append(words[0]) or append(session, name, *words))
    monkeypatch.setattr(world.Session, "say", lambda session, line: select(session, line.replace(" \\*)]", ")]")))
    sides.write("INBOX", local_name(1), letter(1), {"\\Seen", "todo"})
    for _ in range(2):
        assert sides.sync().returncode == 0
    assert said == ["(\\Seen)"]
    assert [row[1] for row in sides.here()["INBOX"]] == ["St"]


def meanwhile(sides, monkeypatch, command, folder, *asked):
    """When the server has been told `command` of `folder` and has not answered yet, another program asks something."""
    do, once = getattr(world.Session, command), [asked]

    def slow(session, name, *words):
        answer = do(session, name, *words)
        if once and name == folder:
            other = Wire(sides.home.data)
            other.ask(*once.pop())
            other.close()
        return answer

    monkeypatch.setattr(world.Session, command, slow)
    return once


def test_g3_a_mailbox_that_is_renamed_while_it_is_asked_for_keeps_its_new_name(sides, monkeypatch):
    sides.world.boxes["Archive"].add(letter(1))
    sides.sync()
    sides.world.boxes["Archive"].add(letter(2))
    once = meanwhile(sides, monkeypatch, "do_select", "Archive", "RENAME", sides.url + "Archive", sides.url + "Job")
    with engine(sides) as wire, contextlib.suppress(Refused):
        wire.ask("SYNC", [], True)
    assert not once
    assert settle(sides) == {"INBOX": [], "Job": ["<m1@example.net>", "<m2@example.net>"]}


def test_g3_a_mailbox_that_is_renamed_again_while_the_server_is_told_has_its_last_name(sides, monkeypatch):
    sides.world.boxes["Archive"].add(letter(1))
    sides.sync()
    once = meanwhile(sides, monkeypatch, "do_rename", "Archive", "RENAME", sides.url + "Job", sides.url + "Work")
    with engine(sides) as wire, contextlib.suppress(Refused):
        wire.ask("RENAME", sides.url + "Archive", sides.url + "Job")
        wire.ask("SYNC", [], True)
    assert not once
    assert settle(sides) == {"INBOX": [], "Work": ["<m1@example.net>"]}


@pytest.mark.parametrize("act", ["RENAME", "DELETE"])
def test_g3_a_mailbox_that_is_renamed_or_deleted_while_the_server_makes_it(sides, monkeypatch, act):
    sides.sync()
    new = [sides.url + "Work"] * (act == "RENAME")
    once = meanwhile(sides, monkeypatch, "do_create", "Job", act, sides.url + "Job", *new)
    with engine(sides) as wire, contextlib.suppress(Refused):
        wire.ask("CREATE", sides.url + "Job")
        wire.ask("SYNC", [], True)
    assert not once
    assert settle(sides) == {"INBOX": [], "Archive": []} | ({"Work": []} if new else {})


@pytest.mark.parametrize("act", ["RENAME", "DELETE"])
@pytest.mark.parametrize("command", ["do_uid_move", "do_uid_copy", "do_append"])
def test_g3_a_message_arrives_in_a_folder_that_is_renamed_or_deleted_meanwhile(sides, monkeypatch, command, act):
    if command == "do_append":
        sides.sync()
        sides.write("Archive", local_name(1), letter(1))
    else:
        sides.world.boxes["INBOX"].add(letter(1))
        sides.sync()
    do, once = getattr(world.Session, command), []

    def slow(session, *words):
        answer = do(session, *words)
        if not once:
            other = Wire(sides.home.data)
            once.append(other.ask(act, sides.url + "Archive", *[sides.url + "Job"] * (act == "RENAME")))
            other.close()
        return answer

    monkeypatch.setattr(world.Session, command, slow)
    with engine(sides) as wire, contextlib.suppress(Refused):
        if command != "do_append":
            wire.ask("MOVE" if command == "do_uid_move" else "COPY", wire.open(sides.url + "INBOX"), [1], sides.url + "Archive")
        wire.ask("SYNC", [], True)
    assert once
    m1 = ["<m1@example.net>"]
    assert settle(sides) == {"INBOX": m1 * (command == "do_uid_copy")} | ({"Job": m1} if act == "RENAME" else {})


@pytest.mark.parametrize("killed", [False, True])
def test_g3_a_folder_whose_new_name_the_server_has_already_keeps_its_old_one(sides, killed):
    """Unless the one of that name is itself, renamed before a kill."""
    sides.world.create("Old").add(letter(1))
    sides.sync()
    with engine(sides) as wire, contextlib.suppress(Refused):
        sides.world.meter.is_dead = True
        wire.ask("RENAME", sides.url + "Old", sides.url + "Job")
    sides.world.meter.reset()
    if killed:
        sides.world.boxes["Job"] = sides.world.boxes.pop("Old")
        assert settle(sides) == {"INBOX": [], "Archive": [], "Job": ["<m1@example.net>"]}
    else:
        sides.world.create("Job").add(letter(2))
        assert settle(sides) == {"INBOX": [], "Archive": [], "Job": ["<m2@example.net>"], "Old": ["<m1@example.net>"]}


@pytest.mark.parametrize("rule", ["", "keep -size 300 *"], ids=["texts", "headers"])
@pytest.mark.parametrize("command", ["do_select", "do_uid_fetch", "do_delete"])
def test_g3_a_folder_that_is_deleted_while_its_messages_come_is_gone(sides, monkeypatch, command, rule):
    rc = sides.home.path / "config/cur/muttrc"
    rc.write_text(rc.read_text() + f"{rule}\nset imap_connections=4\n")
    for i in range(5):
        sides.world.create(f"box{i}")
    sides.sync()
    sides.world.boxes["Archive"].add(letter(1) + b"long " * 200)
    do, once = getattr(world.Session, command), []

    def slow(session, *words):
        if (words[0] == "Archive" or session.box is sides.world.boxes.get("Archive")) and not once:
            once.append(True)
            other = Wire(sides.home.data)
            with contextlib.suppress(Refused):
                other.ask("DELETE", sides.url + "Archive")
            other.close()
        return do(session, *words)

    monkeypatch.setattr(world.Session, command, slow)
    with engine(sides) as wire, contextlib.suppress(Refused):
        if command == "do_delete":
            sides.world.meter.is_dead = True
            once.append(wire.ask("DELETE", sides.url + "Archive"))
            sides.world.meter.reset()
        wire.ask("SYNC", [], True)
    assert once
    assert settle(sides) == {"INBOX": []} | {f"box{i}": [] for i in range(5)}


@pytest.mark.parametrize("had", [False, True], ids=["not yet", "no more"])
def test_g3_a_folder_below_one_that_the_server_has_not_is_renamed_with_it(sides, monkeypatch, had):
    """That the one above gets its new name there renames nothing of what is below."""
    for name in ["Work"] * had + ["Work/2026", "Work/2026/May"]:
        sides.world.create(name).add(letter(len(name)))
    sides.sync()
    do = world.Session.do_rename

    def too_late(session, name, *words):
        if name == "Work":
            sides.world.boxes.pop("Work", None)
        return do(session, name, *words)

    monkeypatch.setattr(world.Session, "do_rename", too_late)
    with engine(sides) as wire, contextlib.suppress(Refused):
        sides.world.meter.is_dead = True
        if not had:
            wire.ask("CREATE", sides.url + "Work")
        wire.ask("RENAME", sides.url + "Work", sides.url + "Job")
    sides.world.meter.reset()
    for _ in range(3):
        sides.sync()
    there = {name: [row[0] for row in rows] for name, rows in sides.there().items()}
    assert there.pop("Job", []) == []
    assert there == {"INBOX": [], "Archive": [], "Job/2026": ["<m9@example.net>"], "Job/2026/May": ["<m13@example.net>"]}
    assert set(sides.here()) == {*there, "Job"}


@pytest.mark.parametrize("elsewhere", [False, True], ids=["asked about", "all elsewhere"])
def test_g3_a_message_moved_into_a_folder_that_is_gone_there_is_in_that_alone(sides, elsewhere):
    """The folder is made there anew for it; what it had been moved from has it no more."""
    for i in (1, 2) if elsewhere else (1,):
        sides.world.boxes["INBOX"].add(letter(i))
    sides.world.boxes["Archive"].add(letter(2))
    sides.sync()
    with engine(sides) as wire:
        wire.ask("SYNC", [], True)
        sides.world.meter.is_dead = True
        wire.ask("MOVE", wire.open(sides.url + "INBOX"), [1], sides.url + "Archive")
    sides.world.meter.reset()
    del sides.world.boxes["Archive"]
    assert sides.sync().returncode == 1
    sides.home.run("sync", "--accept-deletions", sides.url + "Archive")
    sides.home.stop_engine()
    assert settle(sides) == {"INBOX": ["<m2@example.net>"] if elsewhere else [], "Archive": ["<m1@example.net>"]}
