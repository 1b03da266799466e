# SPDX-License-Identifier: GPL-3.0-or-later
"""Syncing over IMAP, near and far, beside mbsync and OfflineIMAP. DISTANCES=0,50 are the round trips in ms."""

import os
import time

from figures import DISTANCES, RUNS, have, kilobytes, note, row, share, share_of_bytes, timed, turns
from corpus import corpus
from floor import Floor
from race import Cur, Program, Race
from servers import Lab

SYNC = int(os.environ.get("SYNC", "10000"))
CHANGES = min(1000, SYNC // 10)
TLS_TURNS, TLS_KB = 1, 2  # before the first word of IMAP, mostly the certificate
LOST = 25  # one in so many is deleted here: with more at once cur asks whether that is meant
FOLDERS = 100


class ImapCur(Cur):
    def configure(self, dovecot, port):
        self.home.account(dovecot, user=self.user, port=port)


class Mbsync(Program):
    name = "mbsync"

    def configure(self, dovecot, port):
        self.rc = self.home.path / "mbsyncrc"
        (self.home.path / "mail").mkdir()
        self.rc.write_text(
            f"IMAPAccount a\nHost localhost\nPort {port}\nUser {self.user}\nPass secret\nSSLType IMAPS\n"
            f"CertificateFile {dovecot.certificate.ca}\n\nIMAPStore far\nAccount a\n\n"
            f"MaildirStore near\nPath {self.home.path}/mail/\nInbox {self.inbox()}\nSubFolders Verbatim\n\n"
            "Channel c\nFar :far:\nNear :near:\nPatterns *\nCreate Near\nExpunge Both\nSyncState *\n")

    def sync(self):
        return timed(["mbsync", "-q", "-c", str(self.rc), "c"], env=self.home.env)

    def inbox(self):
        return self.home.path / "mail/INBOX"


class MbsyncLoose(Mbsync):
    """What it writes may be lost when the power fails."""

    name = "mbsync-no-fsync"

    def configure(self, dovecot, port):
        super().configure(dovecot, port)
        self.rc.write_text("FSync no\n" + self.rc.read_text())


class OfflineImap(Program):
    """It fetches one message at a time and syncs the disk after each: it takes part in boxes of SYNC / 10."""

    name = "offlineimap"

    def configure(self, dovecot, port):
        (self.home.path / "mail").mkdir()
        self.rc = self.home.path / "offlineimaprc"
        self.rc.write_text(
            f"[general]\naccounts = a\nmetadata = {self.home.path}/offlineimap\nui = quiet\n\n"
            "[Account a]\nlocalrepository = near\nremoterepository = far\n\n"
            f"[Repository near]\ntype = Maildir\nlocalfolders = {self.home.path}/mail\n\n"
            f"[Repository far]\ntype = IMAP\nremotehost = localhost\nremoteport = {port}\nremoteuser = {self.user}\n"
            f"remotepass = secret\nssl = yes\nsslcacertfile = {dovecot.certificate.ca}\nmaxconnections = 4\n")

    def sync(self):
        return timed(["offlineimap", "-o", "-c", str(self.rc)], env=self.home.env)

    def inbox(self):
        return self.home.path / "mail/INBOX"


PROGRAMS = [ImapCur, *([Mbsync] if have("mbsync") else [])]
LOOSE = [MbsyncLoose] if have("mbsync") else []
SLOW = [OfflineImap] if have("offlineimap") else []


def at_rest(change):
    """A folder that changed within this second tells nobody what is missing in it."""
    def later(program, run):
        change(program, run)
        time.sleep(1.2)
    return later


def changes(dovecot, size=SYNC):
    """What happens to a mailbox between two syncs, as Race.time() takes it."""
    n = min(CHANGES, size // 10)

    def there(command):
        def change(program, run):
            client = dovecot.client(program.user)
            client.select("INBOX")
            command(client, run)
            client.logout()
        return change

    def flagged(client, run):
        client.uid("STORE", f"1:{n}", "-FLAGS" if run % 2 else "+FLAGS", "(\\Flagged)")

    def deleted(client, _):
        client.store(f"1:{n}", "+FLAGS", "(\\Deleted)")
        client.expunge()

    def arrived(program, run):
        dovecot.fill(list(corpus(n, seed=run + 7)), user=program.user)

    fast, lean = share("floor", 1.5), share_of_bytes("mbsync", 0.1)
    yield f"{n} new in {size}", arrived, 3, [fast]
    yield f"{n} flags changed there, {size}", there(flagged), 4, [fast, lean]
    yield f"{n} flags changed here, {size}", at_rest(lambda p, run: p.flag_here(n, "S" if run % 2 else "FS")), 4, [fast, lean]
    yield f"{n} deleted there, {size}", there(deleted), 3, [fast, lean]
    yield f"{size // LOST} deleted here, {size}", at_rest(lambda p, run: p.delete_here(size // LOST)), 3, [fast, lean]


def fill(dovecot, users, n=SYNC):
    note(f"filling a server with {n} messages")
    messages = list(corpus(n))
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
    cur = ImapCur(dovecot, dovecot.imaps, "cur")
    try:
        cur.sync()
        row(f"sync of {SYNC}, nothing new, engine running", {"cur": [cur.sync() for _ in range(RUNS)]})
    finally:
        cur.close()


# A sync with nothing new, far away: whatever the size of the mailbox.
QUICK = share("mbsync", 0.5), turns(4 + TLS_TURNS), kilobytes(4 + TLS_KB)


def bars(size, *must, when=True):
    """They are set for big mailboxes."""
    return must if when and size >= 10000 else ()


def bench_box(race, dovecot, size):
    far = bool(race.ms)
    race.time(f"first sync of {size}, every message durable", must=bars(size, share("mbsync", 0.3), when=not far))
    race.time(f"sync of {size}, nothing new", runs=RUNS, must=bars(size, *QUICK, when=far))
    for work, change, runs, must in changes(dovecot, size):
        race.time(work, change, runs, bars(size, *must))


def bench_distance(dovecot, ms):
    def race(prefix="", programs=PROGRAMS):
        return Race(programs, dovecot, dovecot.imaps, ms, prefix)

    with race(programs=[*PROGRAMS, Floor]) as all_day:
        bench_box(all_day, dovecot, SYNC)
    with race("loose-", [ImapCur, *LOOSE]) as loose:
        loose.time(f"first sync of {SYNC}, beside one that spares the disk", must=[share("mbsync-no-fsync", 1)] if ms else [])
    with race("many-") as many:
        many.time(f"first sync of {FOLDERS} folders of 10")
        many.time(f"sync of {FOLDERS} folders, nothing new", runs=RUNS if not ms else 2,
                  must=[kilobytes(4 + TLS_KB + 0.15 * FOLDERS), *([share("mbsync", 0.03)] if ms else [])])
    if SLOW:
        with race("small-", [*PROGRAMS, *SLOW]) as small:
            bench_box(small, dovecot, SYNC // 10)


def bench_sync():
    names = [p.name for p in PROGRAMS]
    alone = [*names, Floor.name]
    loose = [f"loose-{p.name}" for p in (ImapCur, *LOOSE)]
    small = [f"small-{p.name}" for p in (*PROGRAMS, *SLOW)] if SLOW else []
    users = alone + [f"many-{name}" for name in names] + loose + small
    for i, ms in enumerate(DISTANCES):
        with Lab() as lab:
            dovecot = lab.dovecot(users=dict.fromkeys(users, "secret"))
            fill(dovecot, alone + loose)
            fill(dovecot, small, SYNC // 10)
            fill_folders(dovecot, [f"many-{name}" for name in names])
            bench_distance(dovecot, ms)
            if i == 0:
                bench_running(dovecot)
