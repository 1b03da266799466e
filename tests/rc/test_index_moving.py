# SPDX-License-Identifier: GPL-3.0-or-later
"""Functions that move the cursor of the index, flat and in threads."""

import pytest

from listing import LOOK, Listing, lay, letter

# name: flags in its file, or None for mail that nobody has listed yet.
FLAT = {"m1": "S", "m2": None, "m3": "S", "m4": "", "m5": "FS", "m6": None, "m7": "S", "m8": "S"}

# Where the cursor is, what is called, where it is then; a text in place of a name: an error, and the cursor stays.
MOVES = [
    ("m1", "next-new", "m2"), ("m2", "next-new", "m6"), ("m6", "next-new", "m2"),
    ("m6", "previous-new", "m2"), ("m1", "previous-new", "m6"),
    ("m2", "next-unread", "m4"), ("m6", "next-unread", "m2"), ("m6", "previous-unread", "m4"),
    ("m2", "next-new-then-unread", "m6"), ("m6", "previous-new-then-unread", "m2"),
    ("m2", "next-undeleted", "m5"), ("m5", "previous-undeleted", "m2"),
    ("m8", "next-undeleted", "You are on the last message."), ("m1", "previous-undeleted", "You are on the first message."),
    ("m1", "next-entry", "m2"), ("m2", "previous-entry", "m1"), ("m3", "last-entry", "m8"), ("m3", "first-entry", "m1"),
]

THREADS = [("a1", None), ("a2", "a1"), ("a3", "a2"), ("a4", "a1"), ("b1", None), ("b2", "b1"), ("c1", None)]

STEPS = [
    ("a2", "next-thread", "b1"), ("b2", "previous-thread", "a1"), ("c1", "next-thread", "No more threads."),
    ("a2", "next-subthread", "a4"), ("a3", "next-subthread", "a4"), ("a4", "previous-subthread", "a2"),
    ("a4", "next-subthread", "b1"), ("b2", "previous-subthread", "a1"), ("a2", "previous-subthread", "You are on the first thread."),
    ("a3", "parent-message", "a2"), ("a3", "root-message", "a1"), ("c1", "parent-message", "Parent message is not available."),
]


@pytest.fixture
def flat(home):
    box = home.path / "Mail"
    for number, (name, flags) in enumerate(FLAT.items()):
        lay(box, number, letter(name), flags or "", new=flags is None)
    home.muttrc(LOOK)
    return Listing(home, box)


@pytest.fixture
def threads(home):
    box = home.path / "Mail"
    for number, (name, parent) in enumerate(THREADS):
        lay(box, number, letter(name, parent, date=f"Mon, 02 Nov 2026 10:{number:02}:00 +0000"))
    home.muttrc(LOOK + "set sort=threads strict_threads nohide_thread_subject\n")
    listing = Listing(home, box, wanted="c1")
    return listing


def name_of(text):
    """A subject without the tree before it."""
    return text[-2:]


def follow(listing, moves):
    for start, function, end in moves:
        names = [name_of(name) for name in listing.shown()]
        listing.terminal.keys(f"{names.index(start) + 1}\r")
        listing.until(lambda: name_of(listing.cursor()) == start, f"to {start}")
        listing.run(function)
        if len(end) == 2:
            listing.until(lambda: name_of(listing.cursor()) == end, f"{function} from {start}")
        else:
            listing.until(lambda: listing.bottom() == end and name_of(listing.cursor()) == start, f"{function} from {start}")


def test_from_message_to_message_by_what_they_are(flat):
    for name in ("m3", "m4"):
        flat.go(name)
        flat.run("delete-message")
    flat.until(lambda: flat.marked("D") == ["m3", "m4"])
    # Opened on the first new message, as mutt does.
    follow(flat, MOVES)


def test_from_thread_to_thread(threads):
    follow(threads, STEPS)


def test_the_cursor_begins_on_the_first_new_message(flat):
    assert flat.cursor() == "m2"
