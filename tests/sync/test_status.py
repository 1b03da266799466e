# SPDX-License-Identifier: GPL-3.0-or-later
"""cur status and cur sync tell what the engine does and what it costs."""

import json

import pytest
from desk import Desk, letter


@pytest.fixture
def desk(lab):
    desk = Desk(lab)
    desk.server.fill([letter(i, body="text\n" * 2000) for i in range(300)])
    desk.wire = desk.start()
    yield desk
    desk.wire.close()
    desk.close()


def test_a_sync_tells_bytes_and_what_is_left_and_status_what_it_cost(desk):
    told = [json.loads(line) for line in desk.home.run("sync", "--json", check=True).stdout.splitlines()]
    steps = [event for event in told if event.get("event") == "progress"]
    assert all({"bytes", "bytes_per_second", "seconds_left"} <= set(step) for step in steps), told
    account, = (row for row in desk.home.json("status") if "account" in row)
    first = account["traffic"]
    assert first["received"] > 300 * 2000 and first["sent"] > 0 and first["round_trips"] >= 3
    desk.home.run("sync", check=True)
    account, = (row for row in desk.home.json("status") if "account" in row)
    assert account["traffic"]["received"] > first["received"]
    assert account["last_round"]["received"] < 10000 < first["received"]
    shown = desk.home.run("status", check=True).stdout
    assert "last sync: " in shown and "round trips" in shown


def test_status_counts_what_waits_in_the_outbox(desk):
    desk.home.muttrc((desk.home.path / "config/cur/muttrc").read_text() + 'set smtp_url="smtp://localhost:1/"\n')
    desk.home.run("-s", "later", "--", "bob@example.net", stdin="hi\n", check=True)
    while not [row for row in desk.home.json("queue") if row["state"] != "sending"]:
        pass
    rows = [row for row in desk.home.json("status") if "outbox" in row]
    assert len(rows) == 1 and rows[0]["count"] == 1 and rows[0]["outbox"] in ("retry", "queued"), rows


def test_who_only_sends_is_told_of_the_outbox(home):
    home.muttrc('set smtp_url="smtp://localhost:1/" from=anna@example.org copy=no\n')
    done = home.run("sync")
    assert done.returncode == 0 and "nothing waits in the outbox" in done.stderr, done
    home.run("-s", "later", "--", "bob@example.net", stdin="hi\n", check=True)
    done = home.run("sync")
    assert done.returncode == 0 and "in the outbox: 1" in done.stderr, done
