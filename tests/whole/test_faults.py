# SPDX-License-Identifier: GPL-3.0-or-later
"""What goes wrong is said in one line that names the account or the file; nothing is lost by it and no
password is told to anybody."""

import base64
import os
import re
import signal
import sqlite3
import stat
import subprocess
import termios
import time

import pytest
from fake import Fake, imap
from letters import message
from pace import deadline, patience
from servers import Certificate, Lab
from terminal import queued

PASSWORD = "xyzzy-password"


@pytest.fixture(scope="module")
def lab():
    """One authority and the servers of all tests here."""
    with Lab() as lab:
        yield lab


@pytest.fixture(scope="module")
def server(lab):
    return lab.dovecot(users={"anna": PASSWORD})


@pytest.fixture
def at(home, lab):
    """at(port): the home has an account at this port of localhost."""
    def configure(port, scheme="imaps", more="", host="localhost", password=PASSWORD):
        secret = f'set imap_pass="{password}"\n' if password else ""
        home.muttrc(f'set realname=Anna from=anna@example.org folder="{scheme}://anna@{host}:{port}/" spoolfile=+INBOX record=""\n'
                    f'set ssl_ca_certificates_file="{lab.certificate.ca}" sleep_time=0\n{secret}mailboxes +INBOX\n{more}\n')
        return home
    return configure


@pytest.fixture
def fake(lab):
    """fake(talk, tls=True): a server that is made up, gone after the test."""
    made = []

    def start(talk, tls=True, certificate=None):
        made.append(Fake(talk, (certificate or lab.certificate) if tls else None))
        return made[-1]
    start.ca = lab.certificate.ca
    yield start
    for server in made:
        server.close()


def no_secret(home):
    """No password and no token stands in the log, in what is printed, or in arguments."""
    log = home.data / "cur.log"
    text = log.read_text(errors="replace") if log.exists() else ""
    for secret in (PASSWORD, base64.b64encode(f"\0anna\0{PASSWORD}".encode()).decode()):
        assert secret not in text
    return text


def fails(done, *words, status=None):
    """It failed, in one line that holds the words. What takes long tells how far it is before."""
    assert done.returncode != 0 and (status is None or done.returncode == status), done
    said = [line for line in done.stderr.splitlines() if not re.search(r": fetching \d+/\d+$", line)]
    assert len(said) == 1, done.stderr
    for word in words:
        assert word in said[0], done.stderr


# ---- passwords ----

def test_p55_a_wrong_password_is_tried_once_and_named(at, fake):
    tries = []

    def refuse(talk, tag, words):
        tries.append(words)
        talk.say(f"{tag} NO [AUTHENTICATIONFAILED] that is not it")

    server = fake(imap("IMAP4rev1 AUTH=PLAIN SASL-IR", answers={"AUTHENTICATE": refuse, "LOGIN": refuse}))
    home = at(server.port)
    done = home.run("sync")
    assert len(tries) == 1
    fails(done, f"anna@localhost-{server.port}", "that is not it", "set $imap_pass", status=1)
    no_secret(home)


def test_a_wrong_password_is_told_in_the_interface_and_another_asked_for(at, server):
    home = at(server.imaps, password="wrong")
    screen = home.start()
    screen.wait(lambda text: "assword for" in text.splitlines()[-1], 20)
    screen.type(f"{PASSWORD}\r")
    screen.type("", lambda text: "assword" not in text.splitlines()[-1])
    end = deadline(15)
    while home.json("status")[0]["error"] and time.monotonic() < end:
        time.sleep(0.2)
    assert home.json("status")[0]["error"] == ""
    assert PASSWORD not in screen.raw.decode(errors="replace")
    no_secret(home)


def test_p78_no_password_is_in_the_log_or_in_arguments(at, server, lab):
    home = at(server.imaps, more='set smtp_url="smtp://anna@localhost:9/" smtp_pass="' + PASSWORD + '"')
    home.stop_engine()
    home.run("-d", "5", "sync", check=True)
    for dump in (["-D"], ["-D", "-S"], ["-Q", "imap_pass"], ["check", "--all"]):
        done = home.run(*dump)
        assert PASSWORD not in done.stdout + done.stderr, dump
    screen = home.start()
    screen.wait("INBOX")
    assert home.engines()
    for pid in (*home.engines(), screen.pid):
        with open(f"/proc/{pid}/cmdline", "rb") as line:
            assert PASSWORD.encode() not in line.read()
    no_secret(home)


