# SPDX-License-Identifier: GPL-3.0-or-later
"""What the compose menu shows beside the parts: headers of the user's own, and the text."""

import pytest
from writer import writer

LINES = "\n".join(f"line {n}" for n in range(1, 41))


@pytest.fixture(scope="module")
def desk():
    with writer("bind compose > preview-page-down\nbind compose < preview-page-up", editor=f'#!/bin/sh\ncat >"$1" <<EOF\n{LINES}\nEOF\n') as anna:
        yield anna


@pytest.fixture
def anna(desk):
    yield desk
    desk.go_home()
    desk.command("reset all", "unmy_hdr *", f"source {desk.home.path}/config/cur/muttrc")


def order(text, *words):
    at = [text.find(word) for word in words]
    return -1 not in at and at == sorted(at)


def test_headers_of_the_user_are_shown(anna):
    anna.command("my_hdr X-One: 1", "my_hdr X-Two: привет")
    assert order(anna.compose(), "Fcc:", "Headers: X-One: 1", "X-Two: привет", "-- Attachments")
    anna.command("set nocompose_show_user_headers")
    assert "Subject: news" in anna.screen.wait(lambda text: "X-One" not in text)


def test_many_headers_leave_room_for_the_rest(anna):
    anna.command(*(f"my_hdr X-{n}: {n}" for n in range(9)))
    text = anna.compose()
    assert "X-3: 3" in text and "X-4: 4" not in text and "(+5 more)" in text


def test_the_text_is_shown_and_paged_through(anna):
    text = anna.compose()
    assert order(text, "-- Attachments", "text/plain", "-- Preview (lines 1-10 of 40)", "line 1\n", "line 10\n") and "line 11" not in text
    anna.screen.type(">", lambda text: "(lines 11-20 of 40)" in text and "line 20\n" in text)
    for _ in range(3):
        anna.screen.keys(">")
    anna.screen.wait(lambda text: "(lines 31-40 of 40)" in text and "line 40\n" in text)
    anna.screen.type("<", lambda text: "(lines 21-30 of 40)" in text and "line 21\n" in text)


def test_it_shows_what_was_edited(anna):
    anna.compose()
    anna.screen.type("F", "Filter through:")
    anna.screen.type("tr a-z A-Z\r", "LINE 1\n")


def test_it_stands_above_the_parts(anna):
    anna.command("set compose_preview_above_attachments")
    text = anna.compose()
    assert order(text, "Fcc:", "-- Preview (lines 1-10 of 40)", "line 10\n", "-- Attachments", "text/plain")


@pytest.mark.parametrize("line", ["set nocompose_show_preview", "set compose_preview_min_rows=12"])
def test_it_can_be_left_out(anna, line):
    anna.command(line)
    text = anna.compose()
    assert "Preview" not in text and "line 1\n" not in text


def test_it_makes_room_for_the_parts(anna):
    anna.command("set compose_preview_min_rows=8")
    anna.compose()
    path = anna.file("more.txt", "more\n")
    for lines in (9, 8):
        anna.attach(path)
        anna.screen.wait(f"(lines 1-{lines} of 40)")
    anna.screen.keys(f"a{path}\r")
    anna.screen.wait(lambda text: "Preview" not in text and text.count("more.txt") == 3)


def test_the_text_cannot_touch_the_terminal(anna):
    anna.compose()
    anna.screen.type("F", "Filter through:")
    anna.screen.keys(r"printf 'evil\033]0;title\007\n'" + "\r")
    anna.screen.wait("evil")
    assert b"\033]0;title" not in anna.screen.raw
