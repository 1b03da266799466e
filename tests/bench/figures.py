# SPDX-License-Identifier: GPL-3.0-or-later
"""What every benchmark shares: rows of a table, programs timed, one network that is near or far."""

import json
import os
import pathlib
import shutil
import statistics
import subprocess
import sys
import time

TREE = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(TREE / "tests/lab"))

from home import BUILD  # noqa: E402

RUNS = int(os.environ.get("RUNS", "5"))
DISTANCES = [int(ms) for ms in os.environ.get("DISTANCES", "0,50").split(",")]  # round trips
CUR = str(BUILD / "cur")
rows = []


def note(text):
    print(f"# {text}", file=sys.stderr, flush=True)


def have(program):
    return shutil.which(program) is not None


def head():
    print(f"{'work':50} {'cur/best':>8}   medians", flush=True)


def row(work, figures, asked=None):
    """figures: program -> list of seconds. Prints medians and cur's share of the best rival; asked:
    program -> Asked, what it asked of the network."""
    medians = {name: statistics.median(values) for name, values in figures.items() if values}
    best = min((value for name, value in medians.items() if name != "cur"), default=None)
    ratio = medians["cur"] / best if best else None
    rows.append({"work": work, "seconds": medians, "ratio": ratio,
                 "spread": {name: [min(v), max(v)] for name, v in figures.items() if v},
                 "asked": asked or {}})
    shown = "  ".join(f"{name} {value * 1000:.1f} ms{told(asked, name)}" for name, value in medians.items())
    print(f"{work:50} {f'{ratio:.3f}' if ratio else '-':>8}   {shown}", flush=True)


def told(asked, name):
    if not asked or name not in asked:
        return ""
    return f" ({asked[name]['turns']} turns, {(asked[name]['up'] + asked[name]['down']) / 1000:.1f} KB)"


def keep(path):
    pathlib.Path(path).write_text(json.dumps(rows, indent=1))


def timed(command, **options):
    start = time.perf_counter()
    done = subprocess.run(command, capture_output=True, check=False, **options)
    if done.returncode:
        raise RuntimeError(f"{command}: exit {done.returncode}: {done.stdout[-500:]!r} {done.stderr[-500:]!r}")
    return time.perf_counter() - start


class Far:
    """A port of this machine, as if it were `ms` milliseconds away and back (delay.c)."""

    def __init__(self, port, ms):
        self.process = subprocess.Popen([str(BUILD / "bench/delay"), str(ms / 2), str(port)], text=True,
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.port = int(self.process.stdout.readline())

    def asked(self):
        """What was asked of the network since the last time."""
        self.process.stdin.write("\n")
        self.process.stdin.flush()
        return dict(zip(("up", "down", "turns", "connections"), map(int, self.process.stdout.readline().split())))

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.stdin.close()
        self.process.wait()
