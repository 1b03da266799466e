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


def row(work, figures, asked=None, must=()):
    """figures: program -> list of seconds. Prints medians and cur's share of the best rival; asked:
    program -> what it asked of the network; must: bars, each told with what was measured."""
    medians = {name: statistics.median(values) for name, values in figures.items() if values}
    best = min((value for name, value in medians.items() if name not in ("cur", "floor")), default=None)
    ratio = medians["cur"] / best if best else None
    held = [bar(figures, medians, asked or {}) for bar in must]
    rows.append({"work": work, "seconds": medians, "ratio": ratio,
                 "spread": {name: [min(v), max(v)] for name, v in figures.items() if v},
                 "asked": asked or {}, "must": [told for told in held if told]})
    shown = "  ".join(f"{name} {value * 1000:.1f} ms{told(asked, name)}" for name, value in medians.items())
    print(f"{work:50} {f'{ratio:.3f}' if ratio else '-':>8}   {shown}", flush=True)
    tell_bars()


def at_most(work, unit, limit, value):
    """A row that is no time."""
    rows.append({"work": work, "must": [_bar(unit, limit, value)]})
    print(work, flush=True)
    tell_bars()


def tell_bars():
    for bar in rows[-1]["must"]:
        print(f"    {'held' if bar['held'] else 'NOT HELD':8} {bar['what']} at most {bar['limit']:g}: {bar['is']:.3g}", flush=True)


# ---- bars: what a row must be; one whose rival is not here says nothing


def _bar(what, limit, value):
    return {"what": what, "limit": limit, "is": value, "held": value <= limit}


def share(of, limit):
    """Of another program's time."""
    return lambda figures, medians, asked: of in medians and _bar(f"share of {of}'s time", limit, medians["cur"] / medians[of])


def every_run(limit):
    return lambda figures, medians, asked: _bar("slowest run in seconds", limit, max(figures["cur"]))


def _bytes(asked, name):
    return asked[name]["up"] + asked[name]["down"]


def kilobytes(limit):
    return lambda figures, medians, asked: _bar("KB on the wire", limit, _bytes(asked, "cur") / 1000)


def turns(limit):
    return lambda figures, medians, asked: _bar("turns", limit, asked["cur"]["turns"])


def share_of_bytes(of, limit):
    return lambda figures, medians, asked: of in medians and _bar(f"share of {of}'s bytes", limit, _bytes(asked, "cur") / _bytes(asked, of))


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
