# SPDX-License-Identifier: GPL-3.0-or-later
"""Each letter of $attach_format, in the menu of attachments and in the compose menu, and of $compose_format."""

import re

import pytest
from home import Home
from pace import until

LETTERS = "CcDdeFfIMmnQsTtuX"


def format_of(letters):
    return "".join(f"<{letter}:%{letter}>" for letter in letters)


PARTS = b"""From: ann@example.net
Subject: many parts
Date: Mon, 02 Nov 2026 10:00:00 +0000
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary=b

--b
Content-Type: text/plain; charset=iso-8859-1
Content-Transfer-Encoding: 8bit
Content-Description: first words

caf\xe9
--b
Content-Type: application/pdf; name=other.pdf
Content-Disposition: attachment; filename=plan.pdf
Content-Transfer-Encoding: base64

""" + b"\n".join([b"QUFB" * 18] * 30) + b"""
--b
Content-Type: message/rfc822

From: bob@example.net
Subject: inside
Content-Type: multipart/mixed; boundary=c

--c
Content-Type: text/html; charset=utf-8

<p>x
--c
Content-Type: image/png
Content-Disposition: inline; filename=dot.png

x
--c
Content-Type: audio/ogg
Content-Disposition: attachment

x
--c--
--b
Content-Type: text/csv
Content-Disposition: form-data; name=f

1,2
--b--
"""

MUTTRC = f"""set attach_format='{format_of(LETTERS)}' compose_format='<a:%a><h:%h><l:%l><v:%v>' index_format='%s' sleep_time=0 resolve=no
set message_format='%s' ascii_chars=yes sort=date delete=yes editor=true abort_unmodified=no postpone=no hostname=desk.example from=anna@example.org
bind compose U toggle-unlink
unattachments *
attachments +A */.*
attachments +I image/.* message/.*
"""


@pytest.fixture(scope="module")
def desk():
    home = Home(MUTTRC)
    home.screen = home.start("-f", str(home.maildir(messages=[PARTS])), cols=500)
    home.screen.wait("many parts")
    yield home
    home.close()


def shows(screen, mark, **wanted):
    """Until the line with this mark says all of it."""
    def seen(_):
        line = next((line for line in screen.lines() if mark in line), "")
        return line and all(f"<{letter}:{value}>" in line for letter, value in wanted.items())
    screen.wait(seen)


@pytest.fixture
def attachments(desk):
    desk.screen.keys("v")
    desk.screen.wait("---Attachments (8)")
    yield desk.screen
    desk.screen.keys("q")
    desk.screen.wait("many parts")


# number: what each letter says of that part
ENTRIES = {
    1: dict(C="iso-8859-1", c="c", d="first words", e="8bit", F="", f="", I="I", M="plain", m="text", Q=" ", T="", X=0, t=" ", u=" ", D=" "),
    2: dict(C="", c="n", d="plan.pdf", e="base64", F="plan.pdf", f="plan.pdf", I="A", M="pdf", m="application", Q="Q", s="1.6K", X=1),
    3: dict(d="inside", I="I", M="rfc822", m="message", Q="Q", T="", X=3),
    4: dict(M="mixed", m="multipart", Q=" ", T="`->", X=2),
    5: dict(C="utf-8", c="n", d="<no description>", M="html", Q=" ", T="  |->", X=0),
    6: dict(F="dot.png", I="I", M="png", m="image", Q="Q", T="  |->", X=1),
    7: dict(I="A", m="audio", Q="Q", T="  `->", X=1),
    8: dict(I="F", M="csv"),
}


def test_each_letter_of_a_part(attachments):
    for number, wanted in ENTRIES.items():
        shows(attachments, f"<n:{number}>", **wanted)
    attachments.keys("2\rt")
    shows(attachments, "<n:2>", t="*")
    shows(attachments, "<n:1>", t=" ")
    attachments.keys("2\rt")
    shows(attachments, "<n:2>", t=" ")


FORMS = [("%-9.4d", "plan     "), ("%5n", "    2"), ("%?C?%C&none?", "none"), ("%<X?%X of it&nothing>", "1 of it"), ("%?c?recoded&as it is?", "as it is"),
         ("%<Q?counts&passed>", "counts"), ("%?t?tagged&free?", "free"), ("%_f", "plan.pdf"), ("%<I?%I&?>", "A"), ("%03n", "002")]


