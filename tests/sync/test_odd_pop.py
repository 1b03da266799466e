# SPDX-License-Identifier: GPL-3.0-or-later
"""POP3 servers that renumber, empty, cut and lie (P26, P76, P77): each message is here once, whole, and nothing is
deleted that is not here."""

import pytest
from desk import Desk, letter
from fake import Fake
from home import Home


class Popd:
    """A talk for Fake: `box` is a list of (uidl, bytes); odd[command] may answer in place of the usual."""

    def __init__(self, box):
        self.box, self.odd, self.asked, self.marked = box, {}, [], set()

    def __call__(self, talk):
        self.marked = set()
        talk.say("+OK ready")
        while line := talk.hear().decode(errors="replace"):
            self.asked.append(line)
            words = line.split()
            name = words[0].upper()
            if name in self.odd and self.odd[name](talk, words):
                continue
            getattr(self, name.lower(), lambda talk, words: talk.say("+OK"))(talk, words)

    def capa(self, talk, _words):
        talk.say("+OK", "USER", "UIDL", "TOP", "PIPELINING", ".")

    def stat(self, talk, _words):
        talk.say(f"+OK {len(self.box)} {sum(len(m) for _u, m in self.box)}")

    def list(self, talk, _words):
        talk.say("+OK", *(f"{i} {len(m)}" for i, (_u, m) in enumerate(self.box, 1)), ".")

    def uidl(self, talk, _words):
        talk.say("+OK", *(f"{i} {u}" for i, (u, _m) in enumerate(self.box, 1)), ".")

    def retr(self, talk, words):
        message = self.box[int(words[1]) - 1][1]
        talk.say(f"+OK {len(message)}")
        talk.connection.sendall(message.replace(b"\r\n.", b"\r\n..") + b".\r\n")

    def dele(self, talk, words):
        self.marked.add(int(words[1]))
        talk.say("+OK")

    def quit(self, talk, _words):
        self.box = [one for i, one in enumerate(self.box, 1) if i not in self.marked]
        talk.say("+OK bye")
        talk.connection.close()


class PopDesk(Desk):
    def __init__(self, certificate, popd, more=""):
        self.popd, self.engine = popd, None
        self.fake, self.home = Fake(popd, certificate), Home()
        self.home.muttrc(f'set pop_host="pops://anna@localhost:{self.fake.port}" pop_pass=secret connect_timeout=5\n'
                         f'set ssl_ca_certificates_file="{certificate.ca}"\n{more}')

    def close(self):
        super().close()
        self.fake.close()

    def ids(self):
        return [i for i, _flags in self.here()["INBOX"]]


def wire(i):
    return letter(i).replace(b"\n", b"\r\n")


@pytest.fixture
def pop(certificate):
    desks = []

    def make(more="", n=4):
        desks.append(PopDesk(certificate, Popd([(f"u{i}", wire(i)) for i in range(n)]), more))
        return desks[-1]

    yield make
    for desk in desks:
        desk.close()


def wanted(*numbers):
    return sorted(f"<letter-{i}@example.net>" for i in numbers)


LEAVE, DELETE = "", "set pop_delete=yes\n"


@pytest.mark.parametrize("more", [LEAVE, DELETE], ids=["left there", "deleted there"])
def test_p76_a_box_that_is_emptied_there_deletes_nothing_here(pop, more):
    desk = pop(more)
    desk.once()
    desk.popd.box = []
    for _ in range(3):
        desk.age()
        desk.once()
    assert desk.ids() == wanted(0, 1, 2, 3)


def test_p76_uidls_that_are_renumbered_lose_nothing_and_delete_nothing_there(pop):
    desk = pop()
    desk.once()
    desk.popd.box = [(f"renumbered{i}", message) for i, (_u, message) in enumerate(desk.popd.box)]
    desk.popd.box.append(("u1", wire(9)))
    for _ in range(2):
        desk.age()
        desk.once()
    assert set(desk.ids()) >= set(wanted(0, 1, 2, 3))
    assert len(desk.popd.box) == 5
    assert not any(line.startswith("DELE") for line in desk.popd.asked)


@pytest.mark.parametrize("more", [LEAVE, DELETE], ids=["left there", "deleted there"])
@pytest.mark.parametrize("lie", ["cut", "no dot", "silence"])
def test_p77_a_message_that_is_cut_is_neither_stored_nor_deleted(pop, more, lie):
    desk = pop(more)

    def cut(talk, words):
        if words[1] != "2":
            return False
        message = desk.popd.box[1][1]
        talk.say(f"+OK {len(message)}")
        talk.connection.sendall(message[:60] if lie == "cut" else message)
        if lie == "silence":
            talk.connection.sendall(b"\r\n. \r\n")
        talk.connection.close()
        return True

    desk.popd.odd["RETR"] = cut
    desk.once(status=75)
    assert wanted(1)[0] not in desk.ids()
    assert "DELE 2" not in desk.popd.asked and len(desk.popd.box) >= 2
    desk.popd.odd.clear()
    desk.once()
    assert desk.ids() == wanted(0, 1, 2, 3)


@pytest.mark.parametrize("size", ["0", "7", "99999999", "18446744073709551616", "many"])
def test_p77_a_size_that_lies_changes_no_byte(pop, size):
    desk = pop(DELETE)

    def lie(talk, words):
        message = desk.popd.box[int(words[1]) - 1][1]
        talk.say(f"+OK {size} octets")
        talk.connection.sendall(message + b".\r\n")
        return True

    desk.popd.odd["RETR"] = lie
    desk.once()
    assert desk.ids() == wanted(0, 1, 2, 3)
    assert sorted(p.read_bytes() for p in desk.files()) == sorted(letter(i) for i in range(4))


@pytest.mark.parametrize("uidls", [["same", "same", "b", "c"], ["", "", "", ""], ["x" * 300, "../../etc", "a\tb", "\x1b[1m"]],
                         ids=["twice", "empty", "hostile"])
def test_p26_odd_uidls_keep_each_message_once_and_delete_none(pop, uidls):
    desk = pop(DELETE)
    desk.popd.box = [(u, m) for u, (_old, m) in zip(uidls, desk.popd.box)]
    for _ in range(2):
        desk.once()
    assert desk.ids() == wanted(0, 1, 2, 3)


def test_g4_a_retr_that_is_refused_is_told_and_the_others_come(pop):
    desk = pop(DELETE)
    desk.popd.odd["RETR"] = lambda talk, words: words[1] == "2" and (talk.say("-ERR it is locked") or True)
    desk.once(status=1)
    assert desk.ids() == wanted(0, 2, 3)
    assert "it is locked" in desk.log() and [u for u, _m in desk.popd.box] == ["u1"]


def test_d06_a_massacre_here_deletes_nothing_there_and_gives_no_success(pop):
    desk = pop(n=40)
    desk.once()
    for path in desk.files()[:30]:
        path.unlink()
    for _ in range(3):
        desk.age()
        desk.once(status=1)
    assert len(desk.popd.box) == 40 and "nothing is deleted at the server" in desk.log()
