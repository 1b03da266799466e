# SPDX-License-Identifier: GPL-3.0-or-later
"""Habits of big servers, as far as they differ from the RFCs: the whole engine against a server in memory that has them."""

import pytest
from desk import letter, wanted
from imapd import Imapd
from odddesk import odd_desks

PLAIN = "IMAP4rev1 UIDPLUS UNSELECT MOVE"
FLAGGED, SEEN = 1 << 1, 1 << 4


@pytest.fixture
def desk(certificate):
    def imapd(boxes=None, capabilities=PLAIN, kind=Imapd):
        return kind(boxes or {"INBOX": [letter(i) for i in range(5)], "Archive": []}, capabilities=capabilities)

    with odd_desks(certificate, imapd) as make:
        yield make


# ---- Gmail

class Gmail(Imapd):
    """Folders are labels: a message is in a folder once, and what is marked deleted goes at once."""

    @staticmethod
    def known_by(message):
        return message

    def take_over(self, talk, tag, words, move):
        to, pairs = self.find(words[2]), []
        for uid in talk.box.chosen(words[1]):
            message = talk.box.messages[uid]
            there = [u for u, m in to.messages.items() if self.known_by(m[0]) == self.known_by(message[0])]
            pairs.append((uid, there[0] if there else to.add(message[0], message[1])))
            if move:
                talk.box.remove(uid)
        talk.say(f"{tag} OK [COPYUID {to.uidvalidity} {','.join(str(a) for a, _ in pairs)} {','.join(str(b) for _, b in pairs)}] (Success)")

    def uid_store(self, talk, tag, words):
        deleted = "\\Deleted" in " ".join(words[3:])
        chosen = talk.box.chosen(words[1])
        if not deleted or not words[2].startswith("+"):
            super().uid_store(talk, tag, words)
            return
        for uid in reversed(chosen):
            talk.say(f"* {sorted(talk.box.messages).index(uid) + 1} EXPUNGE")
            talk.box.remove(uid)
        talk.say(f"{tag} OK Success")


def test_gmail_a_message_that_has_the_label_already_is_there_once(desk):
    desk = desk({"INBOX": [letter(i) for i in range(5)], "Archive": [letter(1)]}, kind=Gmail)
    wire, inbox, lids = desk.at_work()
    wire.ask("COPY", inbox, [lids[1], lids[2]], desk.url + "Archive")
    wire.ask("MOVE", inbox, [lids[1]], desk.url + "Archive")
    wire.ask("SYNC", [], True)
    wire.ask("SYNC", [], True)
    wire.close()
    assert desk.ids() == wanted(0, 2, 3, 4) and desk.ids("Archive") == wanted(1, 2)
    assert desk.steps() == [] and desk.rows() == 6


class Careless(Gmail):
    """To it a message is its Message-ID."""

    @staticmethod
    def known_by(message):
        return message.partition(b"Message-ID: ")[2].split()[0]


@pytest.mark.parametrize("how", ["MOVE", "COPY"])
def test_g1_two_messages_that_the_server_takes_for_one_are_both_kept(desk, how):
    other = letter(1, body="one word less\n")
    desk = desk({"INBOX": [letter(0), other], "Archive": [letter(1)]}, kind=Careless)
    wire, inbox, lids = desk.at_work()
    wire.ask(how, inbox, [lids[1]], desk.url + "Archive")
    for _ in range(3):
        wire.ask("SYNC", [], True)
    wire.close()
    assert sorted(path.read_bytes() for path in desk.files("Archive")) == sorted([letter(1), other])
    there = [message.replace(b"\r\n", b"\n") for message, *_ in desk.imapd.boxes["Archive"].messages.values()]
    assert sorted(there) == sorted([letter(1), other])
    assert desk.steps() == []


def test_gmail_what_is_marked_deleted_goes_at_once_and_nothing_else(desk):
    desk = desk({"INBOX": [letter(i) for i in range(5)], "[Gmail]/All Mail": [letter(i) for i in range(5)]}, kind=Gmail)
    wire, inbox, lids = desk.at_work()
    wire.ask("REMOVE", inbox, [lids[1], lids[3]])
    wire.ask("SYNC", [], True)
    wire.close()
    assert desk.ids() == wanted(0, 2, 4) and desk.ids("[Gmail]/All Mail") == wanted(0, 1, 2, 3, 4)
    assert desk.steps() == []


def test_gmail_an_inbox_that_was_archived_empty_needs_no_word(desk):
    desk = desk({"INBOX": [letter(i) for i in range(30)], "[Gmail]/All Mail": [letter(i) for i in range(30)]}, kind=Gmail)
    for uid in list(desk.inbox().messages):
        desk.inbox().remove(uid)
    desk.home.run("sync", check=True)
    assert desk.ids() == [] and len(desk.ids("[Gmail]/All Mail")) == 30


