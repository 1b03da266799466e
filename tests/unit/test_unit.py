# SPDX-License-Identifier: GPL-3.0-or-later
"""Each C unit test program is one test here, so that one runner counts everything."""

import os
import pathlib
import subprocess

import pytest

TREE = pathlib.Path(__file__).resolve().parents[2]
BUILD = pathlib.Path(os.environ.get("CUR_BUILD", TREE / "build")).resolve()
SOURCES = sorted((TREE / "tests/unit").glob("*/test-*.c"))


@pytest.mark.parametrize("source", SOURCES, ids=lambda s: f"{s.parent.name}/{s.stem}")
def test_unit(source):
    program = BUILD / "unit" / source.parent.name / source.stem
    env = {**os.environ, "CUR_TEST_SOURCE": str(TREE), "CUR_BUILD": str(BUILD)}
    run = subprocess.run([str(program)], capture_output=True, env=env, cwd=TREE, timeout=600)
    assert run.returncode == 0, (run.stdout + run.stderr).decode(errors="replace")
