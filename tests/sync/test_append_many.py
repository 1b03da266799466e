# SPDX-License-Identifier: GPL-3.0-or-later
"""Many messages made here go to the server in few round trips, each with a fate of its own: none twice, none lost."""

import re
import resource

import pytest
from desk import letter, wanted
from pace import SLOW
from test_undo import Session

PLAIN = "IMAP4rev1 UIDPLUS UNSELECT MOVE"
SERVERS = {"one by one": PLAIN, "no UIDPLUS": "IMAP4rev1 LITERAL+", "LITERAL+": PLAIN + " LITERAL+", "MULTIAPPEND": PLAIN + " LITERAL+ MULTIAPPEND"}
MULTIAPPEND = SERVERS["MULTIAPPEND"]


def put_here(desk, numbers, folder="INBOX"):
    for i in numbers:
        (desk.folder(folder) / "cur" / f"1793613600.M{i}.here:2,{'FS' if i % 2 else 'S'}").write_bytes(letter(i))


def turns_of(desk, before):
    """How often the engine has waited for an answer."""
    [turns] = re.findall(r"closed after (\d+) turns", desk.log()[before:])
    return int(turns)


def ids_there(desk):
    return sorted(re.search(rb"Message-ID: (\S+)", message).group(1).decode() for message, _flags, _modseq in desk.inbox().messages.values())


@pytest.mark.parametrize("capabilities", SERVERS.values(), ids=SERVERS)
def test_a_hundred_messages_take_few_round_trips(odd, capabilities):
    desk = odd({"INBOX": [letter(1000)]}, capabilities=capabilities)
    put_here(desk, range(100))
    before = len(desk.log())
    desk.once()
    turns = turns_of(desk, before)
    assert ids_there(desk) == wanted(*range(100), 1000) and desk.steps() == []
    flags = {re.search(rb"<letter-(\d+)", message).group(1): flags for message, flags, _modseq in desk.inbox().messages.values()}
    assert all(("\\Flagged" in flags[str(i).encode()]) == bool(i % 2) for i in range(100))
    # Greeting, login, LIST, STATUS, SELECT with its question, two batches, LOGOUT; a literal costs one each.
    assert turns <= 11 or capabilities in (SERVERS["one by one"], SERVERS["no UIDPLUS"])
    before = len(desk.imapd.asked)
    desk.once()
    assert not [line for line in desk.imapd.asked[before:] if "APPEND" in line or "BODY.PEEK[]" in line]
    assert desk.ids() == ids_there(desk)


@pytest.mark.parametrize("capabilities", SERVERS.values(), ids=SERVERS)
def test_p42_a_message_that_is_refused_stops_no_other(odd, capabilities):
    desk = odd({"INBOX": []}, capabilities=capabilities)
    desk.imapd.refuse = lambda message: "[TOOBIG] not that one" if b"<letter-3@" in message else None
    put_here(desk, range(8))
    done = desk.once(status=1)
    assert "not that one" in done.stderr + desk.log()
    assert ids_there(desk) == wanted(*(i for i in range(8) if i != 3))
    assert [kind for kind, _state, _data in desk.steps()] == ["append"]
    assert desk.ids() == wanted(*range(8))
    del desk.imapd.refuse
    wire = desk.start()
    wire.ask("SYNC", [], True)
    desk.stop()
    assert ids_there(desk) == wanted(*range(8)) and desk.steps() == []


def test_p63_a_multiappend_that_is_refused_though_some_were_stored_doubles_none(odd):
    desk = odd({"INBOX": []}, capabilities=MULTIAPPEND)

    def store_some(talk, tag, words):
        del desk.imapd.odd["APPEND"]
        say, talk.say = talk.say, lambda *lines: None
        desk.imapd.refuse = lambda message: None
        desk.imapd.append(talk, tag, words)
        for uid in (2, 5):
            desk.inbox().remove(uid)
        talk.say = say
        talk.say(f"{tag} NO no more")
        return True

    desk.imapd.odd["APPEND"] = store_some
    put_here(desk, range(6))
    desk.once()
    assert ids_there(desk) == wanted(*range(6)) and desk.steps() == []
    desk.once()
    assert ids_there(desk) == desk.ids() == wanted(*range(6))


