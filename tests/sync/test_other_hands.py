# SPDX-License-Identifier: GPL-3.0-or-later
"""Disks, clocks, backups, other programs and other clients that do what they should not: the rest of the faults
that no test beside the code they strike has (tests/faults.tsv)."""

import contextlib
import json
import os
import random
import re
import shutil
import signal
import stat
import subprocess
import tempfile
import time

import pytest
import world
from faulty import FaultyDisk
from home import BUILD, Home
from pace import deadline, patience, until
from sides import Sides
from wire import Wire


def letter(i, body="text\r\n"):
    return (f"From: Bob <bob@example.net>\r\nTo: anna@example.org\r\nSubject: letter {i}\r\n"
            f"Date: Mon, 02 Nov 2026 10:00:00 +0000\r\nMessage-ID: <m{i}@example.net>\r\n\r\n{body}").encode()


@pytest.fixture
def sides(monkeypatch):
    if not os.environ.get("TMPDIR") and os.access("/dev/shm", os.W_OK):
        monkeypatch.setattr(tempfile, "tempdir", "/dev/shm")
    sides = Sides()
    sides.world.create("Archive")
    yield sides
    sides.close()


def settle(sides, status=0):
    for _ in range(4):
        done = sides.sync()
    assert done.returncode == status, done.stderr + sides.log()[-2000:]
    assert sides.here() == sides.there(), sides.log()[-3000:]
    return {name: sorted(row[0][2:-13] for row in rows) for name, rows in sides.here().items()}


def fill(sides, n, folder="INBOX", first=1):
    for i in range(first, first + n):
        sides.world.boxes[folder].add(letter(i))


# ---- another program in the Maildir

def test_d09_the_same_base_name_in_cur_in_new_and_in_another_folder_is_three_messages(sides):
    sides.sync()
    inbox, archive = sides.boxes_here()["INBOX"], sides.boxes_here()["Archive"]
    for i, path in enumerate((inbox / "cur/1700000001.M1.test:2,S", inbox / "new/1700000001.M1.test", archive / "cur/1700000001.M1.test:2,")):
        path.write_bytes(letter(i).replace(b"\r\n", b"\n"))
    for _ in range(4):
        sides.sync()
    everything = sorted(row[0] for rows in sides.here().values() for row in rows)
    assert everything == [f"<m{i}@example.net>" for i in range(3)], sides.log()


def test_d56_a_new_message_that_gets_another_name_when_it_is_pushed_is_pushed_once(sides, monkeypatch):
    sides.sync()
    for i in range(1, 6):
        sides.write("INBOX", f"170000000{i}.M{i}.test", letter(i))
    append, once = world.Session.do_append, [True]

    def slow(session, *words):
        if once and once.pop():
            for path in sides.files("INBOX")[2:]:
                sides.flag(path, {"\\Seen"})
        return append(session, *words)

    monkeypatch.setattr(world.Session, "do_append", slow)
    assert settle(sides)["INBOX"] == ["1", "2", "3", "4", "5"]


def test_d39_parts_of_a_maildir_that_are_missing_are_made_again(sides):
    fill(sides, 3)
    sides.sync()
    inbox = sides.boxes_here()["INBOX"]
    for path in sides.files("INBOX"):
        path.rename(inbox / "cur" / f"{path.name.partition(':2,')[0]}:2,")
    settle(sides)
    (inbox / "new").rmdir()
    (inbox / "tmp").rmdir()
    fill(sides, 2, first=4)
    assert settle(sides)["INBOX"] == ["1", "2", "3", "4", "5"]


def test_d49_a_message_written_into_a_folder_that_vanished_there_is_kept_and_told(sides):
    fill(sides, 2, "Archive")
    settle(sides)
    sides.write("Archive", "1700000009.M9.test", letter(9))
    del sides.world.boxes["Archive"]
    for _ in range(3):
        done = sides.sync()
    assert {row[0] for row in sides.here()["Archive"]} == {f"<m{i}@example.net>" for i in (1, 2, 9)}
    assert done.returncode == 1 and "Archive" in sides.log().splitlines()[-2] + done.stderr + sides.log()


