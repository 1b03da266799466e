# SPDX-License-Identifier: GPL-3.0-or-later
"""Variables of the way to a server, as the server meets them, and of what it is subscribed to."""

import os
import signal
import socket
import sys

import pytest
from fake import Fake
from imapd import Imapd
from letters import message
from pace import until
from popd import Popd
from servers import Certificate, Lab

FORWARDER = """import socket, sys, threading
listener = socket.create_server(("127.0.0.1", int(sys.argv[1])))
def pump(a, b):
    while data := a.recv(65536):
        b.sendall(data)
    b.shutdown(socket.SHUT_WR)
while True:
    here, _ = listener.accept()
    there = socket.create_connection(("127.0.0.1", int(sys.argv[2])))
    for ends in ((here, there), (there, here)):
        threading.Thread(target=pump, args=ends, daemon=True).start()
"""


@pytest.fixture(scope="module")
def certificate():
    with Lab() as lab:
        yield lab.certificate


@pytest.fixture
def at(home, certificate):
    """at(more, host=…, port=…) gives a server in memory and a muttrc that leads to it."""
    fakes = []

    def make(more="", host="localhost", port=None, password='imap_pass="secret"', certificate=certificate):
        imapd = Imapd({"INBOX": [message("first")]})
        fake = Fake(imapd, certificate)
        home.stop_engine()
        fakes.append(fake)
        home.muttrc(f'set folder="imaps://anna@{host}:{port or fake.port}/" spoolfile=+INBOX from=anna@example.org record=""\n'
                    f'set ssl_ca_certificates_file="{certificate.ca}" connect_timeout=5 {password}\n{more}\n')
        home.imapd, home.fake = imapd, fake
        return home

    yield make
    for fake in fakes:
        fake.close()


def subjects(home):
    return [row["subject"] for row in home.json("list")]


def test_who_logs_in_and_who_is_trusted(at, certificate):
    home = at(f"set imap_login=other ssl_ca_certificates_file='' certificate_file={certificate.ca}")
    home.sync()
    assert subjects(home) == ["first"]
    assert any("other" in line for line in home.imapd.asked if line.startswith("LOGIN")), home.imapd.asked
    home = at("set ssl_ca_certificates_file=''")
    assert "certificate" in home.run("sync").stderr
    home = at("set ssl_ca_certificates_file='' certificate_file='' ssl_usesystemcerts=no")
    assert "$ssl_usesystemcerts is off" in home.run("sync").stderr
    home = at(f"set ssl_client_cert={home.path}/none.pem")
    assert "key or certificate file" in home.run("sync").stderr
    assert not any(line.startswith("LOGIN") for line in home.imapd.asked)


def test_who_we_are_is_told_when_it_is_wanted(at):
    for more, told in (("", False), ("set imap_send_id=yes", True)):
        home = at(more)
        home.imapd.capabilities += " ID"
        home.sync()
        assert any(line.startswith('ID ("name" "cur"') for line in home.imapd.asked) == told


def test_a_sign_of_life_goes_to_the_server_as_often_as_it_is_said(at):
    """Half a minute is the least; without the variable it would be five."""
    home, idles = at("set imap_keepalive=30"), []

    def idle(talk, tag, words):
        idles.append(tag)
        talk.say("+ idling")
        if talk.hear():
            talk.say(f"{tag} OK done")
        return True

    home.imapd.capabilities += " IDLE"
    home.imapd.odd["IDLE"] = idle
    home.start().wait("first")
    until(lambda: len(idles) > 1, seconds=60)


@pytest.mark.parametrize("more, login", [("", "AUTH PLAIN AGFubmEAc2VjcmV0"), ("set pop_user=bob", "AUTH PLAIN AGJvYgBzZWNyZXQ="),
                                         ("set pop_authenticators=login", "USER anna")])
def test_a_pop_account(home, certificate, more, login):
    popd = Popd([("u1", message("by POP"))], offers=("USER", "UIDL", "TOP", "SASL PLAIN"))
    fake = Fake(popd, certificate)
    try:
        home.muttrc(f'set pop_host="pops://{"" if "pop_user" in more else "anna@"}localhost:{fake.port}" pop_pass=secret\n'
                    f'set ssl_ca_certificates_file="{certificate.ca}" connect_timeout=5\n{more}\n')
        home.run("sync")
        assert login.encode() in bytes(fake.seen), fake.seen
    finally:
        fake.close()


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return listener.getsockname()[1]


