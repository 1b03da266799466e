# SPDX-License-Identifier: GPL-3.0-or-later
"""Variables of the program as a whole: keys that give up, what leaving asks, how long a message stays, bells."""

import os

import pytest

from listing import LOOK, Listing, lay, letter


@pytest.fixture
def listing(home):
    for number in range(1, 4):
        lay(home.path / "Mail", number, letter(f"m{number}"))
    home.muttrc(LOOK + f"set spoolfile={home.path}/Mail\n")
    return Listing(home, home.path / "Mail")


def asked(listing):
    return "Limit to messages matching:" in listing.bottom()


def test_what_gives_a_question_up(listing):
    listing.run("limit")
    listing.until(lambda: asked(listing))
    listing.terminal.keys("x\x7f")
    listing.until(lambda: listing.bottom() == "Limit to messages matching:")
    listing.terminal.keys("\x7f")
    listing.until(lambda: not asked(listing), "abort_backspace")
    listing.command("set noabort_backspace abort_key='<Esc>'")
    listing.run("limit")
    listing.until(lambda: asked(listing))
    listing.terminal.keys("\x7fab\x07")
    listing.until(lambda: listing.bottom().startswith("Limit to messages matching: ab"), "neither Backspace nor Ctrl-G")
    listing.terminal.keys("\x1b")
    listing.until(lambda: not asked(listing), "abort_key")


def test_the_eighth_bit_is_escape(listing):
    listing.command("macro index <Esc>i '<enter-command>echo by-escape<Enter>'")
    listing.command("macro index é '<enter-command>echo by-letter<Enter>'")
    listing.terminal.keys("é")
    listing.until(lambda: listing.bottom() == "by-letter")
    listing.command("set meta_key")
    listing.terminal.keys("é")
    listing.until(lambda: listing.bottom() == "by-escape")


def test_the_bell_tells_of_errors(listing):
    for setting, rings in (("nobeep", 0), ("beep", 1)):
        listing.command(f"set {setting}")
        listing.run("noop")
        bells = listing.terminal.raw.count(b"\a")
        listing.terminal.keys(":nonsense\r")
        listing.until(lambda: "nonsense" in listing.bottom() and not listing.bottom().startswith(":"))
        assert listing.terminal.raw.count(b"\a") - bells == rings, setting


def test_how_long_a_message_stays(home, listing):
    """$sleep_time: an answer waits behind an error, and new mail behind an answer; a key waits for nobody."""
    listing.command("set sleep_time=600")
    listing.command("macro index z '<enter-command>nonsense<Enter><enter-command>echo after<Enter>'")
    listing.terminal.keys("z")
    listing.until(lambda: "nonsense" in listing.bottom())
    lay(home.path / "Mail", 9, letter("m9"), new=True)
    listing.until(lambda: "m9" in listing.shown())
    assert "nonsense" in listing.bottom()
    listing.terminal.keys("j")
    listing.until(lambda: "nonsense" not in listing.bottom(), "a key takes it away")
    listing.command("set sleep_time=0")
    listing.terminal.keys("z")
    listing.until(lambda: listing.bottom() == "after")


def test_what_was_deleted_is_purged_as_delete_says(home):
    for value, answer, left in (("no", None, 2), ("ask-no", "\r", 2), ("yes", None, 1), ("ask-yes", "\r", 0)):
        box = home.path / value
        for number in range(2):
            lay(box, number, letter(f"m{number}"))
        home.muttrc(LOOK + f"set delete={value}\n")
        listing = Listing(home, box)
        listing.run("first-entry", "delete-message")
        listing.until(lambda: listing.marked("D") == ["m0"])
        listing.run("quit")
        if answer:
            listing.terminal.wait("Purge 1 deleted message?")
            listing.terminal.keys("\r")
        assert listing.terminal.finish() == 0
        kept = sum(1 for part in ("cur", "new") for _ in (box / part).iterdir())
        assert kept == (2 if value.endswith("no") else 1), value


