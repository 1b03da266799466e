# SPDX-License-Identifier: GPL-3.0-or-later
"""A day's mail, end to end, as a user does it: sync, read a thread, answer, see the answer come back,
move it; and the same with the server away. What the server holds is looked at by a second client."""

import email
import email.policy
import os
import re
import stat
import time

import pytest
from letters import message
from pace import deadline, patience
from terminal import queued

EDITOR = """#!/bin/sh
# An editor that adds a line at the top of the body and leaves.
sed -i '1,/^$/!b' "$1"
printf 'This is my answer.\\n' >>"$1"
"""


@pytest.fixture
def desk(account):
    """The account with a thread of two in INBOX, an Archive, and an editor that answers."""
    editor = account.path / "editor"
    editor.write_text(EDITOR)
    editor.chmod(editor.stat().st_mode | stat.S_IXUSR)
    account.account(account.server, account.sink, more=f'set editor="{editor}" sort=threads fast_reply=yes include=yes\nmailboxes =Archive\n'
                    'set confirmappend=no sidebar_visible=yes sidebar_width=20\n')
    account.server.doveadm("mailbox", "create", "-u", "anna", "-s", "Archive")
    account.server.fill([message("plans for the week", ident="<plans@example.net>"),
                         message("Re: plans for the week", sender="Carol <carol@example.net>", ident="<re@example.net>",
                                 date="Mon, 02 Nov 2026 11:00:00 +0000",
                                 extra="In-Reply-To: <plans@example.net>\nReferences: <plans@example.net>\n",
                                 body="How about Thursday?\n")])
    return account


def on_server(desk, mailbox, want, seconds=20):
    """Wait until `want` (a function of the list of raw messages) holds for a mailbox on the server."""
    end = deadline(seconds)
    while True:
        client = desk.server.client()
        client.select(f'"{mailbox}"', readonly=True)
        _ok, found = client.uid("SEARCH", "ALL")
        uids = found[0].split()
        raw = [client.uid("FETCH", uid, "(FLAGS BODY.PEEK[])")[1][0] for uid in uids]
        client.logout()
        messages = [(part[0].decode(), part[1].decode(errors="replace")) for part in raw]
        if want(messages):
            return messages
        if time.monotonic() > end:
            raise AssertionError(f"{mailbox} on the server holds {messages}")
        time.sleep(0.2)


def reply_to_second(screen):
    """Open the second message, answer it, send."""
    screen.wait("plans for the week")
    screen.type("2\r\r", "How about Thursday?")
    screen.type("r", "Subject: Re: plans for the week")
    screen.type("y", lambda text: re.search(r"[Qq]ueued|sent", text))


def test_read_answer_see_it_return_and_move_it(desk):
    desk.sync()
    screen = desk.start(rows=30, cols=110)
    reply_to_second(screen)
    sent = on_server(desk, "Sent", lambda found: len(found) == 1)
    assert "In-Reply-To: <re@example.net>" in sent[0][1]
    assert "> How about Thursday?" in sent[0][1]
    assert "This is my answer." in sent[0][1]
    assert r"\Seen" in sent[0][0]
    # The parent is marked as answered, here and there.
    on_server(desk, "INBOX", lambda found: any(r"\Answered" in flags for flags, raw in found if "<re@example.net>" in raw))
    # Somebody's copy comes back into INBOX and stands under its parent.
    ident = re.search(r"(?im)^Message-ID: (\S+)", sent[0][1])[1]
    desk.server.deliver("anna", sent[0][1].replace("\r\n", "\n").encode())
    screen.keys("i")
    screen.wait(lambda text: "Msgs:3" in text and text.count("─>") == 2, 20)
    # Move it to another folder; the server has it there and nowhere else.
    screen.type("*")
    screen.type("s", "Save to mailbox")
    screen.type("\x15=Archive\r")
    screen.type("$")
    on_server(desk, "Archive", lambda found: [raw for _flags, raw in found if ident in raw])
    on_server(desk, "INBOX", lambda found: len(found) == 2)
    screen.type("q")
    assert screen.finish() == 0


def test_the_copy_in_sent_says_who_had_it_blind(desk):
    desk.sync()
    screen = desk.start(rows=30, cols=110)
    screen.wait("plans for the week")
    blind = [f"Blind Copy Number {i} <blind{i}@example.com>" for i in range(30)] + ["Ёж <jozh@example.com>"]
    screen.type("m", "To:")
    screen.type("bob@example.net\r", "Subject:")
    screen.type("told to many\r", "-- Attachments")
    screen.type("b", "Bcc:")
    screen.type(", ".join(blind) + "\r", "Blind Copy")
    screen.type("y", queued)
    [(_flags, copy)] = on_server(desk, "Sent", lambda found: len(found) == 1)
    copy = email.message_from_string(copy, policy=email.policy.default)
    assert [str(address) for address in copy["Bcc"].addresses] == blind
    [sent] = desk.sink.messages()
    assert b"blind29@example.com" in sent  # the envelope
    assert email.message_from_bytes(sent)["Bcc"] is None and b"Blind Copy" not in sent
    screen.type("q")


def test_with_the_server_away_everything_but_fetching_works(desk):
    desk.sync()
    desk.stop_engine()
    desk.server.stop()
    desk.sink.stop()
    screen = desk.start(rows=30, cols=110)
    reply_to_second(screen)
    screen.type("i")
    screen.wait("plans for the week")
    screen.type("1\r")
    screen.type("F")
    screen.type("1\r")  # $resolve had moved on
    screen.type("s", "Save to mailbox")
    screen.type("\x15=Archive\r")
    screen.type("$")
    screen.type("q")
    assert screen.finish() == 0
    assert len(desk.json("queue")) == 1
    desk.server.start()
    desk.sink.start()
    desk.run("sync")
    on_server(desk, "Archive", lambda found: any(r"\Flagged" in flags for flags, raw in found if "<plans@example.net>" in raw), 40)
    on_server(desk, "INBOX", lambda found: len(found) == 1)
    desk.run("queue", "--flush")
    on_server(desk, "Sent", lambda found: len(found) == 1, 40)
    assert len(desk.sink.messages()) == 1
    assert desk.json("queue") == []


def test_the_first_screen_does_not_wait_for_a_server_that_hangs(desk):
    desk.sync()
    desk.stop_engine()
    os.kill(desk.server.process.pid, 19)  # SIGSTOP: connections are accepted and nothing answers
    try:
        start = time.monotonic()
        screen = desk.start()
        screen.wait("plans for the week", 3)
        screen.type("\r", "text")
        assert time.monotonic() - start < patience(3)
    finally:
        os.kill(desk.server.process.pid, 18)
