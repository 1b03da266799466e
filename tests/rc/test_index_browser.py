# SPDX-License-Identifier: GPL-3.0-or-later
"""The order of the browser's entries, and the lines above a hit of a search in the pager."""

import os

import pytest

from listing import LOOK, Listing, lay, letter

# name: (age in days, size) of the files; name: (messages, unread) of the mailboxes
FILES = {"apple": (3, 30), "cherry": (1, 20), "banana": (2, 10)}
BOXES = {"three": (3, 0), "one": (1, 1), "two": (2, 2)}


@pytest.fixture
def listing(home):
    for name, (messages, unread) in BOXES.items():
        for number in range(messages):
            lay(home.path / name, number, letter(f"{name} {number}"), "" if number < unread else "S")
    files = home.path / "files"
    files.mkdir()
    for name, (age, size) in FILES.items():
        (files / name).write_text("x" * size)
        os.utime(files / name, (1700000000 - 86400 * age,) * 2)
    home.muttrc(LOOK + f"set folder={home.path} folder_format='%f' mailbox_folder_format='%f'\nmailboxes =three =one =two\n"
                "bind editor <Tab> complete\n")
    lay(home.path / "Mail", 1, letter("m1", body="".join(f"line {n}\n" for n in range(100))))
    return Listing(home, home.path / "Mail")


def entries(listing, names):
    """Those of the names that stand on the screen, from top to bottom."""
    words = (line.replace("->", "").strip().rpartition("/")[2].lstrip("=").rstrip("*") for line in listing.terminal.lines()[:-2])
    return [word for word in words if word in names]


@pytest.mark.parametrize("variable,names,orders", [
    ("sort_browser", FILES, {"alpha": "apple banana cherry", "reverse-alpha": "cherry banana apple", "date": "apple banana cherry",
                             "reverse-date": "cherry banana apple", "size": "banana cherry apple"}),
    ("sort_browser_mailboxes", BOXES, {"alpha": "one three two", "unsorted": "three one two", "count": "one two three",
                                       "unread": "three one two", "reverse-unread": "two one three"})])
def test_the_order_of_the_browser(home, listing, variable, names, orders):
    for value, order in orders.items():
        listing.command(f"set {variable}={value}")
        listing.run("browse-mailboxes")
        listing.terminal.wait("three")
        if names is FILES:
            listing.run("change-dir")
            listing.terminal.wait("Chdir to")
            listing.terminal.keys(f"\x15{home.path}/files\r")
        listing.until(lambda: entries(listing, names) == order.split(), value)
        listing.run("exit")
        listing.until(lambda: listing.cursor() == "m1")


def test_lines_above_a_hit(listing):
    listing.run("display-message")
    listing.terminal.wait("Subject: m1")
    for context, first in ((0, "line 50"), (3, "line 47")):
        listing.command(f"set search_context={context}")
        listing.run("top")
        listing.terminal.wait("Subject: m1")
        listing.terminal.keys("/line 50\r")
        listing.until(lambda: listing.terminal.lines()[0] == first, f"search_context={context}")
