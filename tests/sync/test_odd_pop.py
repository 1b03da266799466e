# SPDX-License-Identifier: GPL-3.0-or-later
"""POP3 servers that renumber, empty, cut and lie (P26, P75-P77): each message is here once, whole, and nothing is
deleted that is not here."""

import contextlib
import socket
import sqlite3
import time

import pytest
from desk import Desk, letter, wanted
from fake import Fake
from home import Home
from odddesk import NOTICE
from popd import Popd


class PopDesk(Desk):
    def __init__(self, certificate, popd, more=""):
        self.popd, self.engine = popd, None
        self.fake, self.home, self.certificate = Fake(popd, certificate), Home(), certificate
        self.configure(more)

    def configure(self, more):
        self.home.muttrc(f'set pop_host="pops://anna@localhost:{self.fake.port}" pop_pass=secret connect_timeout=5\n'
                         f'set ssl_ca_certificates_file="{self.certificate.ca}"\n{more}')

    def close(self):
        super().close()
        self.fake.close()

    def ids(self):
        return [i for i, _flags in self.here()["INBOX"]]

    def uidls(self):
        return [u for u, _m in self.popd.box]

    def round(self, **options):
        """What the server is asked in a round after which all absences count."""
        self.popd.asked.clear()
        self.age()
        self.once(**options)
        return [line.split()[0] for line in self.popd.asked]

    def ask_state(self, words):
        with sqlite3.connect(self.home.data / "state.db") as db:
            return db.execute(words).fetchall()


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
    desk.popd.box.append(("u1", wire(9) + b"and more\r\n"))
    for _ in range(2):
        desk.age()
        desk.once()
    assert desk.ids() == wanted(0, 1, 2, 3, 9)
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
    assert desk.popd.box == []


NAMELESS = ["USER", "TOP", "PIPELINING"]  # a server without UIDL


def nameless(pop, more=LEAVE, offers=NAMELESS):
    desk = pop(more)
    desk.popd.offers = offers
    desk.once()
    assert desk.ids() == wanted(0, 1, 2, 3)
    return desk


def test_p26_without_uidl_a_message_is_known_by_its_header_and_not_fetched_again(pop):
    desk = nameless(pop)
    asked = desk.round()
    assert "RETR" not in asked and asked.count("TOP") == 4
    desk.popd.box.append(("", wire(9)))
    desk.popd.box.pop(0)
    assert desk.round().count("RETR") == 1
    assert desk.ids() == wanted(0, 1, 2, 3, 9)


def test_p26_without_uidl_and_top_each_message_is_here_once_all_the_same(pop):
    desk = nameless(pop, offers=["USER"])
    assert desk.round().count("RETR") == 4
    assert desk.ids() == wanted(0, 1, 2, 3)


def test_p26_without_uidl_what_the_user_deletes_here_goes_there_when_its_bytes_agree(pop):
    desk = nameless(pop)
    gone = desk.files()[0]
    ident = wanted(*(i for i in range(4) if letter(i) == gone.read_bytes()))
    gone.unlink()
    for _ in range(2):
        asked = desk.round()
    assert desk.ids() == sorted(set(wanted(0, 1, 2, 3)) - set(ident))
    assert len(desk.popd.box) == 3 and "RETR" not in asked


def test_p26_a_header_that_changes_in_each_session_doubles_nothing(pop):
    desk = nameless(pop)

    def top(talk, words):
        desk.popd.say(talk, "+OK", f"X-Session: {time.monotonic()}", "", ".")
        return True

    desk.popd.odd["TOP"] = top
    for _ in range(2):
        desk.round()
    assert desk.ids() == wanted(0, 1, 2, 3) and len(desk.popd.box) == 4


def test_p76_a_uidl_that_was_given_to_another_message_hides_it_not_and_deletes_it_not(pop):
    desk = pop(n=2)
    desk.once()
    desk.files()[0].unlink()
    desk.files()[0].unlink()
    desk.popd.box[:] = [("u0", letter(7, body="another one\n").replace(b"\n", b"\r\n")), ("u2", wire(8))]
    for _ in range(3):
        desk.age()
        desk.once()
    assert desk.ids() == wanted(7, 8) and desk.uidls() == ["u0", "u2"]


def test_p76_where_uidls_are_given_anew_none_is_deleted_there_unread(pop):
    desk = pop(DELETE)
    desk.popd.odd["QUIT"] = lambda talk, _words: talk.connection.close() or True
    desk.once(status=None)
    desk.popd.odd.clear()
    assert len(wire(8)) == len(wire(1))
    desk.popd.box[:] = [("u0", letter(7, body="another one\n").replace(b"\n", b"\r\n")), ("u1", wire(8)), ("u2", wire(2))]
    desk.round()
    assert desk.ids() == wanted(0, 1, 2, 3, 7, 8) and desk.uidls() == []


