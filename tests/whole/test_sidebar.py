# SPDX-License-Identifier: GPL-3.0-or-later
"""The sidebar and the browser: counts that live, names that are cut, mailboxes made, renamed and deleted on the server."""

import time

import pytest
from letters import message
from pace import deadline

MUTTRC = """set sidebar_visible=yes sidebar_use_mailbox_shortcuts=yes sidebar_width=22 sidebar_format='%D%* %?N?%N/?%S' status_on_top=no
mailboxes =Lists/cur-devel =A.very.long.name.of.a.mailbox
bind index ,n sidebar-next-new
bind index ,o sidebar-open
"""


@pytest.fixture
def desk(account):
    """Two messages in the INBOX, one in a list's folder, the sidebar open."""
    account.server.fill([message(subject="first"), message(subject="second")])
    account.server.fill([message(subject="for the list")], "Lists/cur-devel")
    account.server.fill([message(subject="deep")], "A.very.long.name.of.a.mailbox")
    account.muttrc((account.path / "config/cur/muttrc").read_text() + MUTTRC)
    account.sync()
    account.screen = account.start()
    account.screen.wait("second")
    return account


def side(screen, word):
    """The sidebar's line of a mailbox."""
    return next((line[:21] for line in screen.lines()[1:-2] if word in line[:21]), "")


def on_server(desk, wanted, seconds=10):
    end = deadline(seconds)
    while not wanted(desk.server.doveadm("mailbox", "list", "-u", "anna").split("\n")):
        assert time.monotonic() < end, desk.server.doveadm("mailbox", "list", "-u", "anna")
        time.sleep(0.05)


def test_counts_live_and_names_are_cut(desk):
    screen = desk.screen
    screen.wait(lambda text: side(screen, "=INBOX").rstrip().endswith("2/2"))
    screen.settle()
    assert all(line[21:22] == "|" for line in screen.lines()[1:-2] if line)
    desk.server.fill([message(subject="third")])
    screen.wait(lambda text: "third" in text and side(screen, "=INBOX").rstrip().endswith("3/3"), 10)
    screen.type("\r", "text")
    screen.wait(lambda text: side(screen, "=INBOX").rstrip().endswith("2/3"))


def test_the_next_mailbox_with_new_mail_is_found_and_opened(desk):
    screen = desk.screen
    screen.keys(",n,o")
    screen.wait(lambda text: "for the list" in text and "=Lists/cur-devel" in screen.lines()[-2])


def test_short_names_are_indented(desk):
    desk.screen.type(":set sidebar_short_path=yes sidebar_folder_indent=yes\r")
    assert side(desk.screen, "cur-devel").startswith("  cur-devel")


def test_a_mailbox_is_made_renamed_and_deleted_on_the_server(desk):
    screen = desk.screen
    screen.type("y", "Mailboxes [")
    screen.type("C", "Create mailbox: =")
    screen.type("Новая папка\r")
    on_server(desk, lambda names: "Новая папка" in names)
    screen.wait("=Новая папка")
    screen.type("/Нов\r")
    screen.type("r", "Rename mailbox =Новая папка to: ")
    screen.type("\x15=Другая\r")
    on_server(desk, lambda names: "Другая" in names and "Новая папка" not in names)
    screen.wait("=Другая")
    screen.type("/Друг\r")
    screen.type("d", 'Really delete mailbox "=Другая"? It cannot be undone.')
    screen.type("y")
    on_server(desk, lambda names: "Другая" not in names)
    screen.wait(lambda text: "=Другая" not in text)


def test_the_mask_hides_files(desk):
    (desk.path / "seen.txt").touch()
    (desk.path / ".hidden").touch()
    desk.screen.type("y\t", "Directory [")
    assert "seen.txt" in desk.screen.text() and ".hidden" not in desk.screen.text()
    desk.screen.type("m", "File Mask: !^\\.[^.]")
    desk.screen.type("!txt$\r", "File mask: !txt$")
    assert "seen.txt" not in desk.screen.text() and ".hidden" in desk.screen.text()
    desk.screen.type("m(\r", "missing closing parenthesis")
