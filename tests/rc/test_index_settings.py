# SPDX-License-Identifier: GPL-3.0-or-later
"""Variables that change what the index and the lines around it show."""

import pytest

from listing import LOOK, Listing, lay, letter

KB = 1024
SIZES = {"tiny": 300, "small": 3 * KB + 512, "middle": 400 * KB, "large": 2 * KB * KB}


@pytest.fixture
def box(home):
    return home.path / "Mail"


def shows(listing, what, *lines):
    listing.until(lambda: listing.shown() == list(lines), f"{what} {lines}")


def test_sizes(home, box):
    for number, (name, size) in enumerate(SIZES.items()):
        lay(box, number, letter(name, body="x" * (size - 1) + "\n"))
    home.muttrc(LOOK + "set index_format='%Z[%c]'\n")
    listing = Listing(home, box)
    for setting, shown in (
            ("nothing", ("0.3K", "3.5K", "400K", "2.0M")),
            ("size_show_bytes", ("300", "3.5K", "400K", "2.0M")),
            ("nosize_show_fractions", ("300", "3K", "400K", "2M")),
            ("nosize_show_mb nosize_show_bytes", ("0K", "3K", "400K", "2048K")),
            ("size_units_on_left", ("K0", "K3", "K400", "K2048")),
            ("size_show_mb size_show_fractions nosize_units_on_left", ("0.3K", "3.5K", "400K", "2.0M"))):
        if setting != "nothing":
            listing.command(f"set {setting}")
        shows(listing, setting, *shown)


# Three messages whose every key orders them in another way.
ORDER = [  # name, sender, recipient, subject, date sent, size, X-Label
    ("m1", "Carl <c@x.org>", "u@x.org", "Re: beta", "03", 3000, "two"),
    ("m2", "Anna <a@x.org>", "w@x.org", "gamma", "02", 1000, ""),
    ("m3", "Bert <b@x.org>", "v@x.org", "alpha", "01", 2000, "one"),
]


def test_orders(home, box):
    for number, (name, sender, to, subject, day, size, label) in enumerate(ORDER):
        lay(box, number, letter(name, sender=sender, to=to, subject=subject, date=f"Mon, {day} Nov 2026 10:00:00 +0000",
                                extra=f"X-Label: {label}\n" if label else "", body="x" * size + "\n"))
    home.muttrc(LOOK + "set index_format='%Z[%i]'\nscore '~f anna' 5\nscore '~f carl' 9\n")
    listing = Listing(home, box)
    # The values of sort, and the same by the keys of sort-mailbox.
    for word, key, order in (
            ("date", "d", "321"), ("date-sent", None, "321"), ("date-received", "r", "123"), ("mailbox-order", "u", "123"),
            ("from", "f", "231"), ("to", "o", "132"), ("subject", "s", "312"), ("size", "z", "231"), ("score", "c", "123"),
            ("label", "l", "312"), ("spam", "p", "321")):
        for reverse in (False, True):
            wanted = [f"<m{n}@x>" for n in (order[::-1] if reverse else order)]
            if reverse and word == "spam":
                continue  # nothing is spam
            listing.command(f"set sort={'reverse-' if reverse else ''}{word}")
            listing.until(lambda: listing.shown() == wanted, f"{word} {reverse}")
            listing.command("set sort=" + ("date" if order == "123" else "date-received"))
            listing.until(lambda: listing.shown() == [f"<m{n}@x>" for n in ("321" if order == "123" else "123")])
            if key:
                listing.run("sort-reverse" if reverse else "sort-mailbox")
                listing.terminal.wait("(d)ate/(f)rm")
                listing.terminal.keys(key)
                listing.until(lambda: listing.shown() == wanted, f"{key} {reverse}")


