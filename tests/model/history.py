# SPDX-License-Identifier: GPL-3.0-or-later
"""A history: both sides change at random, the engine syncs, is killed and cut off, and in the end both
sides are the same and every message is where the last who touched it put it. One seed, one history."""

import collections
import os
import random
import re
import shutil

from faulty import FaultyDisk
from sides import LETTERS, Sides, ident_of, row_of
from user import User
from world import ALL

FLAGS = sorted(LETTERS)
FOLDERS = ["INBOX", "Archive", "Work", "Work/2026"]
MORE = ["Lists/a", "Lists/b", "Old", "Sent", "Spam"]  # so many are asked for over several connections
KILLED = 137 - 128


class Truth:
    """What is known of one message: who did what since both sides last agreed."""

    def __init__(self, flags):
        self.flags, self.flagged_by = set(flags), set()
        self.moved_by, self.deleted_by, self.copies = set(), set(), 1
        self.disturbed = False  # its folder was made anew: what was under way may be told twice
        self.faulty = False  # a fault was under way: of each flag one side may have what was before and the other what was after
        self.before = []  # what its flags were meanwhile
        self.renamed = False  # by another program: the engine need not have seen it yet
        self.unfound = False  # gone there perhaps before its UID was known, at a server that does not tell it: it may stay here (P64)

    def settled(self, flags):
        self.flags, self.before, self.flagged_by, self.moved_by = set(flags), [], set(), set()
        self.disturbed = self.faulty = self.renamed = False

    def conflicts(self):
        """Both sides did something to it: it may end in two places, as what is in doubt is kept."""
        return self.disturbed or len(self.moved_by) > 1 or bool(self.moved_by and self.flagged_by - self.moved_by)


