# SPDX-License-Identifier: GPL-3.0-or-later
"""Functions that mark messages: flags, tags, deletions; where the cursor goes then ($resolve)."""

import pytest

from listing import LOOK, Listing, lay, letter
from pace import until

NAMES = [f"m{i}" for i in range(1, 7)]
THREADS = [("a1", None), ("a2", "a1"), ("a3", "a2"), ("a4", "a1"), ("b1", None), ("b2", "b1")]


@pytest.fixture
def flat(home):
    for number, name in enumerate(NAMES):
        lay(home.path / "Mail", number, letter(name))
    home.muttrc(LOOK)
    listing = Listing(home, home.path / "Mail")
    listing.go("m1")
    return listing


@pytest.fixture
def threads(home):
    """Two threads; the subjects of answers are told by their tree, so names are their last letters."""
    for number, (name, parent) in enumerate(THREADS):
        lay(home.path / "Mail", number, letter(name, parent, date=f"Mon, 02 Nov 2026 10:{number:02}:00 +0000"))
    home.muttrc(LOOK + "set sort=threads\nset hide_thread_subject=no\n")
    listing = Listing(home, home.path / "Mail")
    listing.terminal.keys("1\r")
    listing.until(lambda: listing.cursor() == "a1")
    return listing


def names(listing, letter):
    return [name[-2:] for name in listing.marked(letter)]


def expect(listing, what, letter, marked, cursor):
    listing.until(lambda: names(listing, letter) == marked and listing.cursor()[-2:] == cursor, what)


def play(listing, steps):
    """Each step: what is called (or typed, after a blank), the letter in %Z, who has it then, where the cursor is then."""
    for call, letter, marked, cursor in steps:
        if call.startswith(" "):
            listing.terminal.keys(call[1:])
        else:
            listing.run(call)
        expect(listing, call, letter, marked.split(), cursor)


def test_marks_of_one_message(flat):
    play(flat, [
        ("delete-message", "D", "m1", "m2"), ("delete-message", "D", "m1 m2", "m3"), ("delete-message", "D", "m1 m2 m3", "m4"),
        # What is taken back may stand between others: the next one, whatever it is.
        ("first-entry", "D", "m1 m2 m3", "m1"), ("undelete-message", "D", "m2 m3", "m2"), ("undelete-message", "D", "m3", "m3"),
        ("undelete-message", "D", "", "m4"),
        ("flag-message", "!", "m4", "m5"), ("previous-entry", "!", "m4", "m4"), ("flag-message", "!", "", "m5"),
        ("toggle-new", "O", "m5", "m6"), ("previous-entry", "O", "m5", "m5"), ("toggle-new", "O", "", "m6"),
        ("toggle-read", "O", "m6", "m6"), ("toggle-read", "O", "", "m6"),
        ("first-entry", "*", "", "m1"), ("tag-message", "*", "m1", "m2"), ("tag-message", "*", "m1 m2", "m3"),
        ("noop", "*", "m1 m2", "m3"),
    ])


def test_set_flag_and_clear_flag_ask_for_a_letter(flat):
    for letter, mark in (("!", "!"), ("r", "r"), ("D", "D"), ("*", "*"), ("N", "O")):
        flat.go("m1")
        flat.run("set-flag")
        flat.terminal.wait("Set flag?")
        flat.terminal.keys(letter)
        expect(flat, f"set {letter}", mark, ["m1"], "m2")
        flat.go("m1")
        flat.run("clear-flag")
        flat.terminal.wait("Clear flag?")
        flat.terminal.keys(letter)
        expect(flat, f"clear {letter}", mark, [], "m2")


def test_marks_by_pattern(flat):
    for function, question, pattern, letter, marked in (
            ("delete-pattern", "Delete messages matching:", "~s m[135]", "D", "m1 m3 m5"),
            ("undelete-pattern", "Undelete messages matching:", "~s m3", "D", "m1 m5"),
            ("tag-pattern", "Tag messages matching:", "~s m[12]", "*", "m1 m2"),
            ("untag-pattern", "Untag messages matching:", "~s m2", "*", "m1")):
        flat.run(function)
        flat.terminal.wait(question)
        flat.terminal.keys(f"{pattern}\r")
        expect(flat, function, letter, marked.split(), "m1")


