# SPDX-License-Identifier: GPL-3.0-or-later
"""What all lists can do: move, scroll, search; seen in the index of 40 messages, 22 on the screen."""

import pytest

from listing import LOOK, Listing, lay, letter

NAMES = [f"m{number:02}" for number in range(1, 41)]

# function: (where the cursor is before, where it is then, the first on the screen then; None: any)
MOVES = {
    "bottom-page": ("m03", "m22", "m01"),
    "middle-page": ("m03", "m11", "m01"),
    "top-page": ("m09", "m01", "m01"),
    "half-down": ("m03", None, "m12"),
    "next-page": ("m03", None, "m23"),
    "next-line": ("m03", "m03", "m02"),
    "current-top": ("m12", "m12", "m12"),
    "current-middle": ("m15", "m15", "m04"),
    "jump": ("m03", "m07", "m01"),
}


@pytest.fixture
def listing(home):
    home.muttrc(LOOK)
    box = home.path / "Mail"
    for number, name in enumerate(NAMES):
        lay(box, number, letter(name, subject=name))
    return Listing(home, box)


def place(listing, name):
    """The cursor there, and the list scrolled to its beginning."""
    listing.run("last-entry", "first-entry")
    listing.until(lambda: listing.cursor() == "m01" and listing.shown()[0] == "m01")
    listing.terminal.keys(f"{int(name[1:])}\r")
    listing.until(lambda: listing.cursor() == name)


def test_what_moves_in_a_list(listing):
    for function, (before, cursor, first) in MOVES.items():
        place(listing, before)
        if function == "jump":
            listing.terminal.keys(":exec jump\r7\r")
        else:
            listing.run(function)
        listing.until(lambda: cursor in (None, listing.cursor()) and first in (None, listing.shown()[0]), function)


def test_what_moves_back_in_a_list(listing):
    for function in ("half-up", "previous-page"):
        place(listing, "m40")
        below = listing.shown()[0]
        listing.run(function)
        listing.until(lambda: listing.shown()[0] < below, function)
    place(listing, "m01")
    listing.run("next-line", "next-line")
    listing.until(lambda: listing.shown()[0] == "m03")
    listing.run("previous-line")
    listing.until(lambda: listing.shown()[0] == "m02")
    place(listing, "m30")
    listing.run("current-top", "current-bottom")
    listing.until(lambda: listing.shown()[-1] == "m30" and listing.cursor() == "m30")


def test_a_search_goes_on_in_both_directions(listing):
    place(listing, "m01")
    listing.terminal.keys("/m.5\r")
    listing.until(lambda: listing.cursor() == "m05")
    for function, name in (("search-next", "m15"), ("search-next", "m25"), ("search-opposite", "m15")):
        listing.run(function)
        listing.until(lambda: listing.cursor() == name, function)
    listing.terminal.keys(":exec search-reverse\rm0\r")
    listing.until(lambda: listing.cursor() == "m09")


def test_an_entry_is_tagged(listing):
    place(listing, "m02")
    listing.run("tag-entry")
    listing.until(lambda: listing.marked("*") == ["m02"])


def test_errors_and_messages_are_remembered(listing):
    listing.command("nosuchcommand")
    listing.until(lambda: "nosuchcommand" in listing.bottom())
    for function in ("error-history", "show-log-messages"):
        listing.run(function)
        listing.terminal.wait(lambda text: "unknown command 'nosuchcommand'" in text and "[m40]" not in text)
        listing.terminal.keys("q")
        listing.until(lambda: "m40" in listing.shown())


def test_the_engine_tells_how_it_is(listing):
    listing.run("show-status")
    listing.terminal.wait(lambda text: "[m40]" not in text)


def test_a_shell_command_runs(listing, home):
    listing.terminal.keys(f":exec shell-escape\recho done > {home.path}/told\r")
    listing.terminal.wait(lambda text: (home.path / "told").exists())


@pytest.mark.parametrize("function", ["refresh", "redraw-screen"])
def test_the_screen_is_drawn_again(listing, function):
    """Something else wrote over it."""
    place(listing, "m01")
    listing.terminal.screen.erase_in_display(2)
    assert not listing.shown()
    listing.run(function)
    listing.until(lambda: listing.shown()[:2] == ["m01", "m02"])


def test_tagged_or_not_a_macro_goes_on(listing):
    """What stands up to <end-cond> is for tagged messages alone."""
    listing.command("macro index X '<tag-prefix-cond><flag-message><end-cond>:echo went-on<enter>'")
    place(listing, "m03")
    listing.terminal.keys("X")
    listing.until(lambda: "went-on" in listing.bottom() and not listing.marked("!"))
    listing.command("echo again")
    listing.terminal.keys("tX")
    listing.until(lambda: listing.marked("*") == ["m03"] and "went-on" in listing.bottom())
    place(listing, "m03")
    listing.run("tag-entry")
    listing.until(lambda: listing.marked("!") == ["m03"])  # %Z shows the tag in its place


def test_an_entry_is_selected_in_a_menu(listing, home):
    listing.command("alias bob Bob Jones <bob@example.net>")
    listing.command("alias kim Kim Lee <kim@example.net>")
    listing.terminal.keys(":exec mail\r\t")
    listing.terminal.wait(lambda text: "bob" in text and "kim" in text)
    listing.terminal.keys("j:exec select-entry\r")
    listing.terminal.wait(lambda text: "To: kim" in text or "kim@example.net" in text)
