# SPDX-License-Identifier: GPL-3.0-or-later
"""Settings and surroundings that go wrong: two accounts in one place, no home, other people's rights, odd locales, statuses."""

import os
import pathlib
import shutil
import subprocess

import pytest
from letters import message
from pace import SLOW, patience, until

ONE = "account one imap=imaps://anna@h.x from=anna@x.org\n"
APART = [  # accounts; what is told, or "" when they go together
    (ONE + "account two imap=imaps://anna@h.x from=b@x.org\n", "rc:2:40: account two: its mail lies where that of account one does"),
    (ONE + "account two imap=imaps://bob@h.x from=b@x.org\n", ""),
    ("account one folder={home}/Mail\naccount two folder=~/Mail/../Mail/\n", "rc:2:20: account two: its mail lies where that of account one does"),
    ("account one folder={home}/Mail\naccount two folder={home}/Mail/work\n", "rc:2:20: account two: the folder of one lies in the other's: account one"),
    ("account two folder={home}/Mail/work\naccount one folder={home}/link\n", "rc:2:20: account one: the folder of one lies in the other's: account two"),
    ("account one folder={home}/Mail\naccount two folder={home}/Mail2\n", ""),
]


@pytest.mark.parametrize("accounts, told", APART, ids=range(len(APART)))
def test_c05_two_accounts_have_no_folder_in_common(home, accounts, told):
    home.maildir("Mail/work", [message()])
    (home.path / "link").symlink_to("Mail")
    (home.path / "rc").write_text(accounts.format(home=home.path))
    done = home.run("-n", "-F", "rc", "check")
    errors = [line for line in done.stdout.splitlines() if line.startswith("rc:") and ": warning: " not in line]
    assert errors == ([told] if told else []) and done.returncode == (2 if told else 0)


def test_c05_the_maildir_of_an_account_is_opened_by_its_url(home):
    """Under two names it would be numbered and renamed by two."""
    box = home.maildir("data/cur/mail/anna@h.x/INBOX", [message()])
    (home.path / "link").symlink_to(box)
    for path in (box, home.path / "link", box / "new/box"):
        done = home.run("-n", "-F", "/dev/null", "sync", path)
        assert done.returncode == 1 and f"'{path}' belongs to an account" in done.stderr
    (home.path / "rc").write_text(f"mailboxes {box}\n")
    checked = home.run("-n", "-F", "rc", "check")
    assert checked.returncode == 2 and f"'{box}' belongs to an account" in checked.stdout
    assert not list((home.data / "mail").rglob("*,U=*"))


ODD = ["~", "$HOME", "relative/mail", "loop", "/", "/nowhere/at/all", "/dev/null"]


@pytest.mark.parametrize("variable", ["folder", "spoolfile"])
@pytest.mark.parametrize("place", ODD)
def test_c06_odd_places_are_told_and_the_machine_is_not_looked_through(home, place, variable):
    (home.path / "loop").symlink_to("loop")
    (home.path / "rc").write_text(f"set {variable}={place}\nfolder-hook work 'set beep'\n")
    for program, *args in (("cur", "-n", "-F", "rc", "check"), ("curd", "-n", "-F", "rc", "--once")):
        trace = home.path / f"trace.{program}"
        done = subprocess.run(["strace", "-f", "-o", trace, "-e", "trace=openat", *home.command(program, *args)],
                              env=home.traced(), capture_output=True, text=True, cwd=home.path, timeout=patience(20), check=False)
        assert done.returncode in (0, 1, 2) and done.stderr.count("\n") <= 2, done.stderr
        opened = [line for line in trace.read_text().splitlines() if "O_DIRECTORY" in line]
        assert not [line for line in opened if any(f'"{root}"' in line for root in ("/usr", "/etc", "/var", "/proc"))]


# ---- surroundings ----

def bare(home, *args, program="cur", user=(), **env):
    """Run with nothing in the environment but this, as cron may."""
    return subprocess.run([*user, *home.command(program, *args)], env=env, capture_output=True, cwd=home.path, timeout=patience(60))


def folders(home):
    return {name: str(home.path / name) for name in ("data", "cache", "config", "run")}


