# SPDX-License-Identifier: GPL-3.0-or-later
"""The engine's memory does not grow with the size of a message."""

import pathlib
import re

import pytest
from desk import letter
from pace import SLOW

LINE = "seventy bytes of a large attachment, again and again and once more yet.\n"


def peak(desk):
    """MiB that the engine had at most until it was in step."""
    wire = desk.start()
    wire.ask("SYNC", [], True)
    status = pathlib.Path(f"/proc/{desk.engine.pid}/status").read_text()
    wire.close()
    return int(re.search(r"VmHWM:\s+(\d+) kB", status)[1]) / 1024


@pytest.mark.skipif(SLOW > 1, reason="a sanitizer keeps what was freed")
def test_a_message_of_60_mb_is_fetched_in_the_memory_of_a_small_one(odd):
    small = peak(odd({"INBOX": [letter(1)]}, once=False))
    desk = odd({"INBOX": [letter(1, body=LINE * (60_000_000 // len(LINE)))]}, once=False)
    large = peak(desk)
    [file] = desk.files()
    assert file.stat().st_size > 59_000_000
    assert large < small + 6, f"{small:.1f} MiB with a small message, {large:.1f} with a large one"
