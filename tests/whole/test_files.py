# SPDX-License-Identifier: GPL-3.0-or-later
"""Disks that are full, files that may not be read, folders that go, and deliveries in between: nothing is lost by
it, nothing is sent twice, and the file or folder is named."""

import os
import shutil
import signal
import subprocess
import threading
import time

import pytest
from letters import message
from pace import patience, until
from servers import Lab


@pytest.fixture(scope="module")
def lab():
    with Lab() as lab:
        yield lab


# ---- a full disk while mail is sent ----

def ids(box):
    """Message-IDs of a Maildir that others change meanwhile."""
    found = set()
    for part in ("cur", "new"):
        for path in (box / part).iterdir():
            try:
                found |= {line.partition(": ")[2] for line in path.read_text().splitlines() if line.startswith("Message-ID: ")}
            except FileNotFoundError:
                pass
    return found


@pytest.fixture
def sender(lab, home):
    """A home on a small disk that sends by sender.sink, whose answers to come stand in sender.script."""
    home.script = home.path / "answers"
    home.sink = lab.submission(script=home.script)
    home.muttrc(f'set from=anna@example.org folder="{home.path}/data/Mail" record=+Sent hostname=example.org\n'
                f'set ssl_ca_certificates_file="{lab.certificate.ca}"\n'
                f'set smtp_url="smtp://anna@localhost:{home.sink.port}/" smtp_pass=secret\n')
    home.small = home.on_small_disk("3m")
    yield home
    home.sink.stop()


def test_d20_what_was_accepted_is_sent_once_there_is_room_again(sender):
    sender.sink.stop()
    assert sender.run("-s", "kept", "bob@example.net", stdin="x").returncode == 0
    sender.stop_engine()
    sender.small.fill()
    sender.sink.start()
    sender.run("queue", "--flush")
    sender.stop_engine()
    sender.small.empty()
    sender.run("queue", "--flush", check=True)
    until(lambda: sender.sink.messages() and not sender.json("queue"))
    assert len(sender.sink.messages()) == 1


def test_d28_a_disk_that_is_full_when_the_server_has_answered_sends_nothing_twice(sender):
    sender.script.write_text("stall 1.5\n")
    assert sender.run("-s", "once", "bob@example.net", stdin="x").returncode == 0
    until(lambda: any(row["state"] == "sending" for row in sender.json("queue")))
    sender.small.fill()
    until(lambda: sender.sink.messages())
    time.sleep(0.3)
    sender.stop_engine()
    sender.small.empty()
    sender.run("queue", "--flush", check=True)
    until(lambda: all(row["state"] == "unknown" for row in sender.json("queue")))
    assert len(sender.sink.messages()) == 1


def test_d20_no_room_is_told_with_the_file_and_later_mail_is_taken(sender):
    sender.run("queue", check=True)
    sender.small.fill()
    done = sender.run("-s", "no", "bob@example.net", stdin="x")
    assert done.returncode == 75 and done.stderr.count("\n") == 1
    assert "not sent" in done.stderr and f"{sender.path}/data/cur/outbox" in done.stderr
    sender.small.empty()
    assert sender.run("--wait", "-s", "yes", "bob@example.net", stdin="x").returncode == 0
    assert len(sender.sink.messages()) == 1


# ---- modes ----

@pytest.fixture
def local(home):
    """A local Maildir, and somebody whom modes stop."""
    home.box = home.maildir("Mail", [message(f"nr {i}", ident=f"<{i}@x>") for i in range(3)])
    home.muttrc(f'set spoolfile="{home.box}" folder="{home.path}" from=anna@example.org\nmailboxes "{home.box}"\n')
    home.as_another_user()
    return home


def test_d24_a_folder_that_may_not_be_read_is_named_and_nothing_in_it_is_forgotten(local):
    local.sync(local.box)
    for folder in (local.box, local.box / "cur"):
        folder.chmod(0)
        done = local.run("sync", local.box)
        folder.chmod(0o700)
        assert done.returncode == 1 and done.stderr.count("\n") == 1 and str(local.box) in done.stderr, done
        assert len(local.json("list")) == 3
    local.sync(local.box)
    assert len(local.json("list")) == 3


def test_d24_d38_a_file_that_may_not_be_read_is_named_and_the_others_are_taken(local):
    closed = sorted((local.box / "cur").iterdir())[1]
    closed.chmod(0)
    done = local.run("sync", local.box)
    assert closed.name in done.stderr and "permission denied" in done.stderr
    assert sorted(row["subject"] for row in local.json("list")) == ["nr 0", "nr 2"]
    closed.chmod(0o600)
    local.sync(local.box)
    assert len(local.json("list")) == 3


# ---- deliveries ----

