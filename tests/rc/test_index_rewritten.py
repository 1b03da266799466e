# SPDX-License-Identifier: GPL-3.0-or-later
"""Functions that put a changed message beside, or in place of, the one under the cursor; and hotkeys for messages."""

import pytest

from listing import LOOK, Listing, lay, letter
from pace import until

BODY = "Gr=C3=BC=C3=9Fe\n"
QUOTED = ("From: Bob <bob@example.net>\nTo: anna@example.org\nSubject: =?utf-8?Q?Gr=C3=BCn?=\nDate: Mon, 02 Nov 2026 10:00:00 +0000\n"
          "Message-ID: <quoted@x>\nReceived: by nobody\nMIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\n"
          f"Content-Transfer-Encoding: quoted-printable\n\n{BODY}").encode()


@pytest.fixture
def listing(home):
    box = home.path / "Mail"
    lay(box, 1, letter("m1", body="one\n"), "FS")
    lay(box, 2, QUOTED)
    lay(box, 3, letter("m3"))
    home.maildir("Other")
    editor = home.path / "editor"
    editor.write_text('#!/bin/sh\nsed -i s/one/two/ "$1"\n')
    editor.chmod(0o755)
    home.muttrc(LOOK + f"set editor={editor}\nignore received\n")
    listing = Listing(home, box)
    listing.go("m1")
    return listing


def messages(box):
    """Name and bytes of each message of a Maildir."""
    return [(path.name, path.read_bytes()) for part in ("cur", "new") for path in sorted((box / part).iterdir())]


def texts(box):
    return [content for _name, content in messages(box)]


@pytest.mark.parametrize("function", ["edit", "edit-raw-message", "edit-or-view-raw-message"])
def test_an_edited_message_stands_beside_the_old_one(home, listing, function):
    listing.run(function)
    listing.until(lambda: listing.shown().count("m1") == 2 and len(listing.marked("D")) == 1, function)
    listing.run("sync-mailbox")
    until(lambda: [text.endswith(b"\ntwo\n") for text in texts(home.path / "Mail") if b"Subject: m1" in text] == [True])
    assert [name.partition(":2,")[2] for name, text in messages(home.path / "Mail") if b"Subject: m1" in text] == ["FS"]


def test_an_edit_that_changes_nothing_is_none(listing):
    listing.go("m3")
    listing.run("edit-raw-message")
    listing.terminal.wait("Message not modified.")
    assert listing.shown().count("m3") == 1


def test_where_nothing_may_be_written_it_is_viewed(listing):
    listing.run("toggle-write", "edit-or-view-raw-message")
    listing.terminal.wait("Message-ID: <m1@x>")


def test_the_label_of_a_message(home, listing):
    listing.command("set index_format='%Z[%s %y]'")
    for typed, shown in (("work", "m1 work"), ("\x15später", "m1 später"), ("\x15", "m1 ")):
        listing.terminal.keys("1\r")
        listing.run("edit-label")
        listing.terminal.wait("Label:")
        listing.terminal.keys(f"{typed}\r")
        listing.until(lambda: [name for name in listing.shown() if name.startswith("m1")] == [shown], typed)
    until(lambda: [text for text in texts(home.path / "Mail") if b"Subject: m1" in text] == [letter("m1", body="one\n")])


@pytest.mark.parametrize("function,weed", [("decode-copy", False), ("decode-copy", True), ("decode-save", False)])
def test_a_message_is_saved_as_plain_text(home, listing, function, weed):
    if weed:
        listing.command("set copy_decode_weed")
    listing.go("Grün")
    listing.run(function)
    listing.terminal.wait("ecode-" + function[7:])
    listing.terminal.keys(f"{home.path}/Other\r")
    listing.terminal.wait("1 message ")
    until(lambda: len(texts(home.path / "Other")) == 1)
    header, body = texts(home.path / "Other")[0].split(b"\n\n", 1)
    assert body == "Grüße\n".encode() and b"quoted-printable" not in header and b"Content-Type: text/plain; charset=utf-8" in header
    assert (b"Received:" in header) is not weed and b"Subject: =?utf-8?Q?Gr=C3=BCn?=" in header
    listing.until(lambda: listing.marked("D") == (["Grün"] if function == "decode-save" else []))


def test_copies_and_moves(home, listing):
    """copy-message and save-message, with their questions."""
    listing.command("set confirmappend confirmcreate")
    listing.run("copy-message")
    listing.terminal.wait("Copy to mailbox")
    listing.terminal.keys(f"{home.path}/Other\r")
    listing.terminal.wait("Append messages to ~/Other?")
    listing.terminal.keys("y")
    listing.terminal.wait("1 message copied to ~/Other.")
    assert texts(home.path / "Other") == [letter("m1", body="one\n")]
    listing.run("save-message")
    listing.terminal.wait("Save to mailbox")
    listing.terminal.keys(f"{home.path}/Fresh\r")
    listing.terminal.wait("Create ~/Fresh?")
    listing.terminal.keys("y")
    listing.until(lambda: "m1" not in listing.shown())
    until(lambda: texts(home.path / "Fresh") == [letter("m1", body="one\n")])
    listing.command("set noconfirmappend noconfirmcreate")
    for target in ("Other", "Newer"):
        listing.go("m3")
        listing.run("copy-message")
        listing.terminal.wait("Copy to mailbox")
        listing.terminal.keys(f"{home.path}/{target}\r")
        listing.terminal.wait(f"copied to ~/{target}.")


def test_a_hotkey_leads_back_to_its_message(home, listing):
    listing.command("set mark_macro_prefix=,")
    listing.go("m3")
    listing.run("mark-message")
    listing.terminal.wait("Enter macro stroke:")
    listing.terminal.keys("a\r")
    listing.terminal.wait("Message bound to ,a.")
    listing.terminal.keys("1\r")
    listing.until(lambda: listing.cursor() == "m1")
    listing.terminal.keys(",a")
    listing.until(lambda: listing.cursor() == "m3")


def test_no_message_id_is_a_key(home):
    """A name in brackets within it is text of the search, whatever function it names."""
    box = home.path / "Mail"
    lay(box, 1, letter("m1"))
    lay(box, 2, letter("m2").replace(b"<m2@x>", b"<a<exit>b@x>"))
    home.muttrc(LOOK)
    listing = Listing(home, box)
    listing.go("m2")
    listing.run("mark-message")
    listing.terminal.wait("Enter macro stroke:")
    listing.terminal.keys("b\r")
    listing.terminal.wait("Message bound to 'b.")
    listing.terminal.keys("1\r'b")
    listing.until(lambda: listing.cursor() == "m2" and "Not found" not in listing.bottom())
