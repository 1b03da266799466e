# SPDX-License-Identifier: GPL-3.0-or-later
"""Every fuzz target bears its seeds, and what was once found with it. No fuzzer is needed."""

import os
import pathlib
import subprocess

import pytest

TREE = pathlib.Path(__file__).resolve().parents[2]
BUILD = pathlib.Path(os.environ.get("CUR_BUILD", TREE / "build")).resolve()
TARGETS = sorted(path.stem.removeprefix("fuzz-") for path in (TREE / "tests/fuzz").glob("fuzz-*.c"))
MORE = {"muttrc": [TREE / "muttrc.example"]}


@pytest.mark.parametrize("target", TARGETS)
def test_seeds(target):
    seeds = sorted((TREE / "tests/fuzz/seeds" / target).iterdir()) + MORE.get(target, [])
    assert seeds
    run = subprocess.run([str(BUILD / "fuzz" / target), *map(str, seeds)], capture_output=True, timeout=300)
    assert run.returncode == 0, (run.stdout + run.stderr).decode(errors="replace")