def test_p76_what_another_client_deletes_there_stays_here(pop):
    desk = pop()
    desk.once()
    del desk.popd.box[1:3]
    for _ in range(3):
        assert "DELE" not in desk.round()
    assert desk.ids() == wanted(0, 1, 2, 3)


def test_p75_a_dele_that_is_refused_is_tried_again_and_doubles_nothing(pop):
    desk = pop(DELETE)
    desk.popd.odd["DELE"] = lambda talk, words: words[1] == "2" and (talk.say("-ERR [SYS/TEMP] not now") or True)
    desk.once()
    assert desk.uidls() == ["u1"]
    desk.popd.odd.clear()
    assert desk.round().count("RETR") == 0
    assert desk.uidls() == [] and desk.ids() == wanted(0, 1, 2, 3)


@pytest.mark.parametrize("deleted", [True, False], ids=["deleted", "not deleted"])
@pytest.mark.parametrize("answer", ["silence", "-ERR"])
def test_p75_quit_without_an_ok_loses_and_doubles_nothing(pop, answer, deleted):
    desk = pop(DELETE)

    def quit_(talk, _words):
        if deleted:
            desk.popd.update()
        if answer == "-ERR":
            talk.say("-ERR some were not removed")
        talk.connection.close()
        return True

    desk.popd.odd["QUIT"] = quit_
    desk.once(status=None)
    desk.popd.odd.clear()
    desk.popd.box.append(("u9", wire(9)))
    assert desk.round().count("RETR") == 1
    assert desk.uidls() == [] and desk.ids() == wanted(0, 1, 2, 3, 9)


def test_p75_a_uidl_that_comes_again_after_a_quit_without_an_answer_is_another_message(pop):
    """The server has removed it, and may give its name away."""
    desk = pop(DELETE)
    desk.popd.odd["QUIT"] = lambda talk, _words: desk.popd.update() or talk.connection.close() or True
    desk.once(status=None)
    desk.popd.odd.clear()
    desk.once()
    desk.popd.box.append(("u1", wire(9)))
    desk.round()
    assert desk.ids() == wanted(0, 1, 2, 3, 9)


@pytest.mark.parametrize("more", [LEAVE, DELETE], ids=["left there", "deleted there"])
def test_p77_cut_at_any_byte_the_next_round_ends_the_work(pop, more):
    total = 1900  # a whole session of the four
    for cut in [*range(0, total, 97), 1]:
        desk = pop(more)
        desk.popd.cut_after = cut
        desk.once(status=None)
        desk.popd.cut_after = None
        for _ in range(2):
            desk.age()
            desk.once()
        assert desk.ids() == wanted(0, 1, 2, 3), f"cut after {cut}"
        assert desk.uidls() == ([] if more else ["u0", "u1", "u2", "u3"]), f"cut after {cut}"


def test_p77_dots_are_unstuffed_once_and_where_a_server_stuffs_none_nothing_is_lost(pop):
    desk = pop(n=1)
    body = b"..two\n.one\n.\n. \n...\nend\n"
    desk.popd.box[0] = ("u0", wire(0) + body.replace(b"\n", b"\r\n"))
    desk.once()
    [file] = desk.files()
    assert file.read_bytes() == letter(0) + body

    text = wire(1) + b".one\r\n.\r\nand this is the rest\r\n"
    desk.popd.box.append(("u1", text))
    desk.popd.odd["RETR"] = lambda talk, words: talk.connection.sendall(b"+OK\r\n" + text + b".\r\n") or True
    desk.once(status=None)
    assert desk.ids() == wanted(0), "half a message is none"


def test_nothing_new_asks_for_no_sizes_and_new_mail_for_no_old_one(pop):
    desk = pop()
    desk.once()
    assert desk.round()[-3:] == ["STAT", "UIDL", "QUIT"]
    desk.popd.box.append(("u9", wire(9)))
    assert desk.round()[-6:] == ["STAT", "UIDL", "LIST", "RETR", "NOOP", "QUIT"]


def early(desk, name):
    """How many commands of that name came before the one in front of them was answered."""
    found = []

    def see(talk, words):
        if words[0] == "RETR":
            time.sleep(0.05)  # what is under way shall arrive
            with contextlib.suppress(OSError):  # nothing
                talk.waiting += talk.connection.recv(4096, socket.MSG_DONTWAIT)
            found.append(talk.waiting.count(b"RETR"))
        return False

    desk.popd.odd[name] = see
    return found


def test_without_pipelining_one_is_asked_for_after_the_other(pop):
    desk = pop(DELETE)
    desk.popd.offers = ["USER", "UIDL"]
    found = early(desk, "RETR")
    desk.once()
    assert desk.ids() == wanted(0, 1, 2, 3) and desk.popd.box == [] and found == [0, 0, 0, 0]


