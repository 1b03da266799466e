# SPDX-License-Identifier: GPL-3.0-or-later
"""QRESYNC, then CONDSTORE, then plain (RFC 7162): what changed costs little, what a server gets wrong costs no mail."""

import re

import pytest
from desk import Desk, letter, wanted
from servers import Lab

PLAIN = "IMAP4rev1 UIDPLUS UNSELECT MOVE ID"
SERVERS = {"plain": PLAIN, "condstore": PLAIN + " CONDSTORE", "qresync": PLAIN + " ENABLE QRESYNC"}
QRESYNC = SERVERS["qresync"]


def asked(desk, since):
    return [line for line in desk.imapd.asked[since:] if line.startswith(("SELECT", "UID"))]


def change(box):
    """Two go, one is flagged, one comes."""
    box.remove(2)
    box.remove(4)
    box.messages[3][1].add("\\Flagged")
    box.touch(3)
    box.add(letter(5))


@pytest.mark.parametrize("capabilities", SERVERS.values(), ids=SERVERS)
def test_what_changed_is_the_same_here_whatever_the_server_can(odd, capabilities):
    desk = odd(capabilities=capabilities)
    change(desk.inbox())
    before, turns = len(desk.imapd.asked), desk.fake.turns
    desk.once()
    assert desk.ids() == wanted(0, 2, 4, 5)
    assert ("<letter-2@example.net>", "F") in desk.here()["INBOX"]
    lines = asked(desk, before)
    if capabilities == QRESYNC:
        assert [line.partition(" (")[0] for line in lines] == ['SELECT "INBOX"', "UID FETCH 6"]
    # Login; ID, ENABLE and LIST; STATUS; SELECT with the question; perhaps who is left; the new one; LOGOUT.
    assert desk.fake.turns - turns <= (8 if capabilities == SERVERS["condstore"] else 7)
    before = len(desk.imapd.asked)
    desk.once()
    assert desk.ids() == wanted(0, 2, 4, 5)
    assert not [line for line in asked(desk, before) if "BODY[]" in line]


def test_a_mailbox_is_filled_in_two_turns(odd):
    desk = odd(capabilities=QRESYNC, once=False)
    desk.once()
    lines = desk.imapd.asked
    select = next(i for i, line in enumerate(lines) if line.startswith("SELECT"))
    assert lines[select + 1] == "UID FETCH 1:* (UID FLAGS MODSEQ)" and "BODY.PEEK[]" in lines[select + 2]
    assert lines[select + 3:] in ([], ["LOGOUT"]) and desk.ids() == wanted(0, 1, 2, 3, 4)


@pytest.mark.parametrize("lie", ["2", "1:5", "1:4294967295", "4294967295", "3:1,2"])
def test_p38_what_is_named_vanished_though_it_is_there_is_not_deleted(odd, lie):
    desk = odd(capabilities=QRESYNC)
    desk.inbox().messages[3][1].add("\\Flagged")
    desk.inbox().touch(3)

    def resync(talk, modseq):
        talk.say(f"* VANISHED (EARLIER) {lie}")
        type(desk.imapd).resync(desk.imapd, talk, modseq)

    desk.imapd.resync = resync
    desk.once()
    assert desk.ids() == wanted(0, 1, 2, 3, 4)
    assert ("<letter-2@example.net>", "F") in desk.here()["INBOX"]


@pytest.mark.parametrize("said", ["", "* VANISHED (EARLIER) x", "* VANISHED (EARLIER) " + ",".join(map(str, range(1, 60000, 2)))],
                         ids=["nothing", "nonsense", "60000 ranges"])
def test_p39_what_vanished_and_is_not_told_is_found_missing(odd, said):
    desk = odd(capabilities=QRESYNC)
    desk.inbox().remove(2)
    desk.imapd.resync = lambda talk, modseq: talk.say(said) if said else None
    desk.once()
    assert desk.ids() == wanted(0, 2, 3, 4)


