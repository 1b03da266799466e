# SPDX-License-Identifier: GPL-3.0-or-later
"""Messages whose texts are not here, as a user meets them: on the screen and on the command line."""

import threading

import pytest
from desk import letter
from odddesk import NOTICE


@pytest.fixture
def held(partial):
    """A server that gives no text before `held` is set."""
    event = threading.Event()
    partial.imapd.odd["UID FETCH"] = lambda talk, tag, words: "BODY.PEEK[]" in words[-1] and not event.wait(20)
    yield event
    event.set()


def open_big(desk, number=1):
    screen = desk.home.start()
    screen.wait("big 2")
    screen.type(f"/big {number}\r")
    return screen


def test_the_newest_are_on_the_screen_while_the_rest_is_listed(odd):
    desk = odd({"INBOX": [letter(i) for i in range(700)]}, once=False)
    listed = threading.Event()
    desk.imapd.odd["UID FETCH"] = lambda talk, tag, words: words[1] == "1:*" and not listed.wait(20)
    screen = desk.home.start()
    try:
        screen.wait("Msgs:100")
        assert "letter 699" in screen.type("l~s 'letter 699'\r", "Msgs:1/100")
        assert not desk.texts_asked()
        assert NOTICE in screen.type("\r", NOTICE)
        listed.set()
        screen.wait(lambda shown: "text" in shown.split() and NOTICE not in shown)
    finally:
        listed.set()


def test_opened_its_text_comes_into_the_pager(partial):
    screen = open_big(partial)
    assert NOTICE not in screen.type("\r", "the long text of 1")
    assert len(partial.headers()) == 2


def test_while_it_comes_the_header_and_the_notice_stand_there_and_ctrl_g_stops_waiting(partial, held):
    screen = open_big(partial)
    text = screen.type("\r", "fetching the text")
    assert "Subject: big 1" in text and NOTICE in text
    screen.type("\x07", "Stopped.")
    held.set()
    screen.wait("the long text of 1")


def test_without_the_server_the_header_is_shown_and_why_there_is_no_more(partial):
    partial.fake.close()
    screen = open_big(partial)
    text = screen.type("\r", lambda shown: NOTICE in shown and "localhost" in shown)
    assert "Subject: big 1" in text


def test_the_notice_is_shown_where_attachments_are_not(partial, held):
    partial.add("set honor_disposition")
    screen = open_big(partial)
    screen.type("\r", NOTICE)


def test_a_reply_quotes_the_text(partial):
    partial.add("set editor=true include=yes abort_unmodified=no fast_reply=yes")
    screen = open_big(partial)
    screen.type("r", "-- Attachments")
    [draft] = (partial.home.data / "drafts").iterdir()
    assert "> the long text of 1" in "".join(p.read_text() for p in draft.iterdir() if p.is_file() and p.stat().st_size)


def test_a_pipe_gets_the_text_of_all_that_are_tagged(partial):
    out = partial.home.path / "out"
    screen = open_big(partial)
    screen.type("T~s big\r")
    screen.type(";|", "Pipe to command")
    screen.type(f"cat >>{out}\r")
    screen.settle()
    screen.keys("\r")
    screen.settle()
    assert all(f"the long text of {i}" in out.read_text() for i in range(3))


def test_who_has_gone_on_meanwhile_is_not_disturbed(partial, held):
    screen = open_big(partial)
    screen.type("v", "fetching the text")
    screen.type("=")
    held.set()
    screen.wait(lambda shown: len(partial.headers()) == 2)
    assert "letter 0" in screen.settle() and "-- Attachments" not in screen.text()


def test_a_search_in_texts_says_how_many_it_did_not_see(partial):
    screen = open_big(partial)
    assert "3 messages were not searched" in screen.type("l~b 'on this computer'\r", "not searched")


def test_shown_on_the_command_line(partial):
    [one] = [row["id"] for row in partial.home.json("list", "+INBOX") if row["subject"] == "big 1"]
    assert "the long text of 1" in partial.home.run("show", one, check=True).stdout
    assert len(partial.headers()) == 2
