# SPDX-License-Identifier: GPL-3.0-or-later
"""UTF8=ACCEPT (RFC 9755): names of mailboxes in UTF-8 on the wire, and each mailbox is the one it was before."""

import pytest
from desk import letter
from imapd import Box
from servers import modified_utf7

PLAIN = "IMAP4rev1 UIDPLUS UNSELECT MOVE LITERAL+"
UTF8 = PLAIN + " ENABLE UTF8=ACCEPT"
NAMES = ("Entwürfe", "R&D", "日本/語")


def mailboxes(desk):
    return desk.query("SELECT number, folder, server_name, gone FROM mailboxes ORDER BY number")


@pytest.fixture(params=["modified UTF-7", "raw UTF-8"])
def before(request, odd):
    """A desk that was synced before its server learned UTF8=ACCEPT."""
    spell = modified_utf7 if request.param == "modified UTF-7" else str
    desk = odd({"INBOX": [letter(0)], **{spell(name): [letter(i + 1)] for i, name in enumerate(NAMES)}}, capabilities=PLAIN)
    desk.spell = spell
    return desk


def learn(desk):
    desk.imapd.capabilities = UTF8
    desk.imapd.boxes = {name: desk.imapd.boxes.get(desk.spell(name)) or desk.imapd.boxes[name] for name in ("INBOX", *NAMES)}


def test_p48_a_mailbox_stays_the_same_when_the_server_learns_utf8(before):
    desk, known = before, mailboxes(before)
    learn(desk)
    for i, name in enumerate(NAMES):
        desk.imapd.boxes[name].add(letter(10 + i))
    asked = len(desk.imapd.asked)
    desk.once()
    assert [row[:2] for row in mailboxes(desk)] == [row[:2] for row in known] and not any(row[3] for row in mailboxes(desk))
    assert desk.query("SELECT count(*) FROM messages GROUP BY mailbox ORDER BY mailbox") == [(1,), (2,), (2,), (2,)]
    assert 'SELECT "Entwürfe"' in desk.imapd.asked[asked:] and 'SELECT "R&D"' in desk.imapd.asked[asked:]


def test_p48_a_mailbox_stays_the_same_when_the_server_forgets_utf8(odd):
    desk = odd({"INBOX": [letter(0)], **{name: [letter(i + 1)] for i, name in enumerate(NAMES)}}, capabilities=UTF8)
    assert set(NAMES) < set(desk.here())
    known = mailboxes(desk)
    desk.imapd.capabilities = PLAIN
    desk.imapd.boxes = {modified_utf7(name): box for name, box in desk.imapd.boxes.items()}
    desk.once()
    assert mailboxes(desk) == known


def test_a_mailbox_that_is_made_here_gets_its_name_in_utf8(odd):
    desk = odd(capabilities=UTF8)
    wire = desk.start()
    wire.ask("CREATE", desk.url + "Größe & Maß")
    wire.ask("SYNC", [], True)
    wire.ask("RENAME", desk.url + "Größe & Maß", desk.url + "Länge")
    wire.ask("SYNC", [], True)
    desk.stop()
    assert 'CREATE "Größe & Maß"' in desk.imapd.asked and "Länge" in desk.imapd.boxes
    assert "Länge" in desk.here()


@pytest.mark.parametrize("capabilities", [PLAIN, UTF8, UTF8 + " MULTIAPPEND"], ids=["plain", "utf8", "multiappend"])
def test_messages_with_utf8_in_the_header_go_there_byte_by_byte(odd, capabilities):
    desk = odd({"INBOX": Box([letter(0)])}, capabilities=capabilities)
    texts = [letter(1, "Grüße"), letter(2, "plain", body="Grüße im Text\n"), letter(3, "Straße")]
    for i, text in enumerate(texts):
        (desk.folder() / "cur" / f"1793613600.M{i}.here:2,S").write_bytes(text)
    desk.once()
    there = sorted(message.replace(b"\r\n", b"\n") for message, _flags, _modseq in desk.inbox().messages.values())
    assert there == sorted([letter(0), *texts]) and desk.steps() == []
    told = [line for line in desk.imapd.asked if line.startswith("APPEND")]
    assert any("UTF8 (~{" in line for line in told) == (capabilities != PLAIN)
