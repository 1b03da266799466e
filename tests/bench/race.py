# SPDX-License-Identifier: GPL-3.0-or-later
"""Programs that keep a mailbox in step with a server, timed in turn: each has a user of its own on one
Dovecot, with the same mail. A change is made, then its sync is timed: a fresh process, nothing running
before it."""

import pathlib
import re

from figures import CUR, Far, row, timed
from home import Home


class Program:
    """A home with the program's configuration, and a user at the server."""

    name = ""

    def __init__(self, dovecot, port, user):
        self.home, self.user = Home(), user
        self.configure(dovecot, port)

    def configure(self, dovecot, port):
        raise NotImplementedError

    def sync(self):
        """Seconds that it took; None: it gave up for a reason of its own."""
        raise NotImplementedError

    def inbox(self):
        """Its Maildir of the INBOX."""
        raise NotImplementedError

    def flag_here(self, n, letters):
        """The first messages here get other flags, as a reader of Maildirs sets them."""
        files = sorted(f for f in (self.inbox() / "cur").iterdir() if ":2," in f.name)
        for f in files[:n]:
            f.rename(re.sub(":2,.*", f":2,{letters}", str(f)))

    def delete_here(self, n):
        for f in sorted((self.inbox() / "cur").iterdir())[-n:]:
            f.unlink()

    def rest(self):
        """Nothing is left running for the next one."""

    def close(self):
        self.home.close()


class Cur(Program):
    name = "cur"

    def sync(self):
        return timed([CUR, "sync"], env=self.home.env)

    def rest(self):
        self.home.stop_engine()

    def inbox(self):
        return next(pathlib.Path(f["path"]) for f in self.home.json("folders") if f["name"].endswith("/INBOX"))


def at(work, ms):
    return f"{work}, {ms} ms" if ms else work


class Race:
    """The programs, their users and one way to a port of the server."""

    def __init__(self, programs, dovecot, port, ms, prefix=""):
        self.ms, self.far = ms, Far(port, ms)
        self.programs = [p(dovecot, self.far.port, prefix + p.name) for p in programs]

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for program in self.programs:
            program.close()
        self.far.__exit__()

    def time(self, work, change=None, runs=1, must=()):
        """change(program, run) is made before each timed sync; must: the bars (figures.py) of this row."""
        figures, asked = {p.name: [] for p in self.programs}, {}
        for run in range(runs):
            for p in self.programs:
                if change:
                    change(p, run)
                p.rest()
                self.far.asked()
                figures[p.name] += [took for took in [p.sync()] if took]
                p.rest()
                asked[p.name] = self.far.asked()
        row(at(work, self.ms), figures, asked, must)