def test_c21_without_home_terminal_and_locale(home):
    """What says where things lie is enough; what does not is an error that names the place."""
    box = home.maildir("Mail", [message("grüße")])
    where = {f"XDG_{name.upper()}_{'DIR' if name == 'run' else 'HOME'}".replace("RUN", "RUNTIME"): path for name, path in folders(home).items()}
    done = bare(home, "sync", box, **where)
    assert done.returncode == 0, done.stderr
    assert "grüße" in bare(home, "list", box, **where).stdout.decode()
    shown = bare(home, **where)
    assert shown.returncode == 2 and b"must be a terminal" in shown.stderr


def test_c21_a_home_that_is_not_there(home):
    home.as_another_user()
    done = bare(home, "sync", user=home.somebody[:0])
    assert done.returncode == 1 and done.stderr.count(b"\n") == 1 and b"cannot make '/nonexistent/" in done.stderr


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file away")
@pytest.mark.skipif(SLOW > 1, reason="a sanitizer may not look into a process with other rights, and fails it")
@pytest.mark.parametrize("program", ["cur", "curd"])
def test_c21_neither_program_runs_with_the_rights_of_its_file(home, program):
    home.as_another_user()
    copy = pathlib.Path(home.programs) / program
    shutil.chown(copy, "daemon")
    copy.chmod(0o4755)
    if not subprocess.run([*home.somebody, "sh", "-c", f"test -x {copy}"], check=False).returncode == 0 or os.statvfs(copy).f_flag & os.ST_NOSUID:
        pytest.skip("no set-user-ID on this file system")
    done = bare(home, "--version", program=program)
    assert done.returncode == 2 and b"set-user-ID" in done.stderr


@pytest.mark.parametrize("locale", ["C", "xx_YY.UTF-8", "de_DE.ISO-8859-1", None])
def test_c22_a_terminal_without_utf8_gets_ascii_and_scripts_get_utf8(home, locale):
    """Each character that it cannot show is marks of the same width; what is kept and sent is whole."""
    box = home.maildir("Mail", [message("grüße 漢字", sender="Ärn <a@x.org>")])
    home.muttrc(f'set spoolfile="{box}" sendmail="{home.path}/sendmail"\n')
    (home.path / "sendmail").write_text(f"#!/bin/sh\ncat >{home.path}/part && mv {home.path}/part {home.path}/letter\n")
    (home.path / "sendmail").chmod(0o700)
    env = {name: value for name, value in home.env.items() if name not in ("LANG", "LC_ALL")}
    home.env = {**env, "LANG": locale, "LC_ALL": locale} if locale else env
    screen = home.start("-n")
    text = screen.wait("Msgs:1")
    assert "?rn             (   1) gr??e ????" in text and max(screen.raw) < 0x80
    assert "grüße 漢字" in home.run("-n", "list", box, check=True).stdout
    assert home.run("-n", "-s", "grüße", "b@x.org", stdin="Ä 漢\n").returncode == 0
    until((home.path / "letter").exists)
    assert b"=?utf-8?" in (home.path / "letter").read_bytes().lower()


# ---- statuses ----

STATUS = [  # arguments, standard input; the status
    (("-s", "kept", "a@x.org"), "text\n", 0), (("-s", "", "a@x.org", "--nonsense"), "", 2), (("-Q", "nothing_such"), "", 1), (("-A", "nobody"), "", 1),
    (("check", "bad"), "", 2), (("check", "--strict", "odd"), "", 1), (("check", "odd"), "", 0), (("-F", "/nowhere", "list"), "", 1),
    (("sync",), "", 75), (("show", "9.9"), "", 1),
]


@pytest.mark.parametrize("args, text, status", STATUS, ids=range(len(STATUS)))
def test_c23_the_status_says_what_came_of_it(home, args, text, status):
    home.muttrc("set folder=imaps://anna@localhost:9/ imap_pass=x sendmail=false\n")
    (home.path / "bad").write_text("sett\n")
    (home.path / "odd").write_text("save-hook !. =x\n")
    done = home.run("-n", *args, stdin=text)
    assert done.returncode == status, done.stderr
    if args[0] == "-s" and not status:
        assert any(b"kept" in path.read_bytes() for path in (home.data / "outbox").rglob("*") if path.is_file()), "durable before 0"
