# SPDX-License-Identifier: GPL-3.0-or-later
"""Syncing over IMAP, near and far, beside mbsync.

Each program has a user of its own on one Dovecot, with the same mail. A change is made, then its
sync is timed: a fresh process, nothing running before it. DISTANCES=0,50 are the round trips in ms.
"""

import os
import pathlib
import re
import time

from figures import CUR, DISTANCES, RUNS, Far, have, note, row, timed
from corpus import corpus
from home import Home
from servers import Lab

SYNC = int(os.environ.get("SYNC", "10000"))
CHANGES = min(1000, SYNC // 10)
REMOVED = SYNC // 25  # more at once and cur asks whether that is meant
FOLDERS = 100


class Cur:
    name = "cur"

    def __init__(self, dovecot, port, user):
        self.home = Home().account(dovecot, user=user, port=port)
        self.user = user

    def sync(self):
        return timed([CUR, "sync"], env=self.home.env)

    def rest(self):
        """Nothing is left running for the next one."""
        self.home.stop_engine()

    def inbox(self):
        return next(pathlib.Path(f["path"]) for f in self.home.json("folders") if f["name"].endswith("/INBOX"))

    def close(self):
        self.home.close()


class Mbsync:
    name = "mbsync"

    def __init__(self, dovecot, port, user):
        self.home, self.user = Home(), user
        self.rc = self.home.path / "mbsyncrc"
        (self.home.path / "mail").mkdir()
        self.rc.write_text(
            f"IMAPAccount a\nHost localhost\nPort {port}\nUser {user}\nPass secret\nSSLType IMAPS\n"
            f"CertificateFile {dovecot.certificate.ca}\n\nIMAPStore far\nAccount a\n\n"
            f"MaildirStore near\nPath {self.home.path}/mail/\nInbox {self.inbox()}\nSubFolders Verbatim\n\n"
            "Channel c\nFar :far:\nNear :near:\nPatterns *\nCreate Near\nExpunge Both\nSyncState *\n")

    def sync(self):
        return timed(["mbsync", "-q", "-c", str(self.rc), "c"], env=self.home.env)

    def rest(self):
        pass

    def inbox(self):
        return self.home.path / "mail/INBOX"

    def close(self):
        self.home.close()


PROGRAMS = [Cur, *([Mbsync] if have("mbsync") else [])]


class Race:
    """The programs, their users and one way to the server."""

    def __init__(self, dovecot, ms, prefix=""):
        self.dovecot, self.ms = dovecot, ms
        self.far = Far(dovecot.imaps, ms)
        self.programs = [p(dovecot, self.far.port, prefix + p.name) for p in PROGRAMS]

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for program in self.programs:
            program.close()
        self.far.__exit__()

    def time(self, work, change=None, runs=1):
        """change(program, run) is made before each timed sync."""
        figures, asked = {p.name: [] for p in self.programs}, {}
        for run in range(runs):
            for p in self.programs:
                if change:
                    change(p, run)
                p.rest()
                self.far.asked()
                figures[p.name].append(p.sync())
                p.rest()
                asked[p.name] = self.far.asked()
        row(f"{work}, {self.ms} ms" if self.ms else work, figures, asked)


def renamed(program, letters):
    """The first messages here get other flags, as a reader of Maildirs sets them."""
    files = sorted(f for f in (program.inbox() / "cur").iterdir() if ":2," in f.name)
    for f in files[:CHANGES]:
        f.rename(re.sub(":2,.*", f":2,{letters}", str(f)))


def at_rest(change):
    """A folder that changed within this second tells nobody what is missing in it."""
    def later(program, run):
        change(program, run)
        time.sleep(1.2)
    return later


def removed(program, _):
    for f in sorted((program.inbox() / "cur").iterdir())[-REMOVED:]:
        f.unlink()


def changes(dovecot):
    """What happens to a mailbox between two syncs, as Race.time() takes it."""
    def there(command):
        def change(program, run):
            client = dovecot.client(program.user)
            client.select("INBOX")
            command(client, run)
            client.logout()
        return change

    def flagged(client, run):
        client.uid("STORE", f"1:{CHANGES}", "-FLAGS" if run % 2 else "+FLAGS", "(\\Flagged)")

    def deleted(client, _):
        client.store(f"1:{CHANGES}", "+FLAGS", "(\\Deleted)")
        client.expunge()

    def arrived(program, run):
        dovecot.fill(list(corpus(CHANGES, seed=run + 7)), user=program.user)

    yield f"{CHANGES} new in {SYNC}", arrived, 1
    yield f"{CHANGES} flags changed there, {SYNC}", there(flagged), 2
    yield f"{CHANGES} flags changed here, {SYNC}", at_rest(lambda p, run: renamed(p, "S" if run % 2 else "FS")), 2
    yield f"{CHANGES} deleted there, {SYNC}", there(deleted), 1
    yield f"{REMOVED} deleted here, {SYNC}", at_rest(removed), 1


def fill(dovecot, users):
    note(f"filling a server with {SYNC} messages")
    messages = list(corpus(SYNC))
    for user in users:
        dovecot.fill(messages, user=user, flags=lambda i: "S")
        dovecot.doveadm("index", "-u", user, "INBOX")


def fill_folders(dovecot, users):
    messages = list(corpus(FOLDERS * 10))
    for user in users:
        for i in range(FOLDERS):
            dovecot.fill(messages[10 * i:10 * i + 10], mailbox=f"box{i}", user=user, flags=lambda i: "S")


def bench_running(dovecot):
    """What `cur sync` costs while its engine runs, as it does on a desk."""
    cur = Cur(dovecot, dovecot.imaps, "cur")
    try:
        cur.sync()
        row(f"sync of {SYNC}, nothing new, engine running", {"cur": [cur.sync() for _ in range(RUNS)]})
    finally:
        cur.close()


def bench_distance(dovecot, ms):
    with Race(dovecot, ms) as race:
        race.time(f"first sync of {SYNC}, every message durable")
        race.time(f"sync of {SYNC}, nothing new", runs=RUNS)
        for work, change, runs in changes(dovecot):
            race.time(work, change, runs)
    with Race(dovecot, ms, "many-") as race:
        race.time(f"first sync of {FOLDERS} folders of 10")
        race.time(f"sync of {FOLDERS} folders, nothing new", runs=RUNS if not ms else 2)


def bench_sync():
    names = [p.name for p in PROGRAMS]
    users = {prefix + name: "secret" for prefix in ("", "many-") for name in names}
    for i, ms in enumerate(DISTANCES):
        with Lab() as lab:
            dovecot = lab.dovecot(users=users)
            fill(dovecot, names)
            fill_folders(dovecot, [f"many-{name}" for name in names])
            bench_distance(dovecot, ms)
            if i == 0:
                bench_running(dovecot)