def test_d37_a_file_of_five_gigabytes_stops_nobody():
    home = Home()
    try:
        home.muttrc("set spoolfile=~/Mail folder=~/Mail\n")
        box = home.maildir(messages=[letter(1)])
        with open(box / "cur/1700000999.M9.test:2,", "wb") as huge:
            huge.write(letter(2))
            huge.truncate(5 << 30)
        began = time.monotonic()
        home.run("sync", timeout=60)
        listed = home.json("list", str(box))
        assert sorted(row["message_id"] for row in listed) == ["<m1@example.net>", "<m2@example.net>"]
        assert time.monotonic() - began < patience(20)
        os.truncate(box / "cur/1700000999.M9.test:2,", 100)
        assert all(home.run("show", row["id"]).returncode in (0, 1) for row in listed)
        assert home.engines()
    finally:
        home.close()


# ---- another client of the server

def test_p58_a_size_that_lies_is_no_size(sides, monkeypatch):
    """What comes is what there is; neither another message nor one to be fetched again."""
    told, texts = world.Session.tell, []

    def lie(session, uid, items):
        start = len(session.out)
        told(session, uid, items)
        said = bytes(session.out[start:])
        texts.extend(re.findall(rb"BODY\[\] \{", said))
        session.out[start:] = re.sub(rb"RFC822.SIZE \d+", b"RFC822.SIZE 7", said, count=1)

    monkeypatch.setattr(world.Session, "tell", lie)
    fill(sides, 3)
    assert settle(sides)["INBOX"] == ["1", "2", "3"]
    assert len(texts) == 3


def test_p79_a_deletion_that_was_taken_back_there_is_none_here(sides):
    fill(sides, 2)
    sides.sync()
    inbox = sides.world.boxes["INBOX"]
    inbox.set_flags(1, {"\\Deleted"})
    sides.sync()
    for path in sides.boxes_here()["INBOX"].rglob("*,U=1*"):
        sides.flag(path, {"\\Flagged"})
    inbox.set_flags(1, {"\\Seen"})
    assert settle(sides)["INBOX"] == ["1", "2"]
    assert "\\Deleted" not in inbox.messages[1].flags


def test_d47_what_was_flagged_here_and_expunged_there_lies_in_lost_and_found(sides):
    fill(sides, 2)
    sides.sync()
    [path] = sides.boxes_here()["INBOX"].rglob("*,U=1*")
    text = path.read_bytes()
    sides.flag(path, {"\\Flagged"})
    sides.world.boxes["INBOX"].remove(1)
    assert settle(sides)["INBOX"] == ["2"]
    assert [p.read_bytes() for p in (sides.home.data / "lost+found").rglob("*") if p.is_file()] == [text]


def test_d44_many_connections_at_once_bring_each_message_its_own_bytes(sides):
    rc = sides.home.path / "config/cur/muttrc"
    rc.write_text(f"{rc.read_text()}set imap_connections=4\n")
    dice = random.Random(44)
    for folder in ("INBOX", "Archive", "a", "b", "c", "d"):
        sides.world.create(folder)
        for i in range(40):
            sides.world.boxes[folder].add(letter(f"{folder}{i}", f"{dice.random()}\r\n" * dice.randrange(1, 200)))
    assert sides.sync().returncode == 0
    assert sides.here() == sides.there()


# ---- interruptions

def test_d11_killed_twice_in_a_row_it_is_as_if_never_killed(sides):
    fill(sides, 3)
    sides.sync()
    fill(sides, 2, first=4)
    sides.write("INBOX", "1700000009.M9.test", letter(9))
    sides.remember()
    disk = FaultyDisk(sides.home)
    sides.sync(**disk.listing())
    total, dice = len(disk.passed()), random.Random(time.time())
    for first, second in [(dice.randrange(1, total), dice.randrange(1, total)) for _ in range(12)]:
        sides.forget()
        for n in (first, second):
            sides.sync(**disk.spoil(n, "kill"))
        assert settle(sides)["INBOX"] == ["1", "2", "3", "4", "5", "9"], (first, second)


