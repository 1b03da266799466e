# SPDX-License-Identifier: GPL-3.0-or-later
"""Every operator of patterns, seen in what the index of one mailbox is limited to."""

import email.utils
import itertools
import re
import time

import pytest

from home import Home
from listing import LOOK, Listing, lay, letter
from reading import mime, multipart

HOUR = 3600
MUTTRC = """set strict_threads=no mark_old=yes
set from=anna@example.org
lists talk@lists.example
subscribe dev@lists.example
group -group friends -addr carl@work.example dora@work.example
alias gus Gus <gus@example.net>
score '~s scored' 42
"""
SIGNATURE = "Content-Type: application/pgp-signature\n\nnothing anybody could verify\n"
PICTURE = "Content-Type: image/png\nContent-Disposition: attachment\nContent-Transfer-Encoding: base64\n\niVBORw0K\n"


def ago(seconds):
    return email.utils.formatdate(time.time() - seconds)


def dated(name, parent=None, minute=itertools.count(), **more):
    """A letter a minute younger than the one before."""
    return letter(name, parent, **{"date": f"Mon, 02 Nov 2026 10:{next(minute):02}:00 +0000", **more})


# The message and its flags; "new" is one nobody has looked at yet.
LETTERS = [
    (dated("bob", body="see you at noon\n"), "S"),
    (dated("team", sender="Carl Cook <carl@work.example>", to="Dora <dora@work.example>", body="See you at Noon\n",
            extra="Cc: Eve <eve@example.net>\nBcc: Fay <fay@example.net>\nSender: Gus <gus@example.net>\n"), "S"),
    (dated("list", to="dev@lists.example", extra="X-Mailer: carrier pigeon\n"), "S"),
    (dated("talk", to="talk@lists.example"), "S"),
    (dated("mine", sender="anna@example.org", to="bob@example.net"), "S"),
    (dated("ask", to="bob@example.net"), "S"),
    (dated("answer", "ask", to="bob@example.net"), "S"),
    (dated("loose", subject="Re: ask", to="bob@example.net"), "S"),
    (dated("twin"), "S"),
    (dated("twin"), "S"),
    (dated("flagged"), "FS"),
    (dated("new"), "new"),
    (dated("old"), ""),
    (dated("replied"), "RS"),
    (dated("trash"), "ST"),
    (dated("labelled", extra="X-Label: to do\n"), "S"),
    (dated("kept", extra="Newsgroups: comp.mail.misc\n"), "Sa"),
    (dated("expired", extra="Expires: Mon, 01 Jan 2001 00:00:00 +0000\n"), "S"),
    (mime("key", "application/pgp-keys", "a key\n"), "S"),
    (multipart("signed", 'signed; protocol="application/pgp-signature"; micalg=pgp-sha256', "\nwords\n", SIGNATURE), "S"),
    (multipart("sealed", 'encrypted; protocol="application/pgp-encrypted"',
               "Content-Type: application/pgp-encrypted\n\nVersion: 1\n", "Content-Type: application/octet-stream\n\nx\n"), "S"),
    (multipart("pictures", "mixed", "\nlook\n", PICTURE, PICTURE), "S"),
    (dated("big", body="x" * 70 + "\n" * 20_000), "S"),
    (dated("scored"), "S"),
    (dated("ancient", date="Tue, 05 Mar 2019 12:00:00 +0000"), "S"),
    (dated("fresh", date=ago(HOUR)), "S"),
    (dated("slow", body="came long after the others\n"), "S"),
]
NAMES = ["bob", "team", "list", "talk", "mine", "ask", "answer", "Re: ask", "twin", "twin", "flagged", "new", "old", "replied",
         "trash", "labelled", "kept", "expired", "key", "signed", "sealed", "pictures", "big", "scored", "ancient", "fresh", "slow"]
SLOW_DAYS = 60  # how long after the others it came


def but(*left):
    return [name for name in NAMES if name not in left]


