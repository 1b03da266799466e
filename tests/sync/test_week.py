# SPDX-License-Identifier: GPL-3.0-or-later
"""A week's mail of an account at a real server: a delivery agent, a second client, other programs in the Maildir
and a user who reads, flags, files, deletes and replies, with and without a network, while engines are killed and
connections cut. In the end both sides are the same, byte for byte. CUR_TEST_SEED chooses the week."""

import contextlib
import os
import random
import signal
import sqlite3
import subprocess
import threading
import time

import pytest
from desk import LETTERS, Desk
from home import BUILD
from pace import deadline, patience
from wire import Refused, Wire

SEED = int(os.environ.get("CUR_TEST_SEED", time.time()))
DAYS, FOLDERS = 7, ("INBOX", "Archive", "Work", "Trash")
BITS = {"D": 1, "F": 2, "R": 8, "S": 16}


def ident_of(text):
    return text.partition(b"Message-ID: <")[2].partition(b">")[0].decode()


class Week:
    def __init__(self, lab):
        self.random, self.n = random.Random(SEED), 0
        self.desk = Desk(lab)
        self.server, self.home = self.desk.server, self.desk.home
        self.sink = lab.submission(dovecot=self.server)
        self.home.account(self.server, self.sink)
        for name in FOLDERS[1:3]:
            self.server.doveadm("mailbox", "create", "-u", "anna", name)
        self.alive, self.gone, self.sent = {}, set(), set()  # Message-ID: bytes; deleted; sent by us
        self.touched, self.moved = set(), set()  # by somebody here; by the other client: in both, it may end in two places

    # ---- what is on either side: {folder: [(Message-ID, flags and keywords, bytes)]}

    def here(self):
        found, [account] = {}, (self.home.data / "mail").glob("[!.]*")
        for cur in sorted(account.rglob("cur")):
            box, words = cur.parent, {}
            with contextlib.suppress(FileNotFoundError):
                words = dict(line.split(" ", 1) for line in (box / "dovecot-keywords").read_text().splitlines())
            rows = []
            for path in [*cur.iterdir(), *(box / "new").iterdir()]:
                letters = path.name.rpartition(":2,")[2] if ":2," in path.name else ""
                flags = [words[str(ord(c) - ord("a"))] if c.islower() else c for c in letters]
                rows.append((ident_of(path.read_bytes()), "".join(sorted(flags)), path.read_bytes()))
            found[str(box.relative_to(account))] = sorted(rows)
        return found

    def there(self):
        return {name: sorted(
            (ident_of(text := message.replace(b"\r\n", b"\n")),
             "".join(sorted(LETTERS.get(flag, flag) for flag in flags if flag != "\\Recent")), text)
            for flags, message in messages)
            for name, messages in self.desk.fetched("BODY.PEEK[]").items()}

    # ---- who acts

    def deliver(self):
        self.n += 1
        body = "".join(f"line {i}\n" for i in range(self.random.choice([1, 5, 300])))
        text = (f"From: Bob <bob@example.net>\nTo: anna@example.org\nSubject: letter {self.n}\n"
                f"Date: Mon, {2 + self.day:02} Nov 2026 10:00:00 +0000\nMessage-ID: <m{self.n}@example.net>\n\n{body}").encode()
        self.alive[ident_of(text)] = text
        self.server.deliver("anna", text)

    def other_client(self):
        client = self.server.client()
        for _ in range(4):
            folder = self.random.choice(FOLDERS)
            client.select(folder)
            uids = client.uid("SEARCH", "ALL")[1][0].split()
            if not uids:
                continue
            uid, act = self.random.choice(uids).decode(), self.random.choice(["flag", "unflag", "word", "move", "delete"])
            if act in ("flag", "unflag", "word"):
                client.uid("STORE", uid, "-FLAGS" if act == "unflag" else "+FLAGS", {"flag": "(\\Flagged \\Seen)", "unflag": "(\\Flagged)", "word": "(todo)"}[act])
            elif act == "move":
                self.moved.add(ident_of(client.uid("FETCH", uid, "(BODY.PEEK[HEADER])")[1][0][1]))
                client.uid("MOVE", uid, self.random.choice([f for f in FOLDERS if f != folder]))
            else:
                self.forget(client.uid("FETCH", uid, "(BODY.PEEK[HEADER])")[1][0][1])
                client.uid("STORE", uid, "+FLAGS", "(\\Deleted)")
                client.uid("EXPUNGE", uid)
        client.logout()

    def forget(self, text):
        self.gone.add(ident_of(text))

    def other_program(self):
        """Flags in file names, and a move as `mv` does it."""
        paths = [p for p in self.desk.folder().glob("cur/*,U=*") if ":2," in p.name]
        for path in self.random.sample(paths, min(2, len(paths))):
            with contextlib.suppress(FileNotFoundError):
                self.touched.add(ident_of(path.read_bytes()))
                path.rename(path.parent / f"{path.name.partition(':2,')[0]}:2,{self.random.choice(['S', 'FS', 'RS'])}")
        for path in self.random.sample(paths, min(1, len(paths))):
            with contextlib.suppress(FileNotFoundError):
                self.touched.add(ident_of(path.read_bytes()))
                path.rename(self.desk.folder("Work") / "cur" / path.name)

    def rows(self, folder):
        """[(lid, path)] of what the engine knows."""
        db = sqlite3.connect(f"file:{self.home.data}/state.db?mode=ro", uri=True)
        try:
            known = db.execute("SELECT lid, CAST(base AS TEXT) FROM messages JOIN mailboxes ON number = mailbox WHERE folder = ?", (folder,)).fetchall()
        finally:
            db.close()
        files = {p.name.partition(":2,")[0]: p for p in self.desk.files(folder)}
        return [(lid, files[base]) for lid, base in known if base in files]

    def user(self, wire):
        folder = self.random.choice(FOLDERS[:3])
        number, rows = wire.open(self.home.url + folder), self.rows(folder)
        for lid, path in self.random.sample(rows, min(4, len(rows))):
            act = self.random.choice(["read", "flag", "tag", "file", "file", "trash", "delete", "reply"])
            with contextlib.suppress(Refused, FileNotFoundError):
                text = path.read_bytes()
                self.touched.add(ident_of(text))
                if act in ("read", "flag"):
                    wire.ask("MARK", number, [lid], BITS["S" if act == "read" else "F"], 0)
                elif act == "tag":
                    wire.ask("TAG", number, [lid], "work", "")
                elif act in ("file", "trash"):
                    wire.ask("MOVE", number, [lid], self.home.url + ("Trash" if act == "trash" else "Archive"))
                elif act == "delete":
                    self.forget(text)
                    wire.ask("REMOVE", number, [lid])
                else:
                    self.reply(number, lid)

    def reply(self, number, lid):
        self.n += 1
        outbox = self.home.data / "outbox"
        head = (f"Cur-Outbox: 1\nAccount: \nTransport: smtp://anna@localhost:{self.sink.port}\nFrom: anna@example.org\nTo: bob@example.net\n"
                f"Fcc: {self.home.url}Sent\nAnswered: {number}.{lid}\nSubject: reply {self.n}\n\n")
        text = f"From: anna@example.org\nTo: bob@example.net\nSubject: reply {self.n}\nMessage-ID: <r{self.n}@example.org>\n\nyes\n".encode()
        for part in ("tmp", "new", "work"):
            (outbox / part).mkdir(parents=True, exist_ok=True)
        (outbox / "tmp" / f"r{self.n}").write_bytes(head.encode() + text)
        os.rename(outbox / "tmp" / f"r{self.n}", outbox / "new" / f"r{self.n}")
        self.alive[f"r{self.n}@example.org"] = text
        self.sent.add(f"r{self.n}@example.org")

    # ---- the day

    @contextlib.contextmanager
    def engine(self):
        process = subprocess.Popen([str(BUILD / "curd"), "--foreground"], env=self.home.env, cwd=self.home.path, stderr=subprocess.DEVNULL)
        try:
            yield process
        finally:
            process.send_signal(self.random.choice([signal.SIGTERM, signal.SIGKILL]))
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(patience(15))
            process.kill()
            process.wait()

    def session(self, online):
        with self.engine() as process:
            wire = Wire(self.home.data, alive=lambda: process.poll() is None)
            meanwhile = threading.Thread(target=self.outside) if online else None
            if meanwhile:
                wire.send("SYNC", [], True)
                meanwhile.start()
            for _ in range(2):
                self.user(wire)
            if meanwhile:
                meanwhile.join()
                if self.random.random() < 0.5:
                    with contextlib.suppress(Refused):
                        wire.ask("SYNC", [], True)
            wire.close()

    def outside(self):
        for _ in range(4):
            self.deliver()
        with contextlib.suppress(RuntimeError):  # nobody is logged in
            self.server.doveadm("kick", "anna")
        self.other_program()

    def play(self):
        for self.day in range(DAYS):
            for _ in range(self.random.randint(5, 12)):
                self.deliver()
            self.other_client()
            if not self.day:
                self.desk.once(status=None)
            self.session(online=True)
            self.server.stop()
            self.session(online=False)
            self.other_program()
            self.server.start()
            self.other_client()
            self.desk.once(status=None, env={"CUR_TEST_STOP": str(self.random.randint(1, 60))})

    def settle(self):
        end = deadline(20)
        while True:
            self.desk.age()
            done = self.desk.once(status=None)
            waiting = self.home.json("queue")
            for row in waiting:
                self.decide(row)
            if waiting:
                self.home.run("queue", "--flush")
            self.home.stop_engine()
            if done.returncode == 0 and self.here() == self.there() and not waiting:
                return self.here()
            assert time.monotonic() < end, f"{done.stderr}\n{self.difference()}\n{waiting}"

    def decide(self, row):
        """What a user does about a message that may have been sent: ask whom it was for."""
        if row["state"] != "unknown":
            return
        ident = f"{row['id']}@example.org"
        if ident in [ident_of(text) for text in self.sink.messages()]:
            self.home.run("queue", "--drop", row["id"], check=True)
            self.gone.add(ident)
        else:
            self.home.run("queue", "--resend", row["id"], check=True)

    def difference(self):
        here, there = self.here(), self.there()
        return {name: [row[:2] for row in here.get(name, []) if row not in there.get(name, [])] + ["|"] + [
            row[:2] for row in there.get(name, []) if row not in here.get(name, [])] for name in {*here, *there} if here.get(name) != there.get(name)}


@pytest.fixture
def week(lab):
    week = Week(lab)
    yield week
    week.desk.close()


def test_g1_g2_g3_a_week_of_mail_ends_with_both_sides_the_same_byte_for_byte(week):
    print(f"CUR_TEST_SEED={SEED}")
    week.play()
    everything = [row for rows in week.settle().values() for row in rows]
    for ident, text in week.alive.items():
        copies = [row for row in everything if row[0] == ident]
        assert all(row[2] == text for row in copies), ident
        assert copies or ident in week.gone, f"{ident} is lost"
        assert len(copies) <= 1 or ident in week.touched & week.moved, (ident, [row[:2] for row in copies])
    received = [ident_of(text) for text in week.sink.messages()]
    assert sorted(received) == sorted(week.sent)
