# SPDX-License-Identifier: GPL-3.0-or-later
"""What `cur sync` says when something is missing or wrong: one line that names it, and what to do."""

import json
import subprocess
import threading
import time

import pytest
from fake import Fake, imap
from home import BUILD
from letters import message
from pace import patience, until
from servers import Lab


@pytest.fixture(scope="module")
def lab():
    with Lab() as lab:
        yield lab


@pytest.fixture(scope="module")
def server(lab):
    server = lab.dovecot()
    server.fill([message("one")])
    return server


@pytest.fixture
def account(home, server):
    """change(old, new): the muttrc of an account that works, but for this."""
    home.account(server)
    home.server = server

    def change(old, new):
        path = home.path / "config/cur/muttrc"
        text = path.read_text()
        assert old in text
        path.write_text(text.replace(old, new))
        return home
    home.change = change
    return home


def line(done, status):
    assert done.returncode == status, done
    assert done.stderr.count("\n") == 1 and done.stderr.startswith("cur: "), done.stderr
    return done.stderr


# ---- nothing set ----

def test_c02_without_any_account_it_says_what_to_set(home):
    said = line(home.run("sync"), 2)
    assert "nothing to sync" in said and "set folder=imaps://" in said and "mailboxes" in said
    assert "nothing to sync" in line(home.run("sync", "--json"), 2)


def test_c02_a_maildir_that_the_muttrc_names_is_enough(home):
    box, other = home.maildir("Mail", [message("in the spool")]), home.maildir("More", [message("in a mailbox")])
    home.muttrc(f'set spoolfile="{box}" from=anna@example.org\nmailboxes "{other}" "{home.path}/nothing-there"\n')
    home.sync()
    assert [row["subject"] for row in home.json("list")] == ["in the spool"]
    assert [row["subject"] for row in home.json("list", str(other))] == ["in a mailbox"]


# ---- passwords ----

def test_p55_a_wrong_password_is_one_line_each_time(account):
    account.change('imap_pass="secret"', 'imap_pass="wrong"')
    for args in (["sync"], ["sync"], ["sync", "=INBOX"]):
        said = line(account.run(*args), 1)
        assert said.startswith(f"cur: anna@localhost-{account.server.imaps}: ")
        assert "refuses the login" in said and "set $imap_pass" in said


def test_without_a_password_and_a_terminal_it_fails_at_once(account):
    account.change('set imap_pass="secret"\n', "")
    start = time.monotonic()
    for _ in range(2):
        said = line(account.run("sync"), 1)
        assert f"anna@localhost-{account.server.imaps}" in said and "no password" in said and "set $imap_pass" in said
    assert time.monotonic() - start < patience(5)


def test_without_a_password_mail_that_waits_says_so(home):
    home.muttrc(f'set from=anna@example.org record="" folder="{home.path}/Mail" smtp_url="smtps://anna@localhost:9/"\n')
    said = line(home.run("--wait", "-s", "s", "bob@example.net", stdin="x"), 75)
    assert "no password" in said and "set $smtp_pass" in said


# ---- servers and folders ----

def test_a_server_that_is_away_is_named_with_its_account(account):
    account.change(f":{account.server.imaps}/", ":9/")
    for args in (["sync"], ["sync"], ["sync", "=INBOX"]):
        said = line(account.run(*args), 75)
        assert said.startswith("cur: anna@localhost-9: ") and "port 9" in said


def test_trouble_in_a_folder_names_account_and_folder(home, lab):
    status = "UIDVALIDITY 1 UIDNEXT 2 MESSAGES 1"
    fake = Fake(imap("IMAP4rev1", answers={
        "LIST": ['* LIST () "/" INBOX', "{tag} OK done"],
        "STATUS": [f"* STATUS INBOX ({status})", "{tag} OK done"],
        "SELECT": ["{tag} NO [UNAVAILABLE] the disk is being changed"]}), lab.certificate)
    home.muttrc(f'set folder="imaps://anna@localhost:{fake.port}/" imap_pass=x ssl_ca_certificates_file="{lab.certificate.ca}"\n')
    said = line(home.run("sync"), 75)
    fake.close()
    assert f"anna@localhost-{fake.port}" in said and "INBOX" in said and "the disk is being changed" in said


@pytest.mark.parametrize("word, meant", [("=INBX", "=INBOX"), ("=Snet", "=Sent"), ("Drafts", "=Drafts")])
def test_an_unknown_folder_brings_the_nearest_name(account, word, meant):
    account.sync()
    assert f"did you mean '{meant}'?" in line(account.run("sync", word), 1)


def test_a_folder_like_no_other_is_named_alone(account):
    account.sync()
    said = line(account.run("sync", "=Completely/Else"), 1)
    assert "Completely/Else" in said and "did you mean" not in said


# ---- staying ----

@pytest.fixture
def watching(account):
    """`cur sync --watch --json` in the background: watching.events grows."""
    run = subprocess.Popen([str(BUILD / "cur"), "sync", "--watch", "--json"], env=account.env, stdout=subprocess.PIPE,
                           stderr=subprocess.PIPE, text=True)
    account.events, account.watch = [], run
    threading.Thread(target=lambda: account.events.extend(json.loads(text) for text in run.stdout), daemon=True).start()
    yield account
    run.kill()
    run.wait()


def is_idle(home):
    return home.engines() and ", last sync 20" in home.run("status").stdout and ": idle" in home.run("status").stdout


def test_sync_watch_stays_and_tells_of_new_mail(watching):
    until(lambda: is_idle(watching))
    watching.server.deliver("anna", message("just in"))
    until(lambda: any(event["event"] == "new" for event in watching.events))
    assert "just in" in [row["subject"] for row in watching.json("list")]
    assert watching.watch.poll() is None


def test_sync_watch_ends_with_the_engine_and_says_so(watching):
    until(lambda: is_idle(watching))
    watching.stop_engine(9)
    assert watching.watch.wait(patience(10)) == 75
    assert "engine" in watching.watch.stderr.read()
