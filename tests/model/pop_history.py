# SPDX-License-Identifier: GPL-3.0-or-later
"""A history of one POP3 box and two homes that fetch from it: mail comes, users and a third client
delete, the server forgets its names, engines are killed and cut off. No message may be lost, doubled
or altered, and nothing goes here because it went there. One seed, one history."""

import os
import random
import shutil

from fake import Fake
from home import Home
from popd import Popd

KILLED = 137 - 128
STEPS = 16  # a sync with one message has about so many


class Truth:
    """What became of one message."""

    def __init__(self, text):
        self.text = text
        self.removed_there = False  # by the third client
        self.seen, self.deleted = set(), set()  # homes that had it; homes whose user deleted it
        self.doubtful = set()  # … in a moment in which it may come back


class Place:
    """A home, and what its user wants."""

    def __init__(self, name, port, delete):
        self.name, self.port, self.home, self.shaken = name, port, Home(), False
        self.ever_deleted = False
        self.wants(delete)

    def wants(self, delete):
        self.delete = delete
        self.ever_deleted |= delete
        self.home.muttrc(f'set pop_host="pop://anna@127.0.0.1:{self.port}" pop_pass=secret ssl_starttls=no ssl_force_tls=no '
                         f'connect_timeout=5 pop_delete={"yes" if delete else "no"}\n')
        (self.home.path / "config/cur/muttrc").chmod(0o600)

    def files(self):
        boxes = (self.home.data / "mail").glob("*/INBOX")
        return [path for box in boxes for part in ("cur", "new") for path in sorted((box / part).iterdir())]

    def sync(self, **env):
        """An absence counts when its folder has not changed for a second."""
        for box in (self.home.data / "mail").glob("*/INBOX/*"):
            os.utime(box, (1700000000 + random.randrange(10**8),) * 2)
        return self.home.run("--once", program="curd", env=env, timeout=30)


