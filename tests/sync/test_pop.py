# SPDX-License-Identifier: GPL-3.0-or-later
"""POP3 into an INBOX of ours: each message once, deleted there only when the user wants it."""

import sqlite3
import time

import pytest
from desk import Desk, letter, wanted
from test_kill import EVERY, FIRST, SEED

DAY = 24 * 60 * 60


class Box(Desk):
    """The desk with its account reached by POP3."""

    def __init__(self, lab, scheme="pops", more="", server=None):
        super().__init__(lab, server)
        self.scheme = scheme
        self.configure(more)

    def configure(self, more=""):
        port = self.server.pop3s if self.scheme == "pops" else self.server.pop3
        self.home.muttrc(f'set pop_host="{self.scheme}://anna@localhost:{port}" pop_pass="secret"\n'
                         f'set ssl_ca_certificates_file="{self.server.certificate.ca}"\n' + more)

    def ids(self):
        return [i for i, _flags in self.here()["INBOX"]]

    def ids_there(self):
        return [i for i, _flags in self.there()["INBOX"]]

    def state(self, words):
        with sqlite3.connect(self.home.data / "state.db") as db:
            return db.execute(words).fetchall()


@pytest.fixture(params=["pops", "pop"])
def box(lab, request):
    box = Box(lab, request.param)
    box.server.fill([letter(i) for i in range(5)])
    yield box
    box.close()


def test_all_are_fetched_once_and_left_there(box):
    box.once()
    assert box.ids() == wanted(0, 1, 2, 3, 4)
    before = {p.stat().st_ino for p in box.files()}
    box.server.deliver("anna", letter(5))
    box.once()
    assert box.ids() == wanted(0, 1, 2, 3, 4, 5)
    assert before < {p.stat().st_ino for p in box.files()}
    assert box.ids_there() == wanted(0, 1, 2, 3, 4, 5)


def test_pop_delete_yes_deletes_there_what_is_here(lab):
    box = Box(lab, more="set pop_delete=yes\n")
    try:
        box.server.fill([letter(i) for i in range(5)])
        box.once()
        assert box.ids() == wanted(0, 1, 2, 3, 4)
        assert box.ids_there() == []
        box.once()
        assert box.ids() == wanted(0, 1, 2, 3, 4)
    finally:
        box.close()


def test_pop_keep_days_deletes_there_what_is_old(box):
    box.configure("set pop_keep_days=7\n")
    box.once()
    assert len(box.ids_there()) == 5
    box.state(f"UPDATE uidls SET first_seen = {int(time.time()) - 8 * DAY} WHERE lid IN (1, 2)")
    box.once()
    assert len(box.ids_there()) == 3
    assert box.ids() == wanted(0, 1, 2, 3, 4)


def test_what_the_user_deletes_here_goes_there_and_does_not_come_back(box):
    box.once()
    box.age()
    box.files()[0].unlink()
    gone = set(wanted(0, 1, 2, 3, 4)) - set(box.ids())
    for _ in range(3):
        box.age()
        box.once()
    assert box.ids() == sorted(set(wanted(0, 1, 2, 3, 4)) - gone)
    assert box.ids_there() == box.ids()


@pytest.mark.parametrize("more", ["", "set pop_delete=yes\n"], ids=["left there", "deleted there"])
def test_p75_killed_at_each_step_each_message_is_here_once(lab, more):
    print(f"CUR_TEST_EVERY={EVERY} CUR_TEST_SEED={SEED}: from step {FIRST}")

    def begin():
        box = Box(lab, more=more)
        box.server.fill([letter(i) for i in range(4)])
        return box

    whole = begin()
    steps = whole.home.path / "steps"
    try:
        whole.once(env={"CUR_TEST_STEPS": str(steps)})
        names = steps.read_text().splitlines()
    finally:
        whole.close()
    assert "fetch-visible" in names
    points = set(range(FIRST, len(names) + 1, EVERY)) | {1 + names.index("fetch-visible")}
    for stop in sorted(points):
        box = begin()
        try:
            box.once(status=None, env={"CUR_TEST_STOP": str(stop)})
            for _ in range(2):
                box.age()
                box.once()
            assert box.ids() == wanted(0, 1, 2, 3), f"killed at step {stop} ({names[stop - 1]})\n{box.log()[-4000:]}"
            assert box.ids_there() == ([] if more else wanted(0, 1, 2, 3))
            assert box.rows() == 4
        finally:
            box.close()
            box.server.stop()