def test_p78_the_debug_log_has_the_conversation_but_no_password(at, server):
    home = at(server.imaps)
    home.run("--once", "--log", "debug", program="curd", check=True)
    text = no_secret(home)
    assert "AUTHENTICATE" in text or "LOGIN" in text
    assert stat.S_IMODE((home.data / "cur.log").stat().st_mode) == 0o600


# ---- the way to the server ----

def test_a_refused_connection_is_temporary(at):
    home = at(9)
    fails(home.run("sync"), "'localhost' port 9", "refused", status=75)


def test_an_unknown_host_is_temporary(at):
    home = at(993, host="nowhere.invalid")
    fails(home.run("sync"), "nowhere.invalid", status=75)


def test_a_server_that_stays_silent_is_given_up(at, fake):
    server = fake(lambda talk: talk.silence(), tls=False)
    home = at(server.port, more="set connect_timeout=2")
    start = time.monotonic()
    fails(home.run("sync", timeout=90), "localhost", str(server.port), status=75)
    assert time.monotonic() - start < patience(40)


def certificate_at(tmp_path, name="localhost", days=2):
    tmp_path.mkdir(exist_ok=True)
    return Certificate(tmp_path, name, days)


def test_p14_a_foreign_authority_is_refused(at, fake, tmp_path):
    server = fake(imap(), certificate=certificate_at(tmp_path / "foreign"))
    home = at(server.port)
    fails(home.run("sync"), f"anna@localhost-{server.port}", "certificate", "authority")
    assert PASSWORD.encode() not in server.seen and not server.seen


@pytest.mark.parametrize("scheme", ["imaps", "imap", "pops"])
def test_p14_b_another_host_name_is_refused(at, fake, tmp_path, scheme):
    certificate = certificate_at(tmp_path / "other", "mail.example.net")

    def starttls(talk, tag, words):
        talk.say(f"{tag} OK begin")
        context = Fake(lambda t: None, certificate).context
        talk.connection = context.wrap_socket(talk.connection, server_side=True)

    talk = imap("IMAP4rev1 STARTTLS", answers={"STARTTLS": starttls})
    server = fake(talk, tls=scheme != "imap", certificate=certificate)
    home = at(server.port, scheme, f'set ssl_ca_certificates_file="{certificate.ca}" pop_pass="{PASSWORD}"')
    done = home.run("sync")
    fails(done, f"localhost-{server.port}", "certificate", "name")
    assert PASSWORD.encode() not in server.seen and b"AUTH" not in server.seen


def test_p14_e_an_expired_certificate_is_refused(at, fake, tmp_path):
    folder = tmp_path / "old"
    certificate = certificate_at(folder)
    request, extra = folder / "cert.csr", folder / "cert.ext"
    database = folder / "index.txt"
    database.write_text("")
    (folder / "serial").write_text("1000\n")
    (folder / "ca.cnf").write_text(f"[ca]\ndefault_ca=d\n[d]\ndatabase={database}\nserial={folder}/serial\nnew_certs_dir={folder}\n"
                                   "default_md=sha256\npolicy=p\n[p]\ncommonName=supplied\n")
    subprocess.run(["openssl", "ca", "-batch", "-config", folder / "ca.cnf", "-in", request, "-cert", certificate.ca, "-keyfile",
                    folder / "ca.key", "-out", certificate.cert, "-notext", "-startdate", "20200101000000Z",
                    "-enddate", "20200201000000Z", "-extfile", extra], check=True, capture_output=True)
    server = fake(imap(), certificate=certificate)
    home = at(server.port, more=f'set ssl_ca_certificates_file="{certificate.ca}"')
    fails(home.run("sync"), f"localhost-{server.port}", "certificate", "expired")
    assert not server.seen


