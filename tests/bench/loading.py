# SPDX-License-Identifier: GPL-3.0-or-later
"""Reading a long muttrc, beside mutt and neomutt: what it adds to the start of a program that only prints a variable."""

import subprocess
import time

from figures import CUR, RUNS, every_run, have, note, row
from home import Home

LINES, COLORS, BAR = 2000, 500, 0.020


def long_muttrc():
    """What people write, two thousand lines of it, a quarter of them colours with an expression or a pattern."""
    usual = ['set realname="Anna {0}"', 'macro index ,{0} "<save-message>=box{0}<enter>" "save to box {0}"',
             "folder-hook box{0}/ 'set sort=threads'", "alias friend{0} Friend {0} <friend{0}@example.org>", "bind pager \\e{0} noop"]
    colors = ['color body brightred default "(^|[^a-z])(word{0}|https?://[^ ]+{0})"', "color index green default '~s topic{0} ~f person{0}'",
              'color header cyan default "^x-{0}-(a|b){0}:"', 'color index_author color{1} default "~h list{0}"']
    lines = [usual[i % len(usual)].format(i) for i in range(LINES - COLORS)]
    return "\n".join(lines + [colors[i % len(colors)].format(i, i % 256) for i in range(COLORS)]) + "\n"


def seconds(program, home, muttrc):
    """The best of some runs: what is asked is the work, not what else the machine did."""
    def once():
        start = time.perf_counter()
        subprocess.run([program, "-n", "-F", muttrc, "-Q", "realname"], env=home.env, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        return time.perf_counter() - start
    return min(once() for _ in range(4))


def bench_conf():
    note(f"a muttrc of {LINES} lines with {COLORS} colours, less an empty one")
    home = Home()
    muttrc = home.path / "long"
    muttrc.write_text(long_muttrc())
    figures = {}
    for name, program in (("cur", CUR), ("mutt", "mutt"), ("neomutt", "neomutt")):
        if name == "cur" or have(program):
            figures[name] = [max(seconds(program, home, muttrc) - seconds(program, home, "/dev/null"), 0.0001) for _ in range(RUNS)]
    row(f"read a muttrc of {LINES} lines", figures, must=[every_run(BAR)])
    home.close()
