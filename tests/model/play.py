# SPDX-License-Identifier: GPL-3.0-or-later
"""Histories by their seeds: CUR_MODEL_N of them from CUR_MODEL_SEED on, each bad one told with all that led to it. What a
bad one left of its homes stays below CUR_MODEL_KEEP."""

import os
import pathlib
import traceback

N = int(os.environ.get("CUR_MODEL_N") or 40)
SEED = int(os.environ["CUR_MODEL_SEED"])
KEEP = os.environ.get("CUR_MODEL_KEEP")


def portions(n, size):
    """[[seeds]] of n histories: so many of them are one test."""
    return [list(range(SEED + at, SEED + min(at + size, n))) for at in range(0, n, size)]


def play(kind, seeds, note):
    """Play them all; note("played" or "bad", seed)."""
    bad = [seed for seed in seeds if not is_clean(kind, seed, note)]
    assert not bad, f"bad histories: {bad}"


def is_clean(kind, seed, note):
    history = kind(seed)
    note("played", seed)
    try:
        history.play()
        return True
    except Exception:  # the others are played nevertheless
        note("bad", seed)
        print(f"\nCUR_MODEL_SEED={seed}\n" + "\n".join(history.told))
        print(history.how_it_stands())
        print(traceback.format_exc())
        if KEEP:
            history.keep(pathlib.Path(KEEP) / str(seed))
        return False
    finally:
        history.close()
