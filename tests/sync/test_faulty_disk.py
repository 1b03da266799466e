# SPDX-License-Identifier: GPL-3.0-or-later
"""The engine killed at, or refused, any call that changes or reads a file (tests/lab/faulty.c): what exit 0
promised is there, the next runs bring the state of an undisturbed one, nothing is lost or sent twice.

CUR_TEST_EVERY=1 spoils each call in turn; else each n-th, from an offset that CUR_TEST_SEED chooses."""

import json
import os
import random
import tempfile
import time

import pytest
from desk import letter
from faulty import CHANGES, LOOKS, OPENS, FaultyDisk
from scene import Scene

EVERY = int(os.environ.get("CUR_TEST_EVERY", "150"))
SEED = int(os.environ.get("CUR_TEST_SEED", time.time()))

HOW = {  # calls that count: how they are spoilt, and whether all that follow are
    CHANGES: [("kill", False), ("tear", False), ("lose", False), ("EIO", False), ("ENOSPC", False), ("EDQUOT", False),
              ("EIO", True), ("ENOSPC", True), ("EROFS", True)],
    OPENS: [("EMFILE", False), ("EMFILE", True)],
    LOOKS: [("EIO", False), ("EACCES", True)],
}


@pytest.fixture(autouse=True)
def in_memory(monkeypatch):
    if not os.environ.get("TMPDIR") and os.access("/dev/shm", os.W_OK):
        monkeypatch.setattr(tempfile, "tempdir", "/dev/shm")


@pytest.fixture
def scene():
    scene = Scene()
    yield scene
    scene.close()


def spoil(scene, disk, n, how, on):
    scene.again()
    done = scene.sync(**disk.spoil(n, how, on))
    try:
        scene.check(done)
    except Exception:
        print(f"call {n} {disk.spoilt()[:1]} of CUR_TEST_SEED={SEED} CUR_TEST_EVERY={EVERY}: exit {done.returncode} {done.stderr}\n"
              f"{scene.log()[-3000:]}")
        raise


@pytest.mark.parametrize("calls", HOW, ids=["changes", "opens", "looks"])
@pytest.mark.parametrize("name", ["first", "later"])
def test_g1_g2_g3_g4_d10_d20_d22_d23_d24_d25_p61_a_spoilt_call_loses_and_doubles_nothing(scene, name, calls):
    scene.begin(name)
    disk = FaultyDisk(scene.home, calls)
    scene.again()
    scene.sync(**disk.listing())
    total = len(disk.passed())
    assert total > 20
    for how, on in HOW[calls]:
        for n in range(1 + random.Random(f"{SEED} {name} {how} {on}").randrange(min(EVERY, total)), total + 1, EVERY):
            spoil(scene, disk, n, how, on)


@pytest.mark.parametrize("how", ["short", "EINTR"])
@pytest.mark.parametrize("name", ["first", "later"])
def test_d26_short_writes_and_interrupted_calls_are_no_faults(scene, name, how):
    # LMDB holds a short write for a full disk; the header cache is disposable.
    spare = "headers.mdb" if how == "short" else "cur.log"
    scene.begin(name)
    scene.again()
    done = scene.sync(**FaultyDisk(scene.home, ("write",), spare).spoil(1, how, on=True))
    assert done.returncode == 0, done.stderr
    scene.check(done)


def test_d12_what_another_program_wrote_is_durable_before_the_server_is_told(odd):
    desk = odd()
    path = desk.folder() / "cur" / "1793613600.M1.here:2,S"
    path.write_bytes(letter(50))
    disk = FaultyDisk(desk.home, ("fsync",))
    desk.once(env=disk.listing())
    synced = [name for _call, name in disk.passed()]
    record = max(i for i, name in enumerate(synced) if name.endswith("state.db-wal"))
    before_append = synced[:record]
    assert str(path) in before_append, synced
    assert before_append.index(str(path)) < before_append.index(str(path.parent))
    assert any(name.endswith("state.db-wal") for name in before_append[before_append.index(str(path.parent)):])


def test_g4_each_folder_above_a_renamed_one_is_durable(odd):
    desk = odd({"INBOX": [], "Old": [letter(1)]})
    disk = FaultyDisk(desk.home, ("fsync",))
    desk.fake.away()
    wire = desk.start(env=disk.listing())
    wire.ask("RENAME", desk.url + "Old", desk.url + "A/B/C")
    synced = {name for _call, name in disk.passed()}
    desk.stop()
    assert {str(desk.account() / name) for name in ("", "A", "A/B")} <= synced, synced


@pytest.mark.parametrize(("place", "calls"), [("state.db", LOOKS), ("outbox", LOOKS), ("mail/*", ["readdir"]), ("mail/*/New", ["stat", "opendir"]),
                                              ("mail/*/INBOX/dovecot-keywords", LOOKS)])
def test_g4_d23_what_cannot_be_looked_at_is_told_and_done_by_the_next_run(scene, place, calls):
    scene.begin("later")
    scene.again()
    disk = FaultyDisk(scene.home, calls)
    [disk.below] = scene.home.data.glob(place)
    scene.sync(**disk.listing())
    total = len(disk.passed())
    assert total
    for n in sorted(random.Random(SEED).sample(range(1, total + 1), min(total, 4))):
        spoil(scene, disk, n, "EIO", on=False)


def test_g1_d23_p61_a_message_in_the_outbox_that_cannot_be_read_stays_to_be_sent(scene):
    scene.begin("later")
    disk = FaultyDisk(scene.home, ["read"])
    disk.below = scene.home.data / "outbox"
    scene.again()
    scene.sync(**disk.listing())
    calls = disk.passed()
    assert calls
    for n, call in enumerate(calls, 1):
        scene.again()
        scene.sync(**disk.spoil(n, "EIO"))
        scene.sync()
        rows = [json.loads(row) for row in scene.home.run("queue", "--json", check=True).stdout.splitlines()]
        waits = [row["state"] for row in rows] == ["retry"]
        assert len(scene.post.received) == (not waits), (n, call, rows, scene.log()[-3000:])
