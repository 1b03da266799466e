# SPDX-License-Identifier: GPL-3.0-or-later
"""Undo at the keyboard and from the terminal."""

import pytest
from letters import message


@pytest.fixture
def boxes(home):
    """A terminal on a Maildir of six read messages; boxes.archive is another one."""
    home.inbox = home.maildir("Mail", [message(f"subject {i}", ident=f"<{i}@example.net>", date=f"Mon, 02 Nov 2026 10:00:0{i} +0000") for i in range(6)])
    home.archive = home.maildir("Archive")
    home.muttrc(f'set from=anna@example.org folder="{home.path}" spoolfile="+Mail" trash="+Archive" delete=yes confirmappend=no sleep_time=0\n'
                "mailboxes +Mail +Archive\n")
    home.terminal = home.start()
    home.terminal.wait("Msgs:6")
    home.terminal.settle()
    return home


def n_files(path):
    return len([*(path / "cur").iterdir(), *(path / "new").iterdir()])


def test_saved_messages_come_back_all_at_once_and_are_told(boxes):
    boxes.terminal.type("=tt;s=Archive\r", wanted="saved to")
    boxes.terminal.wait("Msgs:4")
    boxes.terminal.type("\x1bU", wanted="Undone: 2 messages moved to =Archive.")
    boxes.terminal.wait("Msgs:6")
    assert (n_files(boxes.inbox), n_files(boxes.archive)) == (6, 0)


def test_undo_goes_further_back_and_says_when_there_is_no_more(boxes):
    boxes.terminal.type("=F", wanted="Flag:1")
    boxes.terminal.type("=d$", wanted="1 deleted")
    boxes.terminal.wait("Msgs:5")
    boxes.terminal.type("\x1bU", wanted="Undone: 1 message moved to =Archive.")
    boxes.terminal.type("\x1bU", wanted="Undone: 1 message marked in =Mail.")
    boxes.terminal.wait(lambda text: "Flag:1" not in text)
    boxes.terminal.type("\x1bU", wanted="there is nothing to undo")


def test_what_was_read_is_not_what_undo_takes_back(boxes):
    boxes.terminal.type("=jN", wanted="Old:1")
    boxes.terminal.type("=F", wanted="Flag:1")
    boxes.terminal.type("=j\r", wanted="Subject: subject 1")
    boxes.terminal.type("i", wanted=lambda text: "Old:1" not in text and "Flag:1" in text)
    boxes.terminal.type("\x1bU", wanted="Undone: 1 message marked in =Mail.")
    boxes.terminal.wait(lambda text: "Flag:1" not in text)
    assert "Old:1" not in boxes.terminal.settle(), "it stays read"


def test_the_terminal_lists_and_takes_back_yesterdays_acts(boxes):
    boxes.terminal.type("=s=Archive\r", wanted="saved to")
    boxes.terminal.type("q", wanted=None)
    if boxes.terminal.child.isalive():
        boxes.terminal.type("y")
    boxes.stop_engine()
    [act] = boxes.json("undo", "--list")
    assert (act["act"], act["mailbox"], act["count"]) == ("move", str(boxes.archive), 1)
    assert "1 message moved to" in boxes.run("undo", "--list", check=True).stdout
    assert boxes.run("undo", check=True).stdout == f"Undone: 1 message moved to {boxes.archive}\n"
    assert (n_files(boxes.inbox), n_files(boxes.archive)) == (6, 0)
    done = boxes.run("undo")
    assert done.returncode == 1 and "nothing to undo" in done.stderr
    assert boxes.run("undo", "this").returncode == 2
