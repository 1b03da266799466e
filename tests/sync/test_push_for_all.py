# SPDX-License-Identifier: GPL-3.0-or-later
"""News of all folders come by themselves: NOTIFY on one connection, IDLE and STATUS where it is missing."""

import re
import time

import pytest
from desk import letter
from pace import patience

MINUTE = 60  # the least between two looks at all mailboxes: what comes sooner was told


def resting(desk):
    """Wait until the engine waits at its server."""
    desk.until(lambda: re.findall(r" [<>] (.*)", desk.log())[-1:] == ["+ idling"])


def said(desk):
    """What the engine said to the server, without tags."""
    return re.findall(r" > A\d+ (.*)", desk.log())


@pytest.fixture
def listening(desk):
    """An engine on a Dovecot with three folders that waits for news."""
    desk.server.fill([letter(i) for i in range(3)])
    desk.server.fill([letter(i, "work") for i in range(2)], "Work")
    wire = desk.start()
    wire.ask("SYNC", [], True)
    resting(desk)
    desk.wire = wire
    yield desk
    wire.close()


def test_notify_news_of_a_folder_nobody_looks_at_come_at_once_and_only_it_is_asked(listening):
    desk, client = listening, listening.server.client()
    assert any(line.startswith("NOTIFY SET STATUS") for line in said(desk)), desk.log()[-3000:]
    resting(desk)
    before = len(said(desk))
    begun = time.monotonic()
    client.append("Work", None, None, letter(7, "work"))
    desk.until(lambda: ("<work-7@example.net>", "") in desk.here()["Work"])
    assert time.monotonic() - begun < patience(MINUTE / 4)
    resting(desk)
    later = said(desk)[before:]
    assert not [line for line in later if line.startswith(("LIST", "STATUS"))], later
    assert {line.split('"')[1] for line in later if line.startswith("SELECT")} <= {"Work", "INBOX"}, later


def test_notify_flags_and_expunges_elsewhere_come_at_once(listening):
    desk, client = listening, listening.server.client()
    client.select("Work")
    client.store("1", "+FLAGS", "\\Flagged")
    desk.until(lambda: "F" in desk.here()["Work"][0][1])
    client.store("2", "+FLAGS", "\\Deleted")
    client.expunge()
    desk.until(lambda: len(desk.here()["Work"]) == 1)
    desk.settle()


def test_notify_folders_made_renamed_and_deleted_elsewhere_come_at_once(listening):
    desk, client = listening, listening.server.client()
    client.create("New")
    client.append("New", None, None, letter(8, "new"))
    desk.until(lambda: ("<new-8@example.net>", "") in desk.here().get("New", []))
    client.rename("New", "Newer")
    desk.until(lambda: "Newer" in desk.here() and desk.here()["Newer"])


def test_notify_what_the_engine_did_itself_leads_to_no_endless_talk(listening):
    desk, wire = listening, listening.wire
    work = wire.open(desk.home.url + "Work")
    wire.ask("MARK", work, [1], 1 << 1, 0)
    desk.until(lambda: "F" in "".join(flags for _id, flags in desk.there()["Work"]))
    resting(desk)
    desk.settle()
    time.sleep(0.5)  # what an echo would take to come back
    resting(desk)
    before = len(said(desk))
    time.sleep(1)
    assert said(desk)[before:] == []


# ---- servers that are poor or lie ----

def told(desk, *lines):
    """Say that on the connection that idles."""
    desk.until(lambda: desk.idlers)
    for talk in desk.idlers:
        talk.say(*lines)


@pytest.fixture
def listener(odd):
    """An engine that idles at an odd server; desk.idlers are the connections."""
    wires = []

    def make(notify=None, capabilities="IMAP4rev1 UIDPLUS UNSELECT MOVE IDLE", more=""):
        desk = odd({"INBOX": [letter(1)], "Work": [letter(1, "work")]}, capabilities=capabilities)
        desk.idlers, desk.imapd.asked[:] = [], []
        with open(desk.home.path / "config/cur/muttrc", "a") as f:
            f.write(more)

        def idle(talk, tag, words):
            talk.say("+ idling")
            desk.idlers.append(talk)
            talk.hear()
            desk.idlers.remove(talk)
            talk.say(f"{tag} OK done")
            return True

        desk.imapd.odd["IDLE"] = idle
        if notify:
            desk.imapd.odd["NOTIFY"] = notify
        wires.append(desk.start())
        desk.wire = wires[-1]
        desk.wire.ask("SYNC", [], True)
        desk.until(lambda: desk.idlers)
        return desk

    yield make
    for wire in wires:
        wire.close()


def asked(desk, word):
    return [line for line in desk.imapd.asked if line.startswith(word)]


NOTIFY = "IMAP4rev1 UIDPLUS UNSELECT MOVE IDLE NOTIFY"


def test_notify_a_status_alone_makes_the_engine_look_there(listener):
    desk = listener(capabilities=NOTIFY)
    n = len(asked(desk, "LIST"))
    desk.imapd.boxes["Work"].add(letter(2, "work"))
    told(desk, '* STATUS "Work" (MESSAGES 2 UIDNEXT 3)')
    desk.until(lambda: desk.ids("Work") == ["<work-1@example.net>", "<work-2@example.net>"])
    assert len(asked(desk, "LIST")) == n


