# SPDX-License-Identifier: GPL-3.0-or-later
"""An account whose server is the one in memory (world.py): both sides as plain data, to be changed as other
programs change them, and compared. Everything about it can be put back to how it was."""

import copy
import os
import shutil
import tempfile
import zlib

from home import Home
from world import World

LETTERS = {"\\Answered": "R", "\\Flagged": "F", "\\Seen": "S", "\\Draft": "D", "todo": "t", "$Junk": "j"}  # as rows show them


def ident_of(text):
    return text.partition(b"Message-ID: ")[2].split()[0].decode()


def row_of(text, flags):
    """What is compared of a message: who it is, its flags, its bytes (but for the ends of lines)."""
    return ident_of(text), "".join(sorted(LETTERS[f] for f in flags if f in LETTERS)), zlib.crc32(text.replace(b"\r\n", b"\n"))


class Sides:
    def __init__(self, more=""):
        self.world, self.home = World(), Home()
        self.home.muttrc(f'set folder="imap://anna@127.0.0.1:{self.world.port}/" ssl_force_tls=no ssl_starttls=no spoolfile=+INBOX '
                         f'connect_timeout=5 imap_pass=x\n{more}')
        (self.home.path / "config/cur/muttrc").chmod(0o600)
        self.url, self.kept, self.aged = f"imap://anna@127.0.0.1:{self.world.port}/", None, 0

    def close(self):
        self.world.close()
        self.home.close()
        if self.kept:
            shutil.rmtree(self.kept[0])

    # ---- how it was

    def remember(self):
        """forget() puts both sides back to what they are now."""
        if self.kept:
            shutil.rmtree(self.kept[0])
        folder = tempfile.mkdtemp(prefix="curkept")
        shutil.copytree(self.home.path, folder, dirs_exist_ok=True, symlinks=True, ignore=shutil.ignore_patterns("socket"))
        self.kept = folder, copy.deepcopy(self.world.boxes)

    def forget(self):
        self.home.stop_engine()  # a program may have started one
        self.world.hang_up()
        folder, boxes = self.kept
        for part in ("data", "cache", "run"):
            shutil.rmtree(self.home.path / part, ignore_errors=True)
            shutil.copytree(f"{folder}/{part}", self.home.path / part, symlinks=True)
        with self.world.lock:
            self.world.boxes = copy.deepcopy(boxes)

    # ---- the server's side

    def there(self):
        """{folder: sorted rows}; without UIDPLUS what was deleted here stays as \\Deleted."""
        with self.world.lock:
            return {name: sorted(row_of(m.text, m.flags) for m in box.messages.values() if "\\Deleted" not in m.flags)
                    for name, box in self.world.boxes.items()}

    # ---- this side, as another program sees and changes Maildirs

    @staticmethod
    def keywords(box):
        """{letter: keyword} of a Maildir."""
        path = box / "dovecot-keywords"
        rows = [line.split(" ", 1) for line in path.read_text().splitlines()] if path.exists() else []
        return {chr(ord("a") + int(number)): name for number, name in rows}

    def letters(self, box, flags):
        """What a file name in that Maildir says for these flags; a keyword without a letter gets one, as Dovecot gives it."""
        names = self.keywords(box)
        for word in sorted(flags - set(names.values())):
            if not word.startswith("\\"):
                names[chr(max(map(ord, names), default=ord("a") - 1) + 1)] = word
                (box / "dovecot-keywords").write_text("".join(f"{ord(c) - ord('a')} {name}\n" for c, name in sorted(names.items())))
        known = {name: letter for letter, name in names.items()}
        return "".join(sorted(known.get(f) or LETTERS[f] for f in flags))

    def flags(self, box, letters):
        names = {**{v: k for k, v in LETTERS.items() if k.startswith("\\")}, **self.keywords(box)}
        return {names[letter] for letter in letters if letter in names}

    def mail(self):
        root = self.home.data / "mail"
        return next(root.iterdir(), None) if root.exists() else None

    def boxes_here(self):
        account = self.mail()
        return {} if not account else {str(cur.parent.relative_to(account)): cur.parent for cur in sorted(account.rglob("cur"))}

    def files(self, name=None):
        """Of one folder or of all, without those that are marked deleted."""
        return [path for folder, box in sorted(self.boxes_here().items()) if name in (None, folder)
                for part in ("cur", "new") if (box / part).exists() for path in sorted((box / part).iterdir()) if "T" not in path.name.rpartition(":2,")[2]]

    def here(self):
        found = {}
        for name, box in self.boxes_here().items():
            files = [(p, p.name.rpartition(":2,")[2] if ":2," in p.name else "") for part in ("cur", "new")
                     if (box / part).exists() for p in (box / part).iterdir()]
            found[name] = sorted(row_of(p.read_bytes(), self.flags(box, letters)) for p, letters in files if "T" not in letters)
        return found

    def write(self, name, file, text, flags=()):
        """A message another program puts there."""
        box = self.mail() / name
        for part in ("cur", "new", "tmp"):
            (box / part).mkdir(parents=True, exist_ok=True)
        (box / "cur" / f"{file}:2,{self.letters(box, set(flags))}").write_bytes(text.replace(b"\r\n", b"\n"))

    def flag(self, path, flags):
        letters = self.letters(path.parent.parent, set(flags))
        path.rename(path.parent.parent / "cur" / f"{path.name.partition(':2,')[0]}:2,{letters}")
        return letters

    def move(self, path, to, with_uid):
        """To another Maildir; as mbsync's users are told, the UID does not travel."""
        base, _, letters = path.name.partition(":2,")
        if not with_uid:
            base = base.partition(",U=")[0]
        letters = self.letters(to, self.flags(path.parent.parent, letters))
        path.rename(to / "cur" / f"{base}:2,{letters}")

    # ---- the engine

    def age(self):
        """An absence counts when its folder has not changed for a second; and it has changed since the last time."""
        self.aged += 1
        for box in self.boxes_here().values():
            for part in ("cur", "new"):
                (box / part).mkdir(exist_ok=True)
                os.utime(box / part, (1700000000 + self.aged,) * 2)

    def sync(self, **env):
        self.age()
        return self.home.run("--once", program="curd", env=env, timeout=30)

    def log(self):
        path = self.home.data / "cur.log"
        return path.read_text(errors="replace") if path.exists() else ""
