# SPDX-License-Identifier: GPL-3.0-or-later
"""The engine's memory: it does not grow with the size of a message, nor with what was needed for a moment only."""

import pathlib
import re
import time

import pytest
from desk import letter
from pace import SLOW, deadline

SYSTEM = pathlib.Path("/etc/ssl/certs/ca-certificates.crt")
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


def at_rest(desk):
    """MiB of its own that an engine has once it has told that all is in step, at least."""
    wire = desk.start()
    wire.ask("SYNC", [], True)
    least, end = 1 << 30, deadline(1)
    while time.monotonic() < end:
        status = pathlib.Path(f"/proc/{desk.engine.pid}/status").read_text()
        least = min(least, int(re.search(r"RssAnon:\s+(\d+) kB", status)[1]))
        time.sleep(0.05)
    wire.close()
    return least / 1024


@pytest.mark.skipif(SLOW > 1, reason="a sanitizer keeps what was freed")
@pytest.mark.skipif(not SYSTEM.exists(), reason="no authorities here that the system trusts")
def test_the_authorities_of_the_system_are_not_kept_for_each_connection(odd):
    few, all_of_them = (odd({"INBOX": [letter(1)]}, once=False) for _ in range(2))
    few.add("set ssl_usesystemcerts=no")
    without, with_them = at_rest(few), at_rest(all_of_them)
    assert with_them < without + 1.5, f"{without:.1f} MiB without them, {with_them:.1f} with them"
