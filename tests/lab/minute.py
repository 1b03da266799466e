# SPDX-License-Identifier: GPL-3.0-or-later
"""One minute of a user's life on both sides of a sync: the same against every server there is."""

import imaplib

from desk import letter

SEEN, FLAGGED = 1 << 4, 1 << 1


def said(desk):
    """The commands the engine gave."""
    return [line.partition(" > ")[2] for line in desk.log().splitlines() if " > " in line]


def quoted(server, folder):
    return f'"{server.name(folder)}"'


def ask(done):
    status, answer = done
    assert status == "OK", answer
    return answer


def put(client, *numbers):
    """Letters into the INBOX, those with an odd number seen."""
    for i in numbers:
        ask(client.append("INBOX", "(\\Seen)" if i % 2 else "", imaplib.Time2Internaldate(1_700_000_000 + 60 * i),
                          letter(i).replace(b"\n", b"\r\n")))


def live_a_minute(desk):
    """A first sync; flags, a move, a copy, a deletion and a new folder here; flags, a new folder and new mail there."""
    server, url = desk.server, desk.home.url
    archive = server.name_here(server.name("Archive"))
    client = server.client()
    put(client, *range(10))
    ask(client.create(quoted(server, "Archive")))
    client.logout()
    desk.once()
    assert len(desk.agree()["INBOX"]) == 10
    wire = desk.start()
    wire.ask("SYNC", [], True)
    inbox = wire.open(url + "INBOX")
    lids = {uid - 1: lid for uid, lid in desk.numbers()}
    wire.ask("MARK", inbox, [lids[1]], FLAGGED, 0)
    wire.ask("MARK", inbox, [lids[3]], 0, SEEN)
    wire.ask("MOVE", inbox, [lids[4], lids[5]], url + archive)
    wire.ask("COPY", inbox, [lids[6]], url + archive)
    wire.ask("REMOVE", inbox, [lids[7]])
    wire.ask("CREATE", url + "Made here")
    client = server.client()
    ask(client.select("INBOX"))
    ask(client.uid("STORE", "1", "+FLAGS", "(\\Answered)"))
    ask(client.uid("STORE", "2", "-FLAGS", "(\\Seen)"))
    ask(client.create(quoted(server, "Made there")))
    put(client, 20)
    client.logout()
    for _ in range(2):
        wire.ask("SYNC", [], True)
    wire.close()
    desk.stop()