@pytest.mark.parametrize("capabilities, answers, greeting", [
    ("IMAP4rev1", {}, "* OK ready"), ("IMAP4rev1 STARTTLS", {"STARTTLS": ["{tag} NO not today"]}, "* OK ready"),
    ("IMAP4rev1 STARTTLS", {"STARTTLS": ["{tag} BAD what"]}, "* OK ready"), ("IMAP4rev1", {}, "* PREAUTH welcome anna"),
    ("IMAP4rev1 STARTTLS", {"STARTTLS": ["{tag} OK go\r\n* CAPABILITY IMAP4rev1 AUTH=PLAIN"]}, "* OK ready")],  # in one packet
    ids=["missing", "refused", "misunderstood", "preauth", "words behind the answer"])
def test_g5_p02_without_starttls_no_password_goes_out(at, fake, capabilities, answers, greeting):
    server = fake(imap(capabilities, greeting, answers), tls=False)
    home = at(server.port, "imap")
    done = home.run("sync")
    assert done.returncode != 0
    assert "TLS" in done.stderr and "localhost" in done.stderr, done.stderr
    assert done.stderr.count("\n") == 1
    for secret in (PASSWORD, base64.b64encode(f"\0anna\0{PASSWORD}".encode()).decode(), "LOGIN", "AUTHENTICATE"):
        assert secret.encode() not in server.seen


@pytest.mark.parametrize("ehlo", [["250 fake"], ["250-fake", "250 STARTTLS"]], ids=["missing", "refused"])
def test_p02_smtp_without_starttls_sends_no_password(home, fake, ehlo):
    def talk(t):
        t.say("220 fake ESMTP")
        while line := t.hear():
            t.say(*(ehlo if line.upper().startswith(b"EHLO") else ["454 no TLS now" if line.upper() == b"STARTTLS" else "250 ok"]))

    server = fake(talk, tls=False)
    home.muttrc(f'set from=anna@example.org record="" folder="{home.path}" smtp_url="smtp://anna@localhost:{server.port}/" smtp_pass="{PASSWORD}"\n')
    done = home.run("--wait", "-s", "s", "bob@example.net", stdin="x")
    fails(done, "TLS")
    assert b"AUTH" not in server.seen and b"MAIL" not in server.seen
    assert len(home.json("queue")) == 1


@pytest.mark.parametrize("greeting", ["SSH-2.0-OpenSSH_9.2", "\x16\x03\x01\x02 \x1b[31m", "* BYE too many of you", "220 smtp.example.net ESMTP",
                                      "x" * 100000])
def test_a_greeting_that_is_none_is_told_in_one_clean_line(at, fake, greeting):
    server = fake(imap(greeting=greeting))
    home = at(server.port)
    done = home.run("sync")
    fails(done, f"anna@localhost-{server.port}")
    assert "\x1b" not in done.stderr and len(done.stderr) < 600
    assert PASSWORD.encode() not in server.seen


# ---- OAuth ----

def oauth(home, text):
    path = home.path / "token"
    path.write_text("#!/bin/sh\n" + text)
    path.chmod(0o700)
    return path


@pytest.mark.parametrize("mechanism", ["XOAUTH2", "OAUTHBEARER"])
def test_an_oauth_token_comes_from_the_command_and_goes_to_the_server_alone(at, fake, home, mechanism):
    lines = []

    def take(talk, tag, words):
        data = words[2] if len(words) > 2 else None
        if data is None:
            talk.say("+ ")
            data = talk.hear().decode()
        lines.append((words[1], base64.b64decode(data)))
        talk.say(f"{tag} NO [AUTHENTICATIONFAILED] enough seen")

    server = fake(imap(f"IMAP4rev1 SASL-IR AUTH={mechanism}", answers={"AUTHENTICATE": take}))
    command = oauth(home, "echo token-abc123\n")
    at(server.port, password=None, more=f'set imap_authenticators="{mechanism.lower()}" imap_oauth_refresh_command="{command}"')
    done = home.run("sync")
    fails(done, f"anna@localhost-{server.port}")
    assert lines and lines[0][0] == mechanism
    assert b"auth=Bearer token-abc123\x01" in lines[0][1] and b"anna" in lines[0][1]
    home.stop_engine()
    home.run("--once", "--log", "debug", program="curd")
    log = (home.data / "cur.log").read_text()
    assert "token-abc123" not in log + done.stderr
    assert base64.b64encode(lines[0][1]).decode() not in log