def test_d07_mail_that_is_delivered_during_scans_comes_once_each(home):
    box, n, over = home.maildir("Mail"), 400, threading.Event()
    home.muttrc(f'set spoolfile="{box}" folder="{home.path}" from=anna@example.org\n')

    def deliver():
        for i in range(n):
            (box / "tmp" / f"{i}").write_bytes(message(f"nr {i}", ident=f"<{i}@x>"))
            os.rename(box / "tmp" / f"{i}", box / "new" / f"{1700000000 + i}.M{i}.mda")
        over.set()

    threading.Thread(target=deliver, daemon=True).start()
    while not over.is_set():
        home.sync(box)
    until(lambda: home.sync(box) and len(home.json("list")) >= n)
    assert sorted(row["message_id"] for row in home.json("list")) == sorted(f"<{i}@x>" for i in range(n))
    assert sum(len(list((box / part).iterdir())) for part in ("cur", "new")) == n


def test_d45_what_is_saved_is_what_was_tagged_whatever_comes_meanwhile(home):
    """Rows move under the tagged ones all the time: new mail sorts before, between and behind them."""
    n, over = 30, threading.Event()
    box, wanted = home.maildir("Mail", [message(f"old {i}", ident=f"<{i}@old>") for i in range(n)]), {f"<{i}@old>" for i in (3, 13, 23)}
    boxes = {name: home.maildir(name) for name in ("Saved", "Copied")}
    piped = home.path / "piped"
    home.muttrc(f'set spoolfile="{box}" folder="{home.path}" from=anna@example.org sort=mailbox-order delete=yes confirmappend=no\n'
                f"set sleep_time=0 wait_key=no mail_check=0\nmailboxes +Mail +Saved +Copied\n")
    screen = home.start()
    screen.wait("Msgs:30")

    def deliver():
        for i in range(2000):
            if over.is_set():
                break
            (box / "tmp" / f"{i}").write_bytes(message(f"new {i}", ident=f"<{i}@new>"))
            os.rename(box / "tmp" / f"{i}", box / "new" / f"{1600000000 + i * 100000}.M{i}.mda")
            time.sleep(0.005)

    mda = threading.Thread(target=deliver, daemon=True)
    mda.start()
    try:
        screen.wait(lambda text: "Msgs:30" not in text)
        screen.type("T~s '^old .?3$'\r", "old")
        screen.type(f";|cat >>{piped}\r")
        screen.type(";C=Copied\r", "copied")
        screen.type(";s=Saved\r", "saved to")
        until(lambda: len(ids(boxes["Saved"])) == 3 and not wanted & ids(box))
    finally:
        over.set()
        mda.join()
    assert ids(boxes["Saved"]) == ids(boxes["Copied"]) == wanted
    assert {line.partition(": ")[2] for line in piped.read_text().splitlines() if line.startswith("Message-ID: ")} == wanted
    assert {i for i in ids(box) if i.endswith("@old>")} == {f"<{i}@old>" for i in range(n)} - wanted


def test_d01_d04_flags_that_another_program_changes_all_the_time_cost_no_message(home):
    n, over = 300, threading.Event()
    box = home.maildir("Mail", [message(f"nr {i}", ident=f"<{i}@x>") for i in range(n)])
    home.muttrc(f'set spoolfile="{box}" folder="{home.path}" from=anna@example.org\n')
    home.sync(box)

    def flip():
        while not over.is_set():
            for path in list((box / "cur").iterdir()):
                base, _, flags = path.name.partition(":2,")
                try:
                    path.rename(path.with_name(f"{base}:2,{'S' if 'F' in flags else 'FS'}"))
                except FileNotFoundError:
                    pass

    flipper = threading.Thread(target=flip, daemon=True)
    flipper.start()
    for _ in range(15):
        home.sync(box)
        assert len(home.json("list")) == n
    over.set()
    flipper.join()
    flagged = sum("F" in path.name for path in (box / "cur").iterdir())
    until(lambda: home.sync(box) and sum("flagged" in row["flags"] for row in home.json("list")) == flagged)
    assert len(list((box / "cur").iterdir())) == n


# ---- the engine's own ground ----

def start(home, *args):
    engine = subprocess.Popen(home.command("curd", "--foreground", *args), env=home.env, stdin=subprocess.DEVNULL,
                              stderr=subprocess.DEVNULL)
    until(lambda: (home.data / "socket").exists())
    return engine


@pytest.mark.parametrize("how", ["removed", "moved"])
def test_an_engine_whose_data_folder_has_gone_ends_itself(home, how):
    engine = start(home)
    if how == "removed":
        shutil.rmtree(home.data)
    else:
        home.data.rename(home.path / "elsewhere")
    assert engine.wait(patience(20)) != 0
    assert not home.data.exists()


def test_hup_makes_the_engine_read_its_configuration_again(lab, home):
    server = lab.dovecot()
    server.fill([message("there")])
    engine = start(home)
    assert home.json("status") == []
    home.account(server)
    engine.send_signal(signal.SIGHUP)
    until(lambda: home.json("status"))
    home.sync()
    assert [row["subject"] for row in home.json("list")] == ["there"]
    home.muttrc("")
    engine.send_signal(signal.SIGHUP)
    until(lambda: not home.json("status"))
    assert engine.poll() is None
    engine.terminate()
    assert engine.wait(patience(10)) == 0
