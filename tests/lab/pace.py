# SPDX-License-Identifier: GPL-3.0-or-later
"""How patient the tests are: CUR_TEST_SLOW=5 gives programs five times as long (sanitizers, valgrind)."""

import os
import time

SLOW = float(os.environ.get("CUR_TEST_SLOW", 1))


def patience(seconds):
    return seconds * SLOW


def deadline(seconds):
    """When to give up, as time.monotonic() counts."""
    return time.monotonic() + patience(seconds)


def until(is_so, seconds=20, tell=lambda: ""):
    """Ask until it is so, and how long that took; what `tell` says, when it takes too long."""
    begun, end = time.monotonic(), deadline(seconds)
    while not is_so():
        assert time.monotonic() < end, f"not within {patience(seconds):g} s: {tell()}"
        time.sleep(0.01)
    return time.monotonic() - begun