def test_notify_a_mailbox_that_is_not_known_is_listed(listener):
    desk = listener(capabilities=NOTIFY)
    desk.imapd.boxes["Fresh"] = type(desk.inbox())([letter(1, "fresh")])
    told(desk, '* STATUS "Fresh" (MESSAGES 1 UIDNEXT 2)')
    desk.until(lambda: "Fresh" in desk.here() and desk.ids("Fresh") == ["<fresh-1@example.net>"])


def test_notify_an_overflow_is_a_look_at_everything_and_notify_is_asked_for_again(listener):
    desk = listener(capabilities=NOTIFY)
    desk.imapd.boxes["Work"].add(letter(2, "work"))
    told(desk, "* OK [NOTIFICATIONOVERFLOW] too much")
    desk.until(lambda: desk.ids("Work") == ["<work-1@example.net>", "<work-2@example.net>"])
    desk.until(lambda: len(asked(desk, "NOTIFY")) == 2)


@pytest.mark.parametrize("answer", ["NO [BADEVENT (FlagChange)] no", "NO no", "BAD what"])
def test_notify_offered_and_refused_is_idle_as_before(listener, answer):
    desk = listener(lambda talk, tag, words: talk.say(f"{tag} {answer}") or True, NOTIFY)
    n = len(asked(desk, "NOTIFY"))
    desk.inbox().add(letter(2))
    told(desk, "* 2 EXISTS")
    desk.until(lambda: len(desk.ids()) == 2)
    desk.until(lambda: desk.idlers)
    assert len(asked(desk, "NOTIFY")) == n, "what was refused is not asked for again"
    assert desk.fake.connections == 2  # the first sync's and this


@pytest.mark.parametrize("answer", ["NO not today", "OK that was it"])
def test_p53_a_server_that_offers_idle_and_does_not_is_polled_in_the_same_session(odd, answer):
    desk = odd({"INBOX": [letter(1)]}, capabilities="IMAP4rev1 UIDPLUS IDLE", once=False)
    desk.imapd.odd["IDLE"] = lambda talk, tag, words: talk.say(f"{tag} {answer}") or True
    wire = desk.start()
    wire.ask("SYNC", [], True)
    desk.until(lambda: asked(desk, "IDLE"))
    desk.inbox().add(letter(2))
    wire.ask("SYNC", [], True)
    wire.close()
    assert len(desk.ids()) == 2 and desk.fake.connections == 1 and len(asked(desk, "IDLE")) == 1


# ---- INBOX beside the open folder, where there is no NOTIFY ----

def waiting_in(desk, name):
    return [talk for talk in list(desk.idlers) if talk.box is desk.imapd.boxes[name]]


def test_idle_inbox_is_heard_of_at_once_while_another_folder_is_open(listener):
    desk = listener()
    n = len(asked(desk, "LIST"))
    desk.wire.open(desk.url + "Work")
    desk.until(lambda: waiting_in(desk, "INBOX") and waiting_in(desk, "Work"))
    for name in ("INBOX", "Work"):
        desk.imapd.boxes[name].add(letter(2, name))
        before = time.monotonic()
        for talk in waiting_in(desk, name):
            talk.say("* 2 EXISTS")
        desk.until(lambda: f"<{name}-2@example.net>" in desk.ids(name))
        assert time.monotonic() - before < patience(MINUTE / 4)
    assert desk.fake.connections == 3  # the first sync's, and two that stay
    assert len(asked(desk, "LIST")) == n


@pytest.mark.parametrize("answer", ["NO [LIMIT] too many connections", "NO [AUTHENTICATIONFAILED] too many, perhaps", "BYE"])
def test_idle_a_second_connection_that_is_refused_is_no_error_and_not_asked_for_again_and_again(listener, answer):
    desk = listener()
    desk.imapd.odd["LOGIN"] = lambda talk, tag, words: talk.say("* BYE too many" if answer == "BYE" else f"{tag} {answer}") or True
    desk.wire.open(desk.url + "Work")
    desk.until(lambda: "no second connection" in desk.log())
    for _round in range(3):
        desk.wire.ask("SYNC", [], True)
    desk.until(lambda: waiting_in(desk, "Work"))
    assert desk.fake.connections == 3
    assert [row["state"] for row in desk.home.json("status") if row.get("account")] == ["idle"]
    assert not [body for what, body in desk.wire.told if what in ("NOTE", "PROMPT")], desk.wire.told


def test_idle_one_connection_where_the_user_wants_one(listener):
    desk = listener(more="set imap_connections=1\n")
    desk.wire.open(desk.url + "Work")
    desk.until(lambda: waiting_in(desk, "Work"))
    desk.wire.ask("SYNC", [], True)
    desk.until(lambda: waiting_in(desk, "Work"))
    assert desk.fake.connections == 2


# ---- sessions end ----

def test_p54_a_session_that_ends_while_nobody_waits_for_it_is_made_again_without_a_word(listener):
    desk = listener()
    before = desk.fake.connections
    desk.fake.hang_up()
    desk.until(lambda: desk.fake.connections > before and desk.idlers)
    desk.wire.ask("SYNC", [], True)
    assert not [body for what, body in desk.wire.told if what == "NOTE"], desk.wire.told


def test_p54_a_server_that_ends_every_session_is_called_less_and_less_often(listener):
    desk = listener()
    desk.imapd.odd["IDLE"] = lambda talk, tag, words: talk.say("+ idling", "* BYE go away") or talk.silence() or True
    before = desk.fake.connections
    desk.fake.hang_up()
    desk.until(lambda: desk.fake.connections >= before + 3)  # after 1 and 2 s; next is a wait of 3 to 5 s
    time.sleep(2)
    assert desk.fake.connections == before + 3
