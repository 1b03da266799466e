# SPDX-License-Identifier: GPL-3.0-or-later
"""cur adopt: the Maildirs that another program kept for an account become ours; nothing is fetched again, and
nothing of the old tree is changed. The trees are made by the programs themselves where they are installed."""

import os
import shutil
import socket
import subprocess

import pytest
from desk import Desk, letter
from faulty import FaultyDisk
from minute import said
from servers import modified_utf7

NAMES = {"INBOX": 5, "Work": 2, "Work/Müll & Co": 3}

MBSYNC = """
IMAPAccount a
Host localhost
Port {server.imaps}
User anna
Pass secret
SSLType IMAPS
CertificateFile {server.certificate.ca}

IMAPStore far
Account a

MaildirStore near
{path}
Inbox {inbox}
SubFolders {style}

Channel c
Far :far:
Near :near:
Patterns *
Create Near
SyncState *
"""

OFFLINEIMAP = """
[general]
accounts = a
metadata = {top}-state
ui = quiet
[Account a]
localrepository = l
remoterepository = r
[Repository l]
type = Maildir
localfolders = {top}
[Repository r]
type = IMAP
remotehost = localhost
remoteport = {server.imaps}
remoteuser = anna
remotepass = secret
ssl = yes
sslcacertfile = {server.certificate.ca}
"""


def run(home, *command):
    done = subprocess.run(list(map(str, command)), capture_output=True, text=True, env={**os.environ, "HOME": str(home)})
    assert done.returncode == 0, done.stdout + done.stderr


def by_mbsync(desk, top, style):
    """Verbatim: Work/Plans, Legacy: Work/.Plans."""
    config = top.parent / "mbsyncrc"
    config.write_text(MBSYNC.format(server=desk.server, path=f"Path {top}/", inbox=top / "Inbox", style=style))
    run(top.parent, "mbsync", "-c", config, "c")


def by_offlineimap(desk, top, _style):
    """Work.Plans, all beside each other."""
    config = top.parent / "offlineimaprc"
    config.write_text(OFFLINEIMAP.format(server=desk.server, top=top))
    run(top.parent, "offlineimap", "-o", "-c", config)


def by_hand(desk, top, style):
    """Maildir++: INBOX at the top, .Work.Plans below; mutt: no UIDs in the names."""
    source = desk.server.folder / "mail/anna/Maildir"
    for folder in NAMES:
        there = source if folder == "INBOX" else source / modified_utf7(folder)
        if style == "Maildir++":
            here = top if folder == "INBOX" else top / ("." + modified_utf7(folder).replace("/", "."))
        else:
            here = top / folder
        for part in ("cur", "new", "tmp"):
            (here / part).mkdir(parents=True, exist_ok=True)
        for file in (there / "cur").iterdir():
            name = file.name.partition(",")[0].partition(":")[0]
            (here / "cur" / f"{name}:2,{file.name.partition(':2,')[2]}").write_bytes(file.read_bytes())


TREES = {
    "mbsync Verbatim": (by_mbsync, "Verbatim", "mbsync"),
    "mbsync Legacy": (by_mbsync, "Legacy", "mbsync"),
    "OfflineIMAP": (by_offlineimap, "", "offlineimap"),
    "Maildir++": (by_hand, "Maildir++", "cp"),
    "mutt, names in UTF-8": (by_hand, "UTF-8", "cp"),
}


def contents(top):
    return {str(p): (p.stat().st_ino, p.read_bytes()) for p in top.rglob("*") if p.is_file()}


def knows_localhost():
    try:
        return socket.gethostbyname("localhost").startswith("127.")
    except OSError:
        return False


@pytest.fixture(params=TREES.items(), ids=lambda item: item[0])
def tree(lab, request):
    """A desk that never synced, and a tree that another program made of its account."""
    make, style, program = request.param[1]
    if not shutil.which(program):
        pytest.skip(f"{program} is not installed")
    if program != "cp" and not knows_localhost():
        pytest.skip(f"{program} looks for localhost, which has no address on this machine (/etc/hosts)")
    desk = Desk(lab)
    for folder, n in NAMES.items():
        desk.server.fill([letter(i, folder[:4].lower()) for i in range(n)], mailbox=folder, flags=lambda i: "S" if i % 2 else "FS")
    top = desk.home.path / "old"
    top.mkdir()
    make(desk, top, style)
    yield desk, top
    desk.close()


