# SPDX-License-Identifier: GPL-3.0-or-later
"""A captive portal answers in the server's place: nobody is asked for a password, nothing is believed, and the mail
comes when the portal has gone."""

import ssl
import time

import pytest
from desk import letter
from fake import Fake, smtp
from pace import patience
from servers import Certificate


@pytest.fixture(scope="module")
def foreign(tmp_path_factory):
    """A certificate for the same name by an authority that nobody trusts."""
    return Certificate(tmp_path_factory.mktemp("portal"))


def page(talk):
    talk.say("HTTP/1.1 302 Found", "Location: http://portal.example/", "", "<html>Welcome to the hotel</html>")
    talk.silence()


class Portal:
    """In the place of a desk's server until it is left."""

    def __init__(self, desk, kind, foreign):
        self.fake, self.before = desk.fake, (desk.fake.context, desk.fake.talk)
        if kind == "certificate":
            self.fake.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            self.fake.context.load_cert_chain(foreign.cert, foreign.key)
        else:
            self.fake.context, self.fake.talk = None, page
        self.fake.seen.clear()

    def leave(self):
        self.fake.context, self.fake.talk = self.before


@pytest.mark.parametrize("kind", ["certificate", "page"])
def test_p14_a_portal_is_tried_again_silently_and_asks_nobody_for_a_password(odd, foreign, kind):
    desk = odd({"INBOX": [letter(1)]}, capabilities="IMAP4rev1 UIDPLUS IDLE")
    desk.imapd.odd["IDLE"] = lambda talk, tag, words: talk.say("+ idling") or talk.hear() and talk.say(f"{tag} OK done") or True
    wire = desk.start()
    wire.ask("SYNC", [], True)
    desk.inbox().add(letter(2))
    before = desk.fake.connections
    portal = Portal(desk, kind, foreign)
    desk.fake.hang_up()
    desk.until(lambda: desk.fake.connections >= before + 3)
    [row] = [row for row in desk.home.json("status") if row.get("account")]
    assert row["state"] in ("waiting", "connecting") and "captive portal" in row["error"] and "localhost" in row["error"], row
    assert ("certificate" in row["error"]) == (kind == "certificate")
    assert b"LOGIN" not in desk.fake.seen and b"AUTHENTICATE" not in desk.fake.seen
    portal.leave()
    desk.until(lambda: len(desk.ids()) == 2)
    wire.ask("SYNC", [], True)
    notes = [body for what, body in wire.told if what == "NOTE" and "captive portal" in str(body)]
    assert len(notes) == 1, "it is told once"
    assert not [what for what, _body in wire.told if what == "PROMPT"]
    wire.close()


def test_p14_an_account_that_was_never_reached_waits_for_its_user(odd, foreign):
    desk = odd({"INBOX": [letter(1)]}, once=False)
    Portal(desk, "certificate", foreign)
    wire = desk.start()
    desk.until(lambda: "error: " in desk.log())
    time.sleep(patience(2))  # a first wait is 1.25 s at most
    assert desk.fake.connections == 1, desk.log()[-3000:]
    wire.close()


def test_p14_a_portal_makes_a_sync_by_hand_fail_for_now(odd, foreign):
    desk = odd({"INBOX": [letter(1)]})
    Portal(desk, "certificate", foreign)
    done = desk.home.run("sync")
    assert done.returncode == 75 and "captive portal" in done.stderr and "certificate" in done.stderr, done


def test_p14_a_portal_in_the_submission_servers_place_blocks_no_mail(odd, foreign, certificate):
    desk, taken = odd({"INBOX": [letter(1)]}), []
    desk.fake.close()  # the account's server does not matter here
    desk.fake = Fake(smtp(taken), certificate)
    with open(desk.home.path / "config/cur/muttrc", "a") as f:
        f.write(f'set smtp_url="smtps://anna@localhost:{desk.fake.port}/" smtp_pass=secret\n')
    wire = desk.start()
    desk.home.run("-s", "one", "bob@example.net", stdin="text\n", check=True)
    desk.until(lambda: len(taken) == 1)
    portal = Portal(desk, "certificate", foreign)
    desk.fake.hang_up()
    desk.home.run("-s", "two", "bob@example.net", stdin="text\n", check=True)
    desk.until(lambda: [row for row in desk.home.json("queue") if row["state"] == "retry"])
    [row] = desk.home.json("queue")
    assert "captive portal" in row["words"], row
    assert "what waits is kept" not in desk.log()
    portal.leave()
    wire.ask("FLUSH", [])
    desk.until(lambda: len(taken) == 2)
    wire.close()
