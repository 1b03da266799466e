# SPDX-License-Identifier: GPL-3.0-or-later
"""Letters that need something around them: labels, sizes, drafts and new mail in $status_format; attachments, gateways
and hooks in $index_format."""

import pytest
from home import Home
from letters import message

PARTS = (b"From: dave@example.net\nSubject: two files\nDate: Mon, 02 Nov 2026 10:50:00 +0000\nX-Comment-To: Ivan Fido\n"
         b"MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\ntext\n"
         b"--b\nContent-Type: application/pdf\nContent-Disposition: attachment; filename=a.pdf\n\n%PDF\n"
         b"--b\nContent-Type: application/zip\nContent-Disposition: attachment; filename=b.zip\n\nPK\n--b--\n")
STATUS = "<b:%b><D:%D><f:%f><h:%h><L:%L><l:%l><p:%p><v:%v>"
MUTTRC = f"""set folder=~/Mail spoolfile=+inbox postponed=+drafts sleep_time=0 mark_old=no hostname=desk.example from=anna@example.org
set index_format='%s: %X/%x' status_format='{STATUS}' spam_separator=',' editor=true
unattachments *
attachments +A */.*
mailboxes -label 'What comes' =inbox =one =two =three
spam 'X-Spam: (.*)' '%1'
"""


@pytest.fixture(scope="module")
def desk():
    home = Home(MUTTRC)
    home.maildir("Mail/inbox", [PARTS, message("plain", body="x" * 5000 + "\n", extra="X-Spam: ham\n")])
    home.maildir("Mail/drafts", [message(f"draft {i}") for i in range(3)])
    for name in ("one", "two"):
        (home.maildir(f"Mail/{name}") / "new/1700000001.M1.home").write_bytes(message(name))
    home.maildir("Mail/three")
    home.screen = home.start(cols=200)
    home.screen.wait("plain:")
    yield home
    home.close()


def test_each_letter_of_the_status_line(desk):
    version = desk.run("-v").stdout.split()[1]
    desk.screen.wait(f"<b:2><D:What comes><f:=inbox><h:desk.example><L:5.5K><l:5.5K><p:3><v:{version}>")
    desk.screen.keys("l~s two\r")
    desk.screen.wait("<L:0.3K><l:5.5K>")
    desk.screen.keys("lall\r")
    desk.screen.wait("<L:5.5K><l:5.5K>")


# what is set, what it shows
FORMS = [
    ("%-12.4h|%4p|%?b?news %b&quiet?|%<p?drafts&none>|%_D", "desk        |   3|news 2|drafts|what comes"),
    ("%?V?limited&all?|%<L?limited&whole>|%?B?editors&none?|%<l?%l&empty>", "all|whole|none|5.5K"),
]


@pytest.mark.parametrize("form,text", FORMS)
def test_forms_of_the_status_line(desk, form, text):
    desk.screen.keys(f":set status_format='<{form}>'\r")
    desk.screen.wait(f"<{text}>")
    desk.screen.keys(f":set status_format='{STATUS}'\r")
    desk.screen.wait("<b:2>")


def test_a_mailbox_without_a_label_is_called_by_its_path(desk):
    desk.screen.keys("c=three\r")
    desk.screen.wait("<D:=three><f:=three>")
    desk.screen.keys("c=inbox\r")
    desk.screen.wait("<D:What comes><f:=inbox>")


def test_attachments_and_whom_a_gateway_means_are_shown(desk):
    desk.screen.wait(lambda text: "two files: 2/Ivan Fido" in text and "plain: 0/" in text)
    desk.screen.keys(":set index_format='<%s|%4X|%?X?%X files&no file?|%<x?for %-9.4x&for all>>'\r")
    desk.screen.wait(lambda text: "<two files|   2|2 files|for Ivan     >" in text and "<plain|   0|no file|for all>" in text)
    desk.screen.keys(":set index_format='%s: %X/%x'\r")
    desk.screen.wait("two files: 2/Ivan Fido")


def test_what_a_hook_shows_is_looked_up_too(desk):
    """%@name@ in $index_format: the letters that cost a look into the file stand in the hook's format alone."""
    desk.screen.keys(":index-format-hook what '~s files' '%X files'; index-format-hook what ~A 'spam %H'; set index_format='%s (%@what@)'\r")
    desk.screen.wait(lambda text: "two files (2 files)" in text and "plain (spam ham)" in text)
    desk.screen.keys(":set index_format='%s: %X/%x'\r")
    desk.screen.wait("two files: 2/Ivan Fido")


def test_the_bar_of_the_pager_knows_as_much(desk):
    desk.screen.keys(":set pager_format='<%s has %X for %x, %e of %E, %H>'\r")
    desk.screen.keys("1\r\r")
    desk.screen.wait("<plain has 0 for , 1 of 1, ham>")
    desk.screen.keys("J")
    desk.screen.wait("<two files has 2 for Ivan Fido, 1 of 1, >")
    desk.screen.keys("q")
    desk.screen.wait("two files: 2/")


def test_an_answer_names_whom_a_gateway_meant(desk):
    desk.screen.keys(":set attribution='To %x you wrote' include=yes fast_reply=yes abort_unmodified=no postpone=no recall=no compose_show_preview\r2\rr")
    desk.screen.wait(lambda text: "-- Attachments" in text and "To Ivan Fido you wrote" in text)
    desk.screen.keys("q")
    desk.screen.wait("two files: 2/")
