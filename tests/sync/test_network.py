# SPDX-License-Identifier: GPL-3.0-or-later
"""The network goes, comes back and lies; the engine notices within two seconds. In a network of the test's own."""

import threading

import pytest
from away import get_address, lose_address, own_network, switch
from desk import letter
from fake import Fake, smtp
from imapd import Imapd
from odddesk import OddDesk
from pace import patience
from servers import Certificate

NOTICED = 2  # seconds


@pytest.fixture
def address():
    try:
        with own_network() as address:
            yield address
    except PermissionError:
        pytest.skip("only root may make a network")


@pytest.fixture(scope="module")
def trusted(tmp_path_factory):
    return Certificate(tmp_path_factory.mktemp("ca"), address="192.0.2.1")


class Awaiting(OddDesk):
    """An account off loopback, whose server idles as told."""

    def __init__(self, certificate, address, capabilities="IMAP4rev1 UIDPLUS IDLE"):
        super().__init__(certificate, Imapd({"INBOX": [letter(1)]}, capabilities=capabilities), address)
        self.idlers, self.imapd.odd["IDLE"] = [], self.idle

    def idle(self, talk, tag, _words):
        talk.say("+ idling")
        self.idlers.append(talk)
        line = talk.hear()
        self.idlers.remove(talk)
        if line:
            talk.say(f"{tag} OK done")
        return True

    def begin(self):
        wire = self.start()
        wire.ask("SYNC", [], True)
        self.until(lambda: self.idlers)
        return wire

    def state(self):
        return self.home.json("status")[0]["state"]


@pytest.fixture
def awaiting(trusted, address):
    desk = Awaiting(trusted, address)
    wire = desk.begin()
    yield desk
    wire.close()
    desk.close()


def test_p54_a_connection_whose_address_is_gone_is_dropped_at_once(awaiting):
    lose_address()
    took = awaiting.until(lambda: "the network of this connection is gone" in awaiting.log())
    assert took < patience(NOTICED)
    get_address()


def test_p54_a_network_that_is_back_is_used_within_two_seconds(awaiting):
    lose_address()
    awaiting.until(lambda: awaiting.log().count("cannot connect") >= 3)  # after waits of 1 and 2 s: the next is 3 to 5 s
    awaiting.imapd.boxes["INBOX"].add(letter(2))
    before = awaiting.fake.connections
    get_address()
    took = awaiting.until(lambda: awaiting.fake.connections > before)
    assert took < patience(NOTICED)
    awaiting.until(lambda: len(awaiting.ids()) == 2)
    awaiting.until(lambda: awaiting.state() == "idle")


def test_p54_a_connection_that_outlives_the_change_is_kept(awaiting):
    before = awaiting.fake.connections
    switch(b"lo", False)
    switch(b"lo", True)
    awaiting.imapd.asked.clear()
    awaiting.until(lambda: awaiting.imapd.asked and awaiting.idlers)
    awaiting.imapd.boxes["INBOX"].add(letter(2))
    for talk in list(awaiting.idlers):
        talk.say("* 2 EXISTS")
    awaiting.until(lambda: len(awaiting.ids()) == 2)
    assert awaiting.fake.connections == before


def test_p54_a_server_that_is_silent_after_the_change_is_left_within_seconds(awaiting):
    """As when an address translator on the new way knows nothing of the connection."""
    silent = threading.Event()

    def deaf(talk, _tag, _words):
        awaiting.imapd.odd["IDLE"] = awaiting.idle
        talk.say("+ idling")
        silent.set()
        talk.silence()
        return True

    awaiting.imapd.odd["IDLE"] = deaf
    for talk in list(awaiting.idlers):
        talk.say("* 1 EXISTS")
    assert silent.wait(patience(20))
    before = awaiting.fake.connections
    switch(b"lo", False)
    switch(b"lo", True)
    took = awaiting.until(lambda: awaiting.fake.connections > before)
    assert took < patience(12)
    awaiting.until(lambda: awaiting.idlers)


def test_p69_what_waits_in_the_outbox_goes_when_the_network_is_back(trusted, address):
    taken = []
    sink = Fake(smtp(taken), trusted, address)
    desk = Awaiting(trusted, address)
    try:
        with open(desk.home.path / "config/cur/muttrc", "a") as f:
            f.write(f'set smtp_url="smtps://anna@{address}:{sink.port}/" smtp_pass=secret\n')
        wire = desk.begin()
        lose_address()
        desk.home.run("-s", "hello", "bob@example.net", stdin="text\n", check=True)
        desk.until(lambda: [row for row in desk.home.json("queue") if row.get("tries", 0) >= 1], 30)
        assert not taken
        get_address()
        took = desk.until(lambda: taken)
        assert took < patience(NOTICED + 1), "two seconds, and to send it"
        wire.close()
    finally:
        sink.close()
        desk.close()
