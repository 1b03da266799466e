# SPDX-License-Identifier: GPL-3.0-or-later
"""A small IMAP server in memory whose every answer a test can bend: for what no real server does on request.

    imapd = Imapd(boxes={"INBOX": [letter(1), letter(2)]})
    server = Fake(imapd, certificate)
    imapd.odd["SELECT"] = lambda talk, tag, words: …   # True: answered; else the usual answer follows
"""

import hashlib
import re

LETTERS = {"S": "\\Seen", "F": "\\Flagged", "T": "\\Deleted", "R": "\\Answered", "D": "\\Draft"}


class Box:
    """A mailbox: {uid: [bytes, set of flags, modseq]}; what is odd about it stands in its numbers."""

    def __init__(self, messages=(), uidvalidity=1000):
        self.uidvalidity, self.messages, self.gone = uidvalidity, {}, {}
        self.uidnext, self.modseq = 1, 1
        for message in messages:
            self.add(message)

    def add(self, message, flags=()):
        self.messages[self.uidnext] = [message.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n"), set(flags)]
        self.uidnext += 1
        self.touch(self.uidnext - 1)
        return self.uidnext - 1

    def remove(self, uid):
        """Expunged: `gone` remembers when, for QRESYNC."""
        self.modseq += 1
        del self.messages[uid]
        self.gone[uid] = self.modseq

    def touch(self, uid):
        """Its flags changed."""
        self.modseq += 1
        self.messages[uid][2:] = [self.modseq]

    def make_anew(self, further):
        """Another UIDVALIDITY: each UID is so much greater."""
        self.uidvalidity += 1
        self.messages = {uid + further: message for uid, message in self.messages.items()}
        self.uidnext += further

    def chosen(self, text):
        """UIDs of a set that exist, ascending."""
        last = max(self.messages, default=0)
        chosen = set()
        for part in text.split(","):
            a, _, b = part.partition(":")
            a, b = (last if end == "*" else int(end) for end in (a, b or a))
            chosen |= {uid for uid in self.messages if min(a, b) <= uid <= max(a, b)}
        return sorted(chosen)


class Imapd:
    """A talk for Fake. `odd`: command ("SELECT", "UID FETCH") to a function that may answer in its place."""

    def __init__(self, boxes=None, capabilities="IMAP4rev1 UIDPLUS UNSELECT MOVE", greeting="* OK ready"):
        self.boxes = {"INBOX": Box()}
        for name, messages in (boxes or {}).items():
            self.boxes[name] = messages if isinstance(messages, Box) else Box(messages)
        self.capabilities, self.greeting, self.odd, self.asked = capabilities, greeting, {}, []
        self.roles = {}  # mailbox: "\\All"
        self.permanent = "\\Seen \\Flagged \\Deleted \\Answered \\Draft \\*"

    def __call__(self, talk):
        talk.box, talk.enabled = None, []
        talk.say(self.greeting)
        while line := talk.hear():
            tag, _, rest = self.whole(talk, line).decode(errors="replace").partition(" ")
            self.asked.append(rest)
            words = self.split(rest)
            name = words[0].upper()
            if name == "UID":
                name = f"UID {words[1].upper()}"
                words = words[1:]
            if name in self.odd and self.odd[name](talk, tag, words):
                continue
            if name.startswith("UID ") and not talk.box:
                talk.say(f"{tag} BAD no mailbox is selected")
                continue
            getattr(self, name.lower().replace(" ", "_"), self.agree)(talk, tag, words)

    @staticmethod
    def whole(talk, line):
        """A command with its literals as quoted strings, but for the messages of an APPEND."""
        while (size := re.search(rb"\{(\d+)(\+?)\}$", line)) and not re.match(rb"\S+ APPEND [^{]", line):
            if not size.group(2):
                talk.say("+ go on")
            line = line[:size.start()] + b'"' + talk.take(int(size.group(1))) + b'"' + talk.hear()
        return line

    @staticmethod
    def split(rest):
        words = re.findall(r'"(?:[^"\\]|\\.)*"|\S+', rest)
        return [re.sub(r"\\(.)", r"\1", word[1:-1]) if word[0] == '"' else word for word in words]

    def find(self, name):
        return self.boxes.get("INBOX" if name.upper() == "INBOX" else name)

    def agree(self, talk, tag, _words):
        talk.say(f"{tag} OK done")

    def capability(self, talk, tag, _words):
        talk.say(f"* CAPABILITY {self.capabilities}", f"{tag} OK done")

    def logout(self, talk, tag, _words):
        talk.say("* BYE until later", f"{tag} OK done")
        talk.connection.close()

    def enable(self, talk, tag, words):
        talk.enabled += words[1:]
        talk.say(f"* ENABLED {' '.join(words[1:])}", f"{tag} OK done")

    def counts(self):
        return "CONDSTORE" in self.capabilities or "QRESYNC" in self.capabilities

    @staticmethod
    def object(message):
        """A number for a message, the same in every mailbox: for EMAILID (RFC 8474) and Gmail's X-GM-MSGID."""
        return int(hashlib.sha256(message).hexdigest()[:16], 16)

    def list(self, talk, tag, _words):
        talk.say(*(f'* LIST ({self.roles.get(name, "")}) "/" "{name}"' for name in self.boxes), f"{tag} OK done")

    def lsub(self, talk, tag, _words):
        talk.say(*(f'* LSUB () "/" "{name}"' for name in self.boxes), f"{tag} OK done")

    def status(self, talk, tag, words):
        box = self.find(words[1])
        if not box:
            talk.say(f"{tag} NO [NONEXISTENT] no such mailbox")
            return
        talk.say(f'* STATUS "{words[1]}" (MESSAGES {len(box.messages)} UIDNEXT {box.uidnext} UIDVALIDITY {box.uidvalidity} UNSEEN 0)',
                 f"{tag} OK done")

    def select(self, talk, tag, words):
        talk.box = self.find(words[1])
        if not talk.box:
            talk.say(f"{tag} NO [NONEXISTENT] no such mailbox")
            return
        talk.say(f"* {len(talk.box.messages)} EXISTS", "* FLAGS (\\Seen \\Flagged \\Deleted \\Answered \\Draft)",
                 f"* OK [PERMANENTFLAGS ({self.permanent})] all", f"* OK [UIDVALIDITY {talk.box.uidvalidity}] it is",
                 f"* OK [UIDNEXT {talk.box.uidnext}] it is", *([f"* OK [HIGHESTMODSEQ {talk.box.modseq}] it is"] * self.counts()))
        since = re.search(r"QRESYNC \((\d+) (\d+)", " ".join(words))
        if since and int(since.group(1)) == talk.box.uidvalidity:
            self.resync(talk, int(since.group(2)))
        talk.say(f"{tag} OK [READ-WRITE] selected")

    def resync(self, talk, modseq):
        """RFC 7162 3.2.5: what changed and what is gone since then."""
        gone = [uid for uid, when in talk.box.gone.items() if when > modseq]
        if gone:
            talk.say(f"* VANISHED (EARLIER) {','.join(map(str, gone))}")
        for uid, (_message, _flags, changed) in talk.box.messages.items():
            if changed > modseq:
                talk.say(self.items(talk, uid, "FLAGS MODSEQ"))

    examine = select

    def create(self, talk, tag, words):
        self.boxes.setdefault(words[1], Box())
        talk.say(f"{tag} OK done")

    def delete(self, talk, tag, words):
        gone = self.boxes.pop(words[1], None)
        talk.say(f"{tag} OK done" if gone else f"{tag} NO [NONEXISTENT] no such mailbox")

    def rename(self, talk, tag, words):
        for name in [name for name in self.boxes if name == words[1] or name.startswith(words[1] + "/")]:
            self.boxes[words[2] + name[len(words[1]):]] = self.boxes.pop(name)
        talk.say(f"{tag} OK done")

    def items(self, talk, uid, what):
        """One FETCH response as bytes."""
        message, flags, modseq = talk.box.messages[uid]
        number = sorted(talk.box.messages).index(uid) + 1
        text = f"* {number} FETCH (UID {uid} FLAGS ({' '.join(sorted(flags))})"
        if "INTERNALDATE" in what:
            day, month, year, time = re.search(rb"Date: \w+, (\d+) (\w+) (\d+) (\S+)", message).groups()
            text += f' INTERNALDATE "{(day + b"-" + month + b"-" + year + b" " + time).decode()} +0000"'
        if "RFC822.SIZE" in what:
            text += f" RFC822.SIZE {len(message)}"
        if "MODSEQ" in what or "CHANGEDSINCE" in what:
            text += f" MODSEQ ({modseq})"
        if "EMAILID" in what:
            text += f" EMAILID (M{self.object(message):x})"
        if "X-GM-MSGID" in what:
            text += f" X-GM-MSGID {self.object(message)}"
        if "BODY" not in what:
            return text.encode() + b")"
        if field := re.search(r"HEADER\.FIELDS \(([^)]+)\)", what):
            found = re.search(rb"(?im)^%s:.*\r\n" % field.group(1).encode(), message)
            value = (found.group(0) if found else b"") + b"\r\n"
            return text.encode() + b" BODY[HEADER.FIELDS (%s)] {%d}\r\n" % (field.group(1).encode(), len(value)) + value + b")"
        if piece := re.search(r"BODY\.PEEK\[HEADER\]<0\.(\d+)>", what):
            header = (message.partition(b"\r\n\r\n")[0] + b"\r\n\r\n")[:int(piece.group(1))]
            return text.encode() + b" BODY[HEADER]<0> {%d}\r\n" % len(header) + header + b")"
        return text.encode() + b" BODY[] {%d}\r\n" % len(message) + message + b")"

    def fetch(self, talk, tag, words):
        """By sequence numbers, only n:*."""
        for uid in sorted(talk.box.messages)[int(words[1].partition(":")[0]) - 1:]:
            talk.say(self.items(talk, uid, " ".join(words[2:])))
        talk.say(f"{tag} OK done")

    def uid_fetch(self, talk, tag, words):
        what = " ".join(words[2:])
        since = re.search(r"CHANGEDSINCE (\d+)", what)
        for uid in talk.box.chosen(words[1]):
            if not since or talk.box.messages[uid][2] > int(since.group(1)):
                talk.say(self.items(talk, uid, what))
        talk.say(f"{tag} OK done")

    def uid_store(self, talk, tag, words):
        """One number for all that a command changes (RFC 7162 3.1), and no more than it where .SILENT is said."""
        since = re.search(r"UNCHANGEDSINCE (\d+)", " ".join(words))
        what = words[4 if since else 2:]
        flags = set(" ".join(what[1:]).strip("()").split())
        chosen = talk.box.chosen(words[1])
        late = [uid for uid in chosen if since and talk.box.messages[uid][2] > int(since.group(1))]
        done = [uid for uid in chosen if uid not in late]
        talk.box.modseq += bool(done)
        for uid in done:
            kept = talk.box.messages[uid]
            kept[1:] = [kept[1] | flags if what[0].startswith("+") else kept[1] - flags, talk.box.modseq]
            if "SILENT" not in what[0]:
                talk.say(self.items(talk, uid, "FLAGS MODSEQ" if self.counts() else "FLAGS"))
            elif self.counts():
                talk.say(f"* {sorted(talk.box.messages).index(uid) + 1} FETCH (UID {uid} MODSEQ ({talk.box.modseq}))")
        left_alone = f"[MODIFIED {','.join(map(str, late))}] " if late else ""
        talk.say(f"{tag} OK {left_alone}done")

    def uid_expunge(self, talk, tag, words):
        for uid in talk.box.chosen(words[1]):
            talk.box.remove(uid)
        talk.say(f"{tag} OK done")

    def uid_search(self, talk, tag, words):
        chosen = talk.box.messages
        if "HEADER" in words:
            value = words[words.index("HEADER") + 2].encode()
            chosen = [uid for uid in chosen if value in talk.box.messages[uid][0].partition(b"\r\n\r\n")[0]]
        talk.say("* SEARCH " + " ".join(map(str, sorted(chosen))), f"{tag} OK done")

    def take_over(self, talk, tag, words, move):
        to = self.find(words[2])
        if not to:
            talk.say(f"{tag} NO [TRYCREATE] no such mailbox")
            return
        pairs = [(uid, to.add(*talk.box.messages[uid][:2])) for uid in talk.box.chosen(words[1])]
        if move:
            for uid, _new in pairs:
                talk.box.remove(uid)
        code = f"[COPYUID {to.uidvalidity} {','.join(str(a) for a, _ in pairs)} {','.join(str(b) for _, b in pairs)}] "
        talk.say(f"{tag} OK {code if pairs and 'UIDPLUS' in self.capabilities else ''}done")

    def uid_copy(self, talk, tag, words):
        self.take_over(talk, tag, words, move=False)

    def uid_move(self, talk, tag, words):
        self.take_over(talk, tag, words, move=True)

    def append(self, talk, tag, words):
        """APPEND name (flags) "date" {n} …: the literals have to be taken before they can be refused."""
        messages, line = [], " ".join(words[2:])
        while size := re.search(r"\{(\d+)(\+?)\}\)?$", line):
            if not size.group(2):
                talk.say("+ go on")
            messages.append((talk.take(int(size.group(1))), re.findall(r"[\\$]\w+", line)))
            line = talk.hear().decode()
        box = self.find(words[1])
        if refusal := None if box else "[TRYCREATE] no such mailbox":
            talk.say(f"{tag} NO {refusal}")
        elif refusal := next(filter(None, (self.refuse(message) for message, _flags in messages)), None):
            talk.say(f"{tag} NO {refusal}")
        else:
            uids = ",".join(str(box.add(message, flags)) for message, flags in messages)
            talk.say(f"{tag} OK {f'[APPENDUID {box.uidvalidity} {uids}] ' if 'UIDPLUS' in self.capabilities else ''}done")

    def refuse(self, _message):
        """Why a message may not be appended; None: it may."""
