# SPDX-License-Identifier: GPL-3.0-or-later
"""The whole engine at the big services, as their public transcripts show them (tests/lab/vendors.py): the same minute of
a user's life at each, and then what is odd about each."""

import re
import threading

import pytest
from desk import LETTERS, letter, wanted
from odddesk import odd_desks
from vendors import VENDORS, Vendor

FLAGGED, PASSED, SEEN = 1 << 1, 1 << 2, 1 << 4
#: what may be said only where it is offered
WORDS = {"MOVE": "UID MOVE", "ENABLE": "ENABLE ", "UIDPLUS": "UID EXPUNGE", "CONDSTORE": "CONDSTORE|CHANGEDSINCE|HIGHESTMODSEQ", "LIST-EXTENDED": "LIST .*RETURN",
         "LIST-STATUS": r"LIST .*STATUS \(", "LITERAL+": r"\+\}$", "UNSELECT": "UNSELECT", "NAMESPACE": "NAMESPACE", "ID": "^ID ", "ESEARCH": "SEARCH RETURN",
         "UIDONLY": "UIDONLY"}
LOUD = "BODY|UID STORE|COPY|MOVE|EXPUNGE|APPEND|CREATE|DELETE|RENAME"


@pytest.fixture
def at(certificate):
    """at("Yahoo", boxes) gives a desk at that service, synced once."""
    def vendor(name, boxes=None):
        return Vendor(VENDORS[name], {"INBOX": [letter(i) for i in range(5)], "Kept": [], **(boxes or {})})

    with odd_desks(certificate, vendor) as make:
        yield make


def there(desk):
    """What the service has, as desk.here() tells it; flags that it marks deleted by are as they are."""
    delimiter = desk.imapd.habits.delimiter
    return {name.replace(delimiter, "/"): sorted((re.search(rb"Message-ID: (\S+)", message).group(1).decode(),
                                                  "".join(sorted(LETTERS.get(flag, "") for flag in flags)))
                                                 for message, flags, _modseq in box.messages.values())
            for name, box in desk.imapd.boxes.items()}


@pytest.mark.parametrize("name", VENDORS)
def test_a_minute_of_life_at_each_ends_with_both_sides_equal_and_the_next_sync_is_quiet(at, name):
    desk = at(name)
    assert desk.here() == there(desk) and desk.rows() == sum(map(len, there(desk).values()))
    wire, inbox, lids = desk.at_work()
    wire.ask("MARK", inbox, [lids[0]], FLAGGED | SEEN, 0)
    wire.ask("MOVE", inbox, [lids[2]], desk.url + "Kept")
    wire.ask("REMOVE", inbox, [lids[3]])
    box = desk.inbox()
    box.messages[2][1].add("\\Answered")
    box.touch(2)
    box.add(letter(9))
    for _ in range(3):
        wire.ask("SYNC", [], True)
    wire.close()
    desk.stop()
    here, left = desk.here(), [one for one in there(desk)["INBOX"] if "T" in one[1]]
    assert here == {**there(desk), "INBOX": [one for one in there(desk)["INBOX"] if one not in left]}, desk.log()[-6000:]
    assert desk.ids() == wanted(0, 1, 4, 9) and desk.ids("Kept") == wanted(2)
    assert (dict(here["INBOX"])[wanted(0)[0]], dict(here["INBOX"])[wanted(1)[0]]) == ("FS", "R")
    # P41: where nobody can name what is to be expunged it stays, marked.
    offers = desk.imapd.habits.offers.split()
    assert len(left) == (0 if "UIDPLUS" in offers else 1 + ("MOVE" not in offers))
    assert not [line for offer, words in WORDS.items() if offer not in offers for line in desk.imapd.asked if re.search(words, line)]
    assert not [line for line in desk.imapd.asked if re.match("(CLOSE|EXPUNGE)$", line)]
    desk.imapd.asked.clear()
    desk.once()
    assert desk.here() == here and not [line for line in desk.imapd.asked if re.search(LOUD, line)], desk.imapd.asked
    assert {kind for kind, _state, _data in desk.steps()} <= {"left"}


@pytest.mark.parametrize("name", VENDORS)
def test_a_mark_it_does_not_keep_stays_here_and_is_not_asked_for_again(at, name):
    desk = at(name)
    wire, inbox, lids = desk.at_work()
    wire.ask("MARK", inbox, [lids[1]], PASSED, 0)
    for _ in range(2):
        wire.ask("SYNC", [], True)
    wire.close()
    desk.stop()
    keeps = {"$Forwarded", "\\*"} & set(desk.imapd.permanent.split())
    assert ("$Forwarded" in desk.inbox().messages[2][1]) == bool(keeps)
    desk.imapd.asked.clear()
    desk.once()
    assert dict(desk.here()["INBOX"])[wanted(1)[0]] == "P" and desk.steps() == []
    assert not [line for line in desk.imapd.asked if re.search(LOUD, line)], desk.imapd.asked