class PopHistory:
    def __init__(self, seed):
        self.seed, self.random = seed, random.Random(seed)
        self.popd = Popd([], offers=self.choose_offers())
        self.server = Fake(self.popd)
        self.places = [Place(name, self.server.port, self.random.random() < 0.3) for name in ("desk", "laptop")]
        self.truth, self.told, self.n, self.n_names = {}, [], 0, 0
        self.tell("offers", *self.popd.offers)

    def close(self):
        self.server.close()
        for place in self.places:
            place.home.close()

    def tell(self, *words):
        self.told.append(" ".join(map(str, words)))

    def choose_offers(self):
        return ["USER", *(word for word, odds in (("UIDL", 0.8), ("TOP", 0.8), ("PIPELINING", 0.7)) if self.random.random() < odds)]

    @staticmethod
    def ident_of(text):
        return text.partition(b"Message-ID: ")[2].split()[0].decode()

    # ---- what happens

    def name(self):
        self.n_names += 1
        return f"n{self.n_names}"

    def arrive(self):
        self.n += 1
        ident = f"<m{self.n}@{self.seed}.example.net>"
        body = "".join(f"{'.' * (i % 3)}line {i} of {self.n}\r\n" for i in range(self.random.choice([1, 3, 40])))
        text = f"From: bob@example.net\r\nSubject: letter {self.n}\r\nMessage-ID: {ident}\r\n\r\n{body}".encode()
        self.truth[ident] = Truth(text.replace(b"\r\n", b"\n"))
        self.popd.box.append((self.name(), text))
        return (ident,)

    def third_client_deletes(self):
        if not self.popd.box:
            return None
        _name, text = self.popd.box.pop(self.random.randrange(len(self.popd.box)))
        self.truth[self.ident_of(text)].removed_there = True
        return (self.ident_of(text),)

    def user_deletes(self):
        place = self.random.choice(self.places)
        files = place.files()
        if not files:
            return None
        path = self.random.choice(files)
        ident = self.ident_of(path.read_bytes())
        path.unlink()
        self.truth[ident].deleted.add(place.name)
        if place.shaken:  # its row may not be there, or not have its name
            self.truth[ident].doubtful.add(place.name)
        return place.name, ident

    def user_changes_mind(self):
        place = self.random.choice(self.places)
        place.wants(not place.delete)
        return place.name, "deletes there" if place.delete else "leaves it there"

    def names_anew(self):
        """P76: what the user has deleted, and the server not yet, is new under another name."""
        self.popd.box[:] = [(self.name(), text) for _name, text in self.popd.box]
        for _name, text in self.popd.box:
            truth = self.truth[self.ident_of(text)]
            truth.doubtful |= truth.deleted
        for place in self.places:
            place.shaken = True
        return ()

    ACTS = [(arrive, 6), (third_client_deletes, 1), (user_deletes, 2), (user_changes_mind, 0.7), (names_anew, 0.4)]

    def act(self):
        act = self.random.choices([a for a, _ in self.ACTS], [w for _, w in self.ACTS])[0]
        if (done := act(self)) is not None:
            self.tell(act.__name__, *done)

    # ---- the engines

    def faulty_sync(self):
        place, dice = self.random.choice(self.places), self.random.random()
        env = {}
        if dice < 0.4:
            env = {"CUR_TEST_STOP": str(self.random.randint(1, STEPS))}
        elif dice < 0.7:
            self.popd.cut_after = self.random.randrange(2500)
        elif dice < 0.8:
            self.popd.odd["PASS"] = lambda talk, _words: talk.say("-ERR [IN-USE] the other one reads") or True
        elif dice < 0.9:
            self.popd.odd["DELE"] = lambda talk, _words: talk.say("-ERR [SYS/TEMP] not now") or True
        self.tell("sync", place.name, *env.items(), f"cut after {self.popd.cut_after}", *self.popd.odd)
        done = place.sync(**env)
        self.popd.odd.clear()
        self.popd.cut_after = None
        assert done.returncode in (0, 1, 75, -KILLED), (done.returncode, done.stderr)
        place.shaken = done.returncode != 0
        self.look(place)

    def look(self, place):
        """No message is here twice or altered, and what was here goes by its user alone."""
        found = {}
        for path in place.files():
            text = path.read_bytes()
            ident = self.ident_of(text)
            assert ident not in found, f"{ident} is doubled on the {place.name}"
            assert text == self.truth[ident].text, f"{ident} is altered on the {place.name}"
            found[ident] = path
        for ident, truth in self.truth.items():
            if ident in found:
                truth.seen.add(place.name)
            elif place.name in truth.seen and place.name not in truth.deleted:
                raise AssertionError(f"{ident} is gone from the {place.name}")
        return set(found)

    def settle(self):
        for _ in range(3):
            for place in self.places:
                done = place.sync()
                assert done.returncode == 0, done.stderr
                place.shaken = False
        self.tell("settle")
        self.check({place.name: self.look(place) for place in self.places}, {self.ident_of(text) for _name, text in self.popd.box})

    def check(self, here, there):
        for place in self.places:
            assert not (place.delete and there), f"{there} should have gone with the {place.name}"
        for ident, truth in self.truth.items():
            homes = {name for name, found in here.items() if ident in found}
            if ident in there:
                assert not truth.deleted - truth.doubtful, f"{ident} was deleted here and is there"
                assert homes | truth.deleted == set(here), f"{ident} is only on {homes}"
            assert ident in there or homes or truth.deleted or truth.removed_there, f"{ident} is lost"
            wanted = truth.deleted or truth.removed_there or any(place.ever_deleted for place in self.places)
            assert ident in there or wanted, f"nobody wanted {ident} to go"
            back = homes & truth.deleted
            assert back <= truth.doubtful, f"{ident} came back to {back}"
            truth.deleted -= back

    def play(self):
        for _ in range(3):
            self.arrive()
        for _round in range(self.random.randint(2, 3)):
            for _ in range(self.random.randint(1, 3)):
                self.act()
                self.faulty_sync()
                self.act()
            self.settle()

    def how_it_stands(self):
        return "\n".join(f"{place.name}:\n{(place.home.data / 'cur.log').read_text()[-2000:]}" for place in self.places)

    def keep(self, folder):
        """What is left of a failed history, to be looked at."""
        for place in self.places:
            shutil.copytree(place.home.path, folder / place.name, dirs_exist_ok=True, symlinks=True, ignore=shutil.ignore_patterns("socket"))
