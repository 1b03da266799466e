# SPDX-License-Identifier: GPL-3.0-or-later
"""The pattern =/ as a user types it: Gmail's own search, asked by the engine while the screen goes on."""

import threading

import pytest

GMAIL = "IMAP4rev1 UIDPLUS UNSELECT MOVE X-GM-EXT-1"


@pytest.fixture
def mail(odd):
    """At work on five letters; the server finds what mail.finds says, once mail.may_answer is set."""
    desk = odd(None, capabilities=GMAIL)
    desk.finds, desk.may_answer, desk.queries = {}, threading.Event(), []
    desk.may_answer.set()

    def search(talk, tag, words):
        if "X-GM-RAW" not in words:
            return False
        desk.queries.append(words[-1])
        desk.may_answer.wait(20)
        talk.say("* SEARCH " + " ".join(map(str, desk.finds.get(words[-1], []))), f"{tag} OK done")
        return True
    desk.imapd.odd["UID SEARCH"] = search
    desk.screen = desk.home.start()
    desk.screen.wait("letter 4")
    yield desk
    desk.may_answer.set()


def shown(mail, *numbers):
    mail.screen.wait(lambda text: [f"letter {i}" in text for i in range(5)] == [i in numbers for i in range(5)])


def test_a_limit(mail):
    mail.finds = {"has:star Older_than:2m": [2, 4, 99], "später": [5]}
    mail.screen.keys('l=/ "has:star Older_than:2m"\r')
    shown(mail, 1, 3)
    mail.screen.keys("lall\rl=/ später | ~s 'letter 0'\r")
    shown(mail, 0, 4)
    mail.screen.keys('l!=/ später\r')
    shown(mail, 0, 1, 2, 3)
    assert mail.queries == ["has:star Older_than:2m", "später", "später"]


def test_a_search_and_tags(mail):
    mail.finds = {"red": [3], "blue": [1, 2]}
    mail.screen.keys(":set arrow_cursor\r/=/ red\r")
    mail.screen.wait(lambda text: any("->" in line and "letter 2" in line for line in text.split("\n")))
    mail.screen.type("T=/ blue\r", "Tag:2")
    mail.screen.keys("l~T\r")
    shown(mail, 0, 1)


def test_it_is_waited_for_in_the_background_and_ctrl_g_ends_it(mail):
    mail.may_answer.clear()
    mail.finds = {"red": [3]}
    mail.screen.type("l=/ red\r", "searching at the server")
    mail.screen.type("?", "Bindings of index")
    mail.screen.type("q", "letter 0")
    mail.screen.type("\x07", lambda text: "searching at the server" not in text)
    mail.may_answer.set()
    mail.screen.keys("l~s 'letter 1'\r")
    shown(mail, 1)


def test_a_server_without_it_says_so(odd):
    desk = odd()
    screen = desk.home.start()
    screen.wait("letter 4")
    screen.type("l=/ red\r", "no searches in words of its own")
    screen.keys("l~s 'letter 1'\r")
    screen.wait(lambda text: "letter 1" in text and "letter 2" not in text)


def test_a_local_mailbox_has_no_server(home):
    from letters import message
    screen = home.start("-f", str(home.maildir("Mail", [message()])))
    screen.wait("hello")
    screen.type("l=/ red\r", "=/ asks an IMAP server")
