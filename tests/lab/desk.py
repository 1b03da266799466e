# SPDX-License-Identifier: GPL-3.0-or-later
"""The real engine against a real server: both sides as plain data, to be compared."""

import email
import os
import re
import signal
import sqlite3
import subprocess
import time

from home import BUILD, Home
from pace import deadline, patience, until
from wire import Wire

LETTERS = {"\\Draft": "D", "\\Flagged": "F", "$Forwarded": "P", "\\Answered": "R", "\\Seen": "S", "\\Deleted": "T"}


def letter(i, subject="letter", body="text\n"):
    return (f"From: Bob <bob@example.net>\nTo: anna@example.org\nSubject: {subject} {i}\n"
            f"Date: Mon, 02 Nov 2026 10:00:{i % 60:02} +0000\nMessage-ID: <{subject}-{i}@example.net>\n\n"
            f"{body}").encode()


def wanted(*numbers):
    """The Message-IDs of these letters, as a folder's ids() are."""
    return sorted(f"<letter-{i}@example.net>" for i in numbers)


class Desk:
    """An account: its server (a Dovecot unless another is given), its home, its engine."""

    def __init__(self, lab, server=None, **options):
        self.lab = lab
        self.server = server or lab.dovecot(**options)
        self.home = Home().account(self.server)
        self.engine = None

    def close(self):
        self.stop()
        self.home.close()

    # ---- the engine

    def once(self, status=0, env=None, timeout=25):
        done = self.home.run("--once", "--log", "debug", program="curd", env=env, timeout=timeout)
        if status is not None and done.returncode != status:
            raise AssertionError(f"curd --once: {done.returncode}\n{done.stderr}\n{self.log()[-4000:]}")
        return done

    def start(self, env=None):
        self.engine = subprocess.Popen([str(BUILD / "curd"), "--foreground", "--log", "debug"],
                                       env={**self.home.env, **(env or {})}, stdin=subprocess.DEVNULL,
                                       stderr=subprocess.DEVNULL, cwd=self.home.path)
        return Wire(self.home.data, alive=lambda: self.engine.poll() is None)

    def stop(self, sig=signal.SIGTERM):
        if self.engine:
            self.engine.send_signal(sig)
            try:
                self.engine.wait(patience(15))
            finally:
                self.engine.kill()
                self.engine = None

    def log(self):
        path = self.home.data / "cur.log"
        return path.read_text() if path.exists() else ""

    def until(self, is_so, seconds=20):
        """Ask until it is so: how long that took."""
        return until(is_so, seconds, lambda: self.log()[-5000:])

    # ---- both sides

    def account(self):
        """Its folder; the index may have put links to local mailboxes beside it."""
        [account] = (self.home.data / "mail").glob("[!.]*")
        return account

    def folder(self, name="INBOX"):
        return self.account() / name

    def files(self, name="INBOX"):
        box = self.folder(name)
        return sorted(p for part in ("new", "cur") for p in (box / part).iterdir())

    def here(self):
        """{folder: sorted [(Message-ID, flags)]} of the Maildirs; again when the engine renames meanwhile."""
        for _try in range(50):
            try:
                return self._read_here()
            except FileNotFoundError:
                time.sleep(0.02)
        return self._read_here()

    def _read_here(self):
        account, found = self.account(), {}
        for cur in sorted(account.rglob("cur")):
            name = str(cur.parent.relative_to(account))
            found[name] = sorted(
                (email.message_from_bytes(p.read_bytes())["Message-ID"] or "",
                 "".join(sorted(p.name.rpartition(":2,")[2])) if ":2," in p.name else "")
                for p in self.files(name))
        return found

    def fetched(self, item):
        """{folder of the server: [(flags, what it gives as `item`)]}"""
        client, found = self.server.client(), {}
        for row in client.list()[1]:
            name = re.match(rb'.* "." (.*)$', row).group(1).decode().strip('"')
            client.select(f'"{name}"', readonly=True)
            _ok, answer = client.uid("FETCH", "1:*", f"(FLAGS {item})")
            found[name] = [(re.search(r"FLAGS \(([^)]*)\)", part[0].decode()).group(1).split(), part[1])
                           for part in answer if isinstance(part, tuple)]
        client.logout()
        return found

    def there(self):
        """The same as here() of the server."""
        return {self.server.name_here(name): sorted(
            (text.decode().partition(":")[2].strip(), "".join(sorted(LETTERS.get(flag, "") for flag in flags)))
            for flags, text in messages)
            for name, messages in self.fetched("BODY.PEEK[HEADER.FIELDS (MESSAGE-ID)]").items()}

    def uids_there(self, folder="INBOX"):
        """{uid: [flags]} of a folder at the server."""
        client = self.server.client()
        client.select(f'"{folder}"', readonly=True)
        rows = [row.decode() for row in client.uid("FETCH", "1:*", "(UID FLAGS)")[1] if row]
        client.logout()
        return {int(re.search(r"UID (\d+)", row).group(1)): re.search(r"FLAGS \(([^)]*)\)", row).group(1).split() for row in rows}

    def rows(self):
        """{folder: sorted Message-ID hashes and marks} as state.db has them."""
        return self.query("SELECT COUNT(*) FROM messages")[0][0]

    def numbers(self):
        """[(uid, lid)] of the INBOX's rows."""
        return self.query("SELECT messages.uid, lid FROM messages JOIN mailboxes ON number = mailbox WHERE folder = 'INBOX'")

    def query(self, sql, *values):
        """Rows of state.db."""
        db = sqlite3.connect(f"file:{self.home.data}/state.db?mode=ro", uri=True)
        try:
            return db.execute(sql, values).fetchall()
        finally:
            db.close()

    def steps(self):
        return self.query("SELECT kind, state, data FROM steps")

    def agree(self):
        here, there = self.here(), self.there()
        assert here == there
        assert self.rows() == sum(len(v) for v in here.values())
        return here

    def settle(self, seconds=20):
        """Wait until both sides are the same and nothing waits."""
        end = deadline(seconds)
        while self.steps() or self.here() != self.there():
            if time.monotonic() > end:
                assert self.here() == self.there(), self.log()[-6000:]
                raise AssertionError(f"steps wait: {self.steps()}\n{self.log()[-3000:]}")
            time.sleep(0.1)
        return self.here()

    def age(self):
        """Make the folders' mtimes old enough for an absence to count (a second)."""
        for part in self.home.data.glob("mail/*/*/*"):
            if part.is_dir():
                os.utime(part, (time.time() - 10,) * 2)

