# SPDX-License-Identifier: GPL-3.0-or-later
"""The same minute of a user's life at the real servers there are, besides Dovecot: Cyrus with folders beside and
below INBOX, and Courier, which knows neither CONDSTORE nor MOVE."""

import re

import pytest
from courier import Courier
from cyrus import Cyrus
from desk import Desk, letter
from minute import live_a_minute, put, said
from servers import Lab
from test_pop import Box, wanted

SERVERS = {
    "Cyrus": lambda lab: Cyrus(lab.folder / "cyrus", lab.certificate),
    "Cyrus, folders below INBOX": lambda lab: Cyrus(lab.folder / "cyrus", lab.certificate, modern=False),
    "Courier": lambda lab: Courier(lab.folder / "courier", lab.certificate),
}


@pytest.fixture(scope="module", params=SERVERS.items(), ids=lambda item: item[0])
def desk(request):
    _name, make = request.param
    with Lab() as lab:
        desk = Desk(lab, lab.keep(make(lab)))
        try:
            live_a_minute(desk)
            desk.sides, desk.told = (desk.here(), desk.there()), said(desk)
            yield desk
        finally:
            desk.close()


def folder(desk, name):
    """What a folder that was made as `name` is called here."""
    return desk.server.name_here(desk.server.name(name))


def test_both_sides_end_the_same(desk):
    here, there = desk.sides
    assert here == there, "\n".join(desk.told)
    assert desk.rows() == sum(len(v) for v in here.values())
    assert {folder(desk, "Made here"), folder(desk, "Made there")} <= set(here)
    assert len(here["INBOX"]) == 8 and len(here[folder(desk, "Archive")]) == 3
    assert len({i for one in here.values() for i, _flags in one}) == 10, "one was deleted, one came"
    flags = dict(here["INBOX"])
    assert "F" in flags["<letter-1@example.net>"] and "S" not in flags["<letter-3@example.net>"]
    assert "R" in flags["<letter-0@example.net>"] and "S" not in flags["<letter-1@example.net>"]
    assert not desk.steps()


def test_each_message_was_fetched_once(desk):
    fetched = [line for line in desk.told if re.search(r"FETCH .*BODY\.PEEK\[\]", line)]
    assert fetched and len(desk.files()) == len(desk.here()["INBOX"])


def test_a_sync_with_nothing_to_do_does_nothing(desk):
    desk.once()
    assert (desk.here(), desk.there()) == desk.sides
    again = said(desk)[len(desk.told):]
    assert not [line for line in again if re.search("BODY|UID STORE|COPY|MOVE|EXPUNGE|APPEND|CREATE", line)]


def test_what_another_client_moves_is_moved_here_too(desk):
    client = desk.server.client()
    offers = str(client.capability())
    client.select("INBOX")
    client.uid("COPY", "1", f'"{desk.server.name("Archive")}"')
    client.uid("STORE", "1", "+FLAGS", "\\Deleted")
    client.expunge()
    client.logout()
    before = len(desk.log())
    desk.once()
    assert len(desk.agree()[folder(desk, "Archive")]) == 4
    # Known by its EMAILID it is not fetched again.
    assert "OBJECTID" not in offers or "BODY.PEEK[] " not in desk.log()[before:].replace("BODY.PEEK[])", "BODY.PEEK[] ")


def test_a_folder_that_is_open_is_renamed_and_deleted(desk):
    wire, url = desk.start(), desk.home.url
    for name, act in (("Made there", ("RENAME", url + folder(desk, "Made there"), url + "Renamed")),
                      ("Made here", ("DELETE", url + folder(desk, "Made here")))):
        wire.open(url + folder(desk, name))
        wire.ask("SYNC", [url + folder(desk, name)], True)
        wire.ask(*act)
        wire.ask("SYNC", [], True)
    wire.close()
    desk.stop()
    desk.once()
    there = desk.agree()
    assert folder(desk, "Renamed") in there and not {folder(desk, "Made there"), folder(desk, "Made here")} & set(there)


def test_a_message_that_is_made_here_comes_with_its_keywords(desk):
    (desk.folder("INBOX") / "dovecot-keywords").write_text("0 todo\n")
    (desk.folder("INBOX") / "cur" / "1793613600.M77.here:2,Sa").write_bytes(letter(77))
    before = len(said(desk))
    desk.once()
    assert [line for line in said(desk)[before:] if "todo" in line and "STORE" not in line]
    client = desk.server.client()
    client.select("INBOX")
    assert client.uid("SEARCH", "KEYWORD", "todo", "SEEN", "HEADER", "Message-ID", "letter-77")[1][0].split()
    client.logout()


def test_courier_over_pop3_each_message_once_and_what_is_deleted_here_goes_there(lab):
    box = Box(lab, server=lab.keep(Courier(lab.folder / "courier", lab.certificate)))
    try:
        client = box.server.client()
        put(client, *range(5))
        box.once()
        assert box.ids() == wanted(0, 1, 2, 3, 4)
        put(client, 5)
        box.age()
        box.files()[0].unlink()
        for _ in range(2):
            box.age()
            box.once()
        assert box.ids() == box.ids_there() and len(box.ids()) == 5 and wanted(5)[0] in box.ids()
    finally:
        box.close()