def test_the_window_is_one_of_bytes(pop):
    """Sizes as LIST tells them: two of five megabytes fill it."""
    desk = pop()
    found = early(desk, "RETR")
    desk.popd.odd["LIST"] = lambda talk, _words: talk.say("+OK", *(f"{i} 5000000" for i in range(1, 5)), ".") or True
    desk.once()
    assert desk.ids() == wanted(0, 1, 2, 3)
    assert found[0] == 1 and max(found) == 1


@pytest.mark.parametrize(("code", "status"), [("IN-USE", 75), ("LOGIN-DELAY", 75), ("SYS/TEMP", 75), ("SYS/PERM", 1), ("AUTH", 1)])
def test_a_refused_login_says_whose_fault_it_is(pop, code, status):
    desk = pop()
    desk.popd.odd["PASS"] = lambda talk, _words: talk.say(f"-ERR [{code}] no") or True
    assert desk.once(status=None).returncode == status, desk.log()
    assert f"[{code}] no" in desk.log()
    desk.popd.odd.clear()
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


# ---- messages that are too large ----

SMALL_ONLY = "set pop_keep_size=4\n"
BIG = 2


def large(pop, more=""):
    desk = pop(SMALL_ONLY + more)
    name, _ = desk.popd.box[BIG]
    desk.popd.box[BIG] = (name, letter(BIG, body=LARGE).replace(b"\n", b"\r\n"))
    desk.once()
    assert desk.ids() == wanted(0, 1, 2, 3)
    return desk


LARGE = "a line of a large message\n" * 400


def header_files(desk):
    return [path for path in desk.files() if NOTICE in path.read_text()]


def lid_of(desk, uidl):
    [(lid,)] = desk.ask_state(f"SELECT lid FROM uidls WHERE uidl = CAST('{uidl}' AS BLOB)")
    return lid


@pytest.mark.parametrize("more", [LEAVE, DELETE], ids=["left there", "deleted there"])
def test_g1_a_message_that_is_too_large_comes_as_its_header_and_stays_there(pop, more):
    desk = large(pop, more)
    [path] = header_files(desk)
    assert f"<letter-{BIG}@" in path.read_text() and f"RETR {BIG + 1}" not in desk.popd.asked
    for _ in range(2):
        asked = desk.round()
        assert "RETR" not in asked and "TOP" not in asked
    assert desk.uidls() == (["u2"] if more else ["u0", "u1", "u2", "u3"])


@pytest.mark.parametrize("more", [LEAVE, DELETE], ids=["left there", "deleted there"])
def test_a_text_that_is_opened_is_fetched_and_then_like_any_other(pop, more):
    desk = large(pop, more)
    wire = desk.start()
    [inbox] = [row[0] for row in desk.ask_state("SELECT number FROM mailboxes WHERE folder = 'INBOX'")]
    wire.ask("TEXT", inbox, [lid_of(desk, "u2")])
    assert header_files(desk) == []
    desk.stop()
    assert letter(BIG, body=LARGE) in [path.read_bytes() for path in desk.files()]
    desk.round()
    assert desk.ids() == wanted(0, 1, 2, 3)
    assert desk.uidls() == ([] if more else ["u0", "u1", "u2", "u3"])


def test_a_greater_limit_brings_the_texts(pop):
    desk = large(pop)
    desk.configure("")
    assert desk.round().count("RETR") == 1
    assert header_files(desk) == [] and desk.ids() == wanted(0, 1, 2, 3)
    assert "RETR" not in desk.round()


def test_g1_a_header_that_goes_away_here_leaves_the_only_text_there(pop):
    """Another program may have moved it to where nobody finds the text."""
    desk = large(pop, DELETE)
    [path] = header_files(desk)
    path.unlink()
    for _ in range(3):
        desk.round()
    assert desk.uidls() == ["u2"] and desk.ids() == wanted(0, 1, 3)


def test_what_the_user_deletes_in_cur_goes_there_though_its_text_was_not_here(pop):
    desk = large(pop)
    wire = desk.start()
    [inbox] = [row[0] for row in desk.ask_state("SELECT number FROM mailboxes WHERE folder = 'INBOX'")]
    wire.ask("REMOVE", inbox, [lid_of(desk, "u2")])
    desk.stop()
    desk.round()
    assert desk.uidls() == ["u0", "u1", "u3"] and desk.ids() == wanted(0, 1, 3)


@pytest.mark.parametrize("cut", range(0, 3600, 300))
def test_p77_cut_while_a_text_is_fetched_it_comes_with_the_next_round(pop, cut):
    desk = large(pop)
    desk.configure("")
    desk.popd.cut_after = 300 + cut
    desk.once(status=None)
    desk.popd.cut_after = None
    desk.round()
    assert header_files(desk) == [] and desk.ids() == wanted(0, 1, 2, 3)
    assert letter(BIG, body=LARGE) in [path.read_bytes() for path in desk.files()]
