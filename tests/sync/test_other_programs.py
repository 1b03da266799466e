# SPDX-License-Identifier: GPL-3.0-or-later
"""Other programs at messages whose texts are not here: they show, index and copy what lies in the Maildir, and the
engine goes on with what they leave."""

import shutil
import subprocess
import time

import pytest
from odddesk import NOTICE, big
from pace import deadline

#: of the notice; "text" is in the type of every one
WORDS = [word for word in NOTICE.lower().split() if word != "text"]


def needs(program):
    return pytest.mark.skipif(not shutil.which(program), reason=f"{program} is not here")


def read_by(desk, program):
    """The program at the INBOX, in a terminal."""
    rc = desk.home.path / "rc"
    rc.write_text("set mbox_type=Maildir read_inc=0 sleep_time=0 wait_key=no mail_check=0\nset sort=mailbox-order mark_old=no\n"
                  "set delete=yes quit=yes move=no confirmappend=no\n"
                  f"set header_cache='' folder={desk.account()} record=''\n")
    return desk.home.start("-n", "-F", rc, "-f", desk.folder(), program=shutil.which(program))


@pytest.mark.parametrize("program", [pytest.param(name, marks=needs(name)) for name in ("mutt", "neomutt")])
def test_a_reader_shows_the_notice_and_what_it_flags_and_saves_is_done_there(partial, program):
    screen = read_by(partial, program)
    screen.wait("big 2")
    screen.type("/big 1\r")
    text = screen.type("\r", NOTICE)
    assert "Subject: big 1" in text
    screen.type("q")
    screen.type("F")
    screen.type("/big 2\r")
    screen.type("s", "Save to mailbox")
    screen.type("\x15=Archive\r")
    screen.type("q")
    screen.finish()
    for _ in range(4):
        partial.age()
        partial.once()
    assert {uid for uid, (_m, flags, _s) in partial.inbox().messages.items() if "\\Flagged" in flags} == {5}
    assert [m[0] for m in partial.imapd.boxes["Archive"].messages.values()] == [big(2).replace(b"\n", b"\r\n")]
    assert set(partial.inbox().messages) == {1, 2, 3, 4, 5}
    assert not any("APPEND" in line for line in partial.imapd.asked), "nobody took the notice for a message"


def notmuch(desk, *words):
    done = subprocess.run(["notmuch", f"--config={desk.home.path}/notmuch", *map(str, words)], env=desk.home.env,
                          capture_output=True, text=True, timeout=30, check=True)
    return done.stdout.splitlines()


@needs("notmuch")
def test_an_index_of_the_users_own_finds_the_header_and_not_the_notice(partial):
    (partial.home.path / "notmuch").write_text(f"[database]\npath={partial.folder()}\nhook_dir={partial.home.path}/none\n"
                                               "[new]\ntags=new\n[maildir]\nsynchronize_flags=false\n")
    before = {path: path.read_bytes() for path in partial.files()}
    notmuch(partial, "new")
    assert len(notmuch(partial, "search", "--output=files", "subject:big")) == 3
    assert not [word for word in WORDS if notmuch(partial, "search", f"body:{word}")]
    assert {path: path.read_bytes() for path in partial.files()} == before
    shown = "\n".join(notmuch(partial, "show", "subject:big"))
    assert shown.count(NOTICE) == 3


def hits(desk, query, expected):
    """How many messages `cur search` finds, as soon as it is as many as expected."""
    end = deadline(20)
    while True:
        done = desk.home.run("search", query)
        found = len(done.stdout.splitlines())
        if (done.returncode in (0, 1) and found == expected) or time.monotonic() > end:
            return found
        time.sleep(0.1)


def test_our_own_index_finds_the_header_and_not_the_notice_and_then_the_text(partial):
    wire = partial.start()
    inbox = wire.open(partial.home.url + "INBOX")
    assert hits(partial, "subject:big", 3) == 3
    assert hits(partial, "computer", 0) == hits(partial, "tag:attachment", 0) == 0
    wire.ask("TEXT", inbox, [lid for uid, lid in partial.numbers() if uid > 3])
    assert hits(partial, "word", 3) == 3
    assert hits(partial, "computer", 0) == hits(partial, "tag:attachment", 0) == 0
    wire.close()


@needs("mbsync")
def test_mbsync_copies_the_notice_elsewhere_and_leaves_the_files_whole(partial):
    """What cannot be prevented (doc/formats.md): the copy has no text. The texts stay where they were."""
    copy, rc = partial.home.path / "copy", partial.home.path / "mbsyncrc"
    copy.mkdir()
    rc.write_text(f"MaildirStore here\nInbox {partial.folder()}\nAltMap yes\n\nMaildirStore there\nInbox {copy}/INBOX\n\n"
                  f"Channel both\nFar :here:\nNear :there:\nCreate Near\nSync All\nSyncState {partial.home.path}/state-\n")
    subprocess.run(["mbsync", "-c", rc, "both"], env=partial.home.env, check=True, capture_output=True, timeout=30)
    copies = [path.read_text() for part in ("new", "cur") for path in (copy / "INBOX" / part).iterdir()]
    assert len(copies) == 6 and sum(NOTICE in text for text in copies) == 3
    for _ in range(2):
        partial.age()
        partial.once()
    assert len(partial.inbox().messages) == 6 and len(partial.files()) == 6 and len(partial.headers()) == 3
    assert not any("APPEND" in line for line in partial.imapd.asked)