# ---- what is odd about each

def test_yahoo_a_message_it_cannot_give_holds_up_no_other_and_is_told(at):
    """Whoever asks for it among others gets none of them."""
    desk = at("Yahoo", {"INBOX": [letter(i) for i in range(40)]}, once=False)
    spoilt = {17}

    def broken(talk, tag, words):
        if "BODY" not in " ".join(words[2:]) or not spoilt & set(talk.box.chosen(words[1])):
            return False
        talk.say(f"{tag} NO [UNAVAILABLE] UID FETCH Server error while fetching messages")
        return True

    desk.imapd.odd["UID FETCH"] = broken
    done = desk.home.run("sync")
    assert done.returncode in (1, 75) and "Server error while fetching messages" in done.stderr, done
    assert desk.ids() == wanted(*(i for i in range(40) if i != 16))
    desk.home.stop_engine()
    spoilt.clear()
    desk.once()
    assert desk.ids() == wanted(*range(40))


def test_yahoo_a_list_that_is_cut_at_its_limit_deletes_nothing_and_goes_on_below(at):
    """RFC 9738: the newest alone are answered, and the code names the last UID that was looked at."""
    desk = at("Yahoo", {"INBOX": [letter(i) for i in range(30)]})
    assert desk.ids() == wanted(*range(30))
    limit = 10

    def limited(talk, tag, words):
        chosen = talk.box.chosen(words[1])
        if len(chosen) <= limit:
            return False
        for uid in reversed(chosen[-limit:]):
            talk.say(desk.imapd.items(talk, uid, " ".join(words[2:])))
        talk.say(f"{tag} OK [MESSAGELIMIT {limit} {chosen[-limit]}] UID FETCH completed with {limit} partial results")
        return True

    desk.imapd.odd["UID FETCH"] = limited
    for i in range(30, 55):
        desk.inbox().add(letter(i))
    desk.inbox().messages[3][1].add("\\Flagged")
    desk.once()
    assert desk.ids() == wanted(*range(55)) and desk.rows() == 55
    assert dict(desk.here()["INBOX"])[wanted(2)[0]] == "F"


def test_icloud_what_it_does_not_say_it_enabled_is_not_used(at):
    desk = at("iCloud")
    desk.once()
    assert any(line.startswith("ENABLE") and "QRESYNC" in line for line in desk.imapd.asked)
    assert not [line for line in desk.imapd.asked if "QRESYNC (" in line]


def test_fastmail_a_mailbox_that_is_said_to_have_vanished_and_is_there_stays(at):
    desk = at("Fastmail", {"INBOX": [letter(i) for i in range(30)]})

    def lie(talk, modseq):
        talk.say("* VANISHED (EARLIER) 1:29")

    desk.imapd.resync = lie
    desk.inbox().add(letter(40))
    for _ in range(3):
        desk.once(status=None)
    assert desk.ids() == wanted(*range(30), 40)


def test_zoho_a_connection_that_ends_in_the_middle_is_taken_up_again(at):
    desk = at("Zoho", {"INBOX": [letter(i) for i in range(40)]}, once=False)
    left = [3]

    def cut(talk, tag, words):
        if "BODY" not in " ".join(words[2:]) or not left[0]:
            return False
        left[0] -= 1
        for uid in talk.box.chosen(words[1])[:3]:
            talk.say(desk.imapd.items(talk, uid, " ".join(words[2:])))
        raise OSError("gone")

    desk.imapd.odd["UID FETCH"] = cut
    for _ in range(4):
        desk.once(status=None)
    assert desk.ids() == wanted(*range(40)) and desk.rows() == 40 and left == [0]


def test_zoho_a_message_without_a_text_is_told_and_holds_up_no_other(at):
    desk = at("Zoho", once=False)
    items = desk.imapd.items
    desk.imapd.items = lambda talk, uid, what: re.sub(rb"(?s)BODY\[\] \{.*", b"BODY[] NIL)", items(talk, uid, what)) if uid == 2 else items(talk, uid, what)
    assert desk.home.run("sync").returncode in (1, 75)
    assert desk.ids() == wanted(0, 2, 3, 4)
    desk.home.stop_engine()
    desk.imapd.items = items
    desk.once()
    assert desk.ids() == wanted(0, 1, 2, 3, 4)


