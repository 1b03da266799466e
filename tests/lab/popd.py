# SPDX-License-Identifier: GPL-3.0-or-later
"""A POP3 server in memory that can be made to forget, renumber, refuse and cut (RFC 1939, 2449)."""


class Popd:
    """A talk for Fake: `box` is a list of (uidl, bytes); odd[command] may answer in place of the usual.
    `cut_after` bytes the connection of the next session ends."""

    def __init__(self, box, offers=("USER", "UIDL", "TOP", "PIPELINING")):
        self.box, self.odd, self.asked, self.marked = box, {}, [], set()
        self.offers, self.cut_after, self.sessions = offers, None, 0

    def __call__(self, talk):
        self.marked, self.sessions = set(), self.sessions + 1
        self.say(talk, "+OK ready")
        while line := talk.hear().decode(errors="replace"):
            self.asked.append(line)
            words = line.split()
            name = words[0].upper()
            if name in self.odd and self.odd[name](talk, words):
                continue
            if name in ("UIDL", "TOP") and name not in self.offers:
                self.say(talk, "-ERR what is that")
                continue
            getattr(self, name.lower(), lambda talk, words: self.say(talk, "+OK"))(talk, words)

    def say(self, talk, *lines):
        self.send(talk, "".join(f"{line}\r\n" for line in lines).encode())

    def send(self, talk, text):
        if self.cut_after is not None:
            text, rest = text[:self.cut_after], text[self.cut_after:]
            self.cut_after -= len(text)
            talk.connection.sendall(text)
            if rest:
                raise OSError("cut")
        else:
            talk.connection.sendall(text)

    def message(self, words):
        """None when there is none of that number."""
        i = int(words[1])
        return self.box[i - 1][1] if 0 < i <= len(self.box) and i not in self.marked else None

    def capa(self, talk, _words):
        self.say(talk, "+OK", *self.offers, ".")

    def stat(self, talk, _words):
        self.say(talk, f"+OK {len(self.box)} {sum(len(m) for _u, m in self.box)}")

    def list(self, talk, _words):
        self.say(talk, "+OK", *(f"{i} {len(m)}" for i, (_u, m) in enumerate(self.box, 1)), ".")

    def uidl(self, talk, _words):
        self.say(talk, "+OK", *(f"{i} {u}" for i, (u, _m) in enumerate(self.box, 1)), ".")

    def retr(self, talk, words, header=False):
        message = self.message(words)
        if message is None:
            self.say(talk, "-ERR no such message")
            return
        if header:
            message = message.partition(b"\r\n\r\n")[0] + b"\r\n\r\n"
        self.send(talk, f"+OK {len(message)}\r\n".encode() + message.replace(b"\r\n.", b"\r\n..") + b".\r\n")

    def top(self, talk, words):
        self.retr(talk, words, header=True)

    def dele(self, talk, words):
        if self.message(words) is None:
            self.say(talk, "-ERR no such message")
            return
        self.marked.add(int(words[1]))
        self.say(talk, "+OK")

    def update(self):
        """What QUIT does to the box, whether or not its answer arrives."""
        self.box[:] = [one for i, one in enumerate(self.box, 1) if i not in self.marked]

    def quit(self, talk, _words):
        self.update()
        self.say(talk, "+OK bye")
        talk.connection.close()