def test_quit_asks(listing):
    listing.command("set quit=no")
    listing.run("quit", "exit", "last-entry")
    listing.until(lambda: listing.cursor() == "m3", "no")
    listing.command("set quit=ask-no")
    listing.run("exit")
    listing.terminal.wait("Exit cur without saving? (yes/[no])")
    listing.terminal.keys("\r")
    listing.until(lambda: "Exit cur" not in listing.terminal.text())
    listing.command("set quit=ask-yes")
    listing.run("quit")
    listing.terminal.wait("Quit cur? ([yes]/no)")
    listing.terminal.keys("\r")
    assert listing.terminal.finish() == 0


def test_the_inbox_opens_by_itself(home, listing):
    terminal = home.start()
    terminal.wait(lambda text: "[m1]" in text and "[~/Mail]" in text)


def test_ctrl_z_stops_or_does_not(listing):
    """The terminal is given back; a program without a shell around it is not stopped by the system, and goes on."""
    left, back = b"\x1b[?2004l", b"\x1b[?2004h"
    listing.command("set nosuspend")
    listing.terminal.keys("\x1a*")
    listing.until(lambda: listing.cursor() == "m3")
    assert left not in listing.terminal.raw
    listing.command("set suspend")
    listing.terminal.keys("\x1a")
    listing.until(lambda: -1 < listing.terminal.raw.rfind(left) < listing.terminal.raw.rfind(back))
    listing.terminal.keys("=")
    listing.until(lambda: listing.cursor() == "m1")


def test_aliases_in_their_order(home, listing):
    """$sort_alias by names, by addresses, as they stand; alias-dialog and query."""
    home.maildir("Mail")
    for alias in ("b Anna <x@example.org>", "a Carl <z@example.org>", "c Bert <y@example.org>"):
        listing.command(f"alias {alias}")
    for value, order in (("alias", "abc"), ("reverse-alias", "cba"), ("address", "bca"), ("unsorted", "bac")):
        listing.command(f"set sort_alias={value} alias_format='%4n <%a>'")
        listing.run("alias-dialog")
        listing.until(lambda: [line[-2] for line in listing.terminal.lines() if line.endswith(">") and "<" in line] == list(order), value)
        listing.run("exit")
        listing.until(lambda: listing.cursor())


def test_a_search_tells_how_far_it_is_in_steps(home):
    """$read_inc, $time_inc: numbers in steps, none, or none so soon."""
    box = home.path / "Mail"
    lay(box, 0, letter("m0", body="wanted\n"))
    source = lay(box, 1, letter("m1", body="x" * 300_000 + "\n"))
    for number in range(2, 400):
        os.link(source, box / "cur" / f"{1700000000 + 60 * number}.M{number}.home:2,S")
    home.muttrc(LOOK)
    listing = Listing(home, box)
    for setting, is_so in (("read_inc=50", lambda told: told and all(int(n) % 50 == 0 for n in told)),
                           ("read_inc=0", lambda told: not told), ("read_inc=1 time_inc=600000", lambda told: len(told) <= 1)):
        listing.command(f"set {setting}")
        listing.terminal.settle()
        seen = []
        listing.terminal.keys("l~b never\r")
        listing.terminal.wait(lambda text: seen.append(listing.bottom()) or "No messages matched" in text, seconds=60)
        told = {line.partition("... ")[2].partition("/")[0] for line in seen if line.startswith("Limiting... ") and "/" in line}
        assert is_so(told), (setting, seen)
        listing.terminal.keys("lall\r")
        listing.until(lambda: "400/400" in listing.terminal.text())


def test_functions_without_meaning_say_so(listing):
    for function, words in (("forward-to-group", "forward-to-group: cur reads no news"),
                            ("imap-logout-all", "imap-logout-all: the engine has the connections, one set for all programs"),
                            ("background-compose-menu", "background-compose-menu is replaced by another cur beside this one")):
        listing.run(function)
        listing.until(lambda: listing.bottom().startswith(words), function)
