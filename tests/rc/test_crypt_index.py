# SPDX-License-Identifier: GPL-3.0-or-later
"""What reading a sealed message leaves in the index: flags, ~V, the true subject; and OpenPGP that no header tells of."""

import pytest

from home import Home
from keyring import Keyring, entity, letter, pgp_encrypted, pgp_signed

MUTTRC = "set folder=~/Mail spoolfile=~/Mail sleep_time=0 beep=no index_format='<%Z> %s' pager_format='%Z %s'\nset crypt_chars='VESK-'\n"


@pytest.fixture
def reader(tmp_path):
    ring = Keyring(tmp_path / "g")
    home = Home(MUTTRC)
    home.env["GNUPGHOME"] = str(ring.path)
    inline = ring.gpg("--armor", "-r", "anna@example.org", "--encrypt", stdin=b"an old custom\n").decode()
    home.maildir("Mail", [letter(pgp_signed(ring, entity("by bob"))),
                          letter(pgp_encrypted(ring, entity("hidden", subject="true subject")), subject="outside"),
                          letter(f"Content-Type: text/plain\n\n{inline}", subject="inline"),
                          letter("Content-Type: text/plain\n\nnothing\n", subject="plain")])
    cur = home.start("-f", home.path / "Mail", rows=24)
    cur.wait(lambda text: all(word in text for word in ("< S > subject outside", "< E > outside", "< - > inline", "< - > plain")))
    yield cur
    home.close()
    ring.close()


def test_what_was_learnt_by_reading(reader):
    reader.type("/~s 'subject outside'\r\r", "successfully verified")
    reader.type("i", "< V > subject outside")
    reader.type("/~s ^outside\r\r", "successfully decrypted")
    reader.type("i", "< E > true subject")
    reader.type("l~V\r", lambda text: "subject outside" in text and "inline" not in text and "true subject" not in text)
    reader.type("l!~V\r", lambda text: "< V >" not in text and "true subject" in text)


@pytest.mark.parametrize("keys", ["\x1bP\r", "\r\x1bP"])
def test_check_traditional_pgp(reader, keys):
    """From the index and from the pager."""
    reader.keys(f"/~s inline\r{keys}")
    reader.wait(lambda text: "an old custom" in text and "BEGIN PGP MESSAGE --]" in text)
    reader.type("i", "q:Quit")
    reader.type("/~s plain\r\x1bP", "No PGP text was found.")