def test_marks_of_tagged_messages(flat):
    flat.run("tag-message", "tag-message")
    expect(flat, "tags", "*", ["m1", "m2"], "m3")
    # A tag hides the flag in %Z, and tag-message takes the tags off.
    play(flat, [(" ;F;t", "!", "m1 m2", "m3"), (" T~F\r", "*", "m1 m2", "m3"), (" ;d", "D", "m1 m2", "m3")])
    flat.command("set auto_tag nodelete_untag")
    flat.run("tag-message")
    # A deletion took the tags ($delete_untag), so m3 is the only one.
    expect(flat, "tag", "*", ["m3"], "m4")
    play(flat, [("delete-message", "D", "m1 m2 m3", "m4"), (" ;u", "D", "m1 m2", "m4")])


def test_the_cursor_stays_without_resolve(flat):
    flat.command("set noresolve")
    play(flat, [("delete-message", "D", "m1", "m1"), ("undelete-message", "D", "", "m1"), ("flag-message", "!", "m1", "m1"),
                ("tag-message", "*", "m1", "m1")])


def test_flagged_messages_are_safe(flat):
    flat.run("flag-message", "first-entry")
    expect(flat, "flag", "!", ["m1"], "m1")
    flat.command("set flag_safe")
    flat.run("delete-message")
    flat.terminal.wait("Flagged messages are not deleted")
    flat.run("delete-pattern")
    flat.terminal.wait("Delete messages matching")
    flat.terminal.keys("~s m[12]\r")
    flat.until(lambda: flat.marked("D") == ["m2"])
    flat.command("set noflag_safe")
    flat.go("m1")
    flat.run("delete-message")
    flat.until(lambda: flat.marked("D") == ["m1", "m2"])


def test_marks_of_threads(threads):
    play(threads, [
        ("delete-thread", "D", "a1 a2 a3 a4", "b1"), ("first-entry", "D", "a1 a2 a3 a4", "a1"),
        ("undelete-subthread", "D", "", "b1"),
        ("first-entry", "D", "", "a1"), ("next-entry", "D", "", "a2"), ("delete-subthread", "D", "a2 a3", "a4"),
        ("undelete-thread", "D", "", "b1"),
        ("first-entry", "*", "", "a1"), ("tag-thread", "*", "a1 a2 a3 a4", "b1"), ("tag-subthread", "*", "a1 a2 a3 a4 b1 b2", "b1"),
        ("first-entry", "*", "a1 a2 a3 a4 b1 b2", "a1"), ("tag-thread", "*", "b1 b2", "b1"),
        ("purge-thread", "D", "b1 b2", "b1"),
    ])


def test_threads_are_read(threads):
    play(threads, [(f" T.\r", "*", "a1 a2 a3 a4 b1 b2", "a1"), (" ;N", "O", "a1 a2 a3 a4 b1 b2", "a1"),
                   ("next-entry", "O", "a1 a2 a3 a4 b1 b2", "a2"), ("read-subthread", "O", "a1 a4 b1 b2", "a4"),
                   ("read-thread", "O", "b1 b2", "b1")])


def test_what_was_purged_passes_the_trash(flat, home):
    """sync-mailbox: what was deleted goes to the trash, what was purged is gone."""
    home.maildir("Trash")
    flat.command(f"set trash={home.path}/Trash")
    flat.run("delete-message", "purge-message")
    flat.until(lambda: flat.marked("D") == ["m1", "m2"])
    flat.run("sync-mailbox")
    flat.until(lambda: flat.shown() == NAMES[2:])
    until(lambda: [b"Subject: m1" in path.read_bytes() for part in ("cur", "new") for path in (home.path / "Trash" / part).iterdir()] == [True])


def test_a_mailbox_that_is_not_to_be_written_takes_no_marks(flat):
    flat.run("toggle-write")
    flat.terminal.wait("Changes to folder will not be written.")
    flat.run("delete-message")
    flat.terminal.wait("Mailbox is marked unwritable.")
    flat.run("toggle-write", "delete-message")
    flat.until(lambda: flat.marked("D") == ["m1"])
