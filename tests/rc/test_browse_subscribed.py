# SPDX-License-Identifier: GPL-3.0-or-later
"""What a server's subscriptions do to the lists of mailboxes, and names with dots between their levels."""

import pytest
from letters import message
from pace import until

MUTTRC = """unmailboxes *
mailboxes =INBOX =Lists.dev
set imap_check_subscribed=yes sidebar_visible=yes sidebar_width=30 sidebar_format='%B %S' mailbox_folder_format='%f' index_format='%s'
bind browser S subscribe-pattern
bind browser U unsubscribe-pattern
"""


@pytest.fixture
def desk(account):
    for name in ("INBOX", "Lists/dev", "Work", "Hidden"):
        account.server.fill([message(f"in {name}")], name)
    account.server.doveadm("mailbox", "subscribe", "-u", "anna", "Work", "Lists/dev")
    account.server.doveadm("mailbox", "unsubscribe", "-u", "anna", "Hidden")
    account.muttrc((account.path / "config/cur/muttrc").read_text() + MUTTRC)
    account.sync()
    account.screen = account.start()
    account.screen.wait("in INBOX")
    return account


def side(screen):
    return [line[:29].rstrip() for line in screen.screen.display[1:-2] if line[:29].strip()]


def subscribed(desk):
    return set(desk.server.doveadm("mailbox", "list", "-s", "-u", "anna").split())


def listed(screen):
    return {line.strip() for line in screen.lines()[1:-2] if line.strip()}


def test_subscriptions_and_dots(desk):
    screen = desk.screen
    screen.wait(lambda text: side(screen)[:2] == ["INBOX 1", "Lists/dev 1"] and "Work 1" in side(screen))
    assert not any("Hidden" in line for line in side(screen))
    assert [row["subject"] for row in desk.json("list", "=Lists.dev")] == ["in Lists/dev"]
    screen.keys("c\x15=Lists.dev\r")
    screen.wait("in Lists/dev")
    screen.keys(":set imap_check_subscribed=no\r")
    screen.wait(lambda text: side(screen) == ["INBOX 1", "Lists/dev 1"])

    screen.keys("y")
    screen.wait(lambda text: {"=Work", "=Hidden"} <= listed(screen))
    screen.keys("T")
    screen.wait(lambda text: "Mailboxes [" in text and "(subscribed)" in text and "=Work" in listed(screen)
                and "=Hidden" not in listed(screen))
    screen.keys("T")
    screen.wait(lambda text: "=Hidden" in listed(screen))
    screen.keys("S")
    screen.wait("Subscribe pattern:")
    screen.keys("Hid|Wor\r")
    until(lambda: {"Hidden", "Work"} <= subscribed(desk))
    screen.keys("U")
    screen.wait("Unsubscribe pattern:")
    screen.keys("^=Work$\r")
    until(lambda: "Work" not in subscribed(desk) and "Hidden" in subscribed(desk))
    screen.keys("/=Work\rs")
    until(lambda: "Work" in subscribed(desk))
    screen.keys("u")
    until(lambda: "Work" not in subscribed(desk))
    screen.keys(":set imap_list_subscribed=yes\r")
    screen.wait(lambda text: "=Hidden" in listed(screen) and "=Work" not in listed(screen))