def test_d19_an_engine_that_was_stopped_for_long_goes_on_with_a_new_connection(sides):
    fill(sides, 2)
    sides.sync()
    engine = subprocess.Popen([str(BUILD / "curd"), "--foreground"], env=sides.home.env, cwd=sides.home.path, stderr=subprocess.DEVNULL)
    try:
        wire = Wire(sides.home.data, alive=lambda: engine.poll() is None)
        wire.ask("SYNC", [], True)
        engine.send_signal(signal.SIGSTOP)
        sides.world.hang_up()
        fill(sides, 2, first=3)
        sides.world.boxes["INBOX"].remove(1)
        serial = wire.send("SYNC", [], True)
        engine.send_signal(signal.SIGCONT)
        while wire.next()[1] != serial:
            pass
        wire.close()
    finally:
        engine.terminate()
        engine.wait(patience(15))
    assert settle(sides)["INBOX"] == ["2", "3", "4"]


def test_d52_a_first_sync_that_is_killed_goes_on_where_it_was(sides, monkeypatch):
    told, texts = world.Session.tell, []
    monkeypatch.setattr(world.Session, "tell", lambda session, uid, items: (texts.append(uid) if "BODY" in items else None, told(session, uid, items))[1])
    fill(sides, 1500)
    sides.sync(**FaultyDisk(sides.home).spoil(4000, "kill"))
    before = len(sides.files())
    assert 0 < before < 1500
    texts.clear()
    assert sides.sync().returncode == 0
    assert len(texts) <= 1500 - before and sides.here() == sides.there()


def test_d12_names_are_durable_before_the_record_of_them(sides):
    """A file is synced before it gets its name, the folder of the name before the state that says so."""
    fill(sides, 5)
    sides.sync()
    fill(sides, 5, first=6)
    disk = FaultyDisk(sides.home)
    assert sides.sync(**disk.listing()).returncode == 0
    calls = disk.passed()
    named = [(at, path) for at, (call, path) in enumerate(calls) if call == "rename" and "/INBOX/tmp/" in path]
    assert len(named) == 5
    for at, path in named:
        assert ("fsync", path) in calls[:at]
        after = [p for call, p in calls[at:] if call == "fsync"]
        recorded = next(i for i, p in enumerate(after) if p.endswith("state.db-wal"))
        assert any(p.endswith(("/INBOX/new", "/INBOX/cur")) for p in after[:recorded])


# ---- backups

def restore(sides, *parts):
    """Of the data folder as it was when it was remembered; the server stays as it is."""
    for part in parts:
        kept, now = f"{sides.kept[0]}/data/cur/{part}", sides.home.data / part
        shutil.rmtree(now, ignore_errors=True)
        now.unlink(missing_ok=True)
        if os.path.isdir(kept):
            shutil.copytree(kept, now)
        elif os.path.exists(kept):
            shutil.copy(kept, now)


def test_d15_a_backup_of_last_week_brings_new_mail_again_and_resurrects_nothing(sides):
    fill(sides, 6)
    settle(sides)
    sides.remember()
    fill(sides, 3, first=7)
    sides.world.boxes["INBOX"].remove(1)
    settle(sides)
    sides.files("INBOX")[0].unlink()
    settle(sides)
    want = sides.there()
    restore(sides, "mail", "state.db", "state.db-wal", "state.db-shm")
    settle(sides)
    assert sides.here() == want


def test_d16_a_backup_of_the_maildir_alone_deletes_nothing(sides):
    fill(sides, 6)
    settle(sides)
    sides.remember()
    fill(sides, 40, first=7)
    settle(sides)
    want = sides.there()
    restore(sides, "mail")
    for _ in range(3):
        done = sides.sync()
    assert done.returncode == 1 and "nothing is deleted at the server" in sides.log()
    assert sides.there() == want