# The pattern, and what it leaves on the screen.
CASES = [
    ("~A", NAMES),
    ("all", NAMES),
    ("~f carl", ["team"]),
    ("!~f bob@", ["team", "mine", "key", "signed", "sealed", "pictures"]),
    ("~f 'Carl C'", ["team"]),
    ("=f carl@work", ["team"]),
    ("%f friends", ["team"]),
    ("~t dora", ["team"]),
    ("%t friends", ["team"]),
    ("=t lists.example", ["list", "talk"]),
    ("~c eve", ["team"]),
    ("~K fay", ["team"]),
    ("~e gus", ["team"]),
    ("~C 'eve@|dev@'", ["team", "list"]),
    ("~C fay", ["team"]),
    ("~L bob@ !~f bob@", ["mine"]),
    ("~L gus", ["team"]),
    ("~P", ["mine"]),
    ("~p (~F|~N)", ["flagged", "new"]),
    ("!~p", ["team", "list", "talk", "mine", "ask", "answer", "Re: ask"]),
    ("~l", ["list", "talk"]),
    ("~u", ["list"]),
    ("~s ^twin", ["twin", "twin"]),
    ("~s TWIN", []),
    ("=s win", ["twin", "twin"]),
    ("~i answer@x", ["answer"]),
    ("~x ask@", ["answer"]),
    ("~y 'to do'", ["labelled"]),
    ("~Y tod", ["kept"]),
    ("~w comp.mail", ["kept"]),
    ("~h 'x-mailer: .*pigeon'", ["list"]),
    ("~b noon", ["bob", "team"]),
    ("~b Noon", ["team"]),
    ("=b noon", ["bob", "team"]),
    ("=b Noon", ["team"]),
    ("~b 'no+n'", ["bob", "team"]),
    ("=b 'no+n'", []),
    ("~b pigeon", []),
    ("~B pigeon", ["list"]),
    ("=B 'at Noon'", ["team"]),
    ("~M image/", ["pictures"]),
    ("~M '^application/'", ["key", "signed", "sealed"]),
    ("~X 2-", ["pictures"]),
    ("~X 2", ["pictures"]),
    ("~k", ["key"]),
    ("~g", ["signed"]),
    ("~G", ["sealed"]),
    ("~E", ["expired"]),
    ("~F", ["flagged"]),
    ("~N", ["new"]),
    ("~O", ["old"]),
    ("~U", ["new", "old"]),
    ("!~R", ["new", "old"]),
    ("~R (~F|~Q)", ["flagged", "replied"]),
    ("~Q", ["replied"]),
    ("~D", ["trash"]),
    ("~n 42", ["scored"]),
    ("~n >41", ["scored"]),
    ("~n 1-41", []),
    ("~m 2-3", ["team", "list"]),
    ("~m <3", ["bob", "team"]),
    ("~m 26-$", ["fresh", "slow"]),
    ("~z >10K", ["big"]),
    ("~z 15K-25K", ["big"]),
    ("~z <20000", but("big")),
    ("~d 05/03/2019", ["ancient"]),
    ("~d 20190305", ["ancient"]),
    ("~d -31/12/2025", ["ancient"]),
    ("~d 1/11/2026-3/11/2026", but("ancient", "fresh")),
    ("~d 03/11/2026*2d", but("ancient", "fresh")),
    ("~d <1d", ["fresh"]),
    ("~d <12H", ["fresh"]),
    ("~r 13/01/2024", ["slow"]),
    ("~r -31/12/2023", but("slow")),
    ("~F|~Q ~R|~s 'no such'", ["flagged", "replied"]),
    ("!(~A !~F)", ["flagged"]),
    ("~s ask !~s ^re", ["ask"]),
    ("(~s twin|~s big) ~z <1000", ["twin", "twin"]),
]
# The same with $sort=threads: operators that ask for a message's place in its thread.
IN_THREADS = [
    ("~=", ["twin"]),
    ("~#", ["Re: ask"]),
    ("~$ ~(~s ask)", ["answer", "Re: ask"]),
    ("~(~i answer@)", ["ask", "answer", "Re: ask"]),
    ("~<(~i ask@)", ["answer", "Re: ask"]),
    ("~>(~i answer@)", ["ask"]),
    ("!~(~F|~A)", []),
]


@pytest.fixture(scope="module")
def listing():
    home = Home(LOOK + MUTTRC)
    box = home.path / "Mail"
    for number, (content, flags) in enumerate(LETTERS):
        late = SLOW_DAYS * 24 * 60 if number + 1 == len(LETTERS) else 0
        lay(box, number + late, content, "" if flags == "new" else flags, new=flags == "new")
    (box / "dovecot-keywords").write_text("0 todo\n")
    yield Listing(home, box, rows=40, cols=120)
    home.close()


def limit(listing, pattern):
    listing.terminal.keys("l\x15")
    listing.terminal.wait(lambda text: listing.bottom() == "Limit to messages matching:")
    listing.terminal.keys(f"{pattern}\r")


def subjects(listing):
    """What is shown, without the tree before it."""
    return [re.sub(r"^[&`|*=>-]+", "", name) for name in listing.shown()]


def shows(listing, pattern, names):
    """The index shows what the pattern says and names the pattern in its status line."""
    asked = "" if pattern in ("~A", "all") else pattern
    listing.until(lambda: subjects(listing) == names and listing.terminal.lines()[-2].endswith(asked), pattern)


def finds(listing, cases):
    for pattern, names in cases:
        limit(listing, pattern)
        if names:
            shows(listing, pattern, names)
        else:
            listing.until(lambda: listing.bottom() == "No messages matched criteria.", pattern)


def test_the_index_shows_what_a_pattern_finds(listing):
    finds(listing, CASES)


def test_what_is_tagged_is_found(listing):
    finds(listing, [("all", NAMES)])
    for name in ("list", "old"):
        listing.go(name)
        listing.run("tag-entry")
        listing.until(lambda: name in listing.marked("*"), name)
    finds(listing, [("~T", ["list", "old"]), ("~T ~U", ["old"])])


def test_relatives_and_what_is_folded_are_found_in_threads(listing):
    listing.command("set sort=threads")
    finds(listing, IN_THREADS)
    finds(listing, [("~s ask|~i answer@", ["ask", "answer", "Re: ask"])])
    listing.go("ask")
    listing.run("collapse-thread")
    listing.until(lambda: listing.shown() == ["ask"], "folded")
    finds(listing, [("~v", ["ask"])])
