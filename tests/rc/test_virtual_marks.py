# SPDX-License-Identifier: GPL-3.0-or-later
"""Spam tags, scores and their thresholds, superseded messages, transformed tags, $mark_old and catchup."""

import os

import pytest
from home import Home
from letters import message
from pace import until

LETTERS = {
    "one": ("X-Spam-Level: ****\nX-Spam-Score: 4.5\n", "S"),
    "two": ("X-Spam-Level: no\nX-Spam-Score: 9.5\n", "S"),
    "three": ("Supersedes: <one@x>\n", "Sa"),
    "four": ("", ""),
}


def fill(home):
    home.maildir("Mail/inbox")
    home.maildir("Mail/other")
    for i, (name, (more, flags)) in enumerate(LETTERS.items()):
        path = home.path / f"Mail/inbox/cur/{1700000000 + i}.{name}.home:2,{flags}"
        path.write_bytes(message(subject=name, ident=f"<{name}@x>", extra=more, date=f"Mon, 02 Nov 2026 10:0{i}:00 +0000"))
    (home.path / "Mail/inbox/dovecot-keywords").write_text("0 todo\n")
    home.muttrc('set folder=~/Mail spoolfile=+inbox sort=date index_format="%s <%H> %N [%g]." quit=yes delete=no\n'
                "bind index C catchup\nmailboxes =inbox =other\n")
    home.flags = lambda: {p.name.split(".")[1]: p.name.rpartition(",")[2].rstrip("a")
                          for part in ("cur", "new") for p in (home.path / "Mail/inbox" / part).iterdir()}
    return home


@pytest.fixture
def box(home):
    return fill(home)


@pytest.fixture(scope="module")
def shared():
    home = Home()
    terminal = fill(home).start("-f", "=inbox")
    terminal.wait("four <> 0 [].")
    yield terminal
    home.close()


# lines typed, what the index shows then, what it does not
SHOWN = {
    "a spam tag": (['spam "X-Spam-Score: (.*)" "points %1"'], ["one <points 4.5>", "two <points 9.5>", "four <>"], []),
    "two tags, separated": (['spam "X-Spam-Score: (.*)" %1', 'spam X-Spam-Level stars'], ["one <stars,4.5>"], []),
    "by another separator": (['spam "X-Spam-Score: (.*)" %1', 'spam X-Spam-Level stars', 'set spam_separator=/'], ["one <stars/4.5>"], []),
    "the last alone": (['spam "X-Spam-Score: (.*)" %1', 'spam X-Spam-Level stars', 'set spam_separator=""'], ["one <4.5>"], []),
    "an exception": (['spam "X-Spam-Score: (.*)" %1', 'nospam "Score: 9"'], ["one <4.5>", "two <>"], []),
    "an exception taken back": (['spam "X-Spam-Score: (.*)" %1', 'nospam "Score: 9"', 'spam "Score: 9"'], ["two <9.5>"], []),
    "a limit": (['spam "X-Spam-Score: (.*)" %1', "push '<limit>~H 9<enter>'"], ["two <9.5>"], ["one <", "four <"]),
    "superseded": (["push '<limit>~S<enter>'"], ["one <"], ["two <", "three <"]),
    "a transformed tag": (["tag-transforms todo DO"], ["[DO]."], ["[todo]"]),
    "scores": (["score '~s two' 7"], ["two <> 7"], []),
    "no scores": (["score '~s two' 7", "set noscore"], ["two <> 0"], []),
}


@pytest.mark.parametrize("case", SHOWN)
def test_what_the_index_shows(shared, case):
    lines, seen, unseen = SHOWN[case]
    shared.keys(":nospam *\r:unscore *\r:reset score spam_separator\r:tag-transforms todo todo\rlall\r")
    shared.wait(lambda text: all(f"{name} <> 0" in text for name in LETTERS) and "[todo]." in text)
    for line in lines:
        shared.keys(f":{line}\r")
    shared.wait(lambda text: all(want in text for want in seen) and not any(other in text for other in unseen))


def test_the_order_of_spam(shared):
    shared.keys(":nospam *\r:spam \"X-Spam-Score: (.*)\" %1\r:set sort=spam\r")
    shared.wait(lambda text: 0 <= text.find("four <") < text.find("one <4.5>") < text.find("two <9.5>"))
    shared.keys(":set sort=date\r")
    shared.wait(lambda text: 0 <= text.find("one <4.5>") < text.find("four <"))


THRESHOLDS = {
    "none": ("score ~A 5\n", {"one": "S", "two": "S", "three": "S", "four": ""}),
    "flag": ("set score_threshold_flag=5\nscore '~s two' 5\n", {"one": "S", "two": "FS", "three": "S", "four": ""}),
    "read": ("set score_threshold_read=0\nscore '~s one' 5\n", {"one": "S", "two": "S", "three": "S", "four": "S"}),
    "delete": ("set score_threshold_delete=0 delete=yes\nscore '~s two|~s four' 5\n", {"two": "S", "four": ""}),
    "scores are off": ("set noscore score_threshold_flag=5\nscore '~s two' 5\n", {"one": "S", "two": "S", "three": "S", "four": ""}),
}


@pytest.mark.parametrize("case", THRESHOLDS)
def test_a_score_does_what_its_threshold_says(box, case):
    lines, wanted = THRESHOLDS[case]
    box.muttrc((box.path / "config/cur/muttrc").read_text() + lines + "set mark_old=no\n")
    terminal = box.start("-f", "=inbox")
    terminal.wait(lambda text: all(f"{name} <" in text for name in LETTERS))
    terminal.settle()
    terminal.keys("q")
    assert terminal.finish() == 0
    until(lambda: box.flags() == wanted, tell=box.flags)


def test_catchup_marks_all_as_read(box):
    terminal = box.start("-f", "=inbox")
    terminal.wait("four <")
    terminal.keys("C")
    until(lambda: all("S" in flags for flags in box.flags().values()), tell=box.flags)


@pytest.mark.parametrize("old", [True, False])
def test_new_mail_is_old_once_it_was_seen(box, old):
    box.muttrc(f'set folder=~/Mail spoolfile=+inbox index_format="%Z %s." mark_old={"yes" if old else "no"}\nmailboxes =inbox =other\n')
    name = next(p for p in (box.path / "Mail/inbox/cur").iterdir() if ".four." in p.name)
    os.rename(name, box.path / "Mail/inbox/new" / name.name.partition(":")[0])
    terminal = box.start("-f", "=inbox")
    terminal.wait(lambda text: any(line.strip().startswith("N") and "four." in line for line in text.splitlines()))
    terminal.keys("c=other\r")
    terminal.wait("=other")
    terminal.keys("c=inbox\r")
    terminal.wait(lambda text: any(line.strip().startswith("O" if old else "N") and "four." in line for line in text.splitlines()))
