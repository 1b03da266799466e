# SPDX-License-Identifier: GPL-3.0-or-later
"""cur sync --dry-run: says what a sync would do, changes nothing on either side, and is right."""

import json
import os

import pytest
from desk import letter
from test_pop import Box


def plan(desk, *args, status=0):
    """{folder: {what: how many}}."""
    done = desk.home.run("sync", "--dry-run", "--json", *args)
    assert done.returncode == status, done.stderr
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    assert all(row["account"].startswith(("anna@", "pop-anna@")) for row in rows)
    return {row["folder"]: {what: n for what, n in row.items() if what not in ("account", "folder", "mailbox")} for row in rows}


def everything(desk):
    """All that lies in the data folder, but the log."""
    found = {}
    for top, _folders, files in os.walk(desk.home.data):
        for name in files:
            path = os.path.join(top, name)
            if name not in ("cur.log", "state.db-wal", "state.db-shm"):
                with open(path, "rb") as file:
                    found[path] = file.read()
    return found


@pytest.fixture
def changed(filled):
    """Changes of every kind on both sides, none of them synced."""
    desk, url = filled, filled.home.url
    desk.server.stop()
    wire = desk.start()
    inbox = wire.open(url + "INBOX")
    lids = {uid: lid for uid, lid in desk.numbers()}
    wire.ask("MARK", inbox, [lids[1], lids[2]], 1 << 1, 0)
    wire.ask("MOVE", inbox, [lids[3]], url + "Trash")
    wire.ask("COPY", inbox, [lids[4], lids[5]], url + "Sent")
    wire.ask("REMOVE", inbox, [lids[6]])
    wire.ask("CREATE", url + "Made here")
    wire.close()
    desk.stop()
    desk.server.start()
    client = desk.server.client()
    client.select("INBOX")
    client.uid("STORE", "7:8", "+FLAGS", "(\\Answered)")
    client.uid("STORE", "10", "+FLAGS", "(\\Deleted)")
    client.uid("EXPUNGE", "10")
    client.create("There")
    for i in range(3):
        client.append("There", "", None, letter(i, "there").replace(b"\n", b"\r\n"))
    client.append("INBOX", "", None, letter(20).replace(b"\n", b"\r\n"))
    client.logout()
    return desk


def test_the_plan_is_what_the_sync_then_does_and_nothing_was_changed(changed):
    before, there = everything(changed), changed.there()
    found = plan(changed)
    assert everything(changed) == before and changed.there() == there
    assert found == {
        "INBOX": {"fetch": 1, "flags_here": 2, "delete_here": 1, "flags_there": 2, "delete_there": 1},
        "Trash": {"move": 1}, "Sent": {"copy": 2}, "Made here": {"make_there": 1}, "There": {"make_here": 1, "fetch": 3}}
    assert plan(changed) == found
    changed.once()
    changed.settle()
    assert len(changed.here()["There"]) == 3 and len(changed.here()["INBOX"]) == 8
    assert plan(changed) == {}


def test_what_other_programs_did_in_the_maildir_is_planned_and_not_recorded(filled):
    first, second, third = filled.files()[:3]
    first.unlink()
    base = second.name.partition(":2,")[0]
    second.rename(second.with_name(f"{base}:2,FRS"))
    third.with_name("1700000000.1.elsewhere:2,S").write_bytes(letter(30))
    filled.age()
    before = everything(filled)
    assert plan(filled) == {"INBOX": {"append": 1, "flags_there": 1, "delete_there": 1}}
    assert everything(filled) == before
    assert filled.steps() == []


def test_a_folder_or_an_account_alone(changed):
    assert set(plan(changed, "=There", status=1)) <= {"INBOX", "Trash", "Sent", "Made here"}, "not known before a LIST"
    [account] = [p.name for p in (changed.home.data / "mail").iterdir()]
    assert "There" in plan(changed, account)
    assert plan(changed, "=INBOX")["INBOX"]["fetch"] == 1


def test_for_people(changed):
    done = changed.home.run("sync", "--dry-run", check=True)
    assert "INBOX: fetch 1, change flags here 2, delete here 1, change flags there 2, delete there 1\n" in done.stdout
    assert "There: make here, fetch 3\n" in done.stdout
    changed.once()
    changed.settle()
    assert changed.home.run("sync", "--dry-run", check=True).stdout == "nothing to do\n"


def test_beside_a_running_engine(filled):
    wire = filled.start()
    wire.ask("SYNC", [], True)
    assert plan(filled) == {}
    wire.close()
    filled.stop()


def test_nothing_is_left_behind_and_a_server_that_is_away_is_told(filled):
    filled.server.stop()
    done = filled.home.run("sync", "--dry-run")
    assert done.returncode == 75 and "cannot" in done.stderr
    assert not list(filled.home.data.glob("rehearsal.*"))


def test_pop3(lab):
    box = Box(lab, more="set pop_delete=yes\n")
    try:
        box.server.fill([letter(i) for i in range(5)])
        assert plan(box) == {"INBOX": {"fetch": 5}}
        assert len(box.ids_there()) == 5 and not (box.home.data / "mail").exists()
    finally:
        box.close()
