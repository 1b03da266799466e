# SPDX-License-Identifier: GPL-3.0-or-later
"""Somebody who writes letters in the interface; what $sendmail gets lies in a folder, to be read by another parser."""

import contextlib
import email
import email.policy
import os
import stat

from home import Home
from letters import message
from pace import until
from terminal import queued

# Under a name that is there at once and whole: what is looked for by others has no dot in front.
SENDMAIL = '''#!/bin/sh
at=$(mktemp -d "$HOME/sent/.XXXXXX") && printf '%s\\n' "$@" >"$at/args" && cat >"$at/mail" && mv "$at" "$HOME/sent/$(date +%s%N)"
'''
EDITOR = '#!/bin/sh\nprintf "typed text\\n" >>"$1"\n'


class Letter:
    """What $sendmail got."""

    def __init__(self, path):
        self.args = (path / "args").read_text().split("\n")[:-1]
        self.raw = (path / "mail").read_bytes()
        self.mail = email.message_from_bytes(self.raw, policy=email.policy.default)
        self.text = self.raw.decode(errors="replace")

    def tree(self):
        """Types of the parts, nested as they are."""
        def of(part):
            if part.get_content_maintype() != "multipart":
                return part.get_content_type()
            return (part.get_content_subtype(), [of(p) for p in part.get_payload()])
        return of(self.mail)

    def body(self):
        part = self.mail
        while part.is_multipart():
            part = part.get_payload(0)
        return part.get_content()

    def part(self, name):
        """The part sent under this file name."""
        return next(p for p in self.mail.walk() if p.get_filename() == name)


class Writer:
    def __init__(self, home, more="", messages=(), editor=EDITOR, rows=24, cols=80):
        self.home, self.seen = home, set()
        (home.path / "sent").mkdir()
        self.box = home.maildir("Mail", list(messages) or [message("hello", body="Hi Anna,\nhow are you?\n")])
        for name in ("Drafts", "Copies"):
            home.maildir(name)
        home.muttrc(f'set spoolfile="{self.box}" folder="{home.path}" postponed="{home.path}/Drafts" record=""\n'
                    f'set from="anna@example.org" realname="Anna" hostname=example.org signature="" sleep_time=0 wait_key=no\n'
                    f'set editor="{self.script("editor", editor)}" sendmail="{self.script("sendmail", SENDMAIL)}"\n{more}\n')
        self.screen = home.start(rows=rows, cols=cols)
        self.screen.settle()

    def script(self, name, text):
        path = self.home.path / name
        path.write_text(text)
        path.chmod(path.stat().st_mode | stat.S_IXUSR)
        return path

    def file(self, name, text):
        path = self.home.path / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    def command(self, *lines):
        """Commands of a muttrc, typed at the prompt."""
        for line in lines:
            self.screen.keys(f":{line}\r")

    def compose(self, to="bob@example.net", subject="news"):
        """A new message, up to the compose menu; returns the screen."""
        self.screen.keys(f"m{to}\r{subject}\r")
        return self.menu()

    def menu(self):
        return self.screen.wait("-- Attachments")

    def attach(self, path):
        name = os.path.basename(path)
        self.screen.keys(f"a{path}\r")
        return self.screen.wait(lambda text: "Attach file:" not in text and name in text)

    def send(self, keys="y"):
        """Send what is in the compose menu; returns the Letter."""
        self.screen.type(keys, queued)
        return self.sent()

    def sent(self):
        """The next letter that $sendmail got."""
        until(self.unseen, tell=self.screen.text)
        path = self.unseen()[0]
        self.seen.add(path.name)
        return Letter(path)

    def unseen(self):
        return sorted(p for p in (self.home.path / "sent").iterdir() if p.name not in self.seen and p.name[0] != ".")

    def give_up(self):
        """Leave the compose menu without a trace."""
        self.screen.type("q", "Save (postpone)")
        self.screen.type("n", lambda text: "-- Attachments" not in text and "Save (postpone)" not in text)

    def go_home(self):
        """After a test that ended where it should not: give up questions and the menu, for the next one's sake."""
        if "-- Attachments" in self.screen.text():
            self.screen.type("\x07")
            self.give_up()

    def copies(self, name="Copies"):
        """Messages in a local mailbox, as parsed mail."""
        files = [p for part in ("cur", "new") for p in sorted((self.home.path / name / part).iterdir())]
        return [email.message_from_bytes(p.read_bytes(), policy=email.policy.default) for p in files]


@contextlib.contextmanager
def writer(*args, **options):
    """A Writer in a home of his own, cleaned up after him."""
    home = Home()
    try:
        yield Writer(home, *args, **options)
    finally:
        home.close()
