# SPDX-License-Identifier: GPL-3.0-or-later
"""make bench: the work of every day, `cur` beside the programs it replaces, in one run, as ratios.

Every row is measured on the same corpus and the same private servers for all programs, RUNS times in
turn, and shown as medians and as a share of the best rival; below it each bar that is set for it, with
what was measured and whether it held. "floor" is no rival but what nobody can go below (floor.py).
N=10000,100000 sets the sizes of the Maildirs, BIG=100000 that of the mailbox whose newest are waited
for, OUT=file keeps the figures as JSON, ONLY=start,conf,open,sync,newest,pop,send chooses. All of BIG, with
the engine's memory, is ONLY=big: it takes half an hour and is not among what runs by default.
"""

import os

import figures
from big import bench_big
from loading import bench_conf
from newest import bench_newest
from opening import bench_sizes, bench_start
from popping import bench_pop
from sending import bench_send
from syncing import bench_sync

PARTS = {"start": bench_start, "conf": bench_conf, "open": bench_sizes, "sync": bench_sync, "newest": bench_newest, "pop": bench_pop, "send": bench_send}


SELDOM = {"big": bench_big}


def main():
    figures.head()
    for part in os.environ.get("ONLY", ",".join(PARTS)).split(","):
        (PARTS | SELDOM)[part]()
    if os.environ.get("OUT"):
        figures.keep(os.environ["OUT"])


if __name__ == "__main__":
    main()
