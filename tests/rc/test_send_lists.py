# SPDX-License-Identifier: GPL-3.0-or-later
"""What a mailing list says of itself (RFC 2369) becomes messages: from its menu, and by functions of index, pager and parts."""

import pytest
from letters import message
from writer import writer

OFFERS = """List-Post: <mailto:talk@example.net>
List-Subscribe: <https://example.net/talk>,
 <mailto:talk-request@example.net?subject=subscribe>
List-Unsubscribe: <mailto:talk-request@example.net?subject=unsubscribe&attach=/etc/passwd>
List-Owner: <mailto:owner@example.net> (a person)
List-Help: <mailto:talk-request@example.net?subject=help>
List-Archive: <https://example.net/archive\x1b[2J>
"""


@pytest.fixture(scope="module")
def anna():
    inner = message("inside", extra=OFFERS).decode()
    letters = [message("talk", extra=OFFERS, date="Mon, 02 Nov 2026 10:00:00 +0000"), message("plain", date="Mon, 02 Nov 2026 10:01:00 +0000"),
               (f"From: a@b\nSubject: digest\nDate: Mon, 02 Nov 2026 10:02:00 +0000\nMessage-ID: <d@x>\nMIME-Version: 1.0\n"
                f"Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: text/plain\n\nsee\n--b\nContent-Type: message/rfc822\n\n{inner}\n--b--\n").encode()]
    with writer("set sort=date\nbind index,pager,attach X list-subscribe\nbind index,pager,attach Y list-unsubscribe\nbind index,pager L list-action\n"
                "bind list a list-archive\nbind list h list-help\nbind list o list-owner\nbind list p list-post\nbind list s list-subscribe\nbind list u list-unsubscribe",
                letters) as anna:
        yield anna


def written(anna):
    """Accept recipient and subject as they are proposed."""
    anna.screen.wait(lambda text: text.split("\n")[-1].startswith("To:"))
    anna.screen.keys("\r")
    anna.screen.wait(lambda text: text.split("\n")[-1].startswith("Subject:"))
    anna.screen.keys("\r" if anna.screen.text().split("\n")[-1].strip() != "Subject:" else "post\r")
    anna.menu()
    return anna.send()


@pytest.mark.parametrize("key,to,subject", [
    ("p", "talk@example.net", "post"), ("s", "talk-request@example.net", "subscribe"), ("u", "talk-request@example.net", "unsubscribe"),
    ("o", "owner@example.net", "post"), ("h", "talk-request@example.net", "help")])
def test_the_menu_writes_what_the_list_asks_for(anna, key, to, subject):
    anna.screen.type("1\rL", "Mailing list")
    anna.screen.keys(key)
    letter = written(anna)
    assert letter.mail["To"] == to and letter.mail["Subject"] == subject and not letter.mail.is_multipart()


def test_an_entry_of_the_menu_is_chosen(anna):
    anna.screen.type("1\rL", lambda text: "Unsubscribe" in text and "mailto:talk-request" in text)
    anna.screen.keys("2\r\r")
    assert written(anna).mail["To"] == "talk@example.net"


def test_what_is_not_done_by_mail_is_told_and_cannot_touch_the_terminal(anna):
    anna.screen.type("1\rL", "Mailing list")
    text = anna.screen.type("a", "Archives is not done by mail")
    assert "https://example.net/archive" in text and "Subscribe" in text and b"archive\x1b[2J" not in anna.screen.raw
    anna.screen.type("q", lambda text: "Mailing list" not in text)


def test_a_message_of_no_list_offers_nothing(anna):
    anna.screen.type("2\rL", "no mailing list")
    anna.screen.type("X", "has no List-Subscribe")


@pytest.mark.parametrize("keys", ["", "\r"])
@pytest.mark.parametrize("key,subject", [("X", "subscribe"), ("Y", "unsubscribe")])
def test_subscribing_from_index_and_pager(anna, keys, key, subject):
    anna.screen.keys("1\r" + keys)
    if keys:
        anna.screen.wait(lambda text: "Date:" in text)
    anna.screen.keys(key)
    assert written(anna).mail["Subject"] == subject
    if keys:
        anna.screen.keys("q")
    anna.screen.wait(lambda text: "digest" in text and "-- Attachments" not in text)


def test_subscribing_from_a_message_inside_a_message(anna):
    anna.screen.type("3\rv", "message/rfc822")
    anna.screen.keys("2\rX")
    assert written(anna).mail["Subject"] == "subscribe"
    anna.screen.keys("q")
