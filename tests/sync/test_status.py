# SPDX-License-Identifier: GPL-3.0-or-later
"""cur status and cur sync tell what the engine does and what it costs."""

import json
import re
import time

import pytest
from desk import Desk, letter
from far import Far
from imapd import Imapd
from odddesk import OddDesk


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


def test_the_line_of_a_sync_is_no_wider_than_the_terminal(lab):
    desk = Desk(lab)
    try:
        far = Far(desk.server.imaps, 0.05)
        desk.home.account(desk.server, port=far.port)
        desk.server.fill([letter(i, body="text\n" * 2000) for i in range(1200)])
        screen = desk.home.start("sync", rows=24, cols=24)
        assert screen.finish(60) == 0
        far.close()
    finally:
        desk.close()
    drawn = re.findall(r"\r\x1b\[K([^\r\n\x1b]+)", screen.raw.decode())
    # The folder's name gives way to the figures.
    assert drawn and all(re.search(r"200|/s", line) for line in drawn), drawn
    assert max(map(len, drawn)) < 24, drawn


def test_status_counts_what_waits_in_the_outbox(desk):
    desk.home.muttrc((desk.home.path / "config/cur/muttrc").read_text() + 'set smtp_url="smtp://localhost:1/"\n')
    desk.home.run("-s", "later", "--", "bob@example.net", stdin="hi\n", check=True)
    desk.until(lambda: [row for row in desk.home.json("queue") if row["state"] != "sending"])
    rows = [row for row in desk.home.json("status") if "outbox" in row]
    assert len(rows) == 1 and rows[0]["count"] == 1 and rows[0]["outbox"] in ("retry", "queued"), rows


def test_who_only_sends_is_told_of_the_outbox(home):
    home.muttrc('set smtp_url="smtp://localhost:1/" from=anna@example.org copy=no\n')
    done = home.run("sync")
    assert done.returncode == 0 and "nothing waits in the outbox" in done.stderr, done
    home.run("-s", "later", "--", "bob@example.net", stdin="hi\n", check=True)
    done = home.run("sync")
    assert done.returncode == 0 and "in the outbox: 1" in done.stderr, done


@pytest.mark.parametrize("line, place", [("set folder=imaps:///mail spoolfile=+INBOX", 2), ("mailboxes imap://anna@:143/x", 2),
                                         ("set folder=/nowhere\nmailboxes imap://[::1/x", 3)], ids=range(3))
def test_who_named_no_server_is_told_where(home, line, place):
    home.muttrc(f'set smtp_url="smtp://localhost:1/" from=anna@example.org copy=no\n{line}\n')
    for args in ([], ["--json"]):
        done = home.run("sync", *args)
        assert done.returncode == 2 and f"muttrc:{place}: 'imap" in done.stderr, done
    assert f"muttrc:{place}: 'imap" in home.run("check").stdout


def test_the_same_is_shown_on_the_screen(desk):
    desk.home.muttrc((desk.home.path / "config/cur/muttrc").read_text() + 'set smtp_url="smtp://localhost:1/"\n')
    desk.home.run("sync", check=True)
    desk.home.run("-s", "later", "--", "bob@example.net", stdin="hi\n", check=True)
    desk.until(lambda: [row for row in desk.home.json("queue") if row["state"] == "retry"])
    screen = desk.home.start(cols=120)
    screen.wait("Msgs:300")
    shown = screen.type("\x1bS", lambda text: "outbox: 1 retry" in text and "Status" in text)
    told = desk.home.run("status", check=True).stdout.splitlines()
    assert "Status" in shown and "round trips" in shown and "last sync 2" in shown
    assert [line.strip() for line in told if line.startswith("outbox") or "(imap)" in line] == [
        line.strip() for line in shown.splitlines() if line.startswith("outbox") or "(imap)" in line]
    screen.type("q", "Msgs:300")
    screen.type("\r", "Subject: letter")
    screen.type("\x1bS", "outbox: 1 retry")
    screen.type("q", "Subject: letter")


def test_on_a_terminal_one_line_tells_how_many_how_fast_and_how_long_yet(odd):
    """And elsewhere it is no line that is written over."""
    desk = odd({"INBOX": [letter(i, body="text\n" * 500) for i in range(400)]}, once=False)
    items = desk.imapd.items

    def slow(talk, uid, what):
        time.sleep(0.008 if "BODY" in what else 0)
        return items(talk, uid, what)

    desk.imapd.items = slow
    terminal = desk.home.start("sync")
    shown = terminal.wait(re.compile(r"^INBOX: \d+/400  [\d.]+\s.?B/s  \d+ s left$", re.M).search, seconds=30)
    assert len([line for line in shown.splitlines() if "INBOX:" in line]) == 1
    assert terminal.finish(30) == 0
    assert "INBOX" not in terminal.text() and len(desk.ids()) == 400, "it goes when it is over"
    for i in range(400, 650):
        desk.inbox().add(letter(i, body="text\n" * 500))
    done = desk.home.run("sync", check=True)
    assert "\r" not in done.stderr and "\x1b" not in done.stderr and len(desk.ids()) == 650


@pytest.mark.parametrize("check,at_least", [(5, 60), (600, 600)])
def test_mail_check_says_when_all_mailboxes_are_looked_at(certificate, check, at_least):
    """Never within a minute, and not all accounts at once: up to an eighth later."""
    desk = OddDesk(certificate, Imapd({"INBOX": [letter(1)]}, capabilities="IMAP4rev1 UIDPLUS IDLE"))
    try:
        desk.add(f"set mail_check={check}")
        begun = int(time.time())
        wire = desk.start()
        wire.ask("SYNC", [], True)
        desk.until(lambda: [row["state"] for row in desk.home.json("status") if "account" in row] == ["idle"])
        account, = (row for row in desk.home.json("status") if "account" in row)
        assert begun + at_least - 2 <= account["next_try"] <= time.time() + at_least * 9 / 8 + 2
        wire.close()
    finally:
        desk.close()
