# SPDX-License-Identifier: GPL-3.0-or-later
"""Rows that no other list looks at: Space at the question for a mailbox, check-new, the charset of a muttrc, the first
text alone, and how often a POP3 account is looked at."""

import os
import time

import pytest
from fake import Fake
from home import Home
from letters import message
from popd import Popd
from servers import Lab

MUTTRC = """set folder=~/Mail spoolfile=+inbox sleep_time=0 mark_old=no index_format='%s' folder_format='<%f>' editor=true
set mailbox_folder_format='<%f %m>' from=anna@example.org
mailboxes =inbox =one =two =three
bind index v browse-mailboxes
bind editor \\cx mailbox-cycle
bind browser z check-new
"""


@pytest.fixture(scope="module")
def desk():
    home = Home(MUTTRC)
    home.maildir("Mail/inbox", [message("a letter")])
    for name in ("one", "three"):
        (home.maildir(f"Mail/{name}") / "new/1700000001.M1.home").write_bytes(message(name))
    home.maildir("Mail/two")
    home.screen = home.start(cols=120)
    home.screen.wait("a letter")
    home.screen.keys("v")
    home.screen.wait(lambda text: all(f"<={name} 1>" in text for name in ("one", "three")))
    home.screen.keys("q")
    home.screen.wait("a letter")
    yield home
    home.close()


@pytest.mark.parametrize("key", [" ", "\x18"], ids=["buffy-cycle", "mailbox-cycle"])
def test_the_mailboxes_with_new_mail_are_offered_one_after_the_other(desk, key):
    asked = "Open mailbox ('?' for list): "
    desk.screen.keys("c")
    for name in ("one", "three", "one", "three"):
        desk.screen.wait(lambda text: desk.screen.lines()[-1] == f"{asked}={name}")
        desk.screen.keys(key)
    desk.screen.keys("\x07")
    desk.screen.wait(lambda text: not desk.screen.lines()[-1].startswith(asked))


def test_check_new_looks_into_the_mailboxes_again(desk):
    desk.screen.keys("v")
    desk.screen.wait("<=two 0>")
    (desk.path / "Mail/two/new/1700000002.M2.home").write_bytes(message("two"))
    desk.screen.keys("z")
    desk.screen.wait("<=two 1>")
    desk.screen.keys("q")
    desk.screen.wait("a letter")


def test_check_new_reads_the_folder_again(desk):
    folder = desk.path / "files"
    folder.mkdir()
    (folder / "old").touch()
    desk.screen.keys("v")
    desk.screen.wait("Mailboxes [")
    desk.screen.keys(f"c\x15{folder}\r")
    desk.screen.wait("<old>")
    (folder / "young").touch()
    desk.screen.keys("z")
    desk.screen.wait("<young>")
    desk.screen.keys("q")
    desk.screen.wait("a letter")


def test_check_stats_looks_for_mail_from_any_menu(desk):
    desk.screen.keys("v")
    desk.screen.wait("<=three 1>")
    (desk.path / "Mail/three/new/1700000003.M3.home").write_bytes(message("three again"))
    desk.screen.keys(":exec check-stats\r")
    desk.screen.wait("<=three 2>")
    desk.screen.keys("q")
    desk.screen.wait("a letter")


@pytest.mark.parametrize("setting,charset", [("set config_charset=iso-8859-2", "iso-8859-2"), ("set config_charset=utf-8", "utf-8")])
def test_a_muttrc_is_read_in_its_charset(home, setting, charset):
    """"\xb5" is a letter of its own in each of the ISO 8859."""
    name = "Żółć ľ" if charset != "utf-8" else "Żółć µ"
    (home.path / "config/cur/muttrc").write_bytes(f"{setting}\nset realname='{name}'\n".encode(charset))
    assert home.run("-Q", "realname").stdout == f'realname="{name}"\n'


TWO_TEXTS = (b"From: dave@example.net\nSubject: two texts\nDate: Mon, 02 Nov 2026 10:50:00 +0000\nMIME-Version: 1.0\n"
             b"Content-Type: multipart/mixed; boundary=b\n\n--b\n\nthe first part\n--b\n\nthe second part\n--b--\n")


@pytest.mark.parametrize("setting,second", [("include_onlyfirst=no", True), ("include_onlyfirst=yes", False)])
def test_an_answer_quotes_the_first_text_or_all(home, setting, second):
    home.muttrc(f"set {setting} include=yes fast_reply=yes editor='cat >$HOME/seen' abort_unmodified=no postpone=no from=anna@example.org\n"
                "set editor='cp %s ~/seen' edit_headers=no\n")
    screen = home.start("-f", str(home.maildir(messages=[TWO_TEXTS])))
    screen.wait("two texts")
    screen.keys("r")
    screen.wait("-- Attachments")
    seen = (home.path / "seen").read_text()
    assert "> the first part" in seen and ("the second part" in seen) == second


@pytest.fixture(scope="module")
def certificate():
    with Lab() as lab:
        yield lab.certificate


@pytest.mark.parametrize("check,at_least", [(10, 60), (900, 900)])
def test_pop_checkinterval_says_when_a_pop3_account_is_looked_at(certificate, home, check, at_least):
    """Never within a minute, and not all accounts at once: up to an eighth later."""
    fake = Fake(Popd([("u1", message("over POP").replace(b"\n", b"\r\n"))]), certificate)
    try:
        home.muttrc(f'set pop_host="pops://anna@localhost:{fake.port}" pop_pass=secret pop_checkinterval={check} mail_check=333\n'
                    f'set ssl_ca_certificates_file="{certificate.ca}" index_format="%s"\n')
        begun = int(time.time())
        screen = home.start("-f", f"pops://anna@localhost:{fake.port}/")
        screen.wait("over POP")
        account, = until_idle(home)
        assert begun + at_least - 2 <= account["next_try"] <= time.time() + at_least * 9 / 8 + 2
    finally:
        home.close()
        fake.close()


def until_idle(home):
    end = time.monotonic() + 20
    while True:
        accounts = [row for row in home.json("status") if "account" in row]
        if [row["state"] for row in accounts] == ["idle"] or time.monotonic() > end:
            return accounts
        time.sleep(0.1)
