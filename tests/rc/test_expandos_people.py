# SPDX-License-Identifier: GPL-3.0-or-later
"""Each letter of $alias_format and $query_format, seen in the menus of people."""

import pytest
from home import Home
from letters import message

ALIAS, QUERY = "AaCcEfiNnrtY", "AaCcEeiNntY"


def format_of(letters):
    return "".join(f"<{letter}:%{letter}>" for letter in letters)


ANSWER = "2 found\\nkim@example.net\\tKim Lee\\tsome words tags:club\\ncid@example.net\\tCid\\n"
MUTTRC = f"""set alias_format='{format_of(ALIAS)}' query_format='{format_of(QUERY)}' sort_alias=unsorted sleep_time=0
set query_command="printf '{ANSWER}'"
alias zoe Zoe Adams <zoe@example.org>
alias kim Kim Lee <kim@example.net>, Ben <ben@example.net> # knows tags:friend,work the way
bind index A alias-dialog
bind alias,query l limit
"""


@pytest.fixture(scope="module")
def desk():
    home = Home(MUTTRC)
    home.screen = home.start("-f", str(home.maildir(messages=[message("a letter")])), cols=300)
    home.screen.wait("a letter")
    yield home
    home.close()


def shows(screen, mark, **wanted):
    """Until the line with this mark says all of it, and nothing else of these letters."""
    def seen(_):
        line = next((line for line in screen.lines() if mark in line), "")
        return line and all(f"<{letter}:{value}>" in line for letter, value in wanted.items())
    screen.wait(seen)


@pytest.fixture
def aliases(desk):
    desk.screen.keys("A")
    desk.screen.wait(lambda text: "<a:zoe>" in text and "<a:kim>" in text)
    yield desk.screen
    desk.screen.keys("q")
    desk.screen.wait("a letter")


@pytest.fixture
def answers(desk):
    desk.screen.keys("Q")
    desk.screen.wait("Query:")
    desk.screen.keys("kim\r")
    desk.screen.wait("<E:cid@example.net>")
    yield desk.screen
    desk.screen.keys("q")
    desk.screen.wait("a letter")


BOTH = "Kim Lee <kim@example.net>, Ben <ben@example.net>"


def test_each_letter_of_an_alias(aliases):
    shows(aliases, "<a:kim>", A=BOTH, r=BOTH, C="knows the way", c="knows the way", E="kim@example.net, ben@example.net",
          N="Kim Lee, Ben", Y="friend,work", i=2, n=2, f=" ", t=" ")
    shows(aliases, "<a:zoe>", C="", c="", Y="", i=1, n=1, N="Zoe Adams")
    aliases.keys("1\rd")
    shows(aliases, "<a:zoe>", f="d", t=" ")
    aliases.keys("2\r ")
    shows(aliases, "<a:kim>", f=" ", t="*")
    aliases.keys("1\ru2\r ")
    shows(aliases, "<a:zoe>", f=" ", t=" ")
    shows(aliases, "<a:kim>", f=" ", t=" ")


def test_each_letter_of_an_answer(answers):
    shows(answers, "<E:kim@example.net>", A="Kim Lee <kim@example.net>", a="kim@example.net", C="some words", e="some words", c=1, i=1,
          N="Kim Lee", n="Kim Lee", t=" ", Y="club")
    shows(answers, "<E:cid@example.net>", C="", e="", c=2, i=2, Y="")
    answers.keys("2\r ")
    shows(answers, "<E:cid@example.net>", t="*")
    answers.keys("2\r ")
    shows(answers, "<E:cid@example.net>", t=" ")


# what is set, what the lines are then
FORMS = [
    ("alias", "<%-6a|%4n|%.5c|%?c?said&silent?|%<Y?%Y&none>>",
     ["<zoe   |   1||silent|none>", "<kim   |   2|knows|said|friend,work>"]),
    ("query", "<%-6.3n|%3c|%?e?%e&silent?|%<Y?%Y&none>|%_n>",
     ["<Kim   |  1|some words|club|kim lee>", "<Cid   |  2|silent|none|cid>"]),
]


@pytest.mark.parametrize("kind,form,lines", FORMS, ids=["alias", "query"])
def test_forms(desk, request, kind, form, lines):
    screen = request.getfixturevalue("aliases" if kind == "alias" else "answers")
    screen.keys(f":set {kind}_format='{form}'\r")
    screen.wait(lambda text: all(line in text for line in lines))
    screen.keys(f":set {kind}_format='{format_of(ALIAS if kind == 'alias' else QUERY)}'\r")
    screen.wait("<t: >")


def test_people_are_found_by_their_tags(aliases):
    aliases.keys("l")
    aliases.wait("Limit to people matching:")
    aliases.keys("~Y work\r")
    aliases.wait(lambda text: "<a:kim>" in text and "<a:zoe>" not in text)
    aliases.keys("l")
    aliases.wait("Limit to people matching:")
    aliases.keys("~A\r")
    aliases.wait(lambda text: "<a:kim>" in text and "<a:zoe>" in text)
