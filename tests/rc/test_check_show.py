# SPDX-License-Identifier: GPL-3.0-or-later
"""What the ':' prompt answers: what is set, bound and coloured, and why a name does nothing."""

import pytest
from letters import message

RC = ('set folder={mail} spoolfile=+INBOX realname=Anna imap_pass=geheim mixmaster=mix sleep_time=0\n'
      'macro index A "<save-message>=Archive<enter>" "move to the archive"\nmacro pager \\Cb "|urlview<enter>"\n'
      'color index brightred default "~D"\ncolor status white color236\nmono bold bold\naccount one folder={mail} from=anna@example.org\n')

LONG = [  # a command; what the pager then shows, and what not
    (":set\n", ['set realname="Anna"', 'set imap_pass="***"', "set mixmaster", "no effect:"], ["wait_key", "geheim"]),
    (":set all\n", ["set abort_", "set alias_file"], ["geheim"]),
    (":set ?\n", ["abort_noattach=", "give up"], []),
    (":set ?strict_thread\n", ["strict_threads=no"], ["wait_key"]),
    (":macro\n", ['macro index A "<save-message>=Archive<enter>" "move to the archive"', "macro pager \\Cb"], ["bind "]),
    (":bind postpone\n", ["bind postpone"], ["macro ", "bind index"]),
    (":color\n", ['color index brightred default "~D"', "color status white color236"], []),
    (":color status\n", ["color status white color236"], ["color index"]),
    (":mono\n", ["mono bold bold"], []),
    (":account one\n", ["# account one", "folder-hook '^"], []),
]
SHORT = [(":set ?mixmaster\n", 'mixmaster="mix"  # no effect: the remailers'), (":set ?imap_pass\n", 'imap_pass="***"'),
         (":set &realname ?realname\n", 'realname="'), (":echo hello\n", "hello"), (":version\n", "cur 0."),
         (":set ?zzz_nothing\n", "unknown variable 'zzz_nothing'"), (":bind nomenu\n", "unknown menu 'nomenu'"),
         (":reset all\n:set ?mixmaster\n", 'mixmaster="mixmaster"')]


@pytest.fixture(scope="module")
def screen():
    from home import Home
    home = Home()
    home.maildir("Mail/INBOX", [message(subject="the only one")])
    home.muttrc(RC.format(mail=home.path / "Mail"))
    screen = home.start("-n", rows=60, cols=120)
    screen.wait("the only one")
    yield screen
    home.close()


@pytest.mark.parametrize("keys, shown, hidden", LONG, ids=[row[0].strip() for row in LONG])
def test_many_lines_are_shown_as_a_page(screen, keys, shown, hidden):
    screen.keys(keys)
    text = screen.wait(lambda text: "i:Exit" in text and all(words in text for words in shown))
    assert not any(words in text for words in hidden), text
    screen.type("q", lambda text: "the only one" in text and "q:Quit" in text)


@pytest.mark.parametrize("keys, shown", SHORT, ids=[row[0].strip() for row in SHORT])
def test_one_line_is_shown_on_the_last(screen, keys, shown):
    screen.keys(keys)
    screen.wait(lambda text: shown in text.splitlines()[-1] and ":" != text.splitlines()[-1][:1])
