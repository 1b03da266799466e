# SPDX-License-Identifier: GPL-3.0-or-later
"""Reading: HTML, old charsets, quotes, long lines, searching; hostile bytes; attachments and the disk."""

import base64
import os
import re
import stat

import pytest
from faulty import FaultyDisk
from letters import message

HTML = b"""From: Shop <shop@example.net>
To: anna@example.org
Subject: only html
Date: Mon, 02 Nov 2026 10:00:00 +0000
Message-ID: <html@example.net>
MIME-Version: 1.0
Content-Type: text/html; charset=utf-8

<html><head><style>p { color: red }</style><script>evil()</script></head>
<body><h1>Big sale</h1><p>Everything &lt;b&gt; must go.<br>Really.</p><img src="http://127.0.0.1:1/track.gif"></body></html>
"""

KOI8 = ("From: =?koi8-r?B?" + base64.b64encode("Иван".encode("koi8-r")).decode() + "?= <ivan@example.net>\n"
        "To: anna@example.org\nSubject: koi\nDate: Mon, 02 Nov 2026 10:01:00 +0000\nMessage-ID: <koi@example.net>\n"
        "MIME-Version: 1.0\nContent-Type: text/plain; charset=koi8-r\nContent-Transfer-Encoding: 8bit\n\n"
        ).encode() + "Привет, как дела?\n".encode("koi8-r")


def attachment(name, body=b"the content\n"):
    return (b"From: Eve <eve@example.net>\nTo: anna@example.org\nSubject: a file\n"
            b"Date: Mon, 02 Nov 2026 10:02:00 +0000\nMessage-ID: <file@example.net>\nMIME-Version: 1.0\n"
            b"Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: text/plain\n\nsee the file\n--b\n"
            b"Content-Type: application/octet-stream\nContent-Transfer-Encoding: base64\n"
            b'Content-Disposition: attachment; filename="' + name + b'"\n\n' + base64.b64encode(body) + b"\n--b--\n")


@pytest.fixture
def reader(home):
    """Open a local Maildir with these messages: reader(messages, muttrc) is the screen of its index."""
    def start(messages, more="", rows=24, cols=80):
        box = home.maildir("Mail", messages)
        home.muttrc(f'set spoolfile="{box}" folder="{home.path}" sleep_time=0 editor=true wait_key=no\n{more}\n')
        screen = home.start(rows=rows, cols=cols)
        screen.wait(lambda text: re.search(r"(?m)^ *[1-9] ", text))
        return screen
    return start


def body_lines(text):
    return text.split("\n")


def test_html_alone_is_shown_as_text(reader):
    screen = reader([HTML])
    text = screen.type("\r", "Really.")
    assert "Big sale" in text and "Everything <b> must go." in text
    assert "evil" not in text and "color: red" not in text


def test_koi8_r_is_shown_in_cyrillic(reader):
    screen = reader([KOI8])
    assert "Привет, как дела?" in screen.type("\r", "Привет")
    assert "Иван" in screen.text()


def test_opening_marks_as_read(reader, home):
    box = home.path / "Mail"
    screen = reader([message("unread")])
    path = next((box / "cur").iterdir())
    assert "S" in path.name.partition(":2,")[2]
    screen.type("\r", "text")
    screen.type("i", "unread")
    screen.type("N")
    screen.type("\r", "text")
    screen.settle()
    assert any("S" in p.name.partition(":2,")[2] for part in ("cur", "new") for p in (box / part).iterdir())


def test_quotes_have_their_colours_and_can_be_hidden(reader):
    body = "> first\n>> second\nanswer needle\n"
    screen = reader([message(body=body)], "color quoted green default\ncolor quoted1 red default\n"
                                          "color body yellow default needle")
    screen.type("\r", "answer")
    rows = {line.strip(): y for y, line in enumerate(screen.lines())}

    def colour(y, x=0):
        return screen.screen.buffer[y][x].fg

    assert colour(rows["> first"]) == "green"
    assert colour(rows[">> second"]) == "red"
    y = rows["answer needle"]
    assert colour(y, 7) in ("yellow", "brown") and colour(y, 0) not in ("yellow", "brown")
    assert "> first" not in screen.type("T")
    assert "> first" in screen.type("T")


def test_search_goes_to_the_match_and_wraps(reader):
    body = "".join(f"line {i}\n" for i in range(100)) + "a needle here\n" + "".join(f"more {i}\n" for i in range(100))
    screen = reader([message(body=body)])
    screen.type("\r", "line 1")
    screen.type("/needle\r", "a needle here")
    screen.type("n", "wrapped")
    screen.type("/absent\r", "Not found")


