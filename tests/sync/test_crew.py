# SPDX-License-Identifier: GPL-3.0-or-later
"""Many mailboxes over several connections of one account: as many as the server takes, nothing asked twice,
and nothing lost when one of them dies."""

import threading
import time

import pytest
from desk import Desk, letter
from imapd import Box

N = 12
FLAGGED = 2
TOO_MANY = "Maximum number of connections from user+IP exceeded"


def boxes(n=N, each=3):
    return {("INBOX" if b == 0 else f"box{b}"): [letter(i, subject=f"of{b}") for i in range(each)] for b in range(n)}


def all_of(desk):
    """What was synced is what is there, once each."""
    here = {name: sorted(i for i, _ in rows) for name, rows in desk.here().items()}
    there = {name: sorted(m[0].partition(b"Message-ID: ")[2].split()[0].decode() for m in box.messages.values())
             for name, box in desk.imapd.boxes.items()}
    assert here == there
    return here


def refuse(desk, more_than, how):
    """From so many connections at a time on, how(talk) is all that a client gets."""
    lock, usual, at_once = threading.Lock(), desk.fake.talk, [0]

    def talk(t):
        with lock:
            at_once[0] += 1
            welcome = at_once[0] <= more_than
        try:
            (usual if welcome else how)(t)
        finally:
            with lock:
                at_once[0] -= 1
    desk.fake.talk = talk


def greeted_with_bye(talk):
    talk.say(f"* BYE [ALERT] {TOO_MANY}")


def hung_up_on(_talk):
    pass


def refused_at_login(words):
    def how(talk):
        talk.say("* OK ready")
        while line := talk.hear():
            tag, _, rest = line.decode().partition(" ")
            command = rest.split()[0].upper()
            if command == "CAPABILITY":
                talk.say("* CAPABILITY IMAP4rev1", f"{tag} OK done")
            else:
                talk.say(f"{tag} NO {words}")
    return how


def slowly(desk):
    """Each text takes a moment, so that all who can have something to do."""
    usual = desk.imapd.uid_fetch

    def fetch(talk, tag, words):
        if "BODY" in " ".join(words):
            time.sleep(0.05)
        usual(talk, tag, words)
    desk.imapd.odd["UID FETCH"] = lambda talk, tag, words: fetch(talk, tag, words) or True


def test_many_mailboxes_are_fetched_over_four_connections(odd):
    desk = odd(boxes(), once=False)
    slowly(desk)
    desk.once()
    assert all_of(desk) and desk.fake.connections == 4
    desk.once()
    assert desk.fake.connections == 5, "nothing new costs one login"


@pytest.mark.parametrize("n", [1, 2])
def test_imap_connections_is_the_most_there_are(odd, n):
    desk = odd(boxes(), once=False)
    rc = desk.home.path / "config/cur/muttrc"
    rc.write_text(rc.read_text() + f"set imap_connections={n}\n")
    slowly(desk)
    desk.once()
    assert all_of(desk) and desk.fake.connections == n


def test_the_inbox_comes_first(odd):
    desk = odd(dict(reversed(boxes().items())), once=False)
    desk.once()
    first = next(words for words in desk.imapd.asked if words.startswith(("SELECT", "EXAMINE")))
    assert "INBOX" in first and all_of(desk)


@pytest.mark.parametrize("how", [greeted_with_bye, hung_up_on, refused_at_login(f"[LIMIT] {TOO_MANY}"), refused_at_login("[UNAVAILABLE] later"),
                                 refused_at_login("[AUTHENTICATIONFAILED] not you again")],
                         ids=["bye", "hung up", "limit", "unavailable", "authentication"])
def test_a_connection_that_is_refused_is_one_less_and_no_error(odd, how):
    desk = odd(boxes(), once=False)
    refuse(desk, 2, how)
    slowly(desk)
    wire = desk.start()
    wire.ask("SYNC", [], True)
    assert all_of(desk)
    tried = desk.fake.connections
    assert desk.log().count("fewer connections for an hour") == 1
    for box in desk.imapd.boxes.values():
        box.add(letter(99))
    wire.ask("SYNC", [], True)
    assert all_of(desk) and desk.fake.connections <= tried + 1, "what was refused is not asked for again"
    wire.close()


