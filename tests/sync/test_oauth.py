# SPDX-License-Identifier: GPL-3.0-or-later
"""A token that is refused, at IMAP, POP3 and SMTP: the server's reason is a challenge that waits for an answer (RFC 7628
3.2.3); it is told in words, the command is asked for another token once, and nothing goes round in circles."""

import base64
import json

import pytest
from desk import letter
from fake import Fake
from home import Home
from imapd import Imapd
from popd import Popd

MECHANISMS = {"XOAUTH2": b"", "OAUTHBEARER": b"\x01"}  # and what a client says to the reason
REASONS = {"invalid_token": "invalid_token (the token is not valid or has expired)", "401": "401 (the token is not valid or has expired)",
           "insufficient_scope": "insufficient_scope (the token does not allow this)", "teapot": "says: 535 teapot|says: teapot"}


class Gate:
    """Takes one token; what was shown to it, and what was said to its reason."""

    def __init__(self, good="good", status="invalid_token"):
        self.good, self.status, self.shown, self.answers = good, status, [], []

    def opens(self, data, ask):
        """ask(base64) says a challenge and returns the client's line."""
        self.shown.append(base64.b64decode(data))
        if b"auth=Bearer " + self.good.encode() + b"\x01" in self.shown[-1]:
            return True
        reason = json.dumps({"status": self.status, "schemes": "bearer", "scope": "https://mail.example.org/"})
        self.answers.append(base64.b64decode(ask(base64.b64encode(reason.encode()).decode())))
        return False


def imap(gate, mechanism):
    imapd = Imapd({"INBOX": [letter(1)]}, capabilities=f"IMAP4rev1 SASL-IR UIDPLUS AUTH={mechanism}")

    def authenticate(talk, tag, words):
        def ask(code):
            talk.say(f"+ {code}")
            return talk.hear()
        talk.say(f"{tag} OK in" if gate.opens(words[2], ask) else f"{tag} NO SASL authentication failed")
        return True

    imapd.odd["AUTHENTICATE"] = authenticate
    return imapd


def pop(gate, mechanism):
    popd = Popd([("u1", letter(1).replace(b"\n", b"\r\n"))], offers=("UIDL", "TOP", f"SASL {mechanism}"))

    def auth(talk, words):
        def ask(code):
            popd.say(talk, f"+ {code}")
            return talk.hear()
        if len(words) < 3:
            popd.say(talk, "+ ")
            words = [*words, talk.hear().decode()]
        popd.say(talk, "+OK in" if gate.opens(words[2], ask) else "-ERR [AUTH] no")
        return True

    popd.odd["AUTH"] = auth
    return popd


def smtp(gate, mechanism):
    def talk(t):
        t.say("220 ready")
        while line := t.hear():
            def ask(code):
                t.say(f"334 {code}")
                return t.hear()
            words = line.decode().split()
            if words[0].upper() == "AUTH":
                t.say("235 in" if gate.opens(words[2], ask) else "535 5.7.8 no")
                continue
            t.say(*{"EHLO": ["250-ready", f"250 AUTH {mechanism}"], "DATA": ["354 go on"]}.get(words[0].upper(), ["250 ok"]))
            if words[0].upper() == "DATA":
                b"".join(iter(t.hear, b"."))
                t.say("250 taken")
    return talk


PROTOCOLS = {"imap": imap, "pop": pop, "smtp": smtp}
SETTINGS = {
    "imap": 'set folder="imaps://anna@localhost:{port}/" spoolfile=+INBOX\nmailboxes +INBOX\n',
    "pop": 'set pop_host="pops://anna@localhost:{port}"\n',
    "smtp": 'set smtp_url="smtps://anna@localhost:{port}/" folder="{home}"\n',
}


class Account:
    """A home with an account whose server is a gate, and a command that prints the next of some tokens."""

    def __init__(self, certificate, protocol, mechanism, gate, tokens):
        self.protocol, self.gate = protocol, gate
        self.fake, self.home = Fake(PROTOCOLS[protocol](gate, mechanism), certificate), Home()
        self.runs = self.home.path / "runs"
        self.runs.write_text("")
        (self.home.path / "tokens").write_text("".join(f"{token}\n" for token in tokens))
        command = self.home.path / "token"
        command.write_text(f"#!/bin/sh\necho >>{self.runs}\nsed -n $(wc -l <{self.runs})p {self.home.path}/tokens\n")
        command.chmod(0o700)
        self.home.muttrc(SETTINGS[protocol].format(port=self.fake.port, home=self.home.path) + "set from=anna@example.org record='' connect_timeout=5\n"
                         f'set ssl_ca_certificates_file="{certificate.ca}" {protocol}_authenticators={mechanism.lower()}\n'
                         f'set {protocol}_oauth_refresh_command="{command}"\n')

    def work(self):
        """One sync, or a message sent."""
        if self.protocol == "smtp":
            return self.home.run("--wait", "-s", "hello", "bob@example.net", stdin="text\n")
        return self.home.run("--once", program="curd")

    def told(self):
        return (self.home.data / "cur.log").read_text()

    def n_runs(self):
        return len(self.runs.read_text())

    def close(self):
        self.home.close()
        self.fake.close()


@pytest.fixture
def account(certificate):
    made = []

    def make(*args):
        made.append(Account(certificate, *args))
        return made[-1]

    yield make
    for one in made:
        one.close()


@pytest.mark.parametrize("mechanism", MECHANISMS)
@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_p55_a_token_that_is_refused_is_replaced_by_another_once(account, protocol, mechanism):
    one = account(protocol, mechanism, Gate(), ["stale", "good", "too-many"])
    done = one.work()
    assert done.returncode == 0, done
    assert one.gate.answers == [MECHANISMS[mechanism]] and one.n_runs() == 2 and len(one.gate.shown) == 2


@pytest.mark.parametrize("protocol", PROTOCOLS)
@pytest.mark.parametrize("tokens, shown", [(["stale", "stale"], 1), (["stale", "stale2", "good"], 2)], ids=["the same", "another"])
def test_p55_a_token_that_is_refused_again_is_told_and_the_command_is_not_run_in_a_loop(account, protocol, tokens, shown):
    one = account(protocol, "XOAUTH2", Gate(), tokens)
    done = one.work()
    assert done.returncode not in (0, 2) and REASONS["invalid_token"] in one.told(), done
    assert one.n_runs() == 2 and len(one.gate.shown) == shown == len(one.gate.answers)
    assert not any(token in done.stderr + one.told() for token in ("stale", "Bearer"))


@pytest.mark.parametrize("status", REASONS)
@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_the_reason_is_told_in_words(account, protocol, status):
    one = account(protocol, "OAUTHBEARER", Gate(status=status), ["stale", "stale"])
    one.work()
    assert any(words in one.told() for words in REASONS[status].split("|")) and "schemes" not in one.told(), one.told()


def test_a_token_that_is_good_again_is_taken_by_the_next_sync(account):
    """The command kept the old one for a moment longer."""
    one = account("imap", "XOAUTH2", Gate(), ["stale", "stale", "good"])
    assert one.work().returncode != 0
    assert one.work().returncode == 0 and one.n_runs() == 3