@pytest.mark.parametrize("capabilities", SERVERS.values(), ids=SERVERS)
def test_p63_answers_that_are_lost_double_none(odd, capabilities):
    desk = odd({"INBOX": []}, capabilities=capabilities)
    left = [4]

    def lose(talk, tag, words):
        left[0] -= 1
        if left[0] > 0 and capabilities != MULTIAPPEND:
            return False
        del desk.imapd.odd["APPEND"]
        say, talk.say = talk.say, lambda *lines: say(*lines) if lines[0] == "+ go on" else None
        desk.imapd.append(talk, tag, words)
        talk.connection.close()
        return True

    desk.imapd.odd["APPEND"] = lose
    put_here(desk, range(10))
    desk.once(status=None)
    desk.once()
    desk.once()
    assert ids_there(desk) == desk.ids() == wanted(*range(10)) and desk.steps() == []


def test_dovecot_takes_a_hundred_in_a_few_turns(desk):
    desk.server.fill([letter(1000)])
    desk.once()
    put_here(desk, range(100))
    before = len(desk.log())
    desk.once()
    desk.agree()
    assert len(desk.here()["INBOX"]) == 101
    assert turns_of(desk, before) <= 10


def test_p63_what_cannot_be_looked_up_is_not_sent_again(odd):
    desk = odd({"INBOX": [letter(0)], "Drop": []})
    drop = desk.imapd.boxes["Drop"]
    put_here(desk, [1], "Drop")

    def lose_the_answer(talk, tag, words):
        if not words[-1].endswith("+}"):
            talk.say("+ go on")
        drop.add(talk.take(int(re.search(r"\{(\d+)\+?\}$", words[-1]).group(1))))
        desk.imapd.odd["SELECT"] = lambda talk, tag, words: words[1] == "Drop" and (talk.say(f"{tag} NO not now") or True)
        del desk.imapd.odd["APPEND"]
        talk.connection.close()
        return True

    desk.imapd.odd["APPEND"] = lose_the_answer
    desk.once(status=None)
    for _ in range(2):
        desk.once(status=1)
        assert len(drop.messages) == 1 and [(kind, state) for kind, state, _data in desk.steps()] == [("append", 1)]
    desk.imapd.odd.clear()
    desk.once()
    assert len(drop.messages) == 1 and desk.steps() == []


def test_d57_a_file_of_another_folder_is_not_taken_for_the_one_just_sent(odd):
    desk = odd({"INBOX": [letter(0)]})
    put_here(desk, [1])

    def another_program(talk, tag, words):
        del desk.imapd.odd["APPEND"]
        next((desk.folder() / "cur").glob("1793613600.M1.here*")).unlink()
        (desk.folder() / "cur" / "1793613600.M2.other,U=2:2,S").write_bytes(letter(2))
        return False

    desk.imapd.odd["APPEND"] = another_program
    for _ in range(3):
        desk.age()
        desk.once(status=None)
    assert ids_there(desk) == desk.ids() == wanted(0, 2)


def test_d52_many_refused_deletions_cost_no_look_at_each_other(odd):
    desk = odd({"INBOX": [letter(i) for i in range(3000)], "Archive": []}, once=False)
    session = Session(desk)
    session.away()
    session.ask("REMOVE", session.inbox, list(session.lids.values()))
    session.close()
    desk.imapd.odd["UID STORE"] = lambda talk, tag, words: talk.say(f"{tag} NO not now") or True
    desk.fake.away(False)
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    desk.once(status=None, timeout=60)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert {state for _kind, state, _data in desk.steps()} == {2} and len(desk.steps()) == 3000
    assert after.ru_utime + after.ru_stime < before.ru_utime + before.ru_stime + 1 * SLOW