@pytest.mark.parametrize("text, words", [("echo no grant >&2; exit 3\n", "no grant"), ("true\n", "token"),
                                         ("printf 'one\\r\\ntwo\\n'\n", "token"), ("head -c 200000 /dev/zero | tr '\\0' x\n", "token")])
def test_a_token_command_that_fails_is_told(at, fake, home, text, words):
    server = fake(imap("IMAP4rev1 SASL-IR AUTH=XOAUTH2"))
    at(server.port, password=None, more=f'set imap_authenticators=xoauth2 imap_oauth_refresh_command="{oauth(home, text)}"')
    fails(home.run("sync"), f"anna@localhost-{server.port}", "OAuth refresh command", words)
    assert b"AUTHENTICATE" not in server.seen


def test_smtp_takes_a_token_too(home, fake):
    said = []

    def talk(t):
        t.say("220 fake ESMTP")
        while line := t.hear():
            said.append(line)
            if line.upper().startswith(b"EHLO"):
                t.say("250-fake", "250 AUTH XOAUTH2")
            else:
                t.say("535 5.7.8 no")

    server = fake(talk)
    command = oauth(home, "echo token-abc123\n")
    home.muttrc(f'set from=anna@example.org record="" folder="{home.path}" smtp_url="smtps://anna@localhost:{server.port}/"\n'
                f'set ssl_ca_certificates_file="{fake.ca}" smtp_authenticators=xoauth2 smtp_oauth_refresh_command="{command}"\n')
    done = home.run("--wait", "-s", "s", "bob@example.net", stdin="x")
    assert done.returncode != 0
    auth = next(line for line in said if line.startswith(b"AUTH"))
    assert b"auth=Bearer token-abc123" in base64.b64decode(auth.split()[2])
    assert "token-abc123" not in done.stderr + (home.data / "cur.log").read_text()


# ---- files ----

def test_a_file_in_place_of_a_maildir_is_named(home):
    (home.path / "Mail").write_text("not a folder\n")
    home.muttrc(f'set spoolfile="{home.path}/Mail" folder="{home.path}" from=anna@example.org\n')
    fails(home.run("sync", home.path / "Mail"), f"{home.path}/Mail")


def test_a_configuration_that_cannot_be_read_is_named(home):
    (home.path / "config/cur/muttrc").unlink()
    (home.path / "config/cur/muttrc").mkdir()
    done = home.run("-D")
    assert f"{home.path}/config/cur/muttrc" in done.stderr and done.stderr.count("\n") == 1
    fails(home.run("-F", home.path / "nowhere", "-D"), f"{home.path}/nowhere")
    fails(home.run("-F", home.path / "nowhere", "list"), f"{home.path}/nowhere")


@pytest.fixture
def synced(home):
    box = home.maildir("Mail", [message(f"nr {i}", ident=f"<{i}@x>") for i in range(3)])
    home.muttrc(f'set spoolfile="{box}" folder="{home.path}" from=anna@example.org\nmailboxes "{box}"\n')
    home.sync(box)
    home.stop_engine()
    home.box = box
    return home


def test_a_damaged_header_cache_is_made_anew(synced):
    path = synced.path / "cache/cur/headers.mdb"
    before = {row["id"]: row["message_id"] for row in synced.json("list")}
    for damage in (b"not LMDB at all" * 1000, b"", os.urandom(100000)):
        synced.stop_engine()
        path.write_bytes(damage)
        synced.sync(synced.box)
        assert {row["id"]: row["message_id"] for row in synced.json("list")} == before
        assert synced.run("show", next(iter(before)), check=True).stdout


@pytest.mark.parametrize("damage", ["noise", "newer"])
def test_a_state_that_is_damaged_or_newer_stops_the_engine_and_touches_no_mail(synced, damage):
    path = synced.data / "state.db"
    names = sorted(p.name for p in synced.box.rglob("*"))
    if damage == "noise":
        for extra in ("state.db-wal", "state.db-shm"):
            (synced.data / extra).unlink(missing_ok=True)
        path.write_bytes(os.urandom(50000))
    else:
        with sqlite3.connect(path) as db:
            db.execute("PRAGMA user_version=999")
        db.close()
    kept = path.read_bytes()
    start = time.monotonic()
    fails(synced.run("sync", synced.box), str(path), "newer" if damage == "newer" else "move it away")
    assert time.monotonic() - start < patience(3)
    assert sorted(p.name for p in synced.box.rglob("*")) == names
    assert path.read_bytes() == kept