@pytest.mark.parametrize("capabilities", [SERVERS["condstore"], QRESYNC], ids=["condstore", "qresync"])
@pytest.mark.parametrize("modseq", ["1", "0", None, "9223372036854775807", "18446744073709551616"])
def test_p39_a_highestmodseq_that_lies_costs_no_change(odd, capabilities, modseq):
    desk = odd(capabilities=capabilities)
    change(desk.inbox())
    box = desk.inbox()
    desk.imapd.counts = lambda: False
    answer = desk.imapd.select

    def select(talk, tag, words):
        if modseq:
            talk.say(f"* OK [HIGHESTMODSEQ {modseq}] it is")
        answer(talk, tag, words)
        return True

    desk.imapd.odd["SELECT"] = select
    desk.once()
    assert desk.ids() == wanted(0, 2, 4, 5)
    assert ("<letter-2@example.net>", "F") in desk.here()["INBOX"]
    del desk.imapd.odd["SELECT"], desk.imapd.counts
    box.messages[1][1].add("\\Flagged")
    box.touch(1)
    desk.once()
    assert ("<letter-0@example.net>", "F") in desk.here()["INBOX"] or modseq == "9223372036854775807"
    desk.once()
    assert desk.ids() == wanted(0, 2, 4, 5)


@pytest.mark.parametrize("capabilities", SERVERS.values(), ids=SERVERS)
def test_p30_uids_that_do_not_last_delete_nothing_and_fetch_nothing_twice(odd, capabilities):
    desk = odd(capabilities=capabilities)
    box = desk.inbox()

    def select(talk, tag, words):
        talk.say("* NO [UIDNOTSTICKY] other UIDs each time")
        return False

    desk.imapd.odd["SELECT"] = select
    box.messages = {uid + 2: message for uid, message in reversed(box.messages.items())}
    box.uidnext += 2
    before = len(desk.imapd.asked)
    desk.once()
    assert desk.ids() == wanted(0, 1, 2, 3, 4)
    assert not [line for line in asked(desk, before) if "BODY.PEEK[]" in line]


@pytest.mark.parametrize("request_", [("MARK", 1 << 1, 0), ("REMOVE",)], ids=["flag", "delete"])
def test_p30_a_mailbox_made_anew_between_pull_and_push_is_not_touched(odd, request_):
    desk = odd({"INBOX": [letter(9)], "Archive": [letter(i) for i in range(3)]}, capabilities=SERVERS["condstore"])
    wire = desk.start()
    wire.ask("SYNC", [], True)
    [(mailbox, lid)] = desk.query("SELECT mailbox, lid FROM messages JOIN mailboxes ON number = mailbox WHERE folder = 'Archive' AND uid = 2")
    box = desk.imapd.boxes["Archive"]
    box.make_anew(1)
    before = len(desk.imapd.asked)
    wire.ask(request_[0], mailbox, [lid], *request_[1:])
    desk.until(lambda: [line for line in desk.imapd.asked[before:] if "Archive" in line])
    wire.ask("SYNC", [], True)
    desk.stop()
    there = {re.search(rb"Message-ID: (\S+)", message).group(1).decode(): flags for message, flags, _modseq in box.messages.values()}
    assert sorted(there) == wanted(0, 1, 2)
    assert [i for i, flags in there.items() if flags] == (wanted(1) if request_[0] == "MARK" else [])


@pytest.fixture(scope="module")
def servers():
    with Lab() as lab:
        yield lab


ALL = "IMAP4rev1 SASL-IR ID ENABLE IDLE LITERAL+ UNSELECT NAMESPACE UIDPLUS LIST-EXTENDED CONDSTORE QRESYNC ESEARCH LIST-STATUS MOVE SPECIAL-USE"


@pytest.mark.parametrize("without", ["", "QRESYNC ENABLE", "QRESYNC ENABLE CONDSTORE"], ids=SERVERS.keys().__reversed__())
def test_dovecot_and_here_are_the_same_after_changes(servers, without):
    offers = " ".join(name for name in ALL.split() if name not in without.split())
    desk = Desk(servers, extra=f"imap_capability = {offers}\n")
    try:
        desk.server.fill([letter(i) for i in range(20)])
        desk.once()
        client = desk.server.client()
        client.select("INBOX")
        client.uid("STORE", "2,4:6", "+FLAGS", "\\Deleted")
        client.uid("EXPUNGE", "2,4:6")
        client.uid("STORE", "7:9", "+FLAGS", "\\Flagged")
        client.append("INBOX", "", None, letter(20))
        client.logout()
        before = len(desk.log())
        desk.once()
        assert len(desk.agree()["INBOX"]) == 17
        said = [line.partition(" > ")[2] for line in desk.log()[before:].splitlines() if " > A" in line]
        if not without:
            assert sum(line.split()[1] in ("SELECT", "UID") for line in said) == 2, said
    finally:
        desk.close()
        desk.server.stop()


