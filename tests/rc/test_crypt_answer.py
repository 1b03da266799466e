# SPDX-License-Identifier: GPL-3.0-or-later
"""Encrypted messages answered, forwarded, piped and looked at in parts: what is opened, and what stays closed."""

import pytest

from home import Home
from keyring import Keyring, entity, letter, pgp_encrypted

MUTTRC = """
set folder=~/Mail spoolfile=~/Mail sleep_time=0 beep=no index_format='%Z %s' pager_format='%Z %s' crypt_timestamp=no
set editor="cat %s >~/edited; touch -d tomorrow %s; true" fast_reply autoedit=no include=yes pipe_decode wait_key=no
set forward_edit=yes attach_format='%n %m/%M %d'
"""


def mixed(part):
    return ('Content-Type: multipart/mixed; boundary="=m"\n\n--=m\nContent-Type: text/plain\n\nhello, please answer\n'
            f"--=m\n{part}\n--=m--\n")


@pytest.fixture(scope="module")
def reader(tmp_path_factory):
    ring = Keyring(tmp_path_factory.mktemp("k") / "g")
    home = Home(MUTTRC)
    home.env["GNUPGHOME"] = str(ring.path)
    secret = pgp_encrypted(ring, entity("the secret text", subject="true subject"))
    home.maildir("Mail", [letter(secret, subject="whole"), letter(mixed(secret), subject="partly")])
    cur = home.start("-f", home.path / "Mail", rows=30)
    cur.wait("P  whole")
    yield cur, home
    home.close()
    ring.close()


def edited(reader, name, keys, *lines):
    """What the editor was given."""
    cur, home = reader
    for line in lines:
        cur.keys(f":{line}\r")
    cur.keys(f"/~s '^({name}|true subject)$'\r{keys}")
    cur.wait("-- Attachments")
    text = cur.text()
    cur.type("q", "Save (postpone)")
    cur.type("n", "q:Quit")
    return (home.path / "edited").read_text(), text


def test_a_reply_quotes_what_was_encrypted(reader):
    body, menu = edited(reader, "whole", "r")
    assert "> the secret text" in body and "Re: true subject" in menu


def test_a_reply_quotes_no_part_that_was_encrypted(reader):
    """Who puts a cipher text of somebody else's into his letter hopes for its text in the answer."""
    body, _ = edited(reader, "partly", "r")
    assert "> hello, please answer" in body and "secret" not in body
    body, _ = edited(reader, "partly", "r", "set include_encrypted")
    assert "> the secret text" in body


@pytest.mark.parametrize("value,size", [("yes", "the secret text"), ("no", "BEGIN PGP MESSAGE")])
def test_forward_decrypt(reader, value, size):
    cur, home = reader
    cur.keys(f":set mime_forward=yes forward_decrypt={value}\r/~s '^(whole|true subject)$'\rfanna@example.org\r")
    cur.wait(lambda text: "-- Attachments" in text and "message/rfc822" in text)
    cur.keys("j|cat >~/piped\r")
    cur.wait(lambda text: (home.path / "piped").exists() and size in (home.path / "piped").read_text())
    (home.path / "piped").unlink()
    cur.type("q", "Save (postpone)")
    cur.type("n", "q:Quit")


def test_parts_and_pipes_are_opened(reader):
    cur, home = reader
    cur.type("/~s partly\rv", lambda text: "multipart/encrypted" not in text and text.count("text/plain") == 2)
    cur.type("q", "q:Quit")
    cur.keys("|cat >~/piped\r")
    cur.wait(lambda text: (home.path / "piped").exists() and "the secret text" in (home.path / "piped").read_text())