def test_yandex_a_mailbox_below_another_is_one_here_too_and_made_with_its_delimiter(at):
    desk = at("Yandex", {"Kept|2026": [letter(7)]})
    assert desk.ids("Kept/2026") == wanted(7) and "Drafts/template" in desk.here()
    wire = desk.start()
    wire.ask("CREATE", desk.url + "Kept/2027")
    wire.ask("SYNC", [], True)
    wire.close()
    assert "Kept|2027" in desk.imapd.boxes and "Kept/2027" not in desk.imapd.boxes


@pytest.mark.parametrize("name", ["Outlook.com", "Exchange 2010"])
def test_exchange_a_bye_while_idling_is_no_error_and_mail_goes_on_coming(at, name):
    desk = at(name)
    idlers, lock = [], threading.Lock()

    def idle(talk, tag, _words):
        talk.say("+ IDLE accepted, awaiting DONE command.")
        with lock:
            idlers.append(talk)
        talk.hear()
        talk.say(f"{tag} OK IDLE completed.")
        return True

    desk.imapd.odd["IDLE"] = idle
    wire = desk.start()
    wire.ask("SYNC", [], True)
    desk.until(lambda: idlers)
    desk.inbox().add(letter(9))
    idlers[0].say("* BYE Connection closed. 14")
    idlers[0].connection.close()
    desk.until(lambda: len(idlers) > 1 and len(desk.ids()) == 6)
    assert not [body for what, body in wire.told if what == "PROMPT"]
    wire.close()


def test_exchange_an_account_that_is_authenticated_and_not_connected_is_told_and_tried_again(at):
    desk = at("Outlook.com", once=False)
    refuse = lambda talk, tag, _words: talk.say(f"{tag} BAD User is authenticated but not connected.") or True  # noqa: E731
    desk.imapd.odd.update(dict.fromkeys(("NAMESPACE", "LIST", "LSUB", "STATUS", "SELECT"), refuse))
    done = desk.home.run("sync")
    assert done.returncode in (1, 75) and "authenticated but not connected" in done.stderr, done
    desk.home.stop_engine()
    desk.imapd.odd.clear()
    desk.once()
    assert desk.ids() == wanted(0, 1, 2, 3, 4)


def test_exchange_a_folder_that_is_not_for_mail_holds_up_no_other(at):
    desk = at("Outlook.com", {"Kept": [letter(8)]}, once=False)

    def select(talk, tag, words):
        if words[1] not in ("Calendar", "Contacts"):
            return False
        talk.say(f"{tag} NO {words[1]} is not a mail folder.")
        return True

    desk.imapd.boxes["Calendar"].add(letter(30))
    desk.imapd.odd["SELECT"] = desk.imapd.odd["EXAMINE"] = select
    done = desk.home.run("sync")
    assert done.returncode == 1 and "Calendar is not a mail folder" in done.stderr, done
    assert desk.ids() == wanted(0, 1, 2, 3, 4) and desk.ids("Kept") == wanted(8)


@pytest.mark.parametrize("name, sent", [("Outlook.com", "Sent Items"), ("Gmail", "[Gmail]/Sent Mail")])
def test_a_copy_that_the_service_files_itself_is_there_once(at, name, sent):
    desk = at(name)
    wire = desk.start()
    wire.ask("SYNC", [], True)
    desk.imapd.boxes[sent].add(letter(40), {"\\Seen"})
    path = desk.home.path / "sent"
    path.write_bytes(letter(40))
    wire.ask("APPEND", desk.url + sent, str(path), SEEN, 0)
    for _ in range(2):
        wire.ask("SYNC", [], True)
    wire.close()
    assert desk.ids(sent) == wanted(40) and len(desk.imapd.boxes[sent].messages) == 1
    assert desk.steps() == []


@pytest.mark.parametrize("words", ["[ALERT] Too many simultaneous connections. (Failure)", "[LIMIT] LOGIN Rate limit hit.",
                                   "[UNAVAILABLE] Maximum number of connections from user+IP exceeded"])
def test_gmail_too_many_connections_is_no_wrong_password(at, words):
    desk = at("Gmail", once=False)
    refuse = lambda talk, tag, _words: talk.say(f"{tag} NO {words}") or True  # noqa: E731
    desk.imapd.odd.update(LOGIN=refuse, AUTHENTICATE=refuse)
    done = desk.home.run("sync")
    assert done.returncode == 75 and words.partition("] ")[2] in done.stderr, done
    assert "password" not in done.stderr.lower()
