# SPDX-License-Identifier: GPL-3.0-or-later
"""The engine killed after each durable step (CUR_TEST_STOP), then run to the end: the state must be the one
of an uninterrupted run. CUR_TEST_EVERY=n takes every n-th point only."""

import os

import pytest
from conftest import Desk, letter

EVERY = int(os.environ.get("CUR_TEST_EVERY", "1"))


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
    for stop in range(1, len(names) + 1, EVERY):
        desk = begin(lab, history)
        try:
            desk.age()
            killed = desk.once(status=None, env={"CUR_TEST_STOP": str(stop)})
            got = finish(desk)
            assert got == want, f"killed at step {stop} ({names[stop - 1]}): exit {killed.returncode}\n{desk.log()[-5000:]}"
        finally:
            desk.close()
            desk.server.stop()
