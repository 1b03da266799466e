# SPDX-License-Identifier: GPL-3.0-or-later
"""Aliases and $query_command: the menus, what they are told by real programs, and where the answers go."""

import pytest
from home import Home
from letters import message

# What real programs print for "ann": a line for people, then address, name and more.
PROGRAMS = {
    "abook --mutt-query '%s'": "\nann@example.org\tAnn Example\tfrom the book\n",
    "khard email --parsable '%s'": "searching for 'ann' ...\nann@example.org\tAnn Example\twork\n",
    "goobook query '%s'": "\nann@example.org\tAnn Example\tFriends\n",
    "lbdbq '%s'": "lbdbq: 1 matches\nann@example.org\tAnn Example\t2026-11-02 10:00\n",
    "notmuch-addrlookup --format=mutt %s": "\nann@example.org\tAnn Example\n",
    "abook --mutt-query": "\nann@example.org\tAnn Example\tfrom the book\n",
}
MANY = ("3 found\ncid@example.net\tCid Third\tclub\nann@example.org\tAnn First\twork\n"
        "bob@example.com\tBob Second\tclub\n")
MUTTRC = """set folder=~/Mail spoolfile=~/Mail sleep_time=0 wait_key=no editor=true sendmail=false record=''
set alias_file=~/aliases query_format='%c%t %a/%n/%e' alias_format='%n %f%t %a=%r'
alias zoe Zoe Adams <zoe@example.org>   # climbs
alias bob Bob Young <bob@example.net>
alias team zoe, bob
bind index A alias-dialog
bind alias,query l limit
bind alias,query T tag-pattern
bind alias,query \\Ct untag-pattern
bind alias o sort-alias
bind alias O sort-alias-reverse
bind query o sort
bind query O sort-reverse
bind alias m mail
macro index ,m "<mail>"
"""


def program(home, name, answer):
    path = home.path / "bin" / name
    path.parent.mkdir(exist_ok=True)
    (home.path / "answer").write_text(answer)
    path.write_text('#!/bin/sh\nprintf "%s\\n" "$@" >"$HOME/words"\ncat "$HOME/answer"\n')
    path.chmod(0o755)


@pytest.fixture(scope="module")
def desk():
    home = Home(MUTTRC)
    home.maildir("Mail", [message("from Bob", "Robert <bob@example.net>"), message("from Eve", "Eve <eve@example.net>")])
    home.env["PATH"] = f"{home.path}/bin:{home.env['PATH']}"
    home.screen = home.start()
    home.screen.wait("from Eve")
    yield home
    home.close()


def press(screen, keys):
    """Keys; a question for one letter drops what was typed before it stood there."""
    first, rest = keys[:1], keys[1:]
    screen.keys(first)
    if first in ("o", "O"):
        screen.wait("(u)nsorted?")
    screen.keys(rest)


def rows(screen):
    """The lines of a menu, without the help above and the status below."""
    lines = [line.rstrip() for line in screen.lines()[1:-2]]
    while lines and not lines[-1]:
        lines.pop()
    return lines


def shows(screen, *wanted):
    screen.wait(lambda text: rows(screen) == list(wanted))


@pytest.mark.parametrize("command", PROGRAMS)
def test_programs_that_people_ask(desk, command):
    program(desk, command.split()[0], PROGRAMS[command])
    more = PROGRAMS[command].splitlines()[1].split("\t")[2:]
    desk.screen.keys(f':set query_command="{command}"\r')
    desk.screen.type("Q", "Query:")
    desk.screen.keys("ann; id >no\r")
    shows(desk.screen, "1  ann@example.org/Ann Example/" + (more[0] if more else ""))
    assert (desk.path / "words").read_text().splitlines()[-1] == "ann; id >no"
    assert not (desk.path / "no").exists()
    desk.screen.type("q", "from Eve")


@pytest.fixture
def query(desk):
    program(desk, "ask", MANY)
    desk.screen.keys(":set query_command='ask %s'\r")
    desk.screen.type("Q", "Query:")
    desk.screen.keys("x\r")
    shows(desk.screen, "1  cid@example.net/Cid Third/club", "2  ann@example.org/Ann First/work",
          "3  bob@example.com/Bob Second/club")
    yield desk
    desk.screen.type("q", "from Eve")


PICKS = [
    ("l~c club\r", ["1  cid@example.net/Cid Third/club", "2  bob@example.com/Bob Second/club"]),
    ("l!~c club\r", ["1  ann@example.org/Ann First/work"]),
    ("l~t example.(org|com) ~c 'club'\r", ["1  bob@example.com/Bob Second/club"]),
    ("lsecond\r", ["1  bob@example.com/Bob Second/club"]),
    ("T~t @example.net\r", ["1* cid@example.net/Cid Third/club", "2  ann@example.org/Ann First/work",
                             "3  bob@example.com/Bob Second/club"]),
    ("T~A\r\x14~f Third\r", ["1  cid@example.net/Cid Third/club", "2* ann@example.org/Ann First/work",
                             "3* bob@example.com/Bob Second/club"]),
    ("on", ["1  ann@example.org/Ann First/work", "2  bob@example.com/Bob Second/club",
            "3  cid@example.net/Cid Third/club"]),
    ("Oe", ["1  cid@example.net/Cid Third/club", "2  bob@example.com/Bob Second/club",
            "3  ann@example.org/Ann First/work"]),
]


@pytest.mark.parametrize("keys,wanted", PICKS, ids=[repr(case[0]) for case in PICKS])
def test_limit_tag_and_sort(query, keys, wanted):
    press(query.screen, keys)
    shows(query.screen, *wanted)