def test_a_message_that_is_gone_is_named_and_the_rest_goes_on(synced):
    row = synced.json("list")[0]
    for path in (synced.box / "cur").iterdir():
        if f"nr {row['subject'][-1]}".encode() in path.read_bytes():
            path.unlink()
    done = synced.run("show", row["id"])
    fails(done, "message")
    screen = synced.start()
    screen.wait("nr 0")
    screen.type("\r")
    assert screen.child.isalive()
    screen.type("i")
    screen.wait("nr 1")


def test_d20_a_full_disk_stops_fetching_with_a_line_and_loses_nothing(at, server, home):
    server.fill([message(f"big {i}", ident=f"<big{i}@x>", body=("x" * 70 + "\n") * 3000) for i in range(20)])
    disk = home.on_small_disk("3m")
    at(server.imaps)
    done = home.run("sync", timeout=90)
    fails(done, "space", status=75)
    disk.resize("30m")
    home.run("sync", timeout=90, check=True)
    assert sum(row["subject"].startswith("big") for row in home.json("list")) == 20


# ---- in the interface ----

def test_a_server_that_is_away_is_told_and_what_is_here_can_be_read(synced):
    synced.muttrc(f'set spoolfile="{synced.box}" folder="imaps://anna@localhost:9/" imap_pass=x from=anna@example.org\n'
                  f'mailboxes "{synced.box}" +INBOX\n')
    screen = synced.start()
    screen.wait("nr 0")
    screen.wait(lambda text: "localhost" in text and "refused" in text, 20)
    screen.type("\r", "Subject: nr")


@pytest.fixture
def noted(synced):
    """The interface over an engine that has been running, so that it is told at once."""
    synced.json("queue")
    screen = synced.start()
    screen.wait("nr 0")
    screen.settle()
    return screen


def note_of_the_engine(home, name):
    """Let the engine note something: a file in the outbox that is none, found when a program goes."""
    (home.data / "outbox/new").mkdir(parents=True, exist_ok=True)
    (home.data / "outbox/new" / name).write_text("not a message to send\n")
    home.json("queue")


def test_the_answer_to_a_key_can_be_read_before_what_the_engine_notes(synced, noted):
    screen = noted
    in_time, number = False, 0
    while not in_time:
        number += 1
        start = time.monotonic()
        screen.type("=k", "You are on the first message.")
        note_of_the_engine(synced, f"bad{number}")
        screen.settle()
        in_time = time.monotonic() - start < 2.5
    assert "You are on the first message." in screen.lines()[-1]
    screen.type("j", lambda text: "put aside" in text.splitlines()[-1])


def test_a_note_of_the_engine_comes_without_a_key_too(synced, noted):
    noted.type("=k", "You are on the first message.")
    note_of_the_engine(synced, "bad")
    noted.wait(lambda text: "put aside" in text.splitlines()[-1])


@pytest.mark.skipif(os.geteuid() != 0, reason="mounts a small file system, which only root may")
def test_d27_a_full_disk_keeps_the_message_in_the_making_until_there_is_room(home):
    box = home.maildir("Mail", [message("nr 0")])
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", home.path / "data"], check=True)
    try:
        home.muttrc(f'set spoolfile="{box}" folder="{home.path}" from=anna@example.org record="" editor=true abort_unmodified=no copy=no\n'
                    f'set smtp_url="smtp://anna@localhost:9/" smtp_pass=x\n')
        screen = home.start()
        screen.wait("nr 0")
        screen.type("m", "To:")
        screen.type("bob@example.net\r", "Subject:")
        screen.type("precious\r", "-- Attachments")
        filler = home.path / "data/filler"
        with open(filler, "wb", buffering=0) as file:
            with pytest.raises(OSError):
                while True:
                    file.write(b"x" * 4096)
        screen.type("y", "no space left")
        assert "precious" in screen.text()
        screen.type("s", "Subject:")
        screen.type(" words\r", "no space left")
        filler.unlink()
        screen.type("y", queued)
        [file] = [path for part in ("new", "work") for path in (home.data / "outbox" / part).iterdir()]
        assert b"\nSubject: precious words\n" in file.read_bytes().split(b"\n\n")[1]
    finally:
        for terminal in home.terminals:
            terminal.close()
        home.stop_engine()
        subprocess.run(["umount", "-l", home.path / "data"], check=True)


