# SPDX-License-Identifier: GPL-3.0-or-later
"""Signed and encrypted messages as the pager shows them: PGP/MIME, OpenPGP in texts, S/MIME."""

import pytest

from keyring import Keyring, entity, letter, pgp_encrypted, pgp_signed, smime_opaque, smime_signed

MUTTRC = """
set folder=~/Mail spoolfile=~/Mail sort=mailbox-order sleep_time=0 beep=no
set index_format='%Z %s' pager_format='%Z %s' pager_index_lines=0
set crypt_timestamp=no date_format='!%Y'
"""


def clear_signed(ring):
    text = ring.gpg("-u", "bob@example.org", "--clear-sign", stdin=b"a clear text\n").decode()
    return f"Content-Type: text/plain\n\nfootless\n\n{text}\nbehind it\n"


def inline_secret(ring, kind="text/plain"):
    text = ring.gpg("--armor", "-r", "anna@example.org", "--encrypt", stdin="ein Geheimnis, für Anna\n".encode()).decode()
    return f"Content-Type: {kind}\n\n{text}"


def changed(body):
    return body.replace("what bob wrote", "what bob never wrote")


GOOD = ["Good signature from: Bob Builder <bob@example.org>", "[-- End of signed data --]", "PGP signature successfully verified."]
# What a message is made of, muttrc lines, what is on the screen, what is not.
CASES = {
    "pgp-signed": (lambda r: letter(pgp_signed(r, entity("what bob wrote"))), "", ["what bob wrote", *GOOD], ["WARNING"]),
    "pgp-signed-nobody-looks": (lambda r: letter(pgp_signed(r, entity("what bob wrote"))), "set crypt_verify_sig=no",
                                ["what bob wrote"], ["Good signature", "[--"]),
    "pgp-changed": (lambda r: letter(changed(pgp_signed(r, entity("what bob wrote")))), "",
                    ["*BAD* signature from: Bob", "never wrote", "PGP signature could NOT be verified."], ["Good signature"]),
    "pgp-not-the-sender": (lambda r: letter(pgp_signed(r, entity("trust me"), signer="bob"), sender="anna"), "",
                           ["does not name the sender", "not surely the sender's"], ["successfully verified"]),
    "pgp-anybodys-key": (lambda r: letter(pgp_signed(r, entity("trust me"), signer="mallory"), sender="mallory"), "",
                         ["Good signature from: Mallory", "WARNING: It is NOT certain", "Fingerprint: "], ["successfully verified"]),
    "pgp-unknown-key": (lambda r: letter(unknown_signer(r)), "", ["missing key", "could NOT be verified"], ["Good signature"]),
    "pgp-encrypted": (lambda r: letter(pgp_encrypted(r, entity("what bob wrote"))), "set crypt_encryption_info=no",
                      ["[-- The following data is PGP/MIME encrypted --]", "what bob wrote", "PGP message successfully decrypted."],
                      ["BEGIN PGP", "Recipient:"]),
    # Keys that are not named are tried one by one, also those that need a passphrase.
    "pgp-hidden": (lambda r: letter(pgp_encrypted(r, entity("what bob wrote"), more=("--throw-keyids",))), "",
                   ["what bob wrote", "successfully decrypted"], ["Error"]),
    "pgp-encrypted-for": (lambda r: letter(pgp_encrypted(r, entity("what bob wrote"))), "",
                          ["[-- Begin encryption information --]", "Recipient: ECDH key, ID 0x"], []),
    "pgp-both": (lambda r: letter(pgp_encrypted(r, entity("what bob wrote"), signer="bob")), "",
                 ["PGP/MIME signed and encrypted", "what bob wrote", "Good signature from: Bob", "successfully verified"], []),
    "pgp-not-for-us": (lambda r: letter(not_for_us(r)), "", ["[-- Error: decryption failed", "Could not open PGP message"], []),
    "pgp-timestamp": (lambda r: letter(pgp_encrypted(r, entity("x"))), "set crypt_timestamp",
                      ["[-- PGP output follows (current time: "], []),
    "protected-subject": (lambda r: letter(pgp_encrypted(r, entity("hidden", subject="the true subject"))), "",
                          ["Subject: the true subject", "Subject: protected-subject"], []),
    "protected-unread": (lambda r: letter(pgp_encrypted(r, entity("hidden", subject="the true subject"))),
                         "set crypt_protected_headers_read=no", ["hidden", "Subject: protected-unread"], ["the true subject"]),
    "protected-weeded": (lambda r: letter(pgp_encrypted(r, entity("hidden", subject="the true subject"))),
                         "ignore subject\nset crypt_protected_headers_weed", ["hidden"], ["Subject: the true subject"]),
    "clear-signed": (lambda r: letter(clear_signed(r)), "set pgp_auto_decode",
                     ["[-- BEGIN PGP SIGNED MESSAGE --]", "a clear text", "footless", "behind it",
                      "Part of this message has not been signed"], ["successfully verified", "-----BEGIN"]),
    "clear-signed-as-text": (lambda r: letter(clear_signed(r)), "", ["-----BEGIN PGP SIGNED MESSAGE-----"], ["[-- BEGIN"]),
    "inline": (lambda r: letter(inline_secret(r)), "set pgp_auto_decode", ["ein Geheimnis, für Anna", "[-- END PGP MESSAGE --]"], []),
    "application-pgp": (lambda r: letter(inline_secret(r, "application/pgp; x-action=encrypt")), "",
                        ["ein Geheimnis, für Anna"], []),
    "smime-signed": (lambda r: letter(smime_signed(r, entity("what bob wrote"))), "",
                     ["what bob wrote", "Good signature from:", "[-- End of S/MIME signed data --]",
                      "S/MIME signature successfully verified."], ["WARNING"]),
    "smime-changed": (lambda r: letter(changed(smime_signed(r, entity("what bob wrote")))), "",
                      ["S/MIME signature could NOT be verified."], ["Good signature"]),
    "smime-opaque": (lambda r: letter(smime_opaque(r, entity("what bob wrote"), "signed-data", "-u", "bob@example.org", "--sign")), "",
                     ["what bob wrote", "S/MIME signature successfully verified."], []),
    "smime-encrypted": (lambda r: letter(smime_opaque(r, entity("what bob wrote"), "enveloped-data", "-r", "anna@example.org", "--encrypt")),
                        "", ["[-- The following data is S/MIME encrypted --]", "what bob wrote", "successfully decrypted"], []),
    "smime-untyped": (lambda r: letter(untyped(r)), "set smime_pkcs7_default_smime_type=encrypted",
                      ["what bob wrote", "successfully decrypted"], []),
}


