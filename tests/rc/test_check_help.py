# SPDX-License-Identifier: GPL-3.0-or-later
"""The help of each menu, and what a key is."""

import pytest
from letters import message

RC = ('set folder={home}/Mail spoolfile=+INBOX sleep_time=0 query_command="{home}/ask %s"\nalias bob Bob <bob@example.net>\n'
      'macro index,pager A "<save-message>=Archive<enter>" "move to the archive"\nmacro index B "<limit>~F<enter>"\n'
      'bind index \\Cb purge-message\nbind browser Z exit\n')

MENUS = [  # keys that open the menu; what its help has; how it is left
    ("", ["Help for index", "Bindings of index:"], ""),
    ("\r", ["Help for pager", "Bindings of pager:"], "i"),
    ("c?", ["Help for browser", "Bindings of browser:"], "q"),
    (":exec alias-dialog\r", ["Help for alias", "Bindings of alias:"], "q"),
]


@pytest.fixture(scope="module")
def screen():
    from home import Home
    home = Home()
    home.maildir("Mail/INBOX", [message(subject="the only one")])
    (home.path / "ask").write_text("#!/bin/sh\necho one answer\nprintf 'ann@example.org\\tAnn Query\\n'\n")
    (home.path / "ask").chmod(0o700)
    home.muttrc(RC.format(home=home.path))
    screen = home.start("-n", rows=160, cols=120)
    screen.wait("the only one")
    yield screen
    home.close()


@pytest.mark.parametrize("opens, has, leaves", MENUS, ids=[row[1][0].split()[-1] for row in MENUS])
def test_each_menu_has_its_help(screen, opens, has, leaves):
    screen.keys(opens)
    screen.settle()
    screen.keys("?")
    text = screen.wait(lambda text: all(words in text for words in has) and "Unbound functions:" in text)
    assert ("Generic bindings:" in text) == ("pager" not in has[0])
    screen.type("q", lambda text: "Help for" not in text)
    if leaves:
        screen.type(leaves, lambda text: "the only one" in text and "Msgs:" in text)


def test_help_tells_of_macros_and_what_has_no_key_and_is_searched(screen):
    text = screen.type("?", lambda text: "Unbound functions:" in text)
    keyed, _, unbound = text.partition("Unbound functions:")
    line = {row.split()[0]: row for row in keyed.splitlines() if row.strip()}
    assert "move to the archive" in line["A"] and "<limit>~F<enter>" in line["B"]
    assert "purge-message" in line["^B"] and "purge-message" not in unbound
    assert "archive-message" in unbound and "move the message to $archive" in unbound
    screen.type("/archive-mess\r", lambda text: "Not found" not in text and "archive-message" in text)
    screen.type("/no-such-thing\r", "Not found")
    screen.type("q", lambda text: "Help for" not in text)


def test_what_key_names_a_key(screen):
    screen.type(":exec what-key\r", "Enter keys (^G to abort)")
    screen.type("\x02", "Octal = 2, Decimal = 2")
    screen.type("a", "Char = a, Octal = 141, Decimal = 97")
    screen.type("\x07", lambda text: "Enter keys" not in text)


def test_the_version_is_shown(screen):
    screen.type("V", lambda text: "cur 0." in text.splitlines()[-1])


def test_an_address_is_completed_by_asking(screen):
    screen.type("m", lambda text: text.splitlines()[-1].startswith("To:"))
    screen.type("an\x14", lambda text: "---Query" in text and "Ann Query" in text)
    screen.type("\r", lambda text: text.splitlines()[-1].startswith("To:") and "ann@example.org" in text.splitlines()[-1])
    screen.type("\x07", lambda text: "To:" not in text.splitlines()[-1])