def test_a_folder_that_cannot_be_read_is_named_and_the_others_work(synced):
    bad = synced.path / "bad"
    bad.mkdir()
    (bad / "cur").write_text("no folder\n")
    screen = synced.start()
    screen.wait("nr 0")
    screen.type("c", "Open mailbox")
    screen.type(f"\x15{bad}\r", lambda text: "bad" in text.split("\n")[-1] and "Open" not in text.split("\n")[-1])
    screen.type("c", "Open mailbox")
    screen.type(f"\x15{synced.box}\r", "nr 0")


# ---- a password from the terminal ----

CLEAR = "set ssl_force_tls=no ssl_starttls=no\n"


def test_u17_an_interrupt_at_a_password_leaves_the_terminal_as_it_was(at):
    server = Fake(imap())
    screen = at(server.port, "imap", CLEAR, password=None).start("sync")
    screen.wait("Password for")
    terminal = os.dup(screen.child.child_fd)
    end = deadline(10)
    while termios.tcgetattr(terminal)[3] & termios.ECHO:
        assert time.monotonic() < end
        time.sleep(0.02)
    screen.keys("\x03")
    assert screen.finish() == -signal.SIGINT
    assert termios.tcgetattr(terminal)[3] & termios.ECHO
    server.close()


def test_a_password_is_taken_as_it_is_typed(at):
    server = Fake(imap())
    screen = at(server.port, "imap", CLEAR, password=None).start("sync")
    screen.wait("Password for")
    screen.keys("two words \r")
    end = deadline(10)
    while b'LOGIN "anna" "two words "' not in bytes(server.seen):
        assert time.monotonic() < end, bytes(server.seen)
        screen.pump(0.05)
    assert "two words" not in screen.text()
    server.close()


def test_g6_no_control_of_a_name_reaches_the_terminal_through_the_engine(home):
    for name in ("a\x1b[31mb", "a\u009b31mb"):
        for args in (("--once",), ("--dry-run",)):
            done = home.run("-F", name, *args, program="curd")
            assert done.returncode and "31mb" in done.stderr
            assert "\x1b" not in done.stderr and "\u009b" not in done.stderr, args


def test_g5_a_password_of_the_command_line_does_not_stay_in_the_list_of_processes(at, server):
    home = at(server.imaps, password=None)
    home.run("-e", f'set imap_pass="{PASSWORD}"', "sync", check=True)
    [engine] = home.engines()
    with open(f"/proc/{engine}/cmdline", "rb") as arguments:
        seen = arguments.read()
    assert b"-e\0" in seen and PASSWORD.encode() not in seen
    screen = home.start("-e", f'set imap_pass="{PASSWORD}"')
    screen.wait("INBOX")
    with open(f"/proc/{screen.child.pid}/cmdline", "rb") as arguments:
        seen = arguments.read()
    assert b"-e\0" in seen and PASSWORD.encode() not in seen


def test_c08_clear_text_needs_the_host_to_be_named_and_is_written_down(at):
    server = Fake(imap())
    home = at(server.port, "imap", CLEAR, host="0.0.0.0")  # this machine, but not by a name of loopback
    assert home.run("sync").returncode and PASSWORD.encode() not in server.seen
    home.stop_engine()
    home = at(server.port, "imap", CLEAR + "set insecure_plaintext_hosts=0.0.0.0\n", host="0.0.0.0")
    home.run("sync")
    assert f'LOGIN "anna" "{PASSWORD}"'.encode() in server.seen
    assert re.search(r"warn: 0\.0\.0\.0\S*: .*without encryption", (home.data / "cur.log").read_text())
    # And it is told for as long as it is so.
    assert "without encryption" in home.run("status", check=True).stdout
    assert home.json("status")[0]["clear_text"] is True
    checked = home.run("check")
    assert checked.returncode == 0 and "warning: '0.0.0.0' is spoken to without encryption" in checked.stdout
    home.start().wait("without encryption")
    server.close()