def untyped(ring):
    body = smime_opaque(ring, entity("what bob wrote"), "x", "-r", "anna@example.org", "--encrypt")
    return body.replace("smime-type=x; ", "")


def unknown_signer(ring):
    body = pgp_signed(ring, entity("who is it"), signer="stranger")
    ring.gpg("--delete-secret-and-public-key", ring.fingerprint("stranger"))
    return body


def not_for_us(ring):
    body = pgp_encrypted(ring, entity("not for you"), to="eve")
    ring.gpg("--delete-secret-keys", ring.fingerprint("eve"))
    return body


@pytest.fixture(scope="module")
def ring(tmp_path_factory):
    ring = Keyring(tmp_path_factory.mktemp("keys", numbered=True) / "g")
    yield ring
    ring.close()


@pytest.fixture(scope="module")
def reader(ring):
    """One `cur` with all the messages, in the order of the cases."""
    from home import Home
    home = Home(MUTTRC)
    home.env["GNUPGHOME"] = str(ring.path)
    home.maildir("Mail", [make(ring).replace(b"subject outside", name.encode()) for name, (make, *_) in CASES.items()])
    cur = home.start("-f", home.path / "Mail", rows=50, cols=100)
    cur.wait(lambda text: all(f" {name}\n" in text for name in CASES))
    yield cur
    home.close()


def show(cur, name, lines):
    defaults = ("reset crypt_verify_sig crypt_encryption_info crypt_protected_headers_read crypt_protected_headers_weed "
                "pgp_auto_decode smime_pkcs7_default_smime_type")
    for line in [defaults, "set crypt_timestamp=no", "unignore *", *lines.splitlines()]:
        cur.keys(f":{line}\r")
    cur.keys(f"/~s ^{name}$\r")
    cur.wait(lambda text: f" {name}\n" in text)
    cur.keys("\r")


@pytest.mark.parametrize("name", CASES)
def test_what_the_pager_shows(reader, name):
    _, lines, there, absent = CASES[name]
    show(reader, name, lines)
    try:
        text = reader.wait(lambda text: all(wanted in text for wanted in there) and "Waiting for GnuPG" not in text)
        assert not [wrong for wrong in absent if wrong in text], text
    finally:
        reader.type("i", "q:Quit")
