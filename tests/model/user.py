# SPDX-License-Identifier: GPL-3.0-or-later
"""What a user does in programs that ask the engine: it works meanwhile, and now and then it is killed."""

import signal
import sqlite3
import subprocess

from home import BUILD
from pace import patience
from sides import ident_of
from wire import Refused, Wire

BITS = {"\\Draft": 1, "\\Flagged": 2, "\\Answered": 8, "\\Seen": 16}


class User:
    """Acts of a history (history.py) by the wire. What the engine refuses was not done."""

    def session(self):
        """One or two programs act by turns; True when the engine was killed in the end."""
        engine = subprocess.Popen([str(BUILD / "curd"), "--foreground"], env=self.home.env, cwd=self.home.path,
                                  stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        dies = self.random.random() < 0.4
        try:
            wires = [Wire(self.home.data, alive=lambda: engine.poll() is None) for _ in range(self.random.choice([1, 1, 2]))]
            for _ in range(self.random.randint(1, 4)):
                self.user_act(self.random.choice(wires))
            if self.random.random() < 0.5:
                self.ask(wires[0], "SYNC", [], True)
            for wire in wires:
                wire.close()
            engine.send_signal(signal.SIGKILL if dies else signal.SIGTERM)
            engine.wait(patience(15))
        finally:
            engine.kill()
            engine.wait()
        self.tell("the engine was", "killed" if dies else "ended")
        return dies

    def user_act(self, wire):
        act = self.random.choices([a for a, _ in self.USER_ACTS], [w for _, w in self.USER_ACTS])[0]
        try:
            done = act(self, wire)
        except FileNotFoundError:  # the engine has just renamed it
            done = None
        if done:
            self.tell(act.__name__, *done)

    @staticmethod
    def ask(wire, *words):
        try:
            wire.ask(*words)
        except Refused:
            return False
        return True

    def rows(self):
        """[(mailbox number, folder, lid, file)] of what the engine knows and a file is there for."""
        files = {(path.parent.parent, path.name.partition(":2,")[0]): path for path in self.files()}
        db = sqlite3.connect(f"file:{self.home.data}/state.db?mode=ro", uri=True)
        try:
            known = db.execute("SELECT number, folder, lid, CAST(path AS TEXT), CAST(base AS TEXT) FROM messages JOIN mailboxes ON number = mailbox"
                               " ORDER BY number, lid").fetchall()
        finally:
            db.close()
        boxes = {str(box): box for box in self.boxes_here().values()}
        return [(number, folder, lid, files[boxes[path], base]) for number, folder, lid, path, base in known
                if path in boxes and (boxes[path], base) in files]

    def is_known(self, path):
        return path in {row[3] for row in self.rows()}

    def some_row(self):
        row = self.pick(self.rows())
        return (*row, ident_of(row[3].read_bytes())) if row else None

    # ---- messages

    def user_flag(self, wire):
        if row := self.some_row():
            number, _folder, lid, path, ident = row
            flags = self.some_flags()
            now = self.flags(path.parent.parent, path.name.rpartition(":2,")[2] if ":2," in path.name else "")
            add, remove = flags - now, now - flags
            bits = [sum(BITS.get(flag, 0) for flag in some) for some in (add, remove)]
            tags = [" ".join(sorted(flag for flag in some if flag not in BITS)) for some in (add, remove)]
            if self.ask(wire, "MARK", number, [lid], *bits) and self.ask(wire, "TAG", number, [lid], *tags):
                self.flagged(ident, flags, "user" if self.truth[ident].renamed else "here")
                return ident, sorted(flags)
            self.truth[ident].disturbed = True

    def user_move(self, wire):
        return self.user_take(wire, "MOVE")

    def user_copy(self, wire):
        return self.user_take(wire, "COPY")

    def user_take(self, wire, how):
        row, to = self.some_row(), self.pick(sorted(self.boxes_here()))
        if row and to != row[1] and self.ask(wire, how, row[0], [row[2]], self.url + to):
            if how == "MOVE":
                self.truth[row[4]].moved_by.add("here")
            else:
                self.truth[row[4]].copies += 1
            return row[4], row[1], to

    def user_remove(self, wire):
        row = self.some_row()
        if row and self.ask(wire, "REMOVE", row[0], [row[2]]):
            self.truth[row[4]].deleted_by.add("here")
            return row[4], row[1]

    # ---- folders

    def user_create(self, wire):
        name = self.some_name()
        if self.ask(wire, "CREATE", self.url + name):
            return (name,)

    def user_delete(self, wire):
        name = self.pick([name for name in self.boxes_here() if name != "INBOX"])
        if name:
            inside = self.inside(name) | self.inside(self.names_there.get(name, name))
            if self.ask(wire, "DELETE", self.url + name):
                for ident in inside:
                    self.truth[ident].deleted_by.add("here")
                return (name,)

    def user_rename(self, wire):
        name, to = self.pick([name for name in self.boxes_here() if name != "INBOX"]), self.some_name()
        if name and to not in self.boxes_here():
            inside = self.inside(name)
            if self.ask(wire, "RENAME", self.url + name, self.url + to):
                self.disturb(inside)
                self.names_there[to] = self.names_there.pop(name, name)
                return name, to

    USER_ACTS = [(user_flag, 5), (user_move, 3), (user_copy, 1), (user_remove, 2), (user_create, 1), (user_delete, 0.4), (user_rename, 0.7)]
