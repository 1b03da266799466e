# SPDX-License-Identifier: GPL-3.0-or-later
"""P40, P41, P43, P44: what a server lacks costs time, never mail. One minute of a user's life, played against a
Dovecot that offers less and less: both sides end the same, and nothing is said that the server did not offer."""

import re

import pytest
from desk import Desk
from minute import live_a_minute, said
from servers import Lab

ALL = ("IMAP4rev1 SASL-IR ID ENABLE IDLE LITERAL+ UNSELECT CHILDREN NAMESPACE UIDPLUS LIST-EXTENDED CONDSTORE QRESYNC "
       "ESEARCH LIST-STATUS MOVE SPECIAL-USE").split()


def without(*names):
    return " ".join(name for name in ALL if name not in names)


SERVERS = {
    "all": without(),
    "lower case": without().lower(),
    "no MOVE": without("MOVE"),
    "no UIDPLUS": without("UIDPLUS"),
    "no MOVE, no UIDPLUS": without("MOVE", "UIDPLUS"),
    "no QRESYNC": without("QRESYNC", "ENABLE"),
    "no CONDSTORE": without("CONDSTORE", "QRESYNC", "ENABLE"),
    "no LIST-STATUS": without("LIST-STATUS"),
    "old LIST": without("LIST-STATUS", "LIST-EXTENDED", "SPECIAL-USE"),
    "no IDLE": without("IDLE"),
    "no UNSELECT": without("UNSELECT"),
    "bare": "IMAP4rev1",
}
#: what may be said only where the server offers it
WORDS = {"MOVE": "UID MOVE", "ENABLE": "ENABLE", "QRESYNC": "QRESYNC", "UIDPLUS": "UID EXPUNGE", "CONDSTORE": "CONDSTORE|CHANGEDSINCE|HIGHESTMODSEQ", "IDLE": "IDLE",
         "LIST-EXTENDED": "LIST .*RETURN", "LITERAL+": r"\+\}$", "UNSELECT": "UNSELECT", "NAMESPACE": "NAMESPACE", "ID": r"^A\d+ ID ", "SASL-IR": r"AUTHENTICATE \S+ \S"}


@pytest.fixture(scope="module")
def servers():
    with Lab() as lab:
        yield lab


@pytest.fixture(scope="module", params=SERVERS.items(), ids=lambda item: item[0])
def after(servers, request):
    """A desk after that minute; after.here, after.there and after.said are what it was then."""
    _name, capabilities = request.param
    desk = Desk(servers, extra=f"imap_capability = {capabilities}\n")
    desk.offers = capabilities.upper().split()
    try:
        live_a_minute(desk)
        desk.sides, desk.told = (desk.here(), desk.there()), said(desk)
        yield desk
    finally:
        desk.close()
        desk.server.stop()


def test_p40_p41_p43_both_sides_end_the_same_whatever_the_server_offers(after):
    here, there = after.sides
    left = [one for one in there["INBOX"] if "T" in one[1]]
    assert here == {**there, "INBOX": [one for one in there["INBOX"] if one not in left]}, "\n".join(after.told)
    assert after.rows() == sum(len(v) for v in here.values())
    assert {"Made here", "Made there"} <= set(here)
    assert len(here["INBOX"]) == 8 and len(here["Archive"]) == 3
    assert len({i for folder in here.values() for i, _flags in folder}) == 10, "one was deleted, one came"
    flags = dict(here["INBOX"])
    assert "F" in flags["<letter-1@example.net>"] and "S" not in flags["<letter-3@example.net>"]
    assert "R" in flags["<letter-0@example.net>"] and "S" not in flags["<letter-1@example.net>"]
    # P41: where nobody can name what is to be expunged it stays, marked.
    assert len(left) == (0 if "UIDPLUS" in after.offers else 1 if "MOVE" in after.offers else 3)
    assert ("marked deleted" in after.log()) == bool(left)


def test_a_sync_with_nothing_to_do_does_nothing(after):
    after.once()
    assert (after.here(), after.there()) == after.sides
    assert not [line for line in said(after)[len(after.told):] if re.search("BODY|UID STORE|COPY|MOVE|EXPUNGE|APPEND|CREATE", line)]
    assert {kind for kind, _state, _data in after.steps()} <= {"left"}


def test_p44_nothing_is_said_that_the_server_does_not_offer(after):
    for name, words in WORDS.items():
        if name not in after.offers:
            assert not [line for line in after.told if re.search(words, line)], name
    assert not [line for line in after.told if re.search(r"^A\d+ (CLOSE|EXPUNGE)", line)]


def test_p41_what_is_left_is_forgotten_when_it_is_gone_there_and_fetched_when_the_mark_is_taken_away(servers):
    desk = Desk(servers, extra=f"imap_capability = {without('MOVE', 'UIDPLUS')}\n")
    try:
        live_a_minute(desk)
        [*_, left] = [uid for uid, flags in desk.uids_there().items() if "\\Deleted" in flags]
        desk.server.doveadm("flags", "remove", "-u", "anna", "\\Deleted", "mailbox", "INBOX", "uid", str(left))
        desk.server.doveadm("expunge", "-u", "anna", "mailbox", "INBOX", "deleted")
        desk.once()
        assert desk.steps() == []
        assert len(desk.agree()["INBOX"]) == 9
    finally:
        desk.close()
        desk.server.stop()
