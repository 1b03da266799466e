# SPDX-License-Identifier: GPL-3.0-or-later
"""What `cur search` finds stays true when files get other names, when they go, and when the index is lost."""

import json
import shutil
import time

import pytest
from letters import message
from pace import deadline


def search(home, word, expected):
    """The subjects that `cur search` gives, as soon as they are the expected ones; else the last."""
    end = deadline(20)
    while True:
        done = home.run("search", "--json", word)
        found = sorted(json.loads(line)["subject"] for line in done.stdout.splitlines())
        if (done.returncode == 0 and found == sorted(expected)) or time.monotonic() > end:
            return found
        time.sleep(0.1)


def indexed_files(home, query="*"):
    """What notmuch itself finds in our index."""
    done = home.run("search", "--output=files", query, program="/usr/bin/notmuch",
                    env={"NOTMUCH_CONFIG": str(home.data / "index/config")}, check=True)
    return sorted(done.stdout.splitlines())


@pytest.fixture
def indexed(account):
    """Two messages at the server, synced and in the index."""
    account.server.fill([message("first", body="walrus\n"), message("second", body="walrus\n")])
    account.sync()
    assert search(account, "walrus", ["first", "second"]) == ["first", "second"]
    account.inbox = next(account.data.glob("mail/*/INBOX"))
    return account


def test_d05_what_went_or_got_another_name_does_so_in_the_index(indexed):
    home = indexed
    home.server.doveadm("expunge", "-u", "anna", "mailbox", "INBOX", "uid", "1")
    home.server.doveadm("flags", "add", "-u", "anna", "\\Flagged", "mailbox", "INBOX", "uid", "2")
    home.sync()
    assert search(home, "walrus", ["second"]) == ["second"]
    there = [str(path) for path in home.inbox.glob("*/*,U=2:2,*F*")]
    end = deadline(10)
    while (files := indexed_files(home)) != there and time.monotonic() < end:
        time.sleep(0.1)
    assert files == there


@pytest.mark.parametrize("harm", ["deleted", "damaged"])
def test_d30_a_lost_index_is_made_anew(indexed, harm):
    home = indexed
    home.stop_engine()
    if harm == "deleted":
        shutil.rmtree(home.data / "index")
    else:
        for file in (home.data / "index/xapian").glob("*.glass"):
            file.write_bytes(b"rubbish")
    assert search(home, "walrus", ["first", "second"]) == ["first", "second"]


def test_local_maildirs_are_searched_too_wherever_they_lie(home):
    box = home.maildir("Some/where", [message("first", body="walrus\n"), message("second", body="otter\n")])
    home.muttrc(f'set spoolfile="{box}" folder="{home.path}" from=anna@example.org\n')
    home.sync()
    assert search(home, "walrus", ["first"]) == ["first"]
    [row] = [json.loads(line) for line in home.run("search", "--json", "walrus").stdout.splitlines()]
    assert row["id"] == next(r["id"] for r in home.json("list") if r["subject"] == "first")
    for path in sorted((box / "cur").iterdir()):
        path.rename(box / "cur" / path.name.replace(":2,S", ":2,FS"))
    home.sync()
    assert search(home, "walrus", ["first"]) == ["first"]
    end = deadline(10)
    while not all(":2,FS" in path for path in indexed_files(home, "walrus")) and time.monotonic() < end:
        home.run("search", "walrus")
        time.sleep(0.1)
    assert [path.rpartition("/")[2] for path in indexed_files(home, "walrus")] == [p.name for p in sorted((box / "cur").iterdir())[:1]]
