# SPDX-License-Identifier: GPL-3.0-or-later
"""An IMAP server in memory for histories that a real one cannot play thousands of times: every capability
can be taken away, and a connection can be cut at any byte. RFC 3501, 4315 (UIDPLUS), 5819 (LIST-STATUS),
6851 (MOVE), 7162 (CONDSTORE, QRESYNC)."""

import contextlib
import re
import socket
import threading
from dataclasses import dataclass, field

from meter import Meter, Metered

ALL = ("UIDPLUS", "MOVE", "CONDSTORE", "QRESYNC", "LIST-EXTENDED", "LIST-STATUS", "ESEARCH", "LITERAL+", "UNSELECT")
SYSTEM = r"\Answered \Flagged \Deleted \Seen \Draft"


@dataclass
class Message:
    text: bytes
    flags: set
    modseq: int
    date: str = "02-Nov-2026 10:00:00 +0000"


@dataclass
class Mailbox:
    uidvalidity: int
    uidnext: int = 1
    modseq: int = 1
    messages: dict = field(default_factory=dict)  # uid: Message
    vanished: list = field(default_factory=list)  # (modseq, uid)

    def add(self, text, flags=(), date=None):
        self.modseq += 1
        uid, self.uidnext = self.uidnext, self.uidnext + 1
        self.messages[uid] = Message(text, set(flags), self.modseq, *([date] if date else []))
        return uid

    def set_flags(self, uid, flags, modseq=None):
        message = self.messages[uid]
        if message.flags != flags:
            self.modseq = modseq or self.modseq + 1
            message.flags, message.modseq = set(flags), self.modseq

    def remove(self, uid):
        self.modseq += 1
        del self.messages[uid]
        self.vanished.append((self.modseq, uid))


class Cut(Exception):
    """The connection goes here."""


class World:
    """The mailboxes, and how the server behaves today."""

    def __init__(self):
        self.lock = threading.RLock()
        self.boxes, self.born, self.sessions = {}, 0, []
        self.capabilities = set(ALL)
        self.cut_after = None  # bytes of answers of the next connection, or None
        self.meter = Meter()
        self.meanwhile = None  # (commands to come, what happens then), or None
        self.create("INBOX")
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def create(self, name):
        self.born += 1
        return self.boxes.setdefault(name, Mailbox(1000 + self.born))

    def _accept(self):
        while True:
            try:
                connection, _peer = self.listener.accept()
            except OSError:
                return
            thread = threading.Thread(target=self._serve, args=(connection,), daemon=True)
            thread.start()
            self.sessions = [(t, c) for t, c in self.sessions if t.is_alive()] + [(thread, connection)]

    def hang_up(self):
        """End all sessions: what they were told and have not done is not done."""
        for thread, connection in self.sessions:
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
            thread.join()

    def _serve(self, connection):
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        left, self.cut_after = self.cut_after, None
        with Metered(connection, self.meter) as connection:
            try:
                Session(self, connection, left).run()
            except (OSError, Cut):
                pass  # the history goes on without it

    def tick(self):
        """A command was carried out: others act between two of them."""
        if self.meanwhile:
            left, act = self.meanwhile
            self.meanwhile = (left - 1, act) if left else None
            if not left:
                act()

    def close(self):
        # Without it the thread that accepts would take one more, whoever it is for.
        with contextlib.suppress(OSError):
            self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        self.hang_up()


def quoted(name):
    return '"' + name.replace("\\", "\\\\").replace('"', '\\"') + '"'


def set_of(text, uids):
    """The UIDs of a sequence set that exist, ascending."""
    last, chosen = max(uids, default=0), set()
    for part in text.split(","):
        a, _, b = part.partition(":")
        a, b = (last if end == "*" else int(end) for end in (a, b or a))
        chosen |= {uid for uid in uids if min(a, b) <= uid <= max(a, b)}
    return sorted(chosen)


def compact(uids):
    return ",".join(map(str, uids))