def test_dovecot_with_nothing_new_is_asked_once(desk):
    desk.server.fill([letter(i) for i in range(50)])
    desk.once()
    before = len(desk.log())
    desk.once()
    log = desk.log()[before:]
    said = [line.partition(" > ")[2].split()[1] for line in log.splitlines() if re.search(r" > A\d", line)]
    # ENABLE needs no turn of its own. What follows is for the wait, which --once cuts off.
    assert said[:3] == ["AUTHENTICATE", "ENABLE", "LIST"] and not {"UID", "STATUS", "NOOP"} & set(said)
    [(sent, received)] = re.findall(r"turns; (\d+) bytes sent, (\d+) received", log)
    assert int(sent) + int(received) <= 4096


# ---- what is stored from here is not heard once more

def flag(desk, *numbers, letters="S"):
    """As another program would."""
    for path in desk.files():
        if int(re.search(r",U=(\d+)", path.name).group(1)) in numbers:
            path.rename(path.parent.parent / "cur" / re.sub(r"(:2,.*)?$", f":2,{letters}", path.name))


def asked_since(desk):
    """The number that the next sync asks from."""
    before = len(desk.imapd.asked)
    desk.once()
    return [int(re.search(r"QRESYNC \(\d+ (\d+)\)", line).group(1)) for line in asked(desk, before) if line.startswith("SELECT")][0]


# \\Flagged is why a copy is kept of what is gone there: it has to be told that it is there.
@pytest.mark.parametrize("letters, flags", [("S", {"\\Seen"}), ("F", {"\\Flagged"})])
def test_flags_stored_from_here_do_not_come_back(odd, letters, flags):
    desk = odd(capabilities=QRESYNC)
    flag(desk, 1, 3, letters=letters)
    desk.once()
    assert desk.inbox().messages[1][1] == desk.inbox().messages[3][1] == flags
    assert asked_since(desk) == desk.inbox().modseq
    flag(desk, 1, 3, letters="R")  # one command takes away, another one adds
    desk.once()
    assert desk.inbox().messages[1][1] == desk.inbox().messages[3][1] == {"\\Answered"}
    assert asked_since(desk) == desk.inbox().modseq


def test_of_what_a_server_says_nothing_it_is_asked(odd):
    """It need not have done as it was told, OK or not."""
    desk = odd(capabilities=QRESYNC)
    flag(desk, 1, 3)

    def store(talk, tag, words):
        desk.imapd.uid_store(talk, tag, ["STORE", "1", *words[2:]])
        return True

    desk.imapd.odd["UID STORE"] = store
    before = desk.inbox().modseq
    desk.once()
    assert asked_since(desk) == before < desk.inbox().modseq


@pytest.mark.parametrize("uid", [1, 4], ids=["the same message", "another one"])
@pytest.mark.parametrize("when", ["before", "after"])
def test_what_somebody_else_changes_at_that_moment_is_heard(odd, when, uid):
    """Nothing of anybody lies below a number that is taken for known."""
    desk, others = odd(capabilities=QRESYNC), [uid]
    flag(desk, 1, 3)

    def meddle():
        if others:
            desk.inbox().messages[others[0]][1].add("\\Flagged")
            desk.inbox().touch(others.pop())

    def store(talk, tag, words):
        if when == "before":
            meddle()
        desk.imapd.uid_store(talk, tag, words)
        meddle()
        return True

    desk.imapd.odd["UID STORE"] = store
    desk.once()
    desk.once()
    assert not others and desk.inbox().messages[1][1] >= {"\\Seen"} <= desk.inbox().messages[3][1]
    flags = dict(desk.here()["INBOX"])
    assert "F" in flags[f"<letter-{uid - 1}@example.net>"] and flags["<letter-2@example.net>"] == "S"


def test_a_server_that_refuses_the_condition_is_told_without_it(odd):
    desk = odd(capabilities=QRESYNC)
    flag(desk, 2)
    desk.imapd.odd["UID STORE"] = lambda talk, tag, words: "UNCHANGEDSINCE" in words[2] and (talk.say(f"{tag} BAD what?") or True)
    desk.once()
    assert desk.inbox().messages[2][1] == {"\\Seen"}


def test_deletions_are_marked_and_expunged_in_one_turn(odd):
    desk = odd(capabilities=QRESYNC)
    said = []

    def note(_talk, _tag, words):
        said.append((words[0], desk.fake.turns))

    desk.imapd.odd.update({"UID STORE": note, "UID EXPUNGE": note})
    desk.files()[1].unlink()
    desk.once()
    desk.once()
    assert [name for name, _ in said] == ["STORE", "EXPUNGE"] and said[0][1] == said[1][1]
    assert len(desk.inbox().messages) == 4
