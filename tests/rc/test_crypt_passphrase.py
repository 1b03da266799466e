# SPDX-License-Identifier: GPL-3.0-or-later
"""Keys with a passphrase: GnuPG's agent asks for it, whoever reads the message sees the screen again afterwards."""

import pytest

from home import Home
from keyring import Keyring, entity, letter, pgp_encrypted, smime_opaque

MUTTRC = "set folder=~/Mail spoolfile=~/Mail sleep_time=0 beep=no index_format='%Z %s' pager_format='%Z %s'\n"


@pytest.fixture
def reader(tmp_path):
    ring = Keyring(tmp_path / "g")
    home = Home(MUTTRC)
    home.env["GNUPGHOME"] = str(ring.path)
    home.maildir("Mail", [
        letter(smime_opaque(ring, entity("of cms"), "enveloped-data", "-r", "secretive@example.org", "--encrypt"), subject="smime"),
        letter(pgp_encrypted(ring, entity("of pgp"), to="secretive"), subject="pgp")])
    ring.close()
    cur = home.start("-f", home.path / "Mail", rows=30)
    cur.wait("P  pgp")
    yield cur, ring
    home.close()
    ring.close()


def show(cur, name, *wanted):
    cur.keys(f"/~s ^{name}$\r\r")
    text = cur.wait(lambda text: all(word in text for word in wanted))
    cur.type("i", "q:Quit")
    return text


@pytest.mark.parametrize("name,text", [("pgp", "of pgp"), ("smime", "of cms")])
def test_it_is_asked_for_once(reader, name, text):
    cur, ring = reader
    ring.pin("open sesame")
    show(cur, name, text, "successfully decrypted")
    assert ring.asked() == 1
    show(cur, name, text)
    assert ring.asked() == 1
    # <forget-passphrase>: the agent has to ask anew, and what was opened is closed.
    cur.type("\x06", "Passphrase(s) forgotten.")
    show(cur, name, text, "successfully decrypted")
    assert ring.asked() == 2


@pytest.mark.parametrize("name", ["pgp", "smime"])
def test_giving_up_is_no_harm(reader, name):
    cur, ring = reader
    show(cur, name, "[-- Error: decryption failed", "Could not open")
    assert ring.asked() == 1