def test_a_command_makes_the_way(at, certificate):
    port = free_port()
    home = at(port=port)
    (home.path / "forward.py").write_text(FORWARDER)
    (home.path / "way").write_text(
        f"#!/bin/sh\necho ran >>{home.path}/ran\nsetsid {sys.executable} {home.path}/forward.py {port} {home.fake.port} "
        f">/dev/null 2>&1 </dev/null &\necho $! >{home.path}/pid\nwhile ! {sys.executable} -c "
        f"'import socket; socket.create_connection((\"127.0.0.1\", {port}))' 2>/dev/null; do sleep 0.1; done\n")
    (home.path / "way").chmod(0o755)
    rc = home.path / "config/cur/muttrc"
    rc.write_text(rc.read_text() + f"set preconnect={home.path}/way\n")
    try:
        home.sync()
        assert subjects(home) == ["first"]
        assert (home.path / "ran").read_text() == "ran\n"
    finally:
        os.kill(int((home.path / "pid").read_text()), signal.SIGTERM)


def test_a_command_that_fails_makes_none(at):
    home = at("set preconnect='echo ran >>$HOME/ran; false'", port=free_port())
    assert home.run("sync").returncode == 75
    assert (home.path / "ran").read_text().startswith("ran\n")


def test_the_certificate_may_name_another_host(at, tmp_path):
    other = Certificate(tmp_path, name="mail.example.org", address="192.0.2.1")
    refused = at(certificate=other).run("sync")
    assert refused.returncode and "certificate" in refused.stderr
    home = at("set ssl_verify_host_override=mail.example.org", certificate=other)
    home.sync()
    assert subjects(home) == ["first"]


def test_ipv6_may_be_left_out(at):
    try:
        listener = socket.create_server(("::1", 0), family=socket.AF_INET6)
    except OSError:
        pytest.skip("this machine has no IPv6")
    with listener:
        port = listener.getsockname()[1]
        listener.settimeout(0)
        at("set use_ipv6=no connect_timeout=1", host="[::1]", port=port).run("sync")
        with pytest.raises(BlockingIOError):
            listener.accept()
        at("set connect_timeout=1", host="[::1]", port=port).run("sync")
        listener.accept()


def test_silence_is_borne_as_long_as_it_is_said(at):
    home = at("set socket_receive_timeout=1")
    home.imapd.odd["LIST"] = lambda talk, tag, words: talk.silence() or True
    assert "silent" in home.run("sync", timeout=20).stderr


def test_account_command_tells_login_and_password(at, home):
    script = home.path / "told"
    script.write_text('#!/bin/sh\necho "$@" >$HOME/asked\nprintf "login: other\\nnoise\\npassword: pass word\\n"\n')
    script.chmod(0o755)
    desk = at(f"set account_command='{script} -x'", password="")
    desk.sync()
    assert subjects(desk) == ["first"]
    assert (home.path / "asked").read_text() == "-x --hostname localhost --username anna --protocol imaps\n"
    assert any("other" in line and "pass word" in line for line in desk.imapd.asked if line.startswith("LOGIN")), desk.imapd.asked


def test_account_command_that_fails_is_told(at, home):
    desk = at("set account_command='echo no such account >&2; exit 3;:'", password="")
    done = desk.run("sync")
    assert done.returncode and "$account_command failed (exit status 3): no such account" in done.stderr


def test_what_a_server_says_may_be_kept_to_the_log(at):
    def alert(talk, tag, words):
        talk.say("* OK [ALERT] fire in the house")

    for more, seen in (("", True), ("set imap_servernoise=no", False)):
        home = at(more)
        home.imapd.odd["SELECT"] = alert
        done = home.sync()
        assert ("fire in the house" in done.stderr + done.stdout) == seen
        assert "fire in the house" in (home.data / "cur.log").read_text()