class Session:
    """One connection. `view` is the mailbox as this client knows it: its UIDs in order."""

    def __init__(self, world, connection, left):
        self.world, self.connection, self.left = world, connection, left
        self.waiting, self.box, self.view, self.seen_flags = b"", None, [], {}
        self.qresync = False
        self.out = bytearray()

    # ---- the wire

    def flush(self):
        data, self.out = bytes(self.out), bytearray()
        if self.left is not None:
            self.left -= len(data)
            if self.left < 0:
                self.connection.sendall(data[:self.left])
                raise Cut
        self.connection.sendall(data)

    def say(self, line):
        self.out += line.encode() + b"\r\n"

    def more(self):
        self.flush()
        data = self.connection.recv(65536)
        if not data:
            raise Cut
        self.waiting += data

    def line(self):
        while b"\r\n" not in self.waiting:
            self.more()
        line, _, self.waiting = self.waiting.partition(b"\r\n")
        return line

    def take(self, n):
        while len(self.waiting) < n:
            self.more()
        taken, self.waiting = self.waiting[:n], self.waiting[n:]
        return taken

    def command(self):
        """Tag and words; literals are words of their own, as bytes."""
        words, line = [], self.line()
        while match := re.search(rb"\{(\d+)(\+?)\}$", line):
            words += self.words(line[:match.start()])
            if not match.group(2):
                self.say("+ go on")
            words.append(self.take(int(match.group(1))))
            line = self.line()
        words += self.words(line)
        return words[0], words[1:]

    @staticmethod
    def words(line):
        found = re.findall(r'"((?:[^"\\]|\\.)*)"|(\((?:[^()]|\([^()]*\))*\))|(\S+)', line.decode())
        return [re.sub(r"\\(.)", r"\1", q) if q or not (p or w) else p or w for q, p, w in found]

    def run(self):
        self.say("* OK ready")
        while True:
            tag, words = self.command()
            name = words[0].upper()
            if name == "UID":
                words = words[1:]
                name = f"UID_{words[0].upper()}"
            with self.world.lock:
                answer = getattr(self, f"do_{name.lower()}", self.do_noop)(*words[1:])
                self.world.tick()
                if name not in ("FETCH", "STORE", "SEARCH"):
                    self.tell_changes()
            self.say(f"{tag} {answer or 'OK done'}")
            if name == "LOGOUT":
                self.flush()
                return

    def has(self, capability):
        return capability in self.world.capabilities

    # ---- what others did to the selected mailbox

    def tell_changes(self):
        if not self.box:
            return
        gone = [uid for uid in self.view if uid not in self.box.messages]
        if gone and self.qresync:
            self.say(f"* VANISHED {compact(gone)}")
        elif gone:
            for uid in gone:
                self.say(f"* {self.view.index(uid) + 1} EXPUNGE")
                self.view.remove(uid)
        known = set(self.view)
        self.view = sorted(self.box.messages)
        if len(self.view) > len(known - set(gone)):
            self.say(f"* {len(self.view)} EXISTS")
        for number, uid in enumerate(self.view, 1):
            message = self.box.messages[uid]
            if self.seen_flags.get(uid, message.flags) != message.flags:
                modseq = f" MODSEQ ({message.modseq})" if self.has("CONDSTORE") else ""
                self.say(f"* {number} FETCH (UID {uid} FLAGS ({' '.join(sorted(message.flags))}){modseq})")
            self.seen_flags[uid] = set(message.flags)

    # ---- commands about the session

    def do_noop(self, *_):
        return "OK done"

    def do_capability(self):
        self.say(f"* CAPABILITY IMAP4rev1 {' '.join(sorted(self.world.capabilities))}{' ENABLE' * self.has('QRESYNC')}")

    def do_enable(self, *names):
        self.qresync = self.has("QRESYNC") and "QRESYNC" in names
        self.say(f"* ENABLED {'QRESYNC' * self.qresync}")

    def do_logout(self):
        self.say("* BYE until later")

    # ---- commands about mailboxes

    def status_of(self, name, items):
        box = self.world.boxes[name]
        values = {"MESSAGES": len(box.messages), "UIDNEXT": box.uidnext, "UIDVALIDITY": box.uidvalidity,
                  "UNSEEN": sum(r"\Seen" not in m.flags for m in box.messages.values()), "HIGHESTMODSEQ": box.modseq}
        told = [f"{item} {values[item]}" for item in items.strip("()").split() if item in values]
        self.say(f"* STATUS {quoted(name)} ({' '.join(told)})")

    def do_list(self, *words):
        with_status = re.search(r"STATUS (\([^)]*\))", " ".join(map(str, words)))
        if "" in words and words[-1] == "":
            self.say('* LIST (\\Noselect) "/" ""')
            return
        for name in sorted(self.world.boxes):
            self.say(f'* LIST () "/" {quoted(name)}')
            if with_status and self.has("LIST-STATUS"):
                self.status_of(name, with_status.group(1))

    def do_lsub(self, *_):
        for name in sorted(self.world.boxes):
            self.say(f'* LSUB () "/" {quoted(name)}')

    def do_status(self, name, items):
        if name not in self.world.boxes:
            return "NO [NONEXISTENT] no such mailbox"
        return self.status_of(name, items)

    def do_create(self, name, *_):
        if name in self.world.boxes:
            return "NO [ALREADYEXISTS] it is there"
        self.world.create(name)

    def do_delete(self, name):
        if not self.world.boxes.pop(name, None):
            return "NO [NONEXISTENT] no such mailbox"

    def do_rename(self, old, new):
        if old not in self.world.boxes:
            return "NO [NONEXISTENT] no such mailbox"
        if new in self.world.boxes:
            return "NO [ALREADYEXISTS] there is such a mailbox"
        for name in [n for n in self.world.boxes if n == old or n.startswith(old + "/")]:
            self.world.boxes[new + name[len(old):]] = self.world.boxes.pop(name)

    def do_select(self, name, *options):
        self.box, self.view, self.seen_flags = self.world.boxes.get(name), [], {}
        if not self.box:
            return "NO [NONEXISTENT] no such mailbox"
        box, self.view = self.box, sorted(self.box.messages)
        self.seen_flags = {uid: set(m.flags) for uid, m in box.messages.items()}
        self.say(f"* {len(self.view)} EXISTS")
        self.say(f"* FLAGS ({SYSTEM})")
        self.say(f"* OK [PERMANENTFLAGS ({SYSTEM} \\*)] all")
        self.say(f"* OK [UIDVALIDITY {box.uidvalidity}] it is")
        self.say(f"* OK [UIDNEXT {box.uidnext}] it is")
        if self.has("CONDSTORE"):
            self.say(f"* OK [HIGHESTMODSEQ {box.modseq}] it is")
        since = re.search(r"QRESYNC \((\d+) (\d+)", " ".join(map(str, options)))
        if since and self.qresync and int(since.group(1)) == box.uidvalidity:
            self.tell_since(int(since.group(2)))
        return "OK [READ-WRITE] selected"

    def tell_since(self, modseq):
        gone = sorted({uid for m, uid in self.box.vanished if m > modseq})
        if gone:
            self.say(f"* VANISHED (EARLIER) {compact(gone)}")
        for uid in self.view:
            if self.box.messages[uid].modseq > modseq:
                self.tell(uid, "UID FLAGS MODSEQ")

    def do_unselect(self):
        self.box = None

    # ---- commands about messages

    def chosen(self, text):
        return set_of(text, self.view)

    def tell(self, uid, items):
        message = self.box.messages[uid]
        text = f"* {self.view.index(uid) + 1} FETCH (UID {uid} FLAGS ({' '.join(sorted(message.flags))})"
        if "INTERNALDATE" in items:
            text += f' INTERNALDATE "{message.date}"'
        if "RFC822.SIZE" in items:
            text += f" RFC822.SIZE {len(message.text)}"
        if "MODSEQ" in items:
            text += f" MODSEQ ({message.modseq})"
        self.seen_flags[uid] = set(message.flags)
        if field := re.search(r"HEADER\.FIELDS \(([^)]+)\)", items):
            header = message.text.partition(b"\r\n\r\n")[0] + b"\r\n"
            found = re.search(rb"(?im)^%s:.*\r\n(?:[ \t].*\r\n)*" % field.group(1).encode(), header)
            value = (found.group(0) if found else b"") + b"\r\n"
            self.out += text.encode() + b" BODY[HEADER.FIELDS (%s)] {%d}\r\n" % (field.group(1).encode(), len(value)) + value + b")\r\n"
        elif piece := re.search(r"BODY\.PEEK\[HEADER\]<0\.(\d+)>", items):
            header = (message.text.partition(b"\r\n\r\n")[0] + b"\r\n\r\n")[:int(piece.group(1))]
            self.out += text.encode() + b" BODY[HEADER]<0> {%d}\r\n" % len(header) + header + b")\r\n"
        elif "BODY" in items:
            self.out += text.encode() + b" BODY[] {%d}\r\n" % len(message.text) + message.text + b")\r\n"
        else:
            self.say(text + ")")

    def do_uid_fetch(self, uids, items, *more):
        if not self.box:
            return "BAD no mailbox is selected"
        since = re.search(r"CHANGEDSINCE (\d+)", " ".join(map(str, more)))
        gone = [uid for m, uid in self.box.vanished if since and m > int(since.group(1))]
        if gone and "VANISHED" in " ".join(map(str, more)):
            self.say(f"* VANISHED (EARLIER) {compact(sorted(set(gone)))}")
        for uid in self.chosen(uids):
            message = self.box.messages.get(uid)
            if message and (not since or message.modseq > int(since.group(1))):
                self.tell(uid, items + (" MODSEQ" if since else ""))

    def do_uid_store(self, uids, *words):
        since = re.match(r"\(UNCHANGEDSINCE (\d+)", words[0])
        words, late, following = words[bool(since):], [], self.box.modseq + 1
        what, flags = words[0].upper(), set(" ".join(words[1:]).strip("()").split())
        for uid in self.chosen(uids):
            message = self.box.messages.get(uid)
            if not message:
                continue
            if since and message.modseq > int(since.group(1)):
                late.append(uid)
                continue
            now = flags if what.startswith("FLAGS") else message.flags | flags if what[0] == "+" else message.flags - flags
            self.box.set_flags(uid, now, following)
            if "SILENT" not in what:
                self.tell(uid, "MODSEQ" if self.has("CONDSTORE") else "")
            elif self.has("CONDSTORE"):
                self.say(f"* {self.view.index(uid) + 1} FETCH (UID {uid} MODSEQ ({message.modseq}))")
            self.seen_flags[uid] = set(now)
        return f"OK [MODIFIED {compact(late)}] not all" if late else None

    def expunge(self, uids):
        for uid in uids:
            if uid in self.box.messages and r"\Deleted" in self.box.messages[uid].flags:
                self.box.remove(uid)

    def do_expunge(self):
        self.expunge(list(self.box.messages))

    def do_uid_expunge(self, uids):
        if not self.has("UIDPLUS"):
            return "BAD what?"
        self.expunge(self.chosen(uids))

    def do_uid_search(self, *words):
        text = " ".join(w if isinstance(w, str) else w.decode() for w in words)
        uids = sorted(self.box.messages)
        if match := re.search(r"HEADER (\S+) (.*)$", text):
            want = f"{match.group(1)}: {match.group(2)}".lower().encode()
            uids = [u for u in uids if want in self.box.messages[u].text.partition(b"\r\n\r\n")[0].lower()]
        if match := re.search(r"UID ([\d:,*]+)", text):
            uids = set_of(match.group(1), uids)
        if "RETURN" in text and self.has("ESEARCH"):
            self.say(f'* ESEARCH (TAG "x") UID{f" ALL {compact(uids)}" if uids else ""}')
        else:
            self.say(f"* SEARCH {' '.join(map(str, uids))}".rstrip())

    def take_over(self, uids, name, move):
        to = self.world.boxes.get(name)
        if not to:
            return "NO [TRYCREATE] no such mailbox"
        pairs = []
        for uid in self.chosen(uids):
            message = self.box.messages.get(uid)
            if message:
                pairs.append((uid, to.add(message.text, message.flags, message.date)))
                if move:
                    self.box.remove(uid)
        if not pairs or not self.has("UIDPLUS"):
            return "OK done"
        code = f"[COPYUID {to.uidvalidity} {compact(a for a, _ in pairs)} {compact(b for _, b in pairs)}]"
        if move:
            self.say(f"* OK {code} moved")
            return "OK done"
        return f"OK {code} done"

    def do_uid_copy(self, uids, name):
        return self.take_over(uids, name, False)

    def do_uid_move(self, uids, name):
        return self.take_over(uids, name, True) if self.has("MOVE") else "BAD what?"

    def do_append(self, name, *words):
        box = self.world.boxes.get(name)
        if not box:
            return "NO [TRYCREATE] no such mailbox"
        flags = next((w.strip("()").split() for w in words[:-1] if isinstance(w, str) and w.startswith("(")), [])
        date = next((w for w in words[:-1] if isinstance(w, str) and re.match(r"[ \d]\d-", w)), None)
        uid = box.add(words[-1], flags, date)
        return f"OK [APPENDUID {box.uidvalidity} {uid}] done" if self.has("UIDPLUS") else "OK done"