def test_equal_messages_are_ordered_by_sort_aux(home, box):
    for number, (name, sender) in enumerate((("m1", "B <b@x>"), ("m2", "A <a@x>"), ("m3", "B <b@x>"))):
        lay(box, number, letter(name, sender=sender, date=f"Mon, {9 - number:02} Nov 2026 10:00:00 +0000"))
    home.muttrc(LOOK + "set sort=from sort_aux=date\n")
    listing = Listing(home, box)
    shows(listing, "date", "m2", "m3", "m1")
    listing.command("set sort_aux=date-received")
    shows(listing, "date-received", "m2", "m1", "m3")
    listing.command("set sort_aux=reverse-date-received")
    shows(listing, "reverse-date-received", "m2", "m3", "m1")


def test_flags_and_recipients_have_their_characters(home, box):
    for number, (to, flags) in enumerate((("anna@x.org", "S"), ("anna@x.org, bob@x.org", "RS"), ("bob@x.org", "FS"), ("list@x.org", ""))):
        lay(box, number, letter(f"m{number}", to=to), flags)
    home.muttrc(LOOK + "set from=anna@x.org index_format='[%S%T]' status_chars='uc%A'\nsubscribe list@x.org\n"
                "set status_format='-%r- %f [%m] -'\n")
    listing = Listing(home, box, wanted="[4]")
    listing.command("set to_chars='abcdefg'")
    listing.until(lambda: [name[-1] for name in listing.shown()] == ["b", "c", "a", "f"], "to_chars")
    listing.command("set flag_chars='TFDdRPnOzn.'")
    listing.until(lambda: [name[0] for name in listing.shown()][1:] == ["R", "F", "P"], "flag_chars")
    for keys, letter_of in (("", "u"), ("=d", "c"), ("=u", "u")):
        listing.terminal.keys(keys)
        listing.terminal.wait(f"-{letter_of}- ~/Mail")
    listing.run("toggle-write")
    listing.terminal.wait("-%- ~/Mail")


def test_dates(home, box):
    lay(box, 1, letter("m1", date="Mon, 02 Nov 2026 10:00:00 +0000"))
    home.muttrc(LOOK + "set index_format='%Z[%d]' date_format='%Y/%m/%d'\n")
    listing = Listing(home, box)
    shows(listing, "date_format", "2026/11/02")
    listing.command("set date_format='!%d %b at %H:%M'")
    shows(listing, "date_format", "02 Nov at 10:00")


def test_what_stands_on_top_and_at_the_bottom(home, box):
    lay(box, 1, letter("m1"))
    home.muttrc(LOOK + "set help status_format='THE BAR of %f'\n")
    listing = Listing(home, box, wanted="m1")
    lines = listing.terminal.lines
    listing.until(lambda: lines()[0].startswith("q:Quit") and lines()[-2] == "THE BAR of ~/Mail", "help")
    listing.command("set status_on_top")
    listing.until(lambda: lines()[0] == "THE BAR of ~/Mail" and lines()[-2].startswith("q:Quit"), "status_on_top")
    listing.command("set nohelp")
    listing.until(lambda: lines()[0] == "THE BAR of ~/Mail" and "q:Quit" not in listing.terminal.text(), "nohelp")
    listing.command("set nostatus_on_top")
    listing.until(lambda: "m1" in lines()[0] and lines()[-2] == "THE BAR of ~/Mail", "nostatus_on_top")


def test_the_current_line(home, box):
    """arrow_cursor and arrow_string; the bar, alone and over the colours of the line; where the terminal's cursor rests."""
    lay(box, 1, letter("m1"))
    home.muttrc(LOOK + "set noarrow_cursor\ncolor index green default .\ncolor indicator default red\n")
    listing = Listing(home, box, wanted="m1")
    cell = lambda: listing.terminal.screen.buffer[0][listing.terminal.lines()[0].index("m1")]
    listing.until(lambda: cell().bg == "red" and cell().fg != "green", "bar")
    listing.command("set cursor_overlay")
    listing.until(lambda: (cell().fg, cell().bg) == ("green", "red"), "cursor_overlay")
    listing.command("set arrow_cursor arrow_string='=>'")
    listing.until(lambda: listing.terminal.lines()[0].startswith("=> ") and cell().bg != "red", "arrow_string")
    listing.until(lambda: listing.terminal.screen.cursor.x == 79, "cursor at the end")
    listing.command("set braille_friendly")
    listing.until(lambda: listing.terminal.screen.cursor.x == 0, "braille_friendly")