def test_forms(attachments):
    attachments.keys(":set attach_format='" + "".join(f"<{form}>" for form, _ in FORMS) + "'\r")
    attachments.wait("".join(f"<{text}>" for _, text in FORMS))
    attachments.keys(f":set attach_format='{format_of(LETTERS)}'\r")
    attachments.wait("<n:2>")


def texts_here(desk):
    """The messages that are not trashed, each as it lies there."""
    return [path.read_bytes() for path in (desk.path / "Mail/cur").iterdir() if "T" not in path.name.partition(":2,")[2]]


def test_a_part_that_is_deleted_is_marked_and_taken_out_of_the_message(desk):
    screen = desk.screen
    screen.keys("v")
    screen.wait("---Attachments (8)")
    screen.keys("3\rd4\rd")
    screen.wait("<n:4>")
    shows(screen, "<n:3>", D="D")
    screen.wait("Only deletion of multipart attachments is supported.")
    screen.keys("3\ru2\rd")
    shows(screen, "<n:3>", D=" ")
    shows(screen, "<n:2>", D="D")
    screen.keys("q")
    screen.wait(lambda text: text.count("many parts") == 2)
    screen.keys("$")
    screen.wait(lambda text: text.count("many parts") == 1)
    until(lambda: len(texts_here(desk)) == 1)
    text, = texts_here(desk)
    before, content, after = PARTS.partition(b"\n".join([b"QUFB" * 18] * 30))
    before, head = before.split(b"--b\n")[:2], before.split(b"--b\n")[2]
    stub = rb'Content-Type: message/external-body; access-type=x-mutt-deleted;\n\texpiration="[^"]+"; length=%d\n\n' % len(content)
    assert re.sub(stub, b"", text) == b"--b\n".join([*before, head + after]) and len(re.findall(stub + re.escape(head), text)) == 1
    screen.keys("v")
    shows(screen, "<n:2>", m="message", M="external-body")
    screen.keys("q")
    screen.wait("many parts")


# ---- the compose menu

@pytest.fixture(scope="module")
def composed(desk):
    (desk.path / "notes.bin").write_bytes(b"\0" * 3000)
    desk.screen.keys("m")
    desk.screen.wait("To:")
    desk.screen.keys("bob@example.net\r")
    desk.screen.wait("Subject:")
    desk.screen.keys("to you\r")
    desk.screen.wait("-- Attachments")
    desk.screen.keys("a")
    desk.screen.wait("Attach file:")
    desk.screen.keys("~/notes.bin\r")
    shows(desk.screen, "<n:2>", d="notes.bin")
    yield desk.screen
    desk.screen.keys("q")
    desk.screen.wait("many parts")


def test_each_letter_of_a_part_that_is_composed(composed):
    shows(composed, "<n:1>", C="utf-8", c="c", e="8bit", I="I", M="plain", m="text", t=" ", T="")
    shows(composed, "<n:2>", C="", c="n", D=" ", e="base64", F="notes.bin", f="~/notes.bin", I="A", M="octet-stream", m="application",
          s="2.9K", t=" ", u=" ")
    composed.keys("2\rU")
    shows(composed, "<n:2>", u="-")
    composed.keys("U")
    shows(composed, "<n:2>", u=" ")
    composed.keys("T")
    shows(composed, "<n:2>", t="*")
    composed.keys("T")
    composed.keys(":exec rename-attachment\r")
    composed.wait("Send attachment with name:")
    composed.keys("\x15given\r")
    shows(composed, "<n:2>", F="given", f="~/notes.bin", d="given", t=" ")
    composed.keys("d")
    composed.wait("Description:")
    composed.keys("\x15what it is\r")
    shows(composed, "<n:2>", F="given", f="~/notes.bin", d="what it is")


def test_each_letter_of_the_compose_bar(desk, composed):
    version = desk.run("-v").stdout.split()[1]
    composed.wait(f"<a:2><h:desk.example><l:2.9K><v:{version}>")
    composed.keys(":set compose_format='<%4a|%-14.6h|%?a?some&none?|%<l?sized&empty>|%_v>%>.end'\r")
    composed.wait(lambda text: f"<   2|desk.e        |some|sized|{version}>....." in text and ".....end" in text)
