# SPDX-License-Identifier: GPL-3.0-or-later
"""Pipes, and keys of the pager that skip quotes and mark messages."""

import pytest
from letters import message
from reading import Reading, mime

MESSAGES = {
    "one": message("one", body="first\n> quoted\nafter the quote\n" + "more\n" * 40, extra="X-Mailer: carrier pigeon\n"),
    "two": message("two", body="second\n"),
    "coded": mime("coded", "text/plain; charset=utf-8", "caf=C3=A9\n", extra="Content-Transfer-Encoding: quoted-printable\n"),
}


@pytest.fixture(scope="module")
def running():
    reading = Reading(MESSAGES, "ignore x-mailer")
    yield reading
    reading.close()


@pytest.fixture
def reading(running):
    running.command("reset pipe_decode pipe_decode_weed pipe_split pipe_sep")
    yield running
    running.leave()


# muttrc lines, keys before the pipe, what the command gets and what it does not
PIPES = {
    "as it lies there": ([], "coded", "", "caf=C3=A9", "café"),
    "pipe_decode": (["set pipe_decode"], "coded", "", "café", "caf=C3=A9"),
    "pipe_decode_weed": (["set pipe_decode"], "one", "", "Subject: one", "X-Mailer"),
    "no pipe_decode_weed": (["set pipe_decode nopipe_decode_weed"], "one", "", "X-Mailer: carrier pigeon", None),
    "all in one": (["set pipe_sep='=next='"], "one", "tt;", "=next=", "END\nDate"),
    "pipe_split": (["set pipe_split"], "one", "tt;", "END\n", "=next="),
}


@pytest.mark.parametrize("case", PIPES)
def test_messages_are_piped_as_the_configuration_wants(reading, case):
    lines, name, keys, present, absent = PIPES[case]
    piped = reading.home.path / "piped"
    piped.unlink(missing_ok=True)
    reading.command(*lines)
    reading.at(name)
    reading.screen.keys(f"{keys}|cat >>{piped}; echo END >>{piped}\r")
    times = 2 if case == "pipe_split" else 1
    reading.until(lambda: piped.exists() and piped.read_text().count("END\n") == times)
    assert present in piped.read_text() and (not absent or absent not in piped.read_text())
    reading.command("exec untag-pattern")
    reading.screen.keys("~A\r")


@pytest.mark.parametrize("context, first", [(0, "after the quote"), (1, "> quoted")])
def test_quoted_text_is_skipped(reading, context, first):
    reading.command(f"set pager_skip_quoted_context={context}")
    reading.open("one")
    reading.screen.wait("> quoted")
    reading.screen.keys("S")
    reading.screen.wait(lambda text: text.split("\n")[1].rstrip() == first)


def test_a_message_becomes_new_again_in_the_pager(reading):
    def flags():
        return sorted(path.name.partition(":2,")[2] for part in ("cur", "new") for path in (reading.box / part).iterdir())

    reading.open("two")
    reading.screen.wait("second")
    reading.command("exec mark-as-new")
    reading.until(lambda: flags() == ["", "S", "S"])