class History(User, Sides):
    def __init__(self, seed):
        super().__init__()
        self.seed, self.random = seed, random.Random(seed)
        self.truth, self.told, self.n = {}, [], 0
        self.sent = {}  # Message-ID: what its bytes sum up to
        self.anew = set()  # folders of which more may be here than there (P31)
        self.during = False  # a sync is under way
        self.names_there = {}  # folder that was renamed here: what the server may call it still
        self.choose_connections()
        self.choose_rule()
        self.world.capabilities = self.choose_capabilities()
        self.tell("capabilities", *sorted(self.world.capabilities))

    def tell(self, *words):
        self.told.append(" ".join(map(str, words)))

    def choose_connections(self):
        n = self.random.choice([1, 4])
        if n > 1:
            for name in MORE:
                self.world.create(name)
        rc = self.home.path / "config/cur/muttrc"
        rc.write_text(f"{rc.read_text()}set imap_connections={n}\n")
        self.tell("connections", n)

    def choose_rule(self):
        """Perhaps texts of longer letters stay at the server, and are there for all that happens until both sides are compared."""
        self.rule = "keep -size 300 *\n" if self.random.random() < 0.4 else ""
        self.obey_rule()
        self.tell("rule", self.rule.strip() or "everything")

    def obey_rule(self, obey=True):
        rc = self.home.path / "config/cur/muttrc"
        rc.write_text(re.sub("(?m)^keep .*\n", "", rc.read_text()) + (self.rule if obey else ""))

    def choose_capabilities(self):
        dice = self.random.random()
        if dice < 0.4:
            return set(ALL)
        if dice < 0.5:
            return set()
        return {c for c in ALL if self.random.random() < 0.6}

    # ---- messages

    def letter(self):
        self.n += 1
        ident = f"<m{self.n}@{self.seed}.example.net>"
        body = "".join(f"line {i} of {self.n}\r\n" for i in range(self.random.choice([1, 3, 40])))
        text = (f"From: Bob <bob@example.net>\r\nTo: anna@example.org\r\nSubject: letter {self.n}\r\n"
                f"Date: Mon, 02 Nov 2026 10:00:00 +0000\r\nMessage-ID: {ident}\r\n\r\n{body}").encode()
        self.sent[ident] = row_of(text, ())[2]
        return ident, text

    def some_flags(self):
        return {f for f in FLAGS if self.random.random() < 0.3}

    # ---- the server's side

    def any_there(self):
        return self.pick([(name, uid) for name, box in self.world.boxes.items() for uid in sorted(box.messages)
                          if "\\Deleted" not in box.messages[uid].flags])

    def all_there(self):
        return {row[0] for rows in self.there().values() for row in rows}

    def pick(self, rows):
        return self.random.choice(rows) if rows else None

    def server_add(self):
        ident, text = self.letter()
        flags, box = self.some_flags(), self.random.choice(sorted(self.world.boxes))
        self.world.boxes[box].add(text, flags)
        self.truth[ident] = Truth(flags)
        return ident, box

    def server_flag(self):
        if found := self.any_there():
            box, ident = self.world.boxes[found[0]], None
            ident, flags = ident_of(box.messages[found[1]].text), self.some_flags()
            box.set_flags(found[1], flags)
            self.flagged(ident, flags, "there")
            return ident, sorted(flags)

    def server_delete(self):
        if found := self.any_there():
            box = self.world.boxes[found[0]]
            ident = ident_of(box.messages[found[1]].text)
            box.remove(found[1])
            self.truth[ident].deleted_by.add("there")
            self.note_gone(ident)
            return ident, found[0]

    def note_gone(self, ident):
        self.truth[ident].unfound |= self.during and "UIDPLUS" not in self.world.capabilities

    def server_move(self, move=True):
        if found := self.any_there():
            name, to = found[0], self.random.choice(sorted(self.world.boxes))
            if to == name:
                return None
            message = self.world.boxes[name].messages[found[1]]
            self.world.boxes[to].add(message.text, message.flags, message.date)
            ident = ident_of(message.text)
            if move:
                self.world.boxes[name].remove(found[1])
                self.truth[ident].moved_by.add("there")
                self.note_gone(ident)
            else:
                self.truth[ident].copies += 1
            return ident, name, to

    def server_copy(self):
        return self.server_move(move=False)

    def some_name(self):
        return self.random.choice(FOLDERS[1:])

    def inside(self, name):
        """The messages of a folder and of those below, on either side."""
        def is_in(folder):
            return folder == name or folder.startswith(name + "/")
        return {row[0] for side in (self.here(), self.there()) for folder, rows in side.items() if is_in(folder) for row in rows}

    def server_folder(self):
        name = self.some_name()
        self.world.create(name)
        return (name,)

    def server_folder_rename(self):
        """Here the folder of the old name keeps its files (P45)."""
        name, to = self.pick([name for name in self.world.boxes if name != "INBOX"]), self.some_name()
        if name and not to.startswith(name) and to not in self.world.boxes:
            self.disturb(self.inside(name))
            for old in [n for n in self.world.boxes if n == name or n.startswith(name + "/")]:
                self.anew.add(old)
                self.world.boxes[to + old[len(name):]] = self.world.boxes.pop(old)
            return name, to

    def server_folder_delete(self):
        name = self.pick([name for name in self.world.boxes if name != "INBOX"])
        if name:
            for ident in self.inside(name):
                self.truth[ident].deleted_by.add("there")
                self.truth[ident].disturbed = True
            for old in [n for n in self.world.boxes if n == name or n.startswith(name + "/")]:
                self.anew.add(old)
                del self.world.boxes[old]
            return (name,)

    def disturb(self, idents):
        for ident in idents:
            self.truth[ident].disturbed = True

    def server_anew(self):
        """UIDVALIDITY changes, every UID with it (P30)."""
        name = self.random.choice(sorted(self.world.boxes))
        old = self.world.boxes.pop(name)
        new = self.world.create(name)
        self.anew.add(name)
        for message in old.messages.values():
            new.add(message.text, message.flags, message.date)
        self.disturb(ident for box in self.world.boxes for ident in self.inside(box))
        return (name,)

    # ---- this side, as another program changes Maildirs

    def local_add(self):
        boxes = self.boxes_here()
        if boxes:
            ident, text = self.letter()
            name = self.random.choice(sorted(boxes))
            flags = self.some_flags()
            self.write(name, f"170000{self.n:04}.M{self.n}.test", text, flags)
            self.truth[ident] = Truth(flags)
            self.truth[ident].flagged_by.add("here")
            return ident, name

    def local_flag(self):
        if path := self.pick(self.files()):
            flags, ident = self.some_flags(), ident_of(path.read_bytes())
            letters = self.flag(path, flags)
            self.flagged(ident, flags, "here")
            self.truth[ident].renamed = True
            return ident, letters

    def local_delete(self):
        if path := self.pick(self.files()):
            ident = ident_of(path.read_bytes())
            path.unlink()
            self.truth[ident].deleted_by.add("here")
            return ident, path.parent.parent.name

    def local_move(self):
        boxes = self.boxes_here()
        if path := self.pick(self.files()):
            to = boxes[self.random.choice(sorted(boxes))]
            if to == path.parent.parent:
                return None
            ident = ident_of(path.read_bytes())
            if not self.is_known(path) and ident in self.all_there():
                self.truth[ident].copies += 1  # killed before it was recorded: where it comes from nobody knows
            self.move(path, to, with_uid=self.random.random() < 0.5)
            self.truth[ident].moved_by.add("here")
            return ident, path.parent.parent.name, to.name

    def local_folder(self):
        if account := self.mail():
            name = self.random.choice(FOLDERS)
            for part in ("cur", "new", "tmp"):
                (account / name / part).mkdir(parents=True, exist_ok=True)
            return (name,)

    def flagged(self, ident, flags, side):
        truth = self.truth[ident]
        truth.flagged_by.add(side)
        truth.before.append(truth.flags)
        truth.flags = set(flags)

    def local_age(self):
        """Texts that nobody reads any more."""
        if path := self.pick(self.files()):
            os.utime(path, (1, path.stat().st_mtime))
            return ident_of(path.read_bytes()), path.parent.parent.name

    ACTS = [(local_age, 1), (server_add, 6), (server_flag, 5), (server_delete, 2), (server_move, 3), (server_copy, 1), (server_folder, 1),
            (server_folder_rename, 0.3), (server_folder_delete, 0.2), (server_anew, 0.4), (local_add, 3), (local_flag, 5), (local_delete, 2), (local_move, 3), (local_folder, 1)]

    def act(self):
        act = self.random.choices([a for a, _ in self.ACTS], [w for _, w in self.ACTS])[0]
        try:
            with self.world.lock:
                done = act(self)
        except FileNotFoundError:  # the engine was quicker
            done = None
        if done:
            self.tell(act.__name__, *done)

    # ---- the engine

    def sync_killed(self):
        stop = self.random.randint(1, 40)
        self.tell("killed after step", stop)
        return self.sync(CUR_TEST_STOP=str(stop))

    def sync_spoilt(self):
        n, how = self.random.randint(1, 500), self.random.choice(["kill", "tear", "lose", "EIO", "ENOSPC"])
        self.tell("disk call", n, how)
        return self.sync(**FaultyDisk(self.home).spoil(n, how))

    def sync_cut(self):
        self.world.cut_after = self.random.choice([50, 300, 1000, 3000]) + self.random.randrange(300)
        self.tell("cut after", self.world.cut_after, "bytes")
        done = self.sync()
        self.world.cut_after = None
        return done

    def sync_disturbed(self):
        n = self.random.randint(1, 40)
        self.tell("others act after command", n)
        self.world.meanwhile = n, self.act_during
        done = self.sync()
        self.world.meanwhile = None
        return done

    def act_during(self):
        self.during = True
        self.act()
        self.during = False

    def faulty_sync(self):
        how = self.random.choice([self.sync, self.sync_killed, self.sync_spoilt, self.sync_cut, self.sync_disturbed, self.session])
        done = how()
        if how == self.sync:
            self.tell("sync")
        if how != self.session:
            assert done.returncode in (0, 1, 75, -KILLED), (done.returncode, done.stderr)
        for truth in self.truth.values():
            truth.faulty = True

    # ---- what must be true

    def settle(self):
        """Undisturbed syncs until nothing changes any more, then both sides are the same."""
        before = None
        self.obey_rule(False)
        for _ in range(6):
            done = self.sync()
            self.allow(done)
            now = (self.here(), self.there())
            if done.returncode == 0 and now == before and self.shared(*now) == now[1]:
                break
            before = now
        self.tell("settle")
        self.check(*now, done)
        self.obey_rule()

    def shared(self, here, there):
        """Of what is here that which the server should have. It need not have a folder that is gone there (P45), nor what
        a folder lacked when it was made anew (P31), nor what was deleted there before it was found (P64)."""
        counts = {name: collections.Counter(rows) for name, rows in there.items()}
        return {name: sorted((collections.Counter(rows) & counts[name]).elements()) if name in self.anew
                else [row for row in rows if not self.may_be_here_alone(row, name, there)]
                for name, rows in here.items() if name in there}

    def may_be_here_alone(self, row, name, there):
        return row not in there[name] and (name in self.anew or self.truth[row[0]].unfound)

    def allow(self, done):
        """A folder that was emptied there is asked about."""
        log = self.home.data / "cur.log"
        if done.returncode != 1 or not log.exists():
            return
        for name in sorted(set(re.findall(r"what is meant: cur sync --accept-deletions '([^']+)'", log.read_text()))):
            self.tell("allowed", name)
            self.home.run("sync", "--accept-deletions", name)
            self.home.stop_engine()

    def check(self, here, there, done):
        gone = {row[0] for name, rows in here.items() for row in rows if name not in there or self.may_be_here_alone(row, name, there)}
        kept = gone | {row[0] for rows in here.values() for row in rows if self.truth[row[0]].disturbed}
        assert done.returncode == 0 or set(here) - set(there), done.stderr
        shared = self.shared(here, there)
        assert shared == there, "the two sides differ"
        found = collections.Counter(row[0] for rows in there.values() for row in rows)
        flags = {ident: letters for rows in there.values() for ident, letters, _bytes in rows}
        texts = shared if self.rule else here  # a header whose text went with the old folder is all that is known of it
        assert {(row[0], row[2]) for side in (texts, there) for rows in side.values() for row in rows} <= set(self.sent.items())
        for ident, truth in self.truth.items():
            if not truth.deleted_by:
                assert found[ident] or ident in kept, f"{ident} is lost"
                if found[ident] and truth.copies == 1 and not truth.conflicts():
                    self.check_one(ident, truth, found[ident], set(flags[ident]))
            if found[ident]:
                truth.copies = found[ident]
                truth.settled({f for f in FLAGS if LETTERS[f] in flags[ident]})
        self.forget_deleted(found, kept)
        self.names_there = {}
        self.disturb(gone)

    @staticmethod
    def check_one(ident, truth, n, letters):
        assert n == 1, f"{ident} is there {n} times"
        if len(truth.flagged_by) < 2 and not (truth.moved_by and truth.flagged_by):
            want, *before = ({LETTERS[f] for f in flags} for flags in (truth.flags, *truth.before))
            doubtful = set().union(*(want ^ some for some in before)) if truth.faulty else set()
            assert want ^ letters <= doubtful, f"{ident} has {letters!r}, not {want!r}"

    def forget_deleted(self, found, kept):
        for ident in [i for i, t in self.truth.items() if t.deleted_by]:
            if found[ident]:
                self.truth[ident].deleted_by = set()
            elif ident not in kept:
                del self.truth[ident]

    def play(self):
        for _ in range(3):
            self.server_add()
        self.sync()
        for _round in range(self.random.randint(2, 4)):
            for _ in range(self.random.randint(1, 6)):
                self.act()
            for _ in range(self.random.randint(0, 2)):
                self.faulty_sync()
                if self.random.random() < 0.5:
                    self.act()
            self.settle()

    def how_it_stands(self):
        return f"here  {self.here()}\nthere {self.there()}\n{self.log()[-3000:]}"

    def keep(self, folder):
        """What is left of a failed history, to be looked at."""
        shutil.copytree(self.home.path, folder, dirs_exist_ok=True, symlinks=True, ignore=shutil.ignore_patterns("socket"))
