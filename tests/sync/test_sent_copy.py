# SPDX-License-Identifier: GPL-3.0-or-later
"""A message that was sent stays sent, and its copy is filed once, whatever the server does with the APPEND (P63–P65)."""

import os
import re

import pytest
from desk import Desk, letter
from fake import Fake
from home import Home
from imapd import Imapd
from servers import Lab
from wire import Refused

BARE = "IMAP4rev1 UNSELECT"  # no UIDPLUS: no APPENDUID


@pytest.fixture(scope="module")
def lab():
    with Lab() as lab:
        yield lab


class Office(Desk):
    """A submission server, and an IMAP server that bends; an engine that knows both."""

    def __init__(self, lab, **options):
        self.imapd, self.engine, self.home = Imapd({"INBOX": [letter(1)], "Sent": []}, **options), None, Home()
        self.fake, self.sink = Fake(self.imapd, lab.certificate), lab.submission()
        self.url = f"imaps://anna@localhost:{self.fake.port}/"
        self.home.muttrc(f'set from=anna@example.org folder="{self.url}" imap_pass=secret spoolfile=+INBOX record=+Sent\n'
                         f'set ssl_ca_certificates_file="{lab.certificate.ca}" connect_timeout=5\nmailboxes +INBOX\n'
                         f'set smtp_url="smtp://anna@localhost:{self.sink.port}/" smtp_pass=secret\n')
        self.wire = self.start()
        self.wire.ask("SYNC", [], True)

    def close(self):
        self.wire.close()
        super().close()
        self.fake.close()
        self.sink.stop()

    def send(self):
        outbox = self.home.data / "outbox"
        for part in ("tmp", "new"):
            (outbox / part).mkdir(parents=True, exist_ok=True)
        head = (f"Cur-Outbox: 1\nAccount: \nTransport: smtp://anna@localhost:{self.sink.port}\nFrom: anna@example.org\n"
                f"To: bob@example.net\nFcc: {self.url}Sent\nSubject: out\n\n")
        (outbox / "tmp/id1").write_bytes(head.encode() + letter(1, "out"))
        os.rename(outbox / "tmp/id1", outbox / "new/id1")
        self.wire.ask("SUBMITTED", "id1", True)

    def sync(self, times=3):
        for _ in range(times):
            try:
                self.wire.ask("SYNC", [], True)
            except Refused:
                pass

    def at_server(self):
        return [message for message, *_ in self.imapd.boxes["Sent"].messages.values()]

    def appends(self):
        return sum(line.upper().startswith("APPEND") for line in self.imapd.asked)

    def is_sent_and_filed_once(self):
        assert len(self.sink.messages()) == 1
        assert self.wire.ask("QUEUE", "") == []
        assert len(self.at_server()) == 1 and b"<out-1@example.net>" in self.at_server()[0]
        assert [ident for ident, _ in self.here()["Sent"]] == ["<out-1@example.net>"]
        assert self.steps() == []


@pytest.fixture
def office(lab):
    offices = []

    def make(**options):
        offices.append(Office(lab, **options))
        return offices[-1]
    yield make
    for one in offices:
        one.close()


def once(imapd, command, act):
    """The next such command is handled by act(talk, tag, words), those after it as usual."""
    def odd(talk, tag, words):
        del imapd.odd[command]
        act(talk, tag, words)
        return True
    imapd.odd[command] = odd


def take_literal(talk, words):
    talk.say("+ go on")
    return talk.take(int(re.search(r"\{(\d+)", words[-1]).group(1)))


@pytest.mark.parametrize("capabilities", [{}, {"capabilities": BARE}], ids=["uidplus", "bare"])
@pytest.mark.parametrize("copies", [0, 1])
def test_p63_an_append_whose_answer_was_lost_is_looked_up(office, capabilities, copies):
    desk = office(**capabilities)

    def lose(talk, tag, words):
        message = take_literal(talk, words)
        for _ in range(copies):
            desk.imapd.boxes["Sent"].add(message)
        talk.connection.close()

    once(desk.imapd, "APPEND", lose)
    desk.send()
    desk.sync()
    desk.is_sent_and_filed_once()
    assert desk.appends() == 2 - copies


def test_p63_of_several_found_one_is_taken_and_none_is_made(office):
    desk = office()

    def lose(talk, tag, words):
        message = take_literal(talk, words)
        for _ in range(2):
            desk.imapd.boxes["Sent"].add(message)
        talk.connection.close()

    once(desk.imapd, "APPEND", lose)
    desk.send()
    desk.sync()
    assert desk.appends() == 1 and len(desk.at_server()) == 2 and len(desk.sink.messages()) == 1
    assert [ident for ident, _ in desk.here()["Sent"]] == ["<out-1@example.net>"] * 2
    assert desk.steps() == []


def test_p64_without_appenduid_the_copy_is_found_by_its_message_id(office):
    desk = office(capabilities=BARE)
    desk.send()
    desk.sync()
    desk.is_sent_and_filed_once()
    assert desk.appends() == 1


def test_p64_a_copy_that_cannot_be_found_is_kept_here_and_not_appended_again(office):
    desk = office(capabilities=BARE)

    def swallow(talk, tag, words):
        take_literal(talk, words)
        talk.hear()
        talk.say(f"{tag} OK done")
        return True

    desk.imapd.odd["APPEND"] = swallow
    desk.send()
    desk.sync(5)
    assert desk.appends() == 1 and len(desk.sink.messages()) == 1
    assert [ident for ident, _ in desk.here()["Sent"]] == ["<out-1@example.net>"]
    assert desk.wire.ask("QUEUE", "") == []


@pytest.mark.parametrize("words", ["NO [OVERQUOTA] no room", "NO [TRYCREATE] no such mailbox", "BAD what"])
def test_p65_a_refused_copy_leaves_the_message_sent_and_the_copy_here(office, words):
    desk = office()

    def refuse(talk, tag, parts):
        take_literal(talk, parts)
        talk.hear()
        talk.say(f"{tag} {words}")
        return True

    desk.imapd.odd["APPEND"] = refuse
    desk.send()
    desk.sync()
    assert len(desk.sink.messages()) == 1 and desk.wire.ask("QUEUE", "") == []
    assert [ident for ident, _ in desk.here()["Sent"]] == ["<out-1@example.net>"]
    assert any(what == "NOTE" and words.split()[-1] in body[2] for what, body in desk.wire.told), desk.wire.told


def test_p65_a_server_that_is_away_gets_the_copy_when_it_is_back(office):
    desk = office()
    refusing = {"on": True}

    def away(talk, tag, parts):
        if refusing["on"]:
            talk.connection.close()
        return refusing["on"]

    for command in ("APPEND", "SELECT", "LIST"):
        desk.imapd.odd[command] = away
    desk.send()
    desk.sync(2)
    assert len(desk.sink.messages()) == 1 and desk.at_server() == [] and desk.wire.ask("QUEUE", "") == []
    refusing["on"] = False
    desk.sync()
    desk.is_sent_and_filed_once()