@pytest.mark.parametrize("filed", [True, False], ids=["by the server", "by nobody"])
def test_gmail_a_sent_message_is_in_sent_once_whoever_files_it(desk, filed):
    desk = desk({"INBOX": [], "Sent": [letter(1)]}, PLAIN + " X-GM-EXT-1", once=False)
    desk.imapd.odd["LIST"] = lambda talk, tag, words: talk.say('* LIST () "/" INBOX', '* LIST (\\Sent) "/" Sent', f"{tag} OK done") or True
    desk.once()
    wire = desk.start()
    wire.ask("SYNC", [], True)
    if filed:
        desk.imapd.boxes["Sent"].add(letter(40), {"\\Seen"})
    path = desk.home.path / "sent"
    path.write_bytes(letter(40))
    wire.ask("APPEND", desk.url + "Sent", str(path), SEEN, 0)
    wire.ask("SYNC", [], True)
    wire.ask("SYNC", [], True)
    wire.close()
    assert desk.ids("Sent") == wanted(1, 40) and len(desk.imapd.boxes["Sent"].messages) == 2
    assert any(line.startswith("APPEND") for line in desk.imapd.asked) != filed
    assert desk.steps() == [] and desk.rows() == 2


def test_g1_another_message_with_the_id_of_a_sent_one_is_no_copy_of_it(desk):
    """A mailing list's, moved to where the sent one is."""
    desk = desk({"INBOX": [], "Sent": [letter(1)]}, PLAIN + " X-GM-EXT-1", once=False)
    desk.imapd.odd["LIST"] = lambda talk, tag, words: talk.say('* LIST () "/" INBOX', '* LIST (\\Sent) "/" Sent', f"{tag} OK done") or True
    desk.once()
    wire = desk.start()
    wire.ask("SYNC", [], True)
    path = desk.home.path / "list"
    path.write_bytes(letter(1) + b"-- \nthe list\n")
    wire.ask("APPEND", desk.url + "Sent", str(path), SEEN, 0)
    wire.ask("SYNC", [], True)
    wire.ask("SYNC", [], True)
    wire.close()
    assert sorted(file.read_bytes() for file in desk.files("Sent")) == sorted([letter(1), letter(1) + b"-- \nthe list\n"])
    assert len(desk.imapd.boxes["Sent"].messages) == 2 and desk.steps() == []


@pytest.mark.parametrize("words", ["[THROTTLED] Account exceeded command or bandwidth limits.", "[OVERQUOTA] Quota exceeded (Failure)"])
def test_gmail_a_throttled_fetch_is_told_and_done_later(desk, words):
    desk = desk(once=False)
    desk.imapd.odd["UID FETCH"] = lambda talk, tag, _words: talk.say(f"{tag} NO {words}") or True
    done = desk.home.run("sync")
    assert done.returncode in (1, 75) and words.partition("] ")[2] in done.stderr, done
    desk.home.stop_engine()
    desk.imapd.odd.clear()
    desk.once()
    assert desk.ids() == wanted(0, 1, 2, 3, 4)


@pytest.mark.parametrize("words", ["[ALERT] Too many simultaneous connections. (Failure)", "[ALERT] Please log in via your web browser: https://support.google.com/mail/accounts/answer/78754 (Failure)",
                                   "[AUTHENTICATIONFAILED] Invalid credentials (Failure)"])
def test_gmail_a_login_that_is_refused_is_told_in_the_servers_words(desk, words):
    desk = desk(once=False)

    def refuse(talk, tag, _words):
        talk.say(f"{tag} NO {words}")
        return True

    desk.imapd.odd["LOGIN"] = desk.imapd.odd["AUTHENTICATE"] = refuse
    done = desk.home.run("sync")
    assert done.returncode in (1, 75) and words.partition("] ")[2].partition(".")[0].partition(":")[0] in done.stderr, done


# ---- Exchange

