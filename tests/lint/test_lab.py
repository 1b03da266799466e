# SPDX-License-Identifier: GPL-3.0-or-later
"""The lab is the demo's and the benchmark's, too: they install no test runner."""

import pathlib
import subprocess
import sys

TESTS = pathlib.Path(__file__).resolve().parents[1]


def imports_alone(folder, module):
    code = ("import sys; sys.modules['pytest'] = None; "
            f"sys.path[:0] = [{str(TESTS / 'lab')!r}, {str(TESTS / folder)!r}]; import {module}")
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)


def test_the_demo_needs_no_test_runner():
    assert imports_alone("lab", "demo").stderr == ""


def test_the_benchmark_needs_no_test_runner():
    assert imports_alone("bench", "bench").stderr == ""
