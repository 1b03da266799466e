# SPDX-License-Identifier: GPL-3.0-or-later
"""A sync in which something of each kind is to be done, to be spoilt at any point: a first sync, and one with
new mail, flags both ways, moves, deletes, a new folder and a message in the outbox. Nothing may be lost or
doubled by it, both sides are the same in the end, and what failed was told."""

import collections
import json
import os

from post import Post
from sides import Sides

FOLDERS = ("INBOX", "Archive", "Sent")


def letter(i, body="text\r\n"):
    return (f"From: Bob <bob@example.net>\r\nTo: anna@example.org\r\nSubject: letter {i}\r\n"
            f"Date: Mon, 02 Nov 2026 10:00:00 +0000\r\nMessage-ID: <m{i}@example.net>\r\n\r\n{body}").encode()


def by_ident(sides, folder):
    return {path.read_bytes().partition(b"Message-ID: <m")[2].partition(b"@")[0].decode(): path for path in sides.files(folder)}


def differences(found, wanted):
    """What one side has and the other has not, in words."""
    said = [f"{name}: {sign} {row}" for name in sorted({*found, *wanted})
            for sign, a, b in (("not", wanted, found), ("but", found, wanted))
            for row in sorted((collections.Counter(a.get(name, ())) - collections.Counter(b.get(name, ()))).elements())]
    return "; ".join(said + [f"only one has {name}" for name in {*found} ^ {*wanted}])


class Scene(Sides):
    """begin(name) sets the scene; then play it, or spoil it; ended() says what came of it."""

    def __init__(self):
        super().__init__()
        self.post = Post()
        for name in FOLDERS:
            self.world.create(name)
        for i in range(1, 7):
            self.world.boxes["INBOX"].add(letter(i, "text\r\n" * i * i), {"\\Seen"} if i % 2 else set())
        for i in (7, 8):
            self.world.boxes["Archive"].add(letter(i))

    def close(self):
        self.post.close()
        super().close()

    def begin(self, name):
        getattr(self, f"set_{name}")()
        self.remember()
        assert self.sync().returncode == 0, self.log()
        self.once = self.state()[:3]
        self.whole = self.ended()

    def set_first(self):
        """Nothing is here yet."""

    def set_later(self):
        """Everything is here; then both sides change."""
        self.sync_until_same()
        inbox, files = self.world.boxes["INBOX"], by_ident(self, "INBOX")
        inbox.add(letter(9), {"todo"})
        inbox.add(letter(10, "long\r\n" * 2000))
        inbox.set_flags(1, {"\\Seen", "\\Flagged"})
        inbox.remove(2)
        self.world.boxes["Archive"].add(inbox.messages[3].text, inbox.messages[3].flags)
        inbox.remove(3)
        self.flag(files["1"], {"\\Seen", "\\Answered", "todo"})
        files["4"].unlink()
        self.move(files["5"], self.boxes_here()["Archive"], with_uid=True)
        self.write("INBOX", "1700000001.M1.test", letter(11), {"\\Draft"})
        self.write("New", "1700000002.M2.test", letter(12))
        self.put(13)

    def sync_until_same(self, times=5):
        """Only disturbances leave something to the next sync: what goes on failing is a fault."""
        for _try in range(times):
            done = self.sync()
            if not done.returncode and self.here() == self.there():
                return
        raise AssertionError(f"still not the same after {times} syncs: exit {done.returncode}: {done.stderr}; "
                             f"{differences(self.here(), self.there())}\n{self.log()[-3000:]}")

    def put(self, i):
        """A message in the outbox, as a program puts it there."""
        outbox = self.home.data / "outbox"
        for part in ("tmp", "new", "work"):
            (outbox / part).mkdir(parents=True, exist_ok=True)
        envelope = (f"Cur-Outbox: 1\nAccount: \nTransport: smtp://127.0.0.1:{self.post.port}\nFrom: anna@example.org\n"
                    f"To: bob@example.net\nFcc: {self.url}Sent\nSubject: out\n\n")
        (outbox / "tmp" / f"id{i}").write_bytes(envelope.encode() + letter(i).replace(b"\r\n", b"\n"))
        os.rename(outbox / "tmp" / f"id{i}", outbox / "new" / f"id{i}")

    # ---- what came of it

    def again(self):
        self.forget()
        self.post.received.clear()
        self.world.meter.reset()
        self.post.meter.reset()

    def unsent(self):
        """What lies in the outbox."""
        outbox = self.home.data / "outbox"
        return sorted(p.name for part in ("new", "work") if (outbox / part).exists() for p in (outbox / part).iterdir())

    def state(self):
        return self.here(), self.there(), len(self.post.received), self.unsent()

    def listed(self):
        """What the header cache says."""
        found = {}
        for folder in self.here():
            rows = self.home.run("list", "--json", self.url + folder, check=True).stdout.splitlines()
            found[folder] = sorted(json.loads(row)["message_id"] for row in rows)
        return found

    def ended(self):
        for _ in range(3):
            done = self.sync()
        here, there, sent, unsent = self.state()
        assert here == there, f"the two sides differ: {differences(here, there)}"
        assert self.listed() == {name: sorted(row[0] for row in rows) for name, rows in here.items()}, "the header cache is wrong"
        assert done.returncode == 0 or unsent, done.stderr
        return here, sent, unsent

    def check_promise(self, here, there, sent, unsent):
        """Exit 0: all is durable. What nobody took yet is so in the outbox; and one run may do what another leaves to the next."""
        once, later = self.once[0], (self.once[1], self.whole[0])
        if unsent:
            once, later = ({**side, "Sent": now["Sent"]} for side, now in ((once, here), (later[1], there)))
            later = ({**self.once[1], "Sent": there["Sent"]}, later)
        assert here == once, f"it said that all is done: {differences(here, once)}"
        assert there in later, f"it said that all is done: {differences(there, later[0])}"
        assert unsent or sent == self.once[2]

    def check(self, done):
        """After a spoilt run: what it promised, and what comes of it."""
        assert done.returncode in (0, 1, 75, -9), f"exit {done.returncode}: {done.stderr}"
        if done.returncode == 0:
            self.check_promise(*self.state())
        here, sent, unsent = self.ended()
        wanted, n_wanted, _none = self.whole
        if unsent:  # nobody knows whether it was sent, or its copy is filed in a minute: the user is told
            wanted = {**wanted, "Sent": here["Sent"]}
            n_wanted = sent
        assert sent <= 1 and sent == n_wanted, f"sent {sent} times"
        assert here == wanted, differences(here, wanted)