def test_nothing_is_fetched_or_sent_again_and_the_old_tree_stays(tree):
    desk, top = tree
    before = contents(top)
    done = desk.home.run("adopt", top, check=True)
    for folder, n in NAMES.items():
        assert f"{folder}: {n} messages\n" in done.stdout
    plan = desk.home.json("sync", "--dry-run")
    assert not [row for row in plan if set(row) & {"fetch", "append", "delete_here", "delete_there", "make_there"}], plan
    desk.once()
    desk.once()
    here = desk.here()
    assert {modified_utf7(folder): there for folder, there in here.items()} == desk.there()
    assert {folder: len(here[folder]) for folder in NAMES} == NAMES
    assert not [line for line in said(desk) if "BODY.PEEK[]" in line or "APPEND" in line or "CREATE" in line]
    assert contents(top) == before


def test_twice_takes_nothing_twice(tree):
    desk, top = tree
    desk.home.run("adopt", top, check=True)
    files = contents(desk.home.data / "mail")
    again = desk.home.run("adopt", top, check=True)
    assert "INBOX: left alone" in again.stdout and contents(desk.home.data / "mail") == files
    assert not (desk.home.data / "adopting").exists()


def test_on_another_file_system_they_are_copied_and_killed_midway_it_is_done_again(lab):
    desk = Desk(lab)
    try:
        for folder, n in NAMES.items():
            desk.server.fill([letter(i, folder[:4].lower()) for i in range(n)], mailbox=folder)
        top = desk.home.path / "old"
        top.mkdir()
        by_hand(desk, top, "UTF-8")
        desk.home.on_small_disk("8m")
        (desk.home.data / "adopting/cur").mkdir(parents=True)
        (desk.home.data / "adopting/cur/1.half:2,").write_bytes(b"half")
        desk.home.run("adopt", top, check=True)
        files = [p for p in (desk.home.data / "mail").rglob("cur/*") if p.is_file()]
        assert len(files) == sum(NAMES.values()) and all(b"half" != p.read_bytes() for p in files)
    finally:
        desk.close()


def test_g3_killed_anywhere_each_folder_is_taken_whole(home):
    home.muttrc('set folder="imap://anna@localhost/" imap_pass=x spoolfile=+INBOX\n')
    for folder in ("INBOX", "Work"):
        box = home.maildir(f"old/{folder}", [letter(i, folder) for i in range(3)])
        (box / "new" / "1800000000.M1.home").write_bytes(letter(9, folder))
    disk = FaultyDisk(home, ("rename",))
    stop, is_whole = 0, False
    while not is_whole:
        stop += 1
        shutil.rmtree(home.data, ignore_errors=True)
        is_whole = home.run("adopt", home.path / "old", env=disk.spoil(stop, "kill")).returncode == 0
        home.run("adopt", home.path / "old", check=True)
        taken = [p.parent.parent.name for p in (home.data / "mail").rglob("*") if p.is_file() and p.parent.name in ("new", "cur")]
        assert sorted(taken) == ["INBOX"] * 4 + ["Work"] * 4, f"killed at {stop}"
        assert not list(home.data.glob("adopting*"))
    assert stop > 2


def test_an_engine_that_works_a_strange_account_and_no_maildir_are_refused(lab):
    desk = Desk(lab)
    try:
        box = desk.home.maildir("old", [letter(1)])
        desk.home.maildir("odd/M\udcfcll", [letter(1)])
        assert "cannot be a folder's name" in desk.home.run("adopt", desk.home.path / "odd", check=True).stdout
        assert "no IMAP account" in desk.home.run("adopt", "--account", "who@else", box).stderr
        assert "no Maildir" in desk.home.run("adopt", desk.home.path / "config").stderr
        desk.start().close()
        refused = desk.home.run("adopt", box)
        assert refused.returncode == 75 and "engine" in refused.stderr
    finally:
        desk.close()
