# SPDX-License-Identifier: GPL-3.0-or-later
"""A mailbox of BIG messages, all of it, beside mbsync: the first sync and what the engine needs of memory for
it, and a sync with nothing new."""

import os
import subprocess
import time

from figures import DISTANCES, RUNS, at_most, share
from newest import BIG
from race import Race
from servers import Lab
from syncing import PROGRAMS, QUICK, ImapCur, bars, fill

MEMORY_MIB = 64


def peak(command, env):
    """The largest resident size of a program until it ends, in MiB, and the seconds it took."""
    start = time.perf_counter()
    process = subprocess.Popen(command, env=env, stdout=subprocess.DEVNULL)
    _pid, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError(f"{command}: exit {process.returncode}")
    return usage.ru_maxrss / 1024, time.perf_counter() - start


class Engine(ImapCur):
    """The engine itself, as `cur sync` has it run, so that what it needs can be measured."""

    def sync(self):
        self.peak, took = peak([*self.home.command("curd"), "--once"], self.home.env)
        return took


def bench_big():
    programs = [Engine, *PROGRAMS[1:]]
    for ms in DISTANCES:
        with Lab() as lab:
            dovecot = lab.dovecot(users={p.name: "secret" for p in programs})
            fill(dovecot, [p.name for p in programs], BIG)
            with Race(programs, dovecot, dovecot.imaps, ms) as race:
                engine = race.programs[0]
                race.time(f"first sync of {BIG}, every message durable", must=bars(BIG, share("mbsync", 0.3), when=not ms))
                at_most(f"peak memory of the engine, first sync of {BIG}", "MiB", MEMORY_MIB, engine.peak)
                race.time(f"sync of {BIG}, nothing new", runs=RUNS, must=bars(BIG, *QUICK, when=bool(ms)))
                at_most(f"peak memory of the engine, nothing new in {BIG}", "MiB", MEMORY_MIB, engine.peak)
