# SPDX-License-Identifier: GPL-3.0-or-later
"""The index as a list: which messages it shows, with what marks, and where the cursor is."""

import os
import re

from letters import message

# What Listing reads back: an arrow, the flags, the subject in brackets.
LOOK = ('set arrow_cursor index_format="%Z[%s]" date_format="%Y" sort=mailbox-order nohelp ascii_chars\n'
        'set status_format="[%f] %m/%M %n %o %d %t %V" nobeep quit=yes confirmappend=no confirmcreate=no\n')


def letter(name, parent=None, **more):
    """A message with this subject, an answer to that one; they come a minute after each other by their names' order."""
    extra = f"In-Reply-To: <{parent}@x>\nReferences: <{parent}@x>\n" if parent else ""
    return message(subject=more.pop("subject", name), ident=f"<{name}@x>", extra=extra + more.pop("extra", ""), **more)


def lay(box, number, content, flags="S", new=False):
    """Put a message into a Maildir as mail that came in this order; returns its path."""
    for part in ("cur", "new", "tmp"):
        (box / part).mkdir(parents=True, exist_ok=True, mode=0o700)
    name = f"{1700000000 + 60 * number}.M{number}.home"
    path = box / "new" / name if new else box / "cur" / f"{name}:2,{flags}"
    # Whoever looks meanwhile sees the whole of it or nothing.
    (box / "tmp" / name).write_bytes(content)
    os.utime(box / "tmp" / name, (1700000000 + 60 * number,) * 2)
    return (box / "tmp" / name).rename(path)


class Listing:
    """`cur` on a Maildir, begun when all of its messages are listed, or when `wanted` is on the screen."""

    def __init__(self, home, box, *args, rows=24, cols=80, wanted=None):
        self.terminal = home.start("-f", str(box), *args, rows=rows, cols=cols)
        n = sum(1 for part in ("cur", "new") for _ in (box / part).iterdir())
        self.terminal.wait(wanted or (lambda text: self.cursor() and f"] {n}/" in text))

    def lines(self):
        """(arrow, flags, subject) of each line."""
        found = (re.match(r"(-> |   )?([^[]*)\[([^]]*)\]$", line) for line in self.terminal.lines()[:-2])
        return [(match[1] == "-> ", match[2].strip(), match[3]) for match in found if match]

    def shown(self):
        """Subjects from top to bottom."""
        return [name for _arrow, _flags, name in self.lines()]

    def cursor(self):
        """The subject with the arrow before it, or ""."""
        return next((name for arrow, _flags, name in self.lines() if arrow), "")

    def marks(self, name):
        """The flags (%Z) of the message with this subject."""
        return next((flags for _arrow, flags, subject in self.lines() if subject == name), "")

    def marked(self, letter):
        """Subjects of those with this letter among their flags."""
        return [name for _arrow, flags, name in self.lines() if letter in flags]

    def bottom(self):
        return self.terminal.lines()[-1]

    def run(self, *functions):
        """Call functions by their names, whatever keys they have."""
        for name in functions:
            self.terminal.keys(f":exec {name}\r")

    def command(self, line):
        self.terminal.keys(f":{line}\r")

    def go(self, name):
        """The cursor to that message, by its own number."""
        self.terminal.keys(f"{self.shown().index(name) + 1}\r")
        self.until(lambda: self.cursor() == name)

    def until(self, is_so, what=""):
        """Wait until it is so on the screen."""
        try:
            self.terminal.wait(lambda text: is_so())
        except AssertionError as error:
            raise AssertionError(f"{what}: {error}") from None
