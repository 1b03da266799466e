# SPDX-License-Identifier: GPL-3.0-or-later
"""Functions that mutt and NeoMutt have in more menus than one: each menu does them with what it shows."""

import pytest
from home import Home
from letters import message
from pace import until

HTML = message("a page", body="<p>some <b>bold</b> words</p>\n", ident="<page@example.net>")
PARTS = (b"From: dave@example.net\nSubject: two parts\nDate: Mon, 02 Nov 2026 10:50:00 +0000\nMIME-Version: 1.0\n"
         b"Content-Type: multipart/mixed; boundary=b\n\n--b\n\nthe text\n"
         b"--b\nContent-Type: application/x-thing; charset=utf-8\n\n<i>slanted</i>\n"
         b"--b\nContent-Type: message/rfc822\n\nFrom: Carol <carol@example.net>\nSubject: inside\nX-Strange: header\n\nhi\n--b--\n")
MUTTRC = """set index_format='%s' sort=date sleep_time=0 wait_key=no print=yes editor=true abort_unmodified=no postpone=no resolve=no
set print_command='cat >$HOME/printed' fast_reply=yes include=no recall=no pager_index_lines=0 attach_format='%n %m/%M' delete=yes
ignore *
unignore from subject
"""


@pytest.fixture(scope="module")
def desk():
    home = Home(MUTTRC)
    home.screen = home.start("-f", str(home.maildir(messages=[HTML, PARTS])))
    home.screen.wait(lambda text: "a page" in text and "two parts" in text)
    yield home
    home.close()


def back(screen):
    screen.keys("q")
    screen.wait(lambda text: "a page" in text and "two parts" in text)


def ask_type(screen, now, then):
    screen.keys("\x05")
    screen.wait(f"Content-Type: {now}")
    screen.keys(f"\x15{then}\r")


@pytest.mark.parametrize("kind,shown,hidden", [("text/html; charset=utf-8", "some bold words", "<b>"),
                                               ("text/plain; charset=utf-8", "some <b>bold</b>", None)])
def test_the_index_reads_a_message_as_of_another_type(desk, kind, shown, hidden):
    desk.screen.keys("1\r")
    ask_type(desk.screen, "text/", kind)
    desk.screen.keys("\r")
    desk.screen.wait(lambda text: shown in text and (hidden is None or hidden not in text))
    back(desk.screen)


def test_the_pager_reads_its_message_as_of_another_type(desk):
    desk.screen.keys("1\r\r")
    desk.screen.wait("some <b>bold</b>")
    ask_type(desk.screen, "text/plain", "text/html")
    desk.screen.wait("some bold words")
    ask_type(desk.screen, "text/html", "nonsense")
    desk.screen.wait("Content-Type is of the form base/sub.")
    ask_type(desk.screen, "text/html", "text/plain")
    desk.screen.wait("some <b>bold</b>")
    back(desk.screen)
    here = next((desk.path / "Mail/cur").glob("1700000000*"))
    assert here.read_bytes() == HTML


def test_the_menu_of_attachments_reads_a_part_as_of_another_type(desk):
    desk.screen.keys("2\rv")
    desk.screen.wait("2 application/x-thing")
    desk.screen.keys("2\r")
    ask_type(desk.screen, "application/x-thing; charset=utf-8", "text/html")
    desk.screen.wait("2 text/html")
    desk.screen.keys("2\r\r")
    desk.screen.wait(lambda text: "slanted" in text and "<i>" not in text)
    desk.screen.keys("q")
    desk.screen.wait("2 text/html")
    back(desk.screen)


def test_h_shows_a_message_with_all_of_its_header_and_without(desk):
    desk.screen.keys("1\rh")
    desk.screen.wait("Message-ID: <page@example.net>")
    back(desk.screen)
    desk.screen.keys("h")
    desk.screen.wait(lambda text: "Subject: a page" in text and "Message-ID" not in text)
    back(desk.screen)


def test_h_does_so_with_a_message_that_is_attached(desk):
    desk.screen.keys("2\rv")
    desk.screen.wait("3 message/rfc822")
    desk.screen.keys("3\rh")
    desk.screen.wait("X-Strange: header")
    desk.screen.keys("q")
    desk.screen.wait("3 message/rfc822")
    desk.screen.keys("h")
    desk.screen.wait(lambda text: "Subject: inside" in text and "X-Strange" not in text)
    desk.screen.keys("q")
    desk.screen.wait("3 message/rfc822")
    back(desk.screen)


def test_who_wrote_a_message_that_is_attached_is_written_to(desk):
    desk.screen.keys("2\rv")
    desk.screen.wait("3 message/rfc822")
    desk.screen.keys("3\r:exec compose-to-sender\r")
    desk.screen.wait(lambda text: "-- Attachments" in text and "To: Carol <carol@example.net>" in text)
    desk.screen.keys("q")
    desk.screen.wait("3 message/rfc822")
    back(desk.screen)


# the menu, the function, what is typed then, the file that holds this afterwards
FILES = [
    ("index", "pipe-entry", "cat >~/piped", "piped", "Subject: a page"),
    ("pager", "pipe-entry", "cat >~/piped", "piped", "Subject: a page"),
    ("index", "print-entry", None, "printed", "some <b>bold</b>"),
    ("pager", "print-entry", None, "printed", "some <b>bold</b>"),
    ("attach", "pipe-message", "cat >~/piped", "piped", "the text"),
]


@pytest.mark.parametrize("menu,function,typed,name,words", FILES, ids=[f"{case[0]}-{case[1]}" for case in FILES])
def test_the_other_name_of_a_function(desk, menu, function, typed, name, words):
    path = desk.path / name
    path.unlink(missing_ok=True)
    opens, wanted = {"index": ("1\r", "a page"), "pager": ("1\r\r", "some <b>bold"), "attach": ("2\rv", "1 text/plain")}[menu]
    desk.screen.keys(opens)
    desk.screen.wait(wanted)
    desk.screen.keys(f":exec {function}\r")
    if typed:
        desk.screen.wait("Pipe to command:")
        desk.screen.keys(f"{typed}\r")
    until(lambda: path.exists() and words in path.read_text(), tell=desk.screen.text)
    if menu != "index":
        back(desk.screen)


@pytest.mark.parametrize("menu", ["index", "pager"])
def test_save_entry_moves_the_message(home, menu):
    home.muttrc(MUTTRC + "set confirmappend=no confirmcreate=no\n")
    screen = home.start("-f", str(home.maildir(messages=[HTML])))
    screen.wait("a page")
    if menu == "pager":
        screen.keys("\r")
        screen.wait("some <b>bold")
    screen.keys(":exec save-entry\r")
    screen.wait("Save to mailbox")
    screen.keys(f"\x15{home.path}/Kept\r")
    until(lambda: [path.read_bytes() for path in (home.path / "Kept").glob("cur/*")] == [HTML], tell=screen.text)
