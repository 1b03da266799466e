# SPDX-License-Identifier: GPL-3.0-or-later
"""Another program as the pager, and when a message counts as read."""

from letters import message
from reading import Reading

MESSAGES = {"first": message("first", body="one \x1b]0;owned\x07\n"), "second": message("second", body="two\n")}


def seen(reading):
    return sorted(path.name.partition(":2,")[2] for part in ("cur", "new") for path in (reading.box / part).iterdir())


def unread(more=""):
    reading = Reading(MESSAGES, more)
    for path in (reading.box / "cur").iterdir():
        assert path.name.endswith("S")
    reading.screen.keys("=" + "N" + "N")
    reading.until(lambda: seen(reading) == ["", ""])
    return reading


def test_another_program_shows_messages_one_after_the_other():
    reading = unread()
    try:
        log = reading.home.path / "log"
        reading.command(f"set pager='cat %s >>{log}; stat -c %a %s >>{log}; echo SHOWN'")
        reading.open("first")
        reading.screen.wait("Command:")
        assert "Subject: first" in log.read_text() and "one " in log.read_text()
        assert "\x1b" not in log.read_text() and "600" in log.read_text().split()
        reading.until(lambda: seen(reading) == ["", "S"])
        reading.screen.keys("j")
        reading.screen.wait(lambda text: "two" in log.read_text() and "2/2: Bob" in text and "Command:" in text)
        reading.screen.keys("i")
        reading.index()
        assert not list(reading.home.path.glob("cur-*"))
    finally:
        reading.close()


def test_without_prompt_after_the_index_is_back_at_once():
    reading = unread("set pager='grep Subject' noprompt_after")
    try:
        reading.open("second")
        reading.until(lambda: seen(reading) == ["", "S"])
        assert "Command:" not in reading.index()
    finally:
        reading.close()


def test_a_message_is_read_when_it_was_shown_long_enough():
    reading = unread("set pager_read_delay=1")
    try:
        reading.open("first")
        reading.screen.wait("Subject: first")
        reading.screen.keys("j")
        reading.screen.wait("Subject: second")
        reading.until(lambda: "S" in seen(reading))
        # The first was left before its time.
        assert seen(reading) == ["", "S"]
        reading.command("set pager_read_delay=0")
        reading.screen.keys("k")
        reading.screen.wait("Subject: first")
        reading.until(lambda: seen(reading) == ["S", "S"])
    finally:
        reading.close()
