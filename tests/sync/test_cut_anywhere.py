# SPDX-License-Identifier: GPL-3.0-or-later
"""The connection cut, or the server killed, after any byte that it says or hears: what exit 0 promised is
there, the next runs bring the state of an undisturbed one, nothing is lost or sent twice.

CUR_TEST_EVERY=1 cuts after each byte in turn; else each n-th, from an offset that CUR_TEST_SEED chooses."""

import os
import random
import subprocess
import tempfile
import time

import pytest
from scene import Scene

EVERY = int(os.environ.get("CUR_TEST_EVERY", "800"))
SEED = int(os.environ.get("CUR_TEST_SEED", time.time()))


@pytest.fixture
def scene(monkeypatch):
    if not os.environ.get("TMPDIR") and os.access("/dev/shm", os.W_OK):
        monkeypatch.setattr(tempfile, "tempdir", "/dev/shm")
    scene = Scene()
    yield scene
    scene.close()


def cut(scene, meter, way, n, dies):
    scene.again()
    meter.reset(**{way: n}, dies=dies)
    done = scene.sync()
    meter.reset()
    try:
        scene.check(done)
    except Exception:
        print(f"cut after byte {n} {way} (CUR_TEST_SEED={SEED} CUR_TEST_EVERY={EVERY}): exit {done.returncode} {done.stderr}\n{scene.log()[-3000:]}")
        raise


@pytest.mark.parametrize("dies", [False, True], ids=["cut", "killed"])
@pytest.mark.parametrize("way", ["said", "heard"])
@pytest.mark.parametrize("name", ["first", "later"])
def test_g1_g3_p42_p56_p63_an_imap_session_cut_at_any_byte_loses_and_doubles_nothing(scene, name, way, dies):
    scene.begin(name)
    scene.again()
    scene.sync()
    total = scene.world.meter.passed[way]
    assert total > 500
    for n in range(random.Random(f"{SEED} {name} {way} {dies}").randrange(min(EVERY, total)), total, EVERY):
        cut(scene, scene.world.meter, way, n, dies)


@pytest.mark.parametrize("way", ["said", "heard"])
def test_g2_p56_p60_p61_an_smtp_session_cut_at_any_byte_sends_at_most_once(scene, way):
    scene.begin("later")
    scene.again()
    scene.sync()
    total = scene.post.meter.passed[way]
    assert total > 50
    every = max(EVERY // 16, 1)  # it is short, and each byte of it counts
    for n in range(random.Random(f"{SEED} {way}").randrange(every), total, every):
        cut(scene, scene.post.meter, way, n, False)


def test_a_scene_whose_engine_crashes_is_given_up_with_what_it_said(scene, monkeypatch):
    monkeypatch.setattr(scene, "sync", lambda: subprocess.CompletedProcess([], -11, "", "it crashed"))
    with pytest.raises(AssertionError, match="exit -11: it crashed"):
        scene.begin("later")
