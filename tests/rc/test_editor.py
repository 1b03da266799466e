# SPDX-License-Identifier: GPL-3.0-or-later
"""Each function of the line editor: what the line is then, and where the cursor stands."""

import pytest

from letters import message

MUTTRC = """
bind editor \\cx transpose-chars
bind editor \\co backward-word
bind editor \\cl forward-word
bind editor \\cy kill-whole-line
"""

# function: (what is typed, the line, the cursor's place in it)
CASES = {
    "backspace": ("echo ab\x7f", "echo a", 6),
    "backward-char": ("echo ab\x02\x02X", "echo Xab", 6),
    "backward-word": ("echo one two\x0fX", "echo one Xtwo", 10),
    "bol": ("echo ab\x01X", "Xecho ab", 1),
    "capitalize-word": ("echo one two\x1bb\x1bb\x1bc", "echo One two", 8),
    "delete-char": ("echo ab\x02\x04", "echo a", 6),
    "downcase-word": ("echo ONE TWO\x1bb\x1bl", "echo ONE two", 12),
    "eol": ("echo ab\x01\x05X", "echo abX", 8),
    "forward-char": ("echo ab\x01\x06\x06X", "ecXho ab", 3),
    "forward-word": ("echo one\x01\x0cX", "echoX one", 5),
    "kill-eol": ("echo abc\x02\x02\x0b", "echo a", 6),
    "kill-eow": ("echo one two\x1bb\x1bb\x1bd", "echo  two", 5),
    "kill-line": ("echo one two\x1bb\x15", "two", 0),
    "kill-whole-line": ("echo one\x02\x19", "", 0),
    "kill-word": ("echo one two\x17", "echo one ", 9),
    "transpose-chars": ("echo ab\x18", "echo ba", 7),
    "upcase-word": ("echo one two\x1bb\x1bu", "echo one TWO", 12),
}


@pytest.fixture
def prompt(home):
    home.muttrc(MUTTRC)
    terminal = home.start("-f", str(home.maildir(messages=[message()])))
    terminal.wait("Msgs:1")
    return terminal


def line(terminal):
    return terminal.screen.display[terminal.screen.lines - 1]


def shows(terminal, text, place):
    return lambda _: line(terminal).rstrip() == f":{text}".rstrip() and terminal.screen.cursor.x == place + 1


def test_each_function_of_the_editor(prompt):
    for keys, text, place in CASES.values():
        prompt.keys(":" + keys)
        prompt.wait(shows(prompt, text, place))
        prompt.keys("\x07")
        prompt.wait(lambda _: not line(prompt).startswith(":"))


def test_quote_char_takes_the_next_key_as_it_is(prompt):
    prompt.keys(":echo <\x16\x01>")
    prompt.wait(lambda _: line(prompt).startswith(":echo <") and line(prompt).rstrip().endswith(">") and len(line(prompt).rstrip()) > len(":echo <>"))


def test_history_goes_up_and_down_and_is_searched(prompt):
    for text in ("echo first", "echo second"):
        prompt.type(f":{text}\r", wanted=text.split()[1])
    prompt.keys(":\x10")
    prompt.wait(shows(prompt, "echo second", 11))
    prompt.keys("\x10")
    prompt.wait(shows(prompt, "echo first", 10))
    prompt.keys("\x0e")
    prompt.wait(shows(prompt, "echo second", 11))
    prompt.keys("\x07")
    prompt.wait(lambda _: not line(prompt).startswith(":"))
    prompt.keys(":echo f\x12")
    prompt.wait(shows(prompt, "echo first", 10))


def test_the_keys_of_the_editor_are_listed_and_the_line_goes_on(prompt):
    prompt.keys(":echo ab\x1b?")
    prompt.wait(lambda text: "kill-word" in text and "backspace" in text)
    prompt.keys("q")
    prompt.wait(shows(prompt, "echo ab", 7))
    prompt.keys("c\r")
    prompt.wait(lambda _: line(prompt).rstrip() == "abc")


def test_exit_gives_the_line_up(prompt):
    prompt.keys(":bind editor \\cy exit\r:echo ab")
    prompt.wait(shows(prompt, "echo ab", 7))
    prompt.keys("\x19")
    prompt.wait(lambda text: not line(prompt).startswith(":") and "Msgs:1" in text)
