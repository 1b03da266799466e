# SPDX-License-Identifier: GPL-3.0-or-later
"""An engine that cannot start says why, in one line and at once, to whoever started it."""

import fcntl
import os
import sqlite3
import subprocess
import time

import pytest
from home import BUILD
from letters import message
from pace import deadline, patience
from wire import VERSION, Refused, Wire


@pytest.fixture
def synced(home):
    """A local Maildir that was synced; no engine runs."""
    home.box = home.maildir("Mail", [message(f"nr {i}", ident=f"<{i}@x>") for i in range(3)])
    home.muttrc(f'set spoolfile="{home.box}" folder="{home.path}" from=anna@example.org sendmail=true record=""\n'
                f'mailboxes "{home.box}"\n')
    home.sync(home.box)
    home.stop_engine()
    return home


def says(home, *words, args=("sync",), status=1):
    """The line that `args` ends with; it does not take the time after which one gives up."""
    start = time.monotonic()
    done = home.run(*args)
    assert time.monotonic() - start < patience(2.5)
    assert done.returncode == status, done
    lines = done.stderr.splitlines()
    assert len(lines) == 1 and lines[0].startswith("cur: "), done.stderr
    for word in words:
        assert word in lines[0], lines[0]
    return lines[0]


@pytest.mark.parametrize("args", [("sync",), ("queue",), ("search", "x"), ("--json",)], ids=lambda args: args[0])
def test_d13_a_damaged_state_is_named_with_what_to_do(synced, args):
    path = synced.data / "state.db"
    path.write_bytes(os.urandom(50000))
    args = ("sync", "--json") if args == ("--json",) else args
    says(synced, str(path), "damaged", "move it away", args=args)


def test_d14_the_advice_for_a_damaged_state_brings_the_mail_back(synced):
    for path in synced.data.glob("state.db*"):
        path.unlink()
    synced.sync(synced.box)
    assert sorted(row["subject"] for row in synced.json("list")) == ["nr 0", "nr 1", "nr 2"]
    assert len(list((synced.box / "cur").iterdir())) == 3


def test_d13_a_state_of_a_newer_version_is_named(synced):
    db = sqlite3.connect(synced.data / "state.db")
    db.execute("PRAGMA user_version=999")
    db.commit()
    db.close()
    says(synced, "state.db", "newer cur")


def test_a_configuration_that_is_not_there_is_named(synced):
    says(synced, f"{synced.path}/nowhere", args=("-F", f"{synced.path}/nowhere", "sync"))


@pytest.mark.parametrize("mode", [0o000, 0o500], ids=["unreadable", "read-only"])
def test_d24_a_data_folder_that_may_not_be_used_is_named(synced, mode):
    synced.as_another_user()
    synced.data.chmod(mode)
    says(synced, str(synced.data))
    synced.data.chmod(0o700)


def test_d24_a_file_in_place_of_the_data_folder_is_named(home):
    (home.path / "data").rmdir()
    (home.path / "data").write_text("a file\n")
    says(home, f"{home.path}/data")


def test_d20_no_space_for_the_state_is_told(home):
    home.on_small_disk("16k")
    says(home, f"{home.path}/data", "full", status=75)


def test_d17_a_second_engine_on_the_same_folder_is_told_of_the_first(synced):
    with open(synced.data / "lock", "r+") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        done = synced.run("--once", program="curd")
        assert done.returncode == 75 and "another engine" in done.stderr and str(synced.data) in done.stderr
        done = synced.run("sync")
        assert done.returncode == 75 and "another engine" in done.stderr and done.stderr.count("\n") == 1
    synced.sync(synced.box)


def test_d17_p68_programs_that_start_at_once_share_one_engine(synced):
    runs = [subprocess.Popen([str(BUILD / "cur"), "sync"], env=synced.env, stderr=subprocess.PIPE) for _ in range(8)]
    for run in runs:
        assert (run.wait(patience(30)), run.stderr.read()) == (0, b"")


def test_an_engine_that_dies_without_a_word_is_told(synced):
    start = time.monotonic()
    (synced.data / "state.db").unlink()
    done = synced.run("sync", env={"CUR_TEST_STOP": "1"})
    assert done.returncode == 75 and "cur.log" in done.stderr and done.stderr.count("\n") == 1
    assert time.monotonic() - start < patience(8)


def test_the_interface_tells_why_there_is_no_engine(synced):
    (synced.data / "state.db").write_bytes(os.urandom(50000))
    screen = synced.start()
    screen.wait(lambda text: "engine cannot start" in text and "state.db" in text, 10)
    assert "nr 0" in screen.text()


def test_d54_an_engine_from_before_an_upgrade_gives_way_to_a_newer_program(synced):
    synced.sync(synced.box)
    [before] = synced.engines()
    with pytest.raises(Refused, match="older than this program, and ends: try again"):
        Wire(synced.data, version=VERSION + 1)
    end = deadline(10)
    while synced.engines() == [before]:
        assert time.monotonic() < end
        time.sleep(0.02)
    synced.sync(synced.box)


def test_d54_an_engine_after_an_upgrade_stays_whatever_old_programs_say(synced):
    synced.sync(synced.box)
    before = synced.engines()
    with pytest.raises(Refused, match="newer than this program: start the program again"):
        Wire(synced.data, version=VERSION - 1)
    synced.sync(synced.box)
    assert synced.engines() == before and before


@pytest.mark.parametrize("program", ["cur", "curd"])
def test_what_a_start_may_do_without_is_loaded_later(program):
    linked = subprocess.run(["ldd", str(BUILD / program)], capture_output=True, text=True, check=True).stdout
    late = ("notmuch", "xapian", "curl", "gnutls", "ldap", "gsasl", "gmime", "gio", "gpgme")
    assert not [name for name in late if f"lib{name}" in linked], linked


def test_a_letter_of_plain_words_is_made_without_gmime(home):
    home.muttrc('set from=anna@example.org realname="Anna Mueller" sendmail=true copy=no\n')
    late = [subprocess.run(home.command("cur", "-s", subject, "--", "Bob Brown <bob@example.net>"), input=b"text\n", check=True,
                           capture_output=True, env={**home.env, "LD_DEBUG": "files"}).stderr.count(b"file=libgmime")
            for subject in ("plain words", "дата")]
    assert late[0] == 0 and late[1] > 0
