# SPDX-License-Identifier: GPL-3.0-or-later
"""One running cur that many small cases share: messages by name, settings that are taken back."""

import re
import time

from home import Home
from pace import deadline


def mime(subject, content_type, body, extra=""):
    """A message of that Content-Type, its body as it stands."""
    head = (f"From: Eve Example <eve@example.net>\nTo: anna@example.org\nSubject: {subject}\n"
            f"Date: Mon, 02 Nov 2026 10:00:00 +0000\nMessage-ID: <{subject.replace(' ', '.')}@example.net>\n"
            f"MIME-Version: 1.0\nContent-Type: {content_type}\n{extra}\n").encode()
    return head + (body if isinstance(body, bytes) else body.encode())


def multipart(subject, kind, *parts, extra=""):
    """A multipart message: each part is a header block, an empty line and a body."""
    body = b"".join(b"--b\n" + (part if isinstance(part, bytes) else part.encode()) + b"\n" for part in parts)
    return mime(subject, f"multipart/{kind}; boundary=b", body + b"--b--\n", extra)


class Reading:
    def __init__(self, messages, muttrc="", rows=24, cols=80, env=None):
        """`messages`: name to bytes, in the order of the index."""
        self.home, self.names = Home(), list(messages)
        self.box = self.home.maildir("Mail", list(messages.values()))
        self.home.muttrc(f'set spoolfile="{self.box}" folder="{self.home.path}" sleep_time=0 editor=true wait_key=no\n'
                         f'set from=anna@example.org realname=Anna sort=date-received\n{muttrc}\n')
        self.screen = self.home.start(rows=rows, cols=cols, env=env)
        self.index()

    def index(self):
        """Wait for the list of messages."""
        return self.screen.wait(lambda text: re.search(rf"(?m)^[ >*]*{len(self.names)} ", text))

    def command(self, *lines):
        for line in lines:
            self.screen.keys(f":{line}\r")

    def at(self, name):
        """The cursor of the index on that message."""
        self.screen.keys(f"{self.names.index(name) + 1}\r")

    def open(self, name):
        """Show it in the pager."""
        self.at(name)
        self.screen.keys("\r")

    def leave(self):
        """Back to the index, from wherever a case has got to."""
        end = deadline(20)
        self.screen.keys("\x07")
        while "q:Quit" not in self.screen.settle(quiet=0.05):
            assert time.monotonic() < end, self.screen.text()
            self.screen.keys("q" if "q:Exit" in self.screen.text() else "i")
        self.index()

    def until(self, is_so):
        """Until it is so, the screen being read meanwhile."""
        return self.screen.wait(lambda text: is_so())

    def style(self, text, column=0):
        """The cell where the text stands on the screen."""
        for y, line in enumerate(self.screen.screen.display):
            if text in line:
                return self.screen.screen.buffer[y][line.index(text) + column]
        raise AssertionError(f"no {text!r} on the screen\n{self.screen.text()}")

    def close(self):
        self.home.close()