def test_dovecot_allows_two_connections(lab):
    desk = Desk(lab, extra="protocol imap {\n  mail_max_userip_connections = 2\n}\n")
    try:
        for b in range(N):
            desk.server.fill([letter(i, subject=f"of{b}") for i in range(3)], mailbox="INBOX" if b == 0 else f"box{b}")
        desk.once()
        assert desk.here() == desk.there() and sum(map(len, desk.here().values())) == 3 * N
    finally:
        desk.close()


def test_a_mailbox_whose_connection_died_is_taken_up_by_another(odd):
    desk = odd(boxes(each=8), once=False)
    slowly(desk)
    usual, died = desk.imapd.odd["UID FETCH"], []

    def dies_once(talk, tag, words):
        if "BODY" in " ".join(words) and talk.box is desk.imapd.boxes["box7"] and not died:
            died.append(talk)
            uid, text = next(iter(talk.box.messages.items()))[0], talk.box.messages[1][0]
            talk.say(f"* 1 FETCH (UID {uid} FLAGS () BODY[] {{{len(text)}}}")
            talk.connection.sendall(text[:len(text) // 2])
            talk.connection.close()
            raise OSError
        return usual(talk, tag, words)
    desk.imapd.odd["UID FETCH"] = dies_once
    done = desk.once(status=None)
    # Whether it was the first connection is a matter of luck; then the round is tried again.
    assert died and done.returncode in (0, 75)
    if done.returncode:
        desk.once()
    assert all_of(desk)
    assert not list((desk.account() / "box7/tmp").iterdir())


def test_a_mailbox_that_kills_every_connection_costs_two_of_them(odd):
    desk = odd(boxes(), once=False)
    slowly(desk)
    usual, died = desk.imapd.odd["UID FETCH"], []

    def dies(talk, tag, words):
        if talk.box is desk.imapd.boxes["box5"]:
            died.append(talk)
            talk.connection.close()
            raise OSError
        return usual(talk, tag, words)
    desk.imapd.odd["UID FETCH"] = dies
    assert desk.once(status=None).returncode == 75
    assert len(died) <= 2
    desk.imapd.odd["UID FETCH"] = usual
    desk.once()
    all_of(desk)


def test_a_stop_ends_all_connections_and_the_next_run_has_it_all(odd):
    desk = odd(boxes(each=6), once=False)
    usual, hanging, go = desk.imapd.uid_fetch, [], threading.Event()

    def hangs(talk, tag, words):
        if "BODY" in " ".join(words):
            hanging.append(talk)
            go.wait(20)
        usual(talk, tag, words)
        return True
    desk.imapd.odd["UID FETCH"] = hangs
    wire = desk.start()
    desk.until(lambda: len(hanging) >= 4)
    begun = time.monotonic()
    desk.stop()
    assert time.monotonic() - begun < 5
    wire.close()
    go.set()
    desk.imapd.odd.clear()
    desk.once()
    all_of(desk)


def test_a_step_goes_out_while_all_connections_fetch(odd):
    desk = odd({"INBOX": boxes()["INBOX"]})
    for b in range(1, N):
        desk.imapd.boxes[f"box{b}"] = Box([letter(i, subject=f"of{b}") for i in range(300 if b < 4 else 3)])
    stored, begun = threading.Event(), set()

    def fetched(talk, tag, words):
        if "BODY" in " ".join(words):
            begun.add(id(talk.box))
            stored.wait(0.3)

    desk.imapd.odd["UID FETCH"], desk.imapd.odd["UID STORE"] = fetched, lambda talk, tag, words: stored.set()
    wire = desk.start()
    desk.until(lambda: desk.fake.connections >= 5)
    wire.ask("MARK", wire.open(desk.url + "INBOX"), [1], FLAGGED, 0)
    assert stored.wait(10) and len(begun) < N - 1, "it waited for the last mailbox"
    wire.ask("SYNC", [], True)
    assert all_of(desk)
    assert any("\\Flagged" in m[1] for m in desk.inbox().messages.values())
    wire.close()


def test_one_big_mailbox_beside_empty_ones_is_worth_no_more_connections(odd):
    desk = odd({"INBOX": [letter(i) for i in range(2100)], "Drafts": [], "Sent": []}, once=False)
    desk.once()
    assert len(all_of(desk)["INBOX"]) == 2100
    assert desk.log().count("logged in as") == 1, desk.log()[-3000:]
