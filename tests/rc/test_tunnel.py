# SPDX-License-Identifier: GPL-3.0-or-later
"""A command in place of a connection: logged in already, or with a login, in the clear or with TLS within."""

import sys

import pytest
from letters import message
from pace import until
from servers import Lab

BRIDGE = """import os, socket, sys, threading
there = socket.create_connection(("127.0.0.1", int(sys.argv[1])))
def up():
    while data := os.read(0, 65536):
        there.sendall(data)
    there.shutdown(socket.SHUT_WR)
threading.Thread(target=up, daemon=True).start()
while data := there.recv(65536):
    os.write(1, data)
"""
# Nobody listens there, nor is the second a host: only a tunnel comes to a server.
NOWHERE = {"imap": "imap://anna@localhost:1/", "imaps": "imaps://anna@nowhere.invalid/"}


@pytest.fixture(scope="module")
def server():
    with Lab() as lab:
        dovecot = lab.dovecot()
        dovecot.fill([message("by the tunnel")])
        dovecot.lab = lab
        yield dovecot


@pytest.fixture
def through(home, server):
    """through(command, more) is a home whose mail is at the end of the command."""
    def make(command, more="", folder=NOWHERE["imap"]):
        home.muttrc(f'set folder="{folder}" spoolfile=+INBOX record="" from=anna@example.org connect_timeout=5\n'
                    f'set ssl_ca_certificates_file="{server.certificate.ca}" tunnel="{command} 2>>{home.path}/said"\n{more}\n')
        return home
    return make


def bridge(home, port):
    path = home.path / "bridge"
    path.write_text(BRIDGE)
    return f"{sys.executable} {path} {port}"


def subjects(home):
    return [row["subject"] for row in home.json("list")]


@pytest.mark.parametrize("folder", NOWHERE.values(), ids=NOWHERE)
def test_who_comes_through_it_may_be_logged_in_already(through, server, folder):
    """No password is known, and nobody is asked for one."""
    home = through(f"doveadm -c {server.config} exec imap -u anna", folder=folder)
    home.sync()
    assert subjects(home) == ["by the tunnel"]
    told = home.run("check").stdout
    assert "through 'doveadm" in told and "no encryption" not in told and "0 errors, 0 warnings" in told
    assert [row["tunnel"].split()[0] for row in home.json("check") if row["kind"] == "server"] == ["doveadm"]


@pytest.mark.parametrize("secure", ["yes", "no"])
def test_a_login_goes_through_it(home, through, server, secure):
    """With TLS within it unless it is said to keep what is secret."""
    home = through(bridge(home, server.imap), f"set imap_pass=secret tunnel_is_secure={secure}")
    home.run("--once", "--log", "debug", program="curd", check=True)
    assert subjects(home) == ["by the tunnel"]
    assert ("TLS verified" in (home.data / "cur.log").read_text()) == (secure == "no")


def test_a_password_is_asked_for_only_when_it_is_wanted(home, through, server):
    home = through(bridge(home, server.imap))
    done = home.run("sync")
    assert done.returncode == 1 and "imap_pass" in done.stderr, done


def test_a_server_that_says_we_are_logged_in_is_not_believed_outside_of_what_is_secure(through, server):
    home = through(f"doveadm -c {server.config} exec imap -u anna", "set tunnel_is_secure=no")
    done = home.run("sync")
    assert done.returncode == 1 and "rules out STARTTLS" in done.stderr, done


@pytest.mark.parametrize("command", ["exit 3", "no-such-program-anywhere"])
def test_a_tunnel_that_ends_is_an_error(through, command):
    done = through(command).run("sync")
    assert done.returncode == 75 and done.stderr.count("\n") == 1, done


def test_mail_goes_out_through_it(home, server):
    post = server.lab.submission()
    home.muttrc(f'set from=anna@example.org smtp_url="smtp://anna:secret@localhost:1/" record=""\n'
                f'set ssl_ca_certificates_file="{server.certificate.ca}" tunnel="{bridge(home, post.port)}" tunnel_is_secure=no\n')
    home.run("-s", "by the tunnel", "--", "bob@example.net", stdin="text\n", check=True)
    until(lambda: any(b"by the tunnel" in text for text in post.messages()), tell=lambda: (home.data / "cur.log").read_text())