def test_the_title_of_the_window(home, box):
    lay(box, 1, letter("m1"))
    home.muttrc(LOOK + "set ts_enabled ts_status_format='%f has %m' ts_icon_format='icon %m'\n")
    terminal = home.start("-f", str(box), env={"TERM": "xterm"})
    terminal.wait(lambda text: b"\x1b]2;~/Mail has 1\x07\x1b]1;icon 1\x07" in terminal.raw)


def test_scrolling(home, box):
    """menu_scroll, menu_context, menu_move_off."""
    for number in range(30):
        lay(box, number, letter(f"m{number:02}"))
    home.muttrc(LOOK)
    listing = Listing(home, box, rows=12)
    for setting, keys, first, cursor in (
            ("nomenu_scroll", "10\rj", "m10", "m10"),           # a new page
            ("menu_scroll", "1\r10\rj", "m01", "m10"),          # a line more
            ("menu_scroll menu_context=3", "1\r10\r", "m03", "m09"),
            ("menu_context=0 menu_move_off", "30\r>", "m21", "m29"),
            ("nomenu_move_off", "1\r30\r>", "m20", "m29")):
        listing.command(f"set {setting}")
        listing.terminal.keys(keys)
        listing.until(lambda: (listing.shown()[0], listing.cursor()) == (first, cursor), f"{setting} {first} {cursor}")


def test_searches(home, box):
    """simple_search, wrap_search, thorough_search."""
    encoded = letter("m1", sender="Otto <o@x>").replace(b": 8bit", b": base64").replace(b"\ntext", b"\naGlkZGVuCg==")
    lay(box, 1, encoded)
    lay(box, 2, letter("m2", sender="Emil <e@x>", to="Otto <o@x>"))
    lay(box, 3, letter("m3", sender="Emil <e@x>"))
    home.muttrc(LOOK)
    listing = Listing(home, box)
    for setting, pattern, shown in (
            ("simple_search='~f %s | ~s %s'", "otto", ["m1"]), ("simple_search='~t %s'", "otto", ["m2"]),
            ("thorough_search", "~b hidden", ["m1"]), ("nothorough_search", "~b aGlkZGVu", ["m1"]),
            ("nothorough_search", "~h 'to: otto'", ["m2"]), ("nothorough_search", "~B aGlkZGVu", ["m1"])):
        listing.command(f"set {setting}")
        listing.terminal.keys("lall\r")
        shows(listing, "all", "m1", "m2", "m3")
        listing.terminal.keys(f"l{pattern}\r")
        shows(listing, setting, *shown)
    listing.terminal.keys("l~b hidden\r")
    listing.terminal.wait("No messages matched criteria.")
    listing.terminal.keys("lall\r")
    shows(listing, "all", "m1", "m2", "m3")
    listing.go("m3")
    listing.command("set nowrap_search")
    listing.terminal.keys("/~s m1\r")
    listing.until(lambda: listing.bottom() == "Not found." and listing.cursor() == "m3")
    listing.command("set wrap_search")
    listing.run("search-next")
    listing.until(lambda: listing.bottom() == "Search wrapped to top." and listing.cursor() == "m1")


def test_mailboxes_that_are_only_read(home, box):
    lay(box, 1, letter("m1"))
    home.muttrc(LOOK + "set read_only\n")
    listing = Listing(home, box)
    listing.run("delete-message")
    listing.terminal.wait("Mailbox is read-only.")
    listing.run("toggle-write")
    listing.terminal.wait("Cannot toggle write on a readonly mailbox!")
