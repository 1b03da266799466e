# SPDX-License-Identifier: GPL-3.0-or-later
"""OBJECTID (RFC 8474) and Gmail's X-GM-MSGID: what another folder has is not fetched again, and an id that lies
costs nothing but a FETCH."""

import re
import resource

import pytest
from desk import letter
from pace import SLOW

OBJECTID = "IMAP4rev1 UIDPLUS UNSELECT MOVE OBJECTID"
GMAIL = "IMAP4rev1 UIDPLUS UNSELECT MOVE X-GM-EXT-1"
ALL_MAIL = "[Gmail]/All Mail"


def fetched(desk, since=0):
    """How many texts were asked for."""
    lines = [line.split()[2] for line in desk.imapd.asked[since:] if "BODY.PEEK[]" in line]
    return sum(int(b or a) - int(a) + 1 for part in ",".join(lines).split(",") if part for a, _, b in [part.partition(":")])


def files(desk, folder):
    return sorted(path.read_bytes() for path in desk.files(folder))


@pytest.fixture
def gmail(odd):
    """INBOX, a label, what is important, and All Mail, which holds the messages of all."""
    letters = [letter(i, body="some\r\nlines\nand more\n") for i in range(6)]
    desk = odd({ALL_MAIL: letters, "INBOX": letters[:3], "Work": letters[2:5], "[Gmail]/Important": letters[:1]}, once=False, capabilities=GMAIL)
    desk.imapd.roles = {ALL_MAIL: "\\All", "[Gmail]/Important": "\\Important"}
    desk.once()
    return desk


def test_gmail_a_message_with_labels_is_fetched_once(gmail):
    assert fetched(gmail) == 6
    assert {folder: len(found) for folder, found in gmail.here().items() if found} == {"INBOX": 3, "Work": 3, "[Gmail]/Important": 1, ALL_MAIL: 6}
    for folder, box in gmail.imapd.boxes.items():
        assert files(gmail, folder) == sorted(message.replace(b"\r\n", b"\n") for message, _flags, _modseq in box.messages.values())
    gmail.once()
    assert fetched(gmail) == 6


def test_gmail_a_label_that_is_put_on_later_costs_no_text(gmail):
    message, _flags, _modseq = gmail.imapd.boxes[ALL_MAIL].messages[6]
    gmail.imapd.boxes["Work"].add(message, ["\\Flagged"])
    before = len(gmail.imapd.asked)
    gmail.once()
    assert fetched(gmail, before) == 0
    assert ("<letter-5@example.net>", "F") in gmail.here()["Work"]


@pytest.mark.parametrize("capabilities", [OBJECTID, GMAIL], ids=["objectid", "gmail"])
@pytest.mark.parametrize("folder", ["Archive", "A first"])
def test_a_message_that_another_client_moved_is_not_fetched_again(odd, capabilities, folder):
    desk = odd({"INBOX": [letter(i) for i in range(5)], folder: [letter(9)]}, capabilities=capabilities)
    inbox = desk.inbox()
    for uid in (2, 4):
        desk.imapd.boxes[folder].add(*inbox.messages[uid][:2])
        inbox.remove(uid)
    before = len(desk.imapd.asked)
    desk.once()
    assert fetched(desk, before) == 0
    assert sorted(i for i, _flags in desk.here()[folder]) == [f"<letter-{i}@example.net>" for i in (1, 3, 9)]
    assert desk.ids() == [f"<letter-{i}@example.net>" for i in (0, 2, 4)]
    before = len(desk.imapd.asked)
    desk.once()
    assert fetched(desk, before) == 0


def test_what_departed_is_kept_for_a_while_only(odd):
    desk = odd({"INBOX": [letter(i) for i in range(5)], "Archive": []}, capabilities=OBJECTID)
    desk.inbox().remove(2)
    desk.once()
    [kept] = (desk.home.data / "departed").iterdir()
    assert kept.read_bytes() == letter(1)
    desk.once()
    assert not list((desk.home.data / "departed").iterdir())


LIES = {
    "one id for all": lambda message: 7,
    "one id for two of a size": lambda message: len(message),
}


@pytest.mark.parametrize("lie", LIES.values(), ids=LIES)
@pytest.mark.parametrize("same", ["nothing", "Message-ID", "size"])
def test_an_id_that_two_messages_have_costs_no_more_than_a_fetch(odd, lie, same):
    other = letter(7)
    if same == "Message-ID":
        other = letter(0, body="another text\n")
    if same == "size":
        other = letter(8)
        assert len(other) == len(letter(0))
    desk = odd({"INBOX": [letter(0)], "Work": [letter(3)]}, capabilities=OBJECTID, once=False)
    desk.imapd.object = lie
    desk.once()
    desk.imapd.boxes["Work"].add(other)
    desk.once()
    assert files(desk, "Work") == sorted([other, letter(3)]) and files(desk, "INBOX") == [letter(0)]


@pytest.mark.parametrize("answer", ["EMAILID NIL", "EMAILID ()", "EMAILID (a b)", f"EMAILID ({'x' * 300})", "EMAILID (\xff)", "EMAILID"])
def test_an_id_that_is_none_is_passed_over(odd, answer):
    desk = odd({"INBOX": [letter(0)], "Work": [letter(0)]}, capabilities=OBJECTID, once=False)
    items = desk.imapd.items
    desk.imapd.items = lambda talk, uid, what: re.sub(rb"EMAILID \(\w+\)", answer.encode("latin-1"), items(talk, uid, what))
    desk.once(status=None)
    assert files(desk, "Work") == files(desk, "INBOX") == [letter(0)]


def test_ids_are_not_asked_for_where_there_is_one_folder(odd):
    desk = odd({"INBOX": [letter(0)]}, capabilities=OBJECTID)
    desk.inbox().add(letter(1))
    desk.once()
    assert not [line for line in desk.imapd.asked if "EMAILID" in line]


def test_a_file_that_went_or_changed_here_is_fetched(odd):
    desk = odd({"INBOX": [letter(0), letter(1)], "Work": []}, capabilities=OBJECTID)
    first, second = desk.files()
    second.write_bytes(letter(0) + b"changed\n")
    for uid in (1, 2):
        desk.imapd.boxes["Work"].add(desk.inbox().messages[uid][0])
    desk.once()
    assert files(desk, "Work") == [letter(0), letter(1)]


def test_d52_many_deletions_there_cost_no_look_at_each_other(odd):
    desk = odd({"INBOX": [letter(i) for i in range(3200)], "Other": [letter(9999)]}, capabilities=OBJECTID)
    for uid in range(1, 1501):
        desk.inbox().remove(uid)
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    desk.once(timeout=60)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert len(desk.files()) == 1700 and len(list((desk.home.data / "departed").iterdir())) == 1500
    # 0.1 s of the processor, where a look at all that are kept for each one took 1.6.
    assert after.ru_utime + after.ru_stime < before.ru_utime + before.ru_stime + 0.8 * SLOW


def test_d52_many_of_one_message_id_that_go_there_are_sought_once(odd):
    same = [letter(7, body=f"copy {i}\n") for i in range(3000)]
    desk = odd({"INBOX": same, "Other": same[:1]})
    desk.inbox().messages.clear()
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    desk.once(timeout=60)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert desk.files() == [] and len(desk.files("Other")) == 1
    assert after.ru_utime + after.ru_stime < before.ru_utime + before.ru_stime + 1.5 * SLOW