def test_exchange_sizes_that_lie_change_nothing(desk):
    desk = desk(once=False)
    items = desk.imapd.items

    def lie(talk, uid, what):
        line = items(talk, uid, what)
        return line.replace(b"RFC822.SIZE ", b"RFC822.SIZE 1")

    desk.imapd.items = lie
    for _ in range(2):
        desk.once()
    assert desk.ids() == wanted(0, 1, 2, 3, 4) and desk.rows() == 5
    assert not any("BODY" in line and line.startswith("UID FETCH") for line in desk.imapd.asked[len(desk.imapd.asked) // 2 + 5:])


def test_exchange_without_uidnext_all_comes_once(desk):
    desk = desk(once=False)
    select = desk.imapd.select

    def without(talk, tag, words):
        say = talk.say
        talk.say = lambda *lines: say(*[line for line in lines if "UIDNEXT" not in str(line)])
        select(talk, tag, words)
        talk.say = say
        return True

    desk.imapd.odd["SELECT"] = without
    desk.once()
    desk.inbox().add(letter(7))
    desk.once()
    desk.once()
    assert desk.ids() == wanted(0, 1, 2, 3, 4, 7) and desk.rows() == 6


def test_exchange_a_message_it_cannot_give_holds_up_no_other(desk):
    desk = desk(once=False)

    def broken(talk, tag, words):
        what = " ".join(words[2:])
        if "BODY" not in what or 3 not in talk.box.chosen(words[1]):
            return False
        for uid in talk.box.chosen(words[1]):
            if uid != 3:
                talk.say(desk.imapd.items(talk, uid, what))
        talk.say(f"{tag} NO The specified message set is invalid.")
        return True

    desk.imapd.odd["UID FETCH"] = broken
    done = desk.home.run("sync")
    assert done.returncode in (1, 75), done
    assert desk.ids() == wanted(0, 1, 3, 4)
    desk.home.stop_engine()
    del desk.imapd.odd["UID FETCH"]
    desk.once()
    assert desk.ids() == wanted(0, 1, 2, 3, 4)


def test_exchange_without_uidplus_moves_are_found_by_message_id(desk):
    desk = desk(capabilities="IMAP4rev1 MOVE UNSELECT")
    wire, inbox, lids = desk.at_work()
    wire.ask("MOVE", inbox, [lids[1], lids[2]], desk.url + "Archive")
    wire.ask("SYNC", [], True)
    wire.ask("SYNC", [], True)
    wire.close()
    assert desk.ids("Archive") == wanted(1, 2) and len(desk.imapd.boxes["Archive"].messages) == 2
    assert desk.steps() == [] and desk.rows() == 5


def test_exchange_a_bad_answer_to_store_is_told_and_holds_up_nothing_else(desk):
    desk = desk()
    desk.imapd.odd["UID STORE"] = lambda talk, tag, words: talk.say(f"{tag} BAD Command received in Invalid state.") or True
    wire, inbox, lids = desk.at_work()
    wire.ask("MARK", inbox, [lids[1]], FLAGGED, 0)
    wire.close()
    desk.stop()
    desk.inbox().add(letter(9))
    done = desk.home.run("sync")
    assert done.returncode in (1, 75), done
    assert desk.ids() == wanted(0, 1, 2, 3, 4, 9)
    desk.home.stop_engine()
    del desk.imapd.odd["UID STORE"]
    desk.home.run("sync", check=True)
    assert desk.inbox().messages[2][1] == {"\\Flagged"}


def test_exchange_a_new_message_whose_bytes_it_changes_is_there_once(desk):
    desk = desk(capabilities="IMAP4rev1 MOVE UNSELECT")
    append = desk.imapd.append

    def change(talk, tag, words):
        append(talk, tag, words)
        box = desk.imapd.boxes["Archive"]
        for message in box.messages.values():
            message[0] = message[0].replace(b"Message-ID: <", b"Message-ID:  <").replace(b"Subject:", b"X-MS-Exchange: yes\r\nSubject:", 1)
        return True

    desk.imapd.odd["APPEND"] = change
    path = desk.folder("Archive") / "cur" / "1700000000.M1P1.host:2,S"
    path.write_bytes(letter(40))
    for _ in range(3):
        desk.once(status=None)
    assert desk.ids("Archive") == wanted(40) and len(desk.imapd.boxes["Archive"].messages) == 1


# ---- UW: a mailbox is a file, and has no mailboxes below

def test_uw_a_mailbox_below_a_mailbox_is_refused_and_told_and_its_mail_is_kept(desk):
    desk = desk()
    desk.imapd.odd["CREATE"] = lambda talk, tag, words: talk.say(f"{tag} NO Can't create mailbox {words[1]}: Not a directory") or True
    wire, inbox, lids = desk.at_work()
    wire.ask("CREATE", desk.url + "Archive/Below")
    wire.ask("MOVE", inbox, [lids[1]], desk.url + "Archive/Below")
    wire.close()
    desk.stop()
    done = desk.home.run("sync")
    assert done.returncode == 1 and "Not a directory" in done.stderr, done
    assert desk.ids("Archive/Below") == wanted(1) and 2 in desk.inbox().messages