def test_pages_turn_and_stop_at_the_ends(reader):
    body = "".join(f"line {i}\n" for i in range(100))
    screen = reader([message(body=body)], "set pager_stop")
    screen.type("\r", "line 1")
    assert "line 1\n" not in screen.type(" ") + "\n"
    screen.type("\x1b[4~", lambda text: "line 99" in text)
    screen.type(" ", "Bottom of message is shown.")
    screen.type("^", "line 0")
    screen.type("-", "Top of message is shown.")


def test_a_line_of_a_megabyte_opens_at_once(reader):
    screen = reader([message(body="word " * 200000 + "\nthe end\n")])
    screen.type("\r", "word word", seconds=3)
    screen.type("\x1b[4~", "the end", seconds=5)


@pytest.mark.parametrize("rows, cols", [(5, 20), (24, 80), (50, 200)])
def test_hostile_bytes_do_not_reach_the_terminal(reader, rows, cols):
    # U01, U02, U07: plain, in quoted-printable, as C1 in Latin-1, as HTML entities
    nasty = "\x1b]0;owned\x07\x1b[2J\x9b31m\x0e\x08\x08\rXX"
    plain = message("s \x1b]0;owned\x07 \x1b[2J", sender="\x1b[31mEve <eve@example.net>", body=nasty + "\n")
    qp = message("=?utf-8?Q?=1B]0;owned=07?=", body="=1B]0;owned=07=1B[2J=9B31m\n").replace(
        b"Transfer-Encoding: 8bit", b"Transfer-Encoding: quoted-printable").replace(b"charset=utf-8", b"charset=iso-8859-1")
    html = HTML.replace(b"Big sale", b"Big sale &#27;]0;owned&#7; &#155;31m")
    screen = reader([plain, qp, html], rows=rows, cols=cols)
    for _ in range(3):
        screen.type("\r")
        screen.type("h")
        screen.type(" ")
        screen.type("v")
        screen.type("q")
        screen.type("ij")
    raw = bytes(screen.raw)
    assert b"owned\x07" not in raw
    assert b"\x1b]0;owned" not in raw
    assert b"\x9b31m" not in raw.replace("\x9b".encode(), b"")


def test_a_body_cannot_write_into_the_status_bar(reader):
    # U10: text that looks like our frame stays in the body
    body = "---Mutt: forged status\n" * 60
    screen = reader([message("honest subject", body=body)])
    screen.type("\r", "forged")
    text = screen.settle()
    assert "honest subject" in body_lines(text)[-2]
    assert "forged" not in "\n".join(body_lines(text)[-2:])


@pytest.mark.parametrize("name, saved", [
    (b"../../escape", "escape"), (b"/etc/passwd", "passwd"), (b".bashrc", None), (b"-rf", None),
    (b"a\\b", None), (b"$(touch owned)`id`.txt", None), (b"x" * 300, None)], ids=range(7))
def test_attachments_are_saved_under_safe_names(reader, home, name, saved):
    # M30
    target = home.path / "saved"
    target.mkdir()
    screen = reader([attachment(name)], f'set attach_save_dir="{target}" attach_save_without_prompting')
    screen.type("v", "---Attachments (2)")
    screen.type("j")
    screen.type("s", "saved")
    files = list(target.iterdir())
    assert len(files) == 1 and files[0].read_bytes() == b"the content\n"
    assert stat.S_IMODE(files[0].stat().st_mode) == 0o600
    assert files[0].name[0] not in ".-" and len(files[0].name.encode()) <= 200
    if saved:
        assert files[0].name == saved
    assert not (home.path / "owned").exists() and not (home.path.parent / "escape").exists()


def test_saving_asks_before_overwriting_and_refuses_links(reader, home):
    # M31
    victim, link = home.path / "victim", home.path / "link"
    victim.write_text("mine")
    link.symlink_to(victim)
    screen = reader([attachment(b"f.bin")])
    screen.type("v", "octet-stre")
    screen.type("j")
    screen.type("s", "Save to file")
    screen.type(f"\x15{link}\r", "no regular file")
    assert victim.read_text() == "mine"
    screen.type("s", "Save to file")
    screen.type(f"\x15{victim}\r", "File exists")
    screen.type("c")
    assert victim.read_text() == "mine"
    screen.type("s", "Save to file")
    screen.type(f"\x15{victim}\r", "File exists")
    screen.type("o", "saved")
    assert victim.read_bytes() == b"the content\n"


