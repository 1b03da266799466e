# SPDX-License-Identifier: GPL-3.0-or-later
"""history-search: the list of old lines that hold what was typed, as $history_format writes it."""

import pytest
from home import Home
from letters import message

MUTTRC = "set history=20 index_format='%s' history_format='<%C|%4C|%-12.8s|%s|%?s?said&silent?>' sleep_time=0\n"
LINES = ["echo the-first", "echo another", "echo the-third"]


@pytest.fixture(scope="module")
def desk():
    home = Home(MUTTRC)
    home.screen = home.start("-f", str(home.maildir(messages=[message("a letter")])), cols=120)
    home.screen.wait("a letter")
    for line in LINES:
        home.screen.keys(f":{line}\r")
        home.screen.wait(lambda text: home.screen.lines()[-1] == line.removeprefix("echo "))
    yield home.screen
    home.close()


def search(screen, text):
    screen.keys(f":{text}\x12")


def prompt(screen, text):
    screen.wait(lambda _: screen.lines()[-1] == f":{text}" and "a letter" in screen.text())


def abort(screen):
    screen.keys("\x07")
    screen.wait(lambda _: not screen.lines()[-1].startswith(":"))


def test_each_letter_of_the_list(desk):
    search(desk, "the")
    desk.wait(lambda text: "---History 'the'" in text and "<1|   1|echo the    |echo the-third|said>" in text
              and "<2|   2|echo ano    |echo another|said>" in text and "<3|   3|echo the    |echo the-first|said>" in text)
    desk.keys("q")
    prompt(desk, "the")
    abort(desk)


@pytest.mark.parametrize("keys,line", [("\r", LINES[2]), ("j\r", LINES[1]), ("3\r\r", LINES[0]), ("/first\r\r", LINES[0])])
def test_the_line_that_is_chosen_stands_in_the_prompt(desk, keys, line):
    search(desk, "the")
    desk.wait("---History 'the'")
    desk.keys(keys)
    prompt(desk, line)
    desk.keys(" and more")
    prompt(desk, line + " and more")
    abort(desk)


def test_the_only_line_is_taken_and_none_leaves_all_as_it_is(desk):
    search(desk, "ano")
    prompt(desk, "echo another")
    abort(desk)
    search(desk, "nothing like it")
    prompt(desk, "nothing like it")
    abort(desk)
