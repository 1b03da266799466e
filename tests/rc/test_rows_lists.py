# SPDX-License-Identifier: GPL-3.0-or-later
"""Mailing lists that mail itself tells of: $auto_subscribe, and answers to a list that only List-Post names."""

import pytest

from letters import message
from listing import lay

POST = "List-Post: <https://lists.example.net/post>, <mailto:Dev%2Bhelp@lists.example.net?subject=x> (anybody)\n"
MUTTRC = "set index_format='[%L] %s.' sleep_time=0 beep=no from=anna@example.org editor=true include=no abort_unmodified=no fast_reply\n"


@pytest.fixture
def start(home):
    def start(more, extra=POST):
        lay(home.path / "Mail", 1, message("brought", to="anna@example.org", extra=extra))
        lay(home.path / "Mail", 2, message("before", to="dev+help@lists.example.net"))
        home.muttrc(MUTTRC + more)
        screen = home.start("-f", str(home.path / "Mail"))
        screen.wait(lambda text: "brought." in text and "before." in text)
        return screen
    return start


@pytest.mark.parametrize("line,subscribed", [
    ("set auto_subscribe", True), ("", False), ("set auto_subscribe; unsubscribe dev.help@lists", False),
    ("set auto_subscribe; unlists lists.example.net", False)])
def test_a_list_that_a_message_names_is_subscribed(start, line, subscribed):
    screen = start(line)
    screen.wait("[To dev+help@lists.example.net] before." if subscribed else "[Bob] before.")
    screen.keys("l~u\r")
    screen.wait(lambda text: ("before." in text) == subscribed and "brought." not in text)


def test_an_expression_in_a_list_s_address_subscribes_to_nothing_else(start):
    screen = start("set auto_subscribe", "List-Post: <mailto:.*@lists.example.net>\n")
    screen.wait("[Bob] before.")


def test_an_address_that_comes_later_is_known_too(start, home):
    screen = start("set auto_subscribe", "")
    screen.wait("[Bob] before.")
    lay(home.path / "Mail", 3, message("later", extra=POST))
    screen.wait(lambda text: "later." in text and "[To dev+help@lists.example.net] before." in text)


def test_an_answer_goes_to_the_list_that_the_message_names(start):
    screen = start("")
    screen.keys("/brought\rL")
    screen.wait(lambda text: "-- Attachments" in text and "To: Dev+help@lists.example.net" in text)
