# SPDX-License-Identifier: GPL-3.0-or-later
"""$move, mbox-hook, $keep_flagged, $mbox: where read mail goes as its mailbox is left; $mbox_type: what is made there."""

import os

import pytest
from pace import until

BOXES = ("inbox", "lists", "read", "other")


@pytest.fixture
def boxes(home, make_message):
    """A read, a flagged and an unread message in two Maildirs; two empty ones."""
    for name in BOXES:
        home.maildir(f"Mail/{name}", [make_message(subject=f"message {i}", date=f"Mon, 02 Nov 2026 10:0{i}:00 +0000") for i in range(3)] if name in BOXES[:2] else ())
    for name in BOXES[:2]:
        for i, flags in ((1, "FS"), (2, "")):
            old = next((home.path / f"Mail/{name}/cur").glob(f"*.M{i}.*"))
            old.rename(old.with_name(old.name.partition(":")[0] + f":2,{flags}"))
    return home


def counts(home):
    return {name: len(os.listdir(home.path / f"Mail/{name}/cur")) + len(os.listdir(home.path / f"Mail/{name}/new")) for name in BOXES}


def leave(home, lines, keys, box="inbox"):
    """Open a box with this muttrc, press the keys, and wait for the end."""
    home.muttrc("set folder=~/Mail spoolfile=+inbox mbox=+read mark_old=no sort=date delete=yes quit=yes\nmailboxes =inbox =lists\n" + lines)
    terminal = home.start("-f", f"={box}")
    terminal.wait("message 2")
    for key, wanted in keys:
        terminal.type(key, wanted)
    assert terminal.finish() == 0
    return counts(home)


STAYS = {"inbox": 3, "lists": 3, "read": 0, "other": 0}
ASKED = "Move 2 read messages to =read?"
CASES = {
    "by default nothing moves": ("", [("q", None)], STAYS),
    "no": ("set move=no\n", [("q", None)], STAYS),
    "yes": ("set move=yes\n", [("q", None)], {**STAYS, "inbox": 1, "read": 2}),
    "ask-no, Return": ("set move=ask-no\n", [("q", ASKED), ("\r", None)], STAYS),
    "ask-no, yes": ("set move=ask-no\n", [("q", ASKED), ("y", None)], {**STAYS, "inbox": 1, "read": 2}),
    "ask-yes, Return": ("set move=ask-yes\n", [("q", ASKED), ("\r", None)], {**STAYS, "inbox": 1, "read": 2}),
    "flagged ones stay": ("set move=yes keep_flagged\n", [("q", None)], {**STAYS, "inbox": 2, "read": 1}),
    "deleted ones do not move": ("set move=yes\n", [("=dq", None)], {**STAYS, "inbox": 1, "read": 1}),
    "a hook says where": ("set move=yes\nmbox-hook inbox =other\n", [("q", None)], {**STAYS, "inbox": 1, "other": 2}),
    "mutt passes over a hook's !": ("set move=yes\nmbox-hook !lists =other\n", [("q", None)], {**STAYS, "inbox": 1, "read": 2}),
    "for NeoMutt it negates": ("set move=yes\nmbox-hook !lists =other\nfinish\n", [("q", None)], {**STAYS, "inbox": 1, "other": 2}),
    "others stay": ("set move=yes\n", [("c=lists\r", "=lists [Msgs:3"), ("q", None)], {**STAYS, "inbox": 1, "read": 2}),
}


@pytest.mark.parametrize("case", CASES)
def test_read_mail_moves_as_the_inbox_is_left(boxes, case):
    lines, keys, wanted = CASES[case]
    assert leave(boxes, lines, keys) == wanted


def test_an_mbox_hook_is_for_any_mailbox(boxes):
    wanted = {**STAYS, "lists": 1, "other": 2}
    assert leave(boxes, "set move=yes\nmbox-hook =lists$ =other\n", [("q", None)], "lists") == wanted


def test_a_refused_question_leaves_nothing(boxes):
    boxes.muttrc("set folder=~/Mail spoolfile=+inbox mbox=+read move=ask-yes quit=yes\nmailboxes =inbox\n")
    terminal = boxes.start("-f", "=inbox")
    terminal.wait("message 2")
    terminal.type("q", ASKED)
    terminal.type("\x07", lambda text: ASKED not in text and "message 2" in text)
    assert counts(boxes) == STAYS


@pytest.mark.parametrize("kind", ["mbox", "Maildir", "maildir"])
def test_a_new_mailbox_is_a_maildir(boxes, kind):
    boxes.muttrc(f"set folder=~/Mail spoolfile=+inbox confirmcreate=no mbox_type={kind}\n")
    terminal = boxes.start("-f", "=inbox")
    terminal.wait("message 2")
    terminal.type("C", "Copy to mailbox")
    terminal.type("=fresh\r", "copied to =fresh")
    until(lambda: (boxes.path / "Mail/fresh/cur").is_dir())


@pytest.mark.parametrize("kind, told", [("mbox", 1), ("Maildir", 0), ("maildir", 0), ("MH", 1)])
def test_another_form_is_told_to_have_no_effect(home, kind, told):
    home.muttrc(f"set mbox_type={kind}\n")
    done = home.run("check")
    assert (f"mbox_type={kind} has no effect: new mailboxes are Maildirs" in done.stdout + done.stderr) == bool(told)