def test_a_viewer_gets_the_name_as_one_argument_and_autoview_has_no_terminal(reader, home):
    # C13, C16
    mailcap = home.path / "mailcap"
    mailcap.write_text(f"application/octet-stream; cp '%s' {home.path}/seen; nametemplate=%s.bin\n"
                       "text/x-show; tty | cat && echo shown by viewer; copiousoutput\n")
    show = (b"From: a@b\nSubject: auto\nDate: Mon, 02 Nov 2026 10:09:00 +0000\nMIME-Version: 1.0\n"
            b"Content-Type: text/x-show\n\nraw text\n")
    screen = reader([attachment(b"a'b;touch owned;.x"), show], f'set mailcap_path="{mailcap}"\nauto_view text/x-show')
    screen.type("1\r\r", "see the file")
    screen.type("v", "octet-stre")
    screen.type("j")
    screen.type("m")
    assert (home.path / "seen").read_bytes() == b"the content\n"
    assert not (home.path / "owned").exists()
    screen.type("q")
    screen.type("i")
    screen.type("2\r\r", "shown by viewer")
    assert "/dev/" not in screen.text()


def test_d20_no_viewer_gets_what_was_not_written_whole(reader, home, monkeypatch):
    mailcap, folder = home.path / "mailcap", home.path / "viewed"
    mailcap.write_text(f"application/octet-stream; cp '%s' {home.path}/seen; nametemplate=%s.bin\n")
    folder.mkdir()
    disk = FaultyDisk(home, calls=("close",))
    disk.below = folder
    for name, value in disk.spoil(1, "ENOSPC").items():
        monkeypatch.setitem(home.env, name, value)
    screen = reader([attachment(b"f.bin")], f'set mailcap_path="{mailcap}" tmpdir="{folder}"')
    screen.type("v", "octet-stre")
    screen.type("j")
    screen.type("m", "cannot write")
    assert disk.spoilt() and not (home.path / "seen").exists() and not list(folder.iterdir())


def test_a_message_can_be_piped(reader, home):
    screen = reader([message("for the pipe", body="needle\n")])
    screen.type("|", "Pipe to command")
    screen.type(f"cat >{home.path}/piped\r")
    screen.wait("for the pipe")
    assert "needle" in (home.path / "piped").read_text()
    assert os.path.getsize(home.path / "piped") > 50


def test_the_keys_go_from_part_to_part(reader):
    parts = b"".join(b"--b\nContent-Type: text/plain\n\n" + b"line of part %d\n" % n * 30 for n in (1, 2, 3))
    screen = reader([b"From: Eve <eve@example.net>\nTo: anna@example.org\nSubject: parts\n"
                     b"Date: Mon, 02 Nov 2026 10:02:00 +0000\nMessage-ID: <parts@example.net>\nMIME-Version: 1.0\n"
                     b"Content-Type: multipart/mixed; boundary=b\n\n" + parts + b"--b--\n"])
    screen.type("\r", "line of part 1")

    def at_the_top(wanted):
        return lambda text: wanted in text.split("\n")[1]

    for wanted in ("Attachment #1", "Attachment #2", "Attachment #3"):
        screen.type("]", at_the_top(wanted))
    screen.type("]", "This is the last part.")
    screen.type("[", at_the_top("Attachment #2"))
    screen.type("\r\r\r", at_the_top("line of part 2"))
    screen.type("[", at_the_top("Attachment #2"))
    screen.type("[[[", "This is the first part.")
    assert "Subject: parts" in screen.text()


def test_a_display_filter_changes_what_is_shown_and_not_the_message(reader, home):
    raw = message("plain", body="one two\n> quoted\n", sender="Eve <eve@example.net>")
    screen = reader([raw], "set display_filter=\"sed -e s/two/2/ -e '1i X-Seen: by sed'\"\ncolor quoted red default\ncolor hdrdefault green default")
    text = screen.type("\r", "one 2")
    lines = text.split("\n")
    assert "X-Seen: by sed" in lines[1] and "two" not in text
    quoted = lines.index("> quoted")
    assert screen.screen.buffer[quoted][0].fg == "red" and screen.screen.buffer[1][0].fg == "green"
    screen.type(f"|cat >{home.path}/piped\r")
    assert b"one two" in (home.path / "piped").read_bytes()
    screen.type(":set display_filter='exit 4'\r", "exit 4: ended with status 4")
    assert "one two" in screen.text()
