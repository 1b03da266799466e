# SPDX-License-Identifier: GPL-3.0-or-later
"""The transcript of --log wire tells what was said, and no secret in whatever form."""

import base64

import pytest
from desk import Desk, letter

PASSWORD = "pa55-w0rd!x"
ANY = "plain login cram-md5 scram-sha-1 scram-sha-256"


def forms(*secrets):
    """How a secret may look on its way."""
    for secret in secrets:
        yield secret
        for n in range(3):
            code = base64.b64encode(b"x" * n + secret.encode()).decode()
            yield code[4 if n else 0:-4]  # as it stands within something longer


@pytest.mark.parametrize("how", ["plain", "login", "cram-md5", "scram-sha-1", "scram-sha-256", "LOGIN"])
def test_no_mechanism_leaves_a_password_in_the_transcript(lab, how):
    desk = Desk(lab, users={"anna": PASSWORD}, extra=f"auth_mechanisms = {'plain' if how == 'LOGIN' else ANY}")
    try:
        desk.sink = lab.submission(dovecot=desk.server, users={"anna": PASSWORD})
        desk.home.account(desk.server, desk.sink)
        text = (desk.home.path / "config/cur/muttrc").read_text()
        desk.home.muttrc(text + f'set imap_authenticators="{"login" if how == "LOGIN" else how}"\n')
        desk.server.fill([letter(1, body="a text that is nobody's business\n")])
        done = desk.home.run("--once", "--log", "wire", program="curd", timeout=25)
        said = (desk.home.data / "wire.log").read_text()
        assert done.returncode == 0, (done.stderr, said)
        assert how == "LOGIN" or f"AUTHENTICATE {how.upper()}" in said, said
        assert "[not shown]" in said and "[text, " in said and "nobody's business" not in said
        assert not [form for form in forms(PASSWORD) if form in said], said
        assert (desk.home.data / "wire.log").stat().st_mode & 0o777 == 0o600
    finally:
        desk.close()


def test_no_password_of_a_submission_is_in_the_transcript_and_a_running_engine_begins_one(lab):
    desk = Desk(lab, users={"anna": PASSWORD})
    try:
        desk.sink = lab.submission(dovecot=desk.server, users={"anna": PASSWORD})
        desk.home.account(desk.server, desk.sink)
        wire = desk.start()
        wire.ask("SYNC", [], True)
        assert not (desk.home.data / "wire.log").exists()
        assert desk.home.run("sync", "--log", "wire").returncode == 0
        assert desk.home.run("-s", "hello", "--wait", "--", "bob@example.net", stdin="hi\n").returncode == 0
        said = (desk.home.data / "wire.log").read_text()
        assert "AUTH PLAIN [not shown]" in said and "MAIL FROM" in said
        assert not [form for form in forms(PASSWORD) if form in said], said
        wire.close()
    finally:
        desk.close()
