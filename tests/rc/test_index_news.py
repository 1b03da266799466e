# SPDX-License-Identifier: GPL-3.0-or-later
"""New mail and other mailboxes: what is told, which mailbox is offered, and what opens it."""

import pytest

from listing import LOOK, Listing, lay, letter
from pace import until

BOXES = ("one", "two", "three", "four")


@pytest.fixture
def listing(home):
    """The second of four mailboxes is open; the first and the fourth have new mail."""
    for number, name in enumerate(BOXES):
        lay(home.path / name, number, letter(f"in {name}"))
    for name in ("one", "four"):
        lay(home.path / name, 9, letter(f"new in {name}"), new=True)
    home.muttrc(LOOK + f"set folder={home.path}\nmailboxes =one =two =three =four\n")
    listing = Listing(home, home.path / "two", wanted="in two")
    listing.until(lambda: news(listing) == "New mail in =one, =four", "what has new mail")
    return listing


def news(listing):
    """What mailbox-list says; asked anew each time, as the engine may still be looking."""
    listing.run("mailbox-list")
    listing.terminal.settle()
    return listing.bottom()


def open_box(listing, function, typed, shown):
    listing.run(function)
    listing.terminal.wait("Open mailbox")
    listing.terminal.keys(f"{typed}\r")
    listing.until(lambda: f"[={shown}]" in listing.terminal.text() and shown in listing.cursor(), f"{function} {typed}")


def test_mailboxes_with_new_mail_are_named_and_opened(listing):
    listing.run("noop", "buffy-list")
    listing.until(lambda: listing.bottom() == "New mail in =one, =four")
    listing.run("next-unread-mailbox")
    listing.until(lambda: listing.cursor() == "new in four")
    listing.run("next-unread-mailbox")
    listing.until(lambda: listing.cursor() == "new in one")
    listing.run("next-unread-mailbox")
    listing.until(lambda: listing.bottom() == "No mailboxes have new mail")


@pytest.mark.parametrize("setting,offered", [("nochange_folder_next", "=one"), ("change_folder_next", "=four")])
def test_a_mailbox_with_new_mail_is_offered(listing, setting, offered):
    listing.command(f"set {setting}")
    listing.run("change-folder")
    listing.until(lambda: listing.bottom().endswith(f"list): {offered}"))
    listing.terminal.keys("\r")
    listing.until(lambda: listing.cursor() == f"new in {offered[1:]}")


def test_mailboxes_are_opened_by_name_and_from_the_list(listing):
    open_box(listing, "change-folder", "=three", "three")
    listing.run("change-folder-readonly")
    listing.terminal.wait("Open mailbox in read-only mode")
    listing.terminal.keys("=two\r")
    listing.until(lambda: listing.cursor() == "in two")
    listing.run("delete-message")
    listing.terminal.wait("Mailbox is read-only.")
    for function, deleted in (("browse-mailboxes", True), ("browse-mailboxes-readonly", False)):
        listing.run(function)
        listing.terminal.wait("=three")
        listing.run("first-entry", "next-entry", "next-entry", "select-entry")
        listing.until(lambda: listing.cursor() == "in three", function)
        listing.run("delete-message")
        if deleted:
            listing.until(lambda: listing.marked("D") == ["in three"])
            listing.run("undelete-message")
            listing.until(lambda: not listing.marked("D"))
        else:
            listing.terminal.wait("Mailbox is read-only.")


@pytest.mark.parametrize("setting,told", [("mail_check_recent", "No mailboxes have new mail"), ("nomail_check_recent", "New mail in =four")])
def test_what_was_seen_is_new_or_not(listing, setting, told):
    listing.command(f"set {setting} mark_old=no")
    open_box(listing, "change-folder", "=four", "four")
    open_box(listing, "change-folder", "=one", "one")
    listing.until(lambda: news(listing) == told, setting)


def test_the_bell_and_a_command_tell_of_new_mail(home, listing):
    out = home.path / "told"
    listing.command(f"set beep_new new_mail_command='echo %f %m >>{out}'")
    open_box(listing, "change-folder", "=three", "three")
    bells = listing.terminal.raw.count(b"\a")
    lay(home.path / "three", 20, letter("newest in three"), new=True)
    listing.until(lambda: "newest in three" in listing.shown() and listing.terminal.raw.count(b"\a") > bells, "bell")
    until(lambda: out.exists() and out.read_text() == "=three 2\n", tell=lambda: out.exists() and out.read_text())
    listing.command("set nobeep_new new_mail_command=''")
    bells = listing.terminal.raw.count(b"\a")
    lay(home.path / "three", 21, letter("last in three"), new=True)
    listing.terminal.wait("last in three")
    listing.terminal.wait("New mail in this mailbox.")
    assert listing.terminal.raw.count(b"\a") == bells and out.read_text() == "=three 2\n"


def test_a_mailbox_cannot_name_a_command(home):
    """C18: what a server or a program calls it is text to the command that is told."""
    box = home.path / "a;touch hurt;`touch hurt` $(touch hurt) b"
    lay(box, 1, letter("m1"))
    out = home.path / "told"
    home.muttrc(LOOK + f"set folder={home.path} new_mail_command='cd {home.path}; echo %f >told'\n")
    listing = Listing(home, box)
    lay(box, 2, letter("m2"), new=True)
    until(lambda: out.exists() and out.read_text().startswith("=a_touch hurt"))
    assert not (home.path / "hurt").exists()
    listing.terminal.keys("q")


def test_all_servers_are_asked(listing):
    for function in ("fetch-mail", "imap-fetch-mail", "check-stats"):
        listing.run(function)
        listing.until(lambda: listing.bottom() == "Mailboxes are up to date.", function)
        listing.run("noop")
        listing.until(lambda: "up to date" not in listing.bottom())