def test_a_pattern_that_is_none_is_explained(query):
    query.screen.keys("l~x y\r")
    query.screen.wait("~f (name), ~t (address), ~c (comment) and ~Y (tags)")


def test_another_query_and_more(query):
    program(query, "ask", "\ndora@example.org\tDora\tnew\n")
    query.screen.type("A", "Query:")
    query.screen.keys("dora\r")
    query.screen.wait(lambda text: len(rows(query.screen)) == 4 and rows(query.screen)[3] == "4  dora@example.org/Dora/new")
    query.screen.type("Q", "Query:")
    query.screen.keys("dora\r")
    shows(query.screen, "1  dora@example.org/Dora/new")


def test_nobody_is_found(desk):
    program(desk, "ask", "Not found\n")
    desk.screen.keys(":set query_command='ask %s'\r")
    desk.screen.type("Q", "Query:")
    desk.screen.type("nobody\r", "Not found")


def test_an_answer_is_written_to(query):
    query.screen.keys("jm")
    query.screen.wait("To: Ann First <ann@example.org>")
    query.screen.type("\x07", "Mail not sent.")


def test_an_address_is_completed_by_the_query(desk):
    program(desk, "ask", MANY)
    desk.screen.keys(":set query_command='ask %s'\r")
    desk.screen.type("m", "To:")
    desk.screen.keys("eve@example.net, x\x14")
    desk.screen.wait("2  ann@example.org/Ann First/work")
    desk.screen.keys("j\r")
    desk.screen.wait("To: eve@example.net, Ann First <ann@example.org>")
    desk.screen.type("\x07", "from Eve")


ALIASES = {"bob": "bob=Bob Young <bob@example.net>", "team": "team=zoe, bob", "zoe": "zoe=Zoe Adams <zoe@example.org>"}


ORDERS = [
    ("alias", "", ["bob", "team", "zoe"]),
    ("reverse-alias", "", ["zoe", "team", "bob"]),
    ("address", "", ["bob", "zoe", "team"]),
    ("unsorted", "", ["zoe", "bob", "team"]),
    ("alias", "Oa", ["zoe", "team", "bob"]),
    ("alias", "ou", ["zoe", "bob", "team"]),
    ("alias", "l~c climbs\r", ["zoe"]),
    ("alias", "l~f bob\r", ["bob"]),
]


@pytest.mark.parametrize("order,keys,wanted", ORDERS)
def test_the_alias_menu(desk, order, keys, wanted):
    desk.screen.keys(f":set sort_alias={order}\rA")
    desk.screen.wait(lambda text: len([row for row in rows(desk.screen) if "=" in row]) == 3)
    press(desk.screen, keys)
    desk.screen.wait(lambda text: [row.partition("=")[0].split()[-1] for row in rows(desk.screen) if "=" in row] == wanted)
    assert rows(desk.screen)[0].split(maxsplit=1)[1] == ALIASES[wanted[0]]
    desk.screen.type("q", "from Eve")


def test_tagged_aliases_are_written_to(desk):
    desk.screen.keys(":set sort_alias=alias\rA")
    desk.screen.wait("bob=Bob Young")
    desk.screen.keys("T~t example\r")
    desk.screen.wait(lambda text: "* bob=" in text and "* zoe=" in text)
    desk.screen.keys("m")
    desk.screen.wait("To: Bob Young <bob@example.net>, Zoe Adams <zoe@example.org>")
    desk.screen.keys("\x07")
    desk.screen.wait("Mail not sent.")
    desk.screen.type("q", "from Eve")


def test_a_deleted_alias_is_forgotten(desk):
    desk.screen.keys(":alias gone Gone <gone@example.org>\r:alias kept Kept <kept@example.org>\rA")
    desk.screen.wait("gone=Gone")
    desk.screen.keys("/gone\rd")
    desk.screen.wait(lambda text: any("d" in row.partition("gone=")[0] for row in rows(desk.screen) if "gone=" in row))
    desk.screen.keys("/kept\rd")
    desk.screen.wait(lambda text: any("d" in row.partition("kept=")[0] for row in rows(desk.screen) if "kept=" in row))
    desk.screen.keys("/kept\ru")
    desk.screen.wait(lambda text: not any("d" in row.partition("kept=")[0] for row in rows(desk.screen) if "kept=" in row))
    desk.screen.type("q", "from Eve")
    desk.screen.keys("A")
    desk.screen.wait(lambda text: "kept=Kept" in text and "gone=Gone" not in text)
    desk.screen.keys(":unalias kept\r")
    desk.screen.type("q", "from Eve")


def test_an_alias_is_made_and_kept_in_the_alias_file(desk):
    desk.screen.keys("/from Eve\ra")
    desk.screen.wait("Alias as: eve")
    desk.screen.keys("\r")
    desk.screen.wait("Address: eve@example.net")
    desk.screen.keys("\r")
    desk.screen.wait("Personal name: Eve")
    desk.screen.keys("\r")
    desk.screen.wait("[eve = Eve <eve@example.net>] Accept?")
    desk.screen.keys("y")
    desk.screen.wait(f"Save to file: {desk.path}/aliases")
    desk.screen.type("\r", "Alias added.")
    assert (desk.path / "aliases").read_text() == "alias eve Eve <eve@example.net>\n"


def test_people_are_shown_by_their_aliases(desk):
    desk.screen.keys(":set index_format='%s by %n' sort=date\r")
    desk.screen.wait("from Bob by Robert")
    desk.screen.keys(":set reverse_alias=yes\r")
    desk.screen.wait("from Bob by Bob Young")
    desk.screen.keys(":set reverse_alias=no\r")
    desk.screen.wait("from Bob by Robert")
