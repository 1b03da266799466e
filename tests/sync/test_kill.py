# SPDX-License-Identifier: GPL-3.0-or-later
"""The engine killed after a durable step (CUR_TEST_STOP), then run to the end: the state must be the one
of an uninterrupted run. CUR_TEST_EVERY=1 kills at each step; else at every n-th, from an offset that
CUR_TEST_SEED chooses (a new one each run, printed when a test fails)."""

import os
import random
import time

import pytest
from desk import Desk, letter

EVERY = int(os.environ.get("CUR_TEST_EVERY", "10"))
SEED = int(os.environ.get("CUR_TEST_SEED", time.time()))
FIRST = 1 + random.Random(SEED).randrange(EVERY)


@pytest.fixture(autouse=True)
def say_where():
    print(f"CUR_TEST_EVERY={EVERY} CUR_TEST_SEED={SEED}: from step {FIRST}")


def new_mail(desk):
    desk.server.fill([letter(i, "new") for i in range(4)])


def changes_on_both_sides(desk):
    first, second, third = desk.files()[:3]
    base = first.name.partition(":2,")[0]
    first.rename(desk.folder() / "cur" / f"{base}:2,FS")
    (desk.folder() / "cur" / "1700000001.M1.test:2,S").write_bytes(letter(1, "born"))
    (desk.folder() / "cur" / "1700000002.M2.test:2,").write_bytes(letter(2, "born"))
    for part in ("cur", "new", "tmp"):
        (desk.folder("Neu") / part).mkdir(parents=True)
    (desk.folder("Neu") / "cur" / "1700000003.M3.test:2,F").write_bytes(letter(3, "born"))
    desk.server.doveadm("flags", "add", "-u", "anna", "\\Answered", "mailbox", "INBOX", "uid", "2")
    desk.server.doveadm("expunge", "-u", "anna", "mailbox", "INBOX", "uid", "3")


def moved_by_another_program(desk):
    path = desk.files()[0]
    name = path.name.partition(",U=")[0] + ":2,S"
    path.rename(desk.folder("Trash") / "cur" / name)


HISTORIES = [new_mail, changes_on_both_sides, moved_by_another_program]


def begin(lab, history):
    desk = Desk(lab)
    desk.server.fill([letter(i) for i in range(5)])
    desk.once()
    history(desk)
    return desk


def finish(desk):
    """Run to the end; a folder needs a second look where something is missing."""
    for _ in range(3):
        desk.age()
        desk.once()
    return desk.agree()


@pytest.mark.parametrize("history", HISTORIES, ids=lambda h: h.__name__)
def test_d10_killed_after_each_step_and_run_again_is_as_if_never_killed(lab, history):
    whole = begin(lab, history)
    steps = whole.home.path / "steps"
    try:
        whole.age()
        whole.once(env={"CUR_TEST_STEPS": str(steps)})
        want = finish(whole)
        names = steps.read_text().splitlines()
    finally:
        whole.close()
    assert names
    for stop in range(FIRST, len(names) + 1, EVERY):
        desk = begin(lab, history)
        try:
            desk.age()
            killed = desk.once(status=None, env={"CUR_TEST_STOP": str(stop)})
            got = finish(desk)
            assert got == want, f"killed at step {stop} ({names[stop - 1]}): exit {killed.returncode}\n{desk.log()[-5000:]}"
        finally:
            desk.close()
            desk.server.stop()


def acts(desk, wire):
    """What a user does in a minute; the engine may die in the middle of it."""
    inbox = wire.open(desk.home.url + "INBOX")
    wire.ask("MARK", inbox, [1], 1 << 1, 0)
    wire.ask("MOVE", inbox, [1, 2], desk.home.url + "Trash")
    wire.ask("MARK", inbox, [3], 1 << 4, 0)
    wire.ask("REMOVE", inbox, [4])
    wire.ask("SYNC", [], True)


def test_d18_killed_while_a_program_acts_nothing_is_lost_or_doubled(lab):
    stop, died = FIRST, True
    while died:
        desk = begin(lab, lambda desk: None)
        try:
            try:
                wire = desk.start(env={"CUR_TEST_STOP": str(stop)})
                acts(desk, wire)
                wire.close()
                died = False
            except (EOFError, OSError):
                died = True
            desk.stop()
            got = finish(desk)
            left = sorted(i for folder in got.values() for i, _flags in folder)
            assert left == sorted(set(left)), (stop, desk.log()[-5000:])
            assert len(left) in ((4, 5) if died else (4,)), (stop, desk.log()[-5000:])
        finally:
            desk.close()
            desk.server.stop()
        stop += EVERY


def test_g3_a_folder_whose_rename_was_killed_is_one_folder(odd):
    desk = odd({"INBOX": [], "Old": [letter(i) for i in range(3)], "Old/Sub": [letter(7)]})
    before, stop, is_whole = "Old", 0, False
    while not is_whole:
        stop += 1
        after = "New" if before == "Old" else "Old"
        desk.fake.away()
        wire = desk.start(env={"CUR_TEST_STOP": str(stop)})
        try:
            wire.ask("RENAME", desk.url + before, desk.url + after)
            is_whole = True
        except (EOFError, ConnectionError):
            pass
        desk.stop()
        desk.fake.away(False)
        desk.once()
        [name] = {"Old", "New"} & set(desk.imapd.boxes)
        assert set(desk.imapd.boxes) == {"INBOX", name, f"{name}/Sub"}, f"killed at {stop}"
        assert [len(desk.imapd.boxes[box].messages) for box in (name, f"{name}/Sub")] == [3, 1]
        here = desk.here()
        assert {box: len(found) for box, found in here.items()} == {"INBOX": 0, name: 3, f"{name}/Sub": 1}
        assert desk.steps() == [] and desk.rows() == 4
        before = name
    assert stop > 3
