# SPDX-License-Identifier: GPL-3.0-or-later
"""Deleting with $trash, and what the interface asks when a folder was emptied at the server."""

import pytest
from letters import message
from servers import Lab


@pytest.fixture(scope="module")
def lab():
    with Lab() as lab:
        yield lab


@pytest.fixture
def trashing(home, lab):
    """A terminal on an INBOX of five messages with trash=+Trash; home.server is the server."""
    home.server = lab.dovecot()
    home.server.fill([message(f"subject {i}", ident=f"<{i}@example.net>") for i in range(5)])
    home.account(home.server, more="set delete=yes\n")
    home.sync()
    return home


def show(home, name="=INBOX", wanted="subject 4"):
    terminal = home.start("-f", name)
    terminal.wait(wanted)
    terminal.settle()
    return terminal


def counts(home):
    """{folder: number of messages at the server} after what waits was told to it."""
    home.sync()
    client, found = home.server.client(), {}
    for name in ("INBOX", "Trash"):
        ok, n = client.select(name, readonly=True)
        found[name] = int(n[0]) if ok == "OK" else None
    client.logout()
    return found


def test_what_is_deleted_goes_to_the_trash(trashing):
    terminal = show(trashing)
    terminal.type("=dd$", wanted="2 deleted")
    assert counts(trashing) == {"INBOX": 3, "Trash": 2}


def test_in_the_trash_it_is_deleted_for_good(trashing):
    terminal = show(trashing)
    terminal.type("=dd$", wanted="2 deleted")
    terminal.type("c=Trash\r", wanted="Msgs:2")
    terminal.type("=d$", wanted="1 deleted")
    assert counts(trashing) == {"INBOX": 3, "Trash": 1}


def test_purge_message_passes_the_trash(trashing):
    terminal = show(trashing)
    terminal.type(":exec purge-message\r")
    terminal.type("=")
    terminal.type("$", wanted="1 deleted")
    assert counts(trashing) == {"INBOX": 4, "Trash": 0}


def test_without_trash_deleted_is_deleted(trashing):
    terminal = show(trashing)
    terminal.type(":unset trash\r")
    terminal.type("=d$", wanted="1 deleted")
    assert counts(trashing) == {"INBOX": 4, "Trash": 0}


def test_a_trash_that_is_not_there_is_made_after_a_question(trashing):
    path = trashing.path / "config/cur/muttrc"
    path.write_text(path.read_text().replace('trash="+Trash"', 'trash="+Bin"'))
    terminal = show(trashing)
    terminal.type("=d$", wanted="Create =Bin?")
    terminal.type("n")
    assert "D" in terminal.lines()[1].partition("Nov")[0], "it stays marked"
    terminal.type("$", wanted="Create =Bin?")
    terminal.type("y", wanted="1 deleted")
    trashing.sync()
    assert [row["subject"] for row in trashing.json("list", "=Bin")] == ["subject 0"]


@pytest.mark.parametrize("answer, left", [("y", 0), ("n", 5)])
def test_an_emptied_folder_is_a_question(trashing, answer, left):
    terminal = show(trashing)
    trashing.server.doveadm("expunge", "-u", "anna", "mailbox", "INBOX", "all")
    terminal.wait("5 of 5 messages gone at the server from =INBOX: delete here?")
    terminal.type(answer, wanted=lambda text: "gone at the server" not in text)
    trashing.sync()
    assert len(trashing.json("list", "=INBOX")) == left