# ---- the index

def found(sides, query, wanted):
    """The messages that a search finds, as soon as they are the wanted ones; else the last."""
    end = deadline(15)
    while True:
        done = sides.home.run("search", "--json", query)
        rows = sorted(json.loads(line)["message_id"] for line in done.stdout.splitlines())
        if rows == wanted or time.monotonic() > end:
            return rows
        time.sleep(0.05)


def idents(*numbers):
    return sorted(f"<m{i}@example.net>" for i in numbers)


def index_disk(sides, calls=("write", "fsync", "create", "rename")):
    disk = FaultyDisk(sides.home, calls)
    disk.below = sides.home.data / "index"
    return disk


def test_d21_d29_an_index_that_cannot_be_written_costs_no_mail_and_is_made_up_for(sides):
    fill(sides, 5)
    disk = index_disk(sides)
    sides.home.run("sync", env=disk.spoil(8, "ENOSPC", on=True))
    end = deadline(10)
    while "index: " not in sides.log() and time.monotonic() < end:
        sides.home.run("search", "from:bob")
    sides.home.stop_engine()
    assert sides.here() == sides.there() and "index: " in sides.log()
    assert found(sides, "from:bob", idents(*range(1, 6))) == idents(*range(1, 6))
    sides.home.stop_engine()


def test_d32_an_index_whose_making_was_killed_is_made(sides):
    fill(sides, 30)
    sides.sync()
    disk, killed = index_disk(sides), 0
    for n in (3, 12, 30):
        sides.home.run("search", "from:bob", env=disk.spoil(n, "kill"))
        end = deadline(10)
        while sides.home.engines() and time.monotonic() < end:
            time.sleep(0.02)
        killed += not sides.home.engines()
        sides.home.stop_engine()
    assert killed
    assert found(sides, "from:bob", idents(*range(1, 31))) == idents(*range(1, 31))
    sides.home.stop_engine()


def test_d31_tags_come_back_with_an_index_made_anew(sides):
    fill(sides, 3)
    sides.world.boxes["INBOX"].set_flags(2, {"todo"})
    settle(sides)
    for _ in range(2):
        assert found(sides, "tag:todo", idents(2)) == idents(2)
        sides.home.stop_engine()
        shutil.rmtree(sides.home.data / "index")


# ---- what others may see

def test_d35_whatever_the_umask_nobody_else_may_read_or_write_anything(sides):
    fill(sides, 2)
    done = subprocess.run([str(BUILD / "curd"), "--once"], env=sides.home.env, cwd=sides.home.path, umask=0, timeout=patience(30))
    assert done.returncode == 0
    for top in (sides.home.data, sides.home.path / "cache/cur"):
        for path in (top, *top.rglob("*")):
            assert not stat.S_IMODE(path.lstat().st_mode) & 0o077 or path.is_symlink(), path


@contextlib.contextmanager
def another_user_s(*command):
    """(home of a user who is not root, the command that runs there with an engine)"""
    home = Home()
    try:
        home.as_another_user()
        running = subprocess.Popen(home.command(*command), env=home.env, cwd=home.path, stderr=subprocess.DEVNULL)
        try:
            until(home.engines)
            yield home, running
        finally:
            running.terminate()
            running.wait(patience(15))
    finally:
        home.close()


def is_read_by_nobody(home, pid):
    """What may not be dumped belongs to root in /proc (proc(5))."""
    return os.stat(f"/proc/{pid}/environ").st_uid == 0 != os.stat(home.data).st_uid


def test_d53_the_engine_leaves_no_core_and_is_read_by_nobody():
    with another_user_s("curd", "--foreground") as (home, _engine):
        assert is_read_by_nobody(home, home.engines()[0])


def test_d53_the_reader_where_passwords_are_typed_leaves_no_core_and_is_read_by_nobody():
    with another_user_s("cur", "sync", "--watch") as (home, reader):
        assert is_read_by_nobody(home, reader.pid)
