# SPDX-License-Identifier: GPL-3.0-or-later
"""A password the engine lacks is asked of one program at a time, and of nobody who has gone."""


import pytest
from desk import Desk, letter
from wire import Wire


@pytest.fixture
def locked(lab):
    """An engine whose account has no password."""
    desk = Desk(lab)
    desk.server.fill([letter(1)])
    path = desk.home.path / "config/cur/muttrc"
    path.write_text(path.read_text().replace('set imap_pass="secret"\n', ""))
    desk.wire = desk.start()
    yield desk
    desk.close()


def test_a_program_that_is_asked_and_goes_leaves_nobody_waiting(locked):
    serial, question, secret = locked.wire.wait("PROMPT")
    assert "Password for anna@localhost" in question and secret
    locked.wire.close()
    locked.until(lambda: "no password is known" in locked.log())


def test_a_question_of_a_program_that_has_gone_is_put_to_the_next(locked):
    locked.wire.wait("PROMPT")
    other = Wire(locked.home.data)
    locked.wire.close()
    serial, _question, _secret = other.wait("PROMPT")
    other.ask("ANSWER", serial, "secret", True)
    other.ask("SYNC", [], True)
    assert len(locked.here()["INBOX"]) == 1
    other.close()


def test_an_answer_that_is_none_fails_what_was_asked_for(locked):
    serial, _question, _secret = locked.wire.wait("PROMPT")
    locked.wire.ask("ANSWER", serial, "", False)
    asked = locked.wire.send("SYNC", [], True)
    serial, _question, _secret = locked.wire.wait("PROMPT")
    locked.wire.ask("ANSWER", serial, "", False)
    while (told := locked.wire.next())[1] != asked:
        pass
    assert told[0] == "FAIL" and "no password is known" in told[2][1]
