# SPDX-License-Identifier: GPL-3.0-or-later
"""Messages signed and encrypted on their way out, read back by gpg and gpgsm."""

import email
import email.policy
import re

import pytest

from home import Home
from keyring import Keyring, crlf, entity, letter, pgp_encrypted, pgp_signed, smime_signed
from pace import until
from writer import Writer

SECURITY = re.compile(r"Security: (.*)")
RESET = ("reset crypt_autosign crypt_autoencrypt crypt_replyencrypt crypt_replysign crypt_replysignencrypted crypt_autosmime "
         "crypt_autopgp smime_is_default pgp_default_key pgp_sign_as pgp_self_encrypt smime_default_key smime_sign_as "
         "smime_self_encrypt crypt_opportunistic_encrypt crypt_opportunistic_encrypt_strong_keys crypt_protected_headers_write "
         "crypt_protected_headers_subject pgp_retainable_sigs pgp_autoinline pgp_replyinline crypt_confirmhook pgp_mime_auto "
         "pgp_encrypt_self smime_encrypt_self pgp_long_ids pgp_show_unusable pgp_sort_keys pgp_entry_format askbcc")


class Opened:
    """What gpg makes of a letter: its text, who signed it, for how many keys it is."""

    def __init__(self, ring, sent):
        self.sent, self.signer, self.recipients, self.hidden = sent, None, 0, 0
        kind = sent.mail.get_content_type()
        self.kind = kind
        self.part = sent.raw
        if kind == "multipart/encrypted":
            cipher = sent.mail.get_payload(1).get_payload(decode=True)
            self.part, status = self.gpg(ring, "--decrypt", stdin=cipher)
            packets = ring.gpg("--list-packets", stdin=cipher, check=False).decode()
            self.recipients = packets.count(":pubkey enc packet")
            self.hidden = packets.count("keyid 0000000000000000")
            self.take(status)
        elif kind == "application/pkcs7-mime":
            self.part = ring.gpgsm("--decrypt", stdin=sent.mail.get_payload(decode=True))
        self.mail = email.message_from_bytes(self.part, policy=email.policy.default)
        if self.mail.get_content_type() == "multipart/signed":
            self.verify(ring)

    def gpg(self, ring, *args, stdin):
        status = ring.path / "status"
        # Where keys are hidden gpg tries all it has, and some fail.
        return ring.gpg("--status-file", str(status), *args, stdin=stdin, check=False), status.read_text()

    def take(self, status):
        found = re.search(r"GOODSIG \S+ (.*)", status)
        self.signer = found[1] if found else self.signer

    def verify(self, ring):
        boundary = self.mail.get_boundary().encode()
        signed = self.part.replace(b"\r\n", b"\n").split(b"--" + boundary + b"\n")[1][:-1]
        for name, data in (("text", crlf(signed.decode())), ("sig", self.mail.get_payload(1).get_payload(decode=True))):
            (ring.path / name).write_bytes(data)
        if "pgp" in self.mail.get_param("protocol"):
            self.take(self.gpg(ring, "--verify", str(ring.path / "sig"), str(ring.path / "text"), stdin=b"")[1])
        else:
            status = ring.path / "status"
            ring.gpgsm("--status-fd", "1", "--verify", str(ring.path / "sig"), str(ring.path / "text"))
            out = ring.gpgsm("--status-fd", "1", "--verify", str(ring.path / "sig"), str(ring.path / "text")).decode()
            self.signer = re.search(r"GOODSIG \S+ (.*)", out)[1]
            status.write_text(out)
        self.mail = email.message_from_bytes(signed, policy=email.policy.default)

    @property
    def text(self):
        return self.mail.get_content()


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    ring = Keyring(tmp_path_factory.mktemp("k") / "g")
    home = Home()
    home.env["GNUPGHOME"] = str(ring.path)
    part = entity("what bob wrote")
    anna = Writer(home, "set fast_reply include=no crypt_use_gpgme", rows=30, cols=100, messages=[
        letter("Content-Type: text/plain\n\nplain\n", subject="plain"),
        letter(pgp_signed(ring, part), subject="signed"),
        letter(pgp_encrypted(ring, part), subject="encrypted"),
        letter(smime_signed(ring, part), subject="certified"),
        letter("Content-Type: text/plain\n\n" + ring.gpg("--armor", "-r", "anna@example.org", "--encrypt", stdin=b"x").decode(),
               subject="inline")])
    anna.ring = ring
    yield anna
    home.close()
    ring.close()


@pytest.fixture
def anna(desk):
    yield desk
    if "q:Exit" in desk.screen.type("\x07"):
        desk.screen.type("q", "-- Attachments")
    desk.go_home()
    desk.command(RESET, "unhook crypt-hook")


def security(anna):
    """What the compose menu says."""
    return SECURITY.search(anna.screen.wait("Security: "))[1].strip()


def choose(anna, menu, letter):
    """A letter of pgp-menu or smime-menu, once its question is there."""
    anna.screen.type(menu, "(e)ncrypt, (s)ign")
    anna.screen.type(letter, lambda text: "(e)ncrypt, (s)ign" not in text)


def sent(anna):
    return Opened(anna.ring, anna.send())


KEYS = [
    # pgp-menu and smime-menu: keys, the line, who signed, for how many keys
    ("ps", "Sign (PGP/MIME)", "Anna Müller <anna@example.org>", 0),
    ("pe", "Encrypt (PGP/MIME)", None, 1),
    ("pb", "Sign, Encrypt (PGP/MIME)", "Anna Müller <anna@example.org>", 1),
    ("pbpc", "None", None, 0),
    ("Ss", "Sign (S/MIME)", "/CN=Anna/O=Example", 0),
    ("Sb", "Sign, Encrypt (S/MIME)", "/CN=Anna/O=Example", 0),
]


@pytest.mark.parametrize("keys,line,signer,recipients", KEYS)
def test_the_menus(anna, keys, line, signer, recipients):
    anna.command("set pgp_default_key=anna@example.org pgp_self_encrypt=no smime_default_key=anna@example.org smime_self_encrypt=no")
    anna.compose(to="bob@example.org")
    assert security(anna) == "None"
    for menu, letter in zip(keys[::2], keys[1::2]):
        choose(anna, menu, letter)
    anna.screen.wait(lambda text: SECURITY.search(text) and SECURITY.search(text)[1].strip().startswith(line))
    got = sent(anna)
    assert "typed text" in got.text
    assert (got.signer, got.recipients) == (signer, recipients)
    assert ("typed text" in got.sent.text) == ("Encrypt" not in line)


AUTO = [
    # settings, what is answered (None: a new message), the line
    ("crypt_autosign", None, "Sign (PGP/MIME)"),
    ("crypt_autoencrypt", None, "Encrypt (PGP/MIME)"),
    ("crypt_autosign smime_is_default", None, "Sign (S/MIME)"),
    ("crypt_autosign smime_is_default crypt_autosmime=no", None, "Sign (PGP/MIME)"),
    ("crypt_autosign crypt_autopgp=no", None, "Sign (S/MIME)"),
    ("crypt_autosign crypt_autopgp=no crypt_autosmime=no", None, "None"),
    ("crypt_autosign pgp_autoinline", None, "Sign (inline PGP)"),
    ("crypt_replysign", "plain", "None"),
    ("crypt_replysign", "signed", "Sign (PGP/MIME)"),
    ("crypt_replysign=no", "signed", "None"),
    ("crypt_replysign", "certified", "Sign (S/MIME)"),
    ("crypt_replyencrypt", "encrypted", "Encrypt (PGP/MIME)"),
    ("crypt_replyencrypt=no", "encrypted", "None"),
    ("crypt_replysignencrypted", "encrypted", "Sign, Encrypt (PGP/MIME)"),
    ("pgp_replyinline pgp_auto_decode", "inline", "Encrypt (inline PGP)"),
    ("pgp_replyinline=no pgp_auto_decode", "inline", "Encrypt (PGP/MIME)"),
]


@pytest.mark.parametrize("settings,answered,line", AUTO)
def test_what_is_chosen_by_itself(anna, settings, answered, line):
    anna.command(f"set {settings}")
    if answered:
        anna.screen.keys(f"/~s ^{answered}$\rr")
        anna.menu()
    else:
        anna.compose()
    assert security(anna) == line


def test_sign_as(anna):
    anna.command("set pgp_sign_as=bob@example.org pgp_default_key=anna@example.org crypt_autosign")
    anna.compose(to="bob@example.org")
    assert "sign as: bob@example.org" in security(anna)
    assert sent(anna).signer == "Bob Builder <bob@example.org>"
    anna.compose(to="bob@example.org")
    choose(anna, "p", "a")
    anna.screen.wait("---Sign as")
    anna.screen.keys("/Mallory\r\r")
    anna.screen.wait(lambda text: "sign as: " in text and "Security" in text)
    assert sent(anna).signer == "Mallory <mallory@example.org>"
    anna.command("reset pgp_sign_as")
    anna.compose(to="bob@example.org")
    assert sent(anna).signer == "Anna Müller <anna@example.org>"


@pytest.mark.parametrize("settings,n", [("pgp_self_encrypt pgp_default_key=anna@example.org", 2), ("pgp_self_encrypt=no pgp_default_key=anna@example.org", 1),
                                        ("pgp_self_encrypt=no pgp_encrypt_self=yes pgp_default_key=anna@example.org", 2), ("pgp_self_encrypt", 1)])
def test_encrypted_for_ourselves(anna, settings, n):
    anna.command(f"set {settings} crypt_autoencrypt")
    anna.compose(to="bob@example.org")
    assert sent(anna).recipients == n


def test_nobody_learns_of_bcc(anna):
    anna.command("set crypt_autoencrypt askbcc")
    anna.screen.keys("mbob@example.org\ranna@example.org\rnews\r")
    anna.menu()
    got = sent(anna)
    assert got.recipients == got.hidden == 2
    anna.command("set smime_is_default")
    anna.screen.keys("mbob@example.org\ranna@example.org\rnews\r")
    anna.menu()
    anna.screen.type("y", "write to Bcc in a message of its own")


def test_the_subject_goes_inside(anna):
    anna.command("set crypt_autoencrypt crypt_protected_headers_write")
    anna.compose(to="bob@example.org", subject="das große Geheimnis")
    got = sent(anna)
    assert got.sent.mail["Subject"] == "..." and got.mail["Subject"] == "das große Geheimnis"
    anna.command("set crypt_protected_headers_subject='Encrypted subject'")
    anna.compose(to="bob@example.org", subject="secret")
    assert sent(anna).sent.mail["Subject"] == "Encrypted subject"
    anna.command("set crypt_autoencrypt=no crypt_autosign")
    anna.compose(to="bob@example.org", subject="open")
    got = sent(anna)
    assert got.sent.mail["Subject"] == got.mail["Subject"] == "open" and got.mail.get_param("protected-headers") == "v1"
    anna.command("set crypt_protected_headers_write=no")
    anna.compose(to="bob@example.org", subject="open")
    assert sent(anna).mail["Subject"] is None


def test_signed_as_it_travels(anna):
    """Nothing on the way may change what is signed: blanks at ends, From, umlauts (RFC 3156 3)."""
    anna.command("set crypt_autosign text_flowed")
    anna.screen.keys("mbob@example.org\rnews\r")
    anna.menu()
    anna.screen.type("q", "Save (postpone)")
    anna.screen.keys("n")
    editor = anna.script("odd", '#!/bin/sh\nprintf "From here \\nüber alles\\n-- \\nme\\n" >>"$1"\n')
    anna.command(f"set editor={editor}")
    anna.compose(to="bob@example.org")
    got = sent(anna)
    anna.command(f"set editor={anna.home.path}/editor text_flowed=no")
    assert got.signer and "über alles\n-- \nme" in got.text
    part = got.sent.text.split(got.sent.mail.get_boundary())[2]
    assert part.isascii() and not re.search(r"[ \t]\n|\nFrom ", part)


def test_signed_inside_encrypted(anna):
    anna.command("set crypt_autosign crypt_autoencrypt pgp_retainable_sigs pgp_default_key=anna@example.org")
    anna.compose(to="bob@example.org")
    got = sent(anna)
    assert b"multipart/signed" in got.part and got.signer == "Anna Müller <anna@example.org>"


def test_inline(anna):
    anna.command("set pgp_autoinline crypt_autosign pgp_default_key=anna@example.org")
    anna.compose(to="bob@example.org")
    letter = anna.send()
    assert letter.mail.get_content_type() == "text/plain"
    assert b"typed text" in anna.ring.gpg("--decrypt", stdin=letter.mail.get_payload(decode=True))


def test_a_key_is_asked_for(anna):
    """No key, a name instead of one, one whose owner nobody knows; leaving keeps the draft."""
    anna.command("set crypt_autoencrypt")
    anna.compose(to="nobody@example.org")
    anna.screen.type("y", "Enter keyID for nobody@example.org:")
    anna.screen.type("xyzzy\r", lambda text: "Enter keyID" in text and "xyzzy" not in text.splitlines()[-1])
    anna.screen.type("bob\r", "PGP keys matching")
    anna.screen.type("q", "Mail not sent: no key for nobody@example.org")
    assert "-- Attachments" in anna.screen.text()
    anna.screen.keys("y")
    anna.screen.type("bob\r", "PGP keys matching")
    anna.screen.type("\r", lambda text: "-- Attachments" not in text and "keys matching" not in text)
    assert Opened(anna.ring, anna.sent()).recipients == 1
    anna.compose(to="mallory@example.org")
    anna.screen.type("y", "keys matching")
    anna.screen.type("\r", "Do you really want to use the key?")
    anna.screen.type("y", lambda text: "-- Attachments" not in text and "keys matching" not in text)
    assert Opened(anna.ring, anna.sent()).recipients == 1


def test_crypt_hook(anna):
    anna.command("crypt-hook nobody bob@example.org", "set crypt_autoencrypt")
    anna.compose(to="nobody@example.org")
    anna.screen.type("y", 'Use keyID = "bob@example.org" for nobody@example.org?')
    assert Opened(anna.ring, anna.send("y")).recipients == 1
    anna.command("set crypt_confirmhook=no", "unhook crypt-hook", "pgp-hook nobody bob@example.org")
    anna.compose(to="nobody@example.org")
    assert sent(anna).recipients == 1


def test_as_it_comes(anna):
    anna.command("set crypt_opportunistic_encrypt")
    anna.compose(to="bob@example.org")
    assert security(anna) == "Encrypt (PGP/MIME) (OppEnc mode)"
    anna.screen.keys("t, nobody@example.org\r")
    anna.screen.wait("None (OppEnc mode)")
    choose(anna, "p", "o")
    anna.screen.wait(lambda text: "Security: " in text and "OppEnc" not in text.split("Security:")[1].splitlines()[0])
    anna.give_up()
    anna.command("set crypt_opportunistic_encrypt_strong_keys")
    anna.compose(to="mallory@example.org")
    assert security(anna) == "None (OppEnc mode)"


def test_a_failure_leaves_the_draft(anna):
    anna.command("set crypt_autosign pgp_sign_as=secretive@example.org")
    anna.ring.pin(None)
    anna.compose(to="bob@example.org")
    anna.screen.type("y", lambda text: "cannot sign" in text and "-- Attachments" in text)
    anna.ring.pin("open sesame")
    assert sent(anna).signer == "Secretive <secretive@example.org>"


def menu_of_keys(anna):
    choose(anna, "p", "a")
    return anna.screen.wait("---Sign as")


def test_the_menu_of_keys(anna):
    anna.command("set pgp_entry_format='%n|%p|%t|%f|%a|%l|%c|%k|%u|%[%Y]|' pgp_sort_keys=reverse-address")
    anna.compose()
    lines = [line for line in menu_of_keys(anna).splitlines() if "|PGP|" in line]
    assert [re.search(r"<(\w+)@", line)[1] for line in lines] == sorted((re.search(r"<(\w+)@", line)[1] for line in lines), reverse=True)
    assert re.match(r"\s*1\|PGP\|u\| \|EdDSA\|25[56]\|(-s|es)", lines[0].strip())
    assert re.search(r"\|[0-9A-F]{16}\|", lines[0])
    anna.screen.type("%", lambda text: text.splitlines()[-1].startswith("Stranger <stranger@"))
    anna.screen.type("c", lambda text: "Fingerprint :" in text and "Validity ...: ultimate" in text)
    anna.screen.type("i", "Sign as")
    anna.screen.type("q", "-- Attachments")
    anna.command("set pgp_long_ids=no")
    assert re.search(r"\|[0-9A-F]{8}\|", menu_of_keys(anna))
    anna.screen.type("q", "-- Attachments")


def test_keys_in_mail(anna):
    """attach-key and mail-key give one out, extract-keys takes one in."""
    anna.compose(to="bob@example.org")
    anna.screen.type("\x1bk", "Please enter the key ID:")
    anna.screen.type("stranger\r", "---PGP keys")
    anna.screen.type("\r", "PGP Key 0x")
    key = anna.send().mail.get_payload(1).get_payload(decode=True)
    anna.screen.type("\x1bk", "Please enter the key ID:")
    anna.screen.type("stranger\r", "---PGP keys")
    anna.screen.type("\r", lambda text: text.splitlines()[-1] == "To:")
    anna.screen.keys("bob@example.org\rnews\r")
    anna.menu()
    assert anna.send().mail.get_payload(1).get_payload(decode=True) == key
    (anna.box / "new" / "1.key").write_bytes(letter("Content-Type: text/plain\n\nmine:\n" + key.decode(), subject="my key"))
    anna.screen.wait("my key")
    anna.screen.keys("/~s 'my key'\r")
    anna.ring.gpg("--delete-secret-and-public-key", anna.ring.fingerprint("stranger"))
    anna.screen.keys("\x0b")
    until(lambda: b"stranger@example.org" in anna.ring.gpg("--list-keys"))
    anna.screen.type("\x0b", "1 PGP key found, 0 of them new.")
    anna.screen.type("/~s ^plain$\r\x0b", "No PGP keys were found.")


def test_scripts(anna):
    """cur -s signs and encrypts as the variables say; without a plain key nothing leaves."""
    def batch(*lines, to="bob@example.org"):
        commands = [word for line in ["set pgp_default_key=anna@example.org", *lines] for word in ("-e", line)]
        return anna.home.run("-s", "from a script", *commands, "--", to, stdin="typed text\n")
    assert not batch("set crypt_autosign").returncode
    assert Opened(anna.ring, anna.sent()).signer == "Anna Müller <anna@example.org>"
    assert not batch("set crypt_autoencrypt").returncode
    assert Opened(anna.ring, anna.sent()).recipients == 2
    done = batch("set crypt_autoencrypt", to="nobody@example.org")
    assert done.returncode and "nobody@example.org" in done.stderr


def test_inline_and_attachments(anna):
    anna.command("set pgp_autoinline crypt_autosign pgp_default_key=anna@example.org")
    anna.compose(to="bob@example.org")
    anna.attach(anna.file("notes.txt", "notes\n"))
    anna.screen.type("y", "Inline PGP can't be used with attachments. Use PGP/MIME? ([yes]/no)")
    anna.screen.type("n", "Mail not sent: inline PGP")
    anna.command("set pgp_mime_auto=yes")
    assert Opened(anna.ring, anna.send()).kind == "multipart/signed"


def colour_of(anna, word):
    """The colour of a word on the security line."""
    screen = anna.screen.screen
    row = next(y for y, line in enumerate(screen.display) if "Security: " in line)
    return screen.buffer[row][screen.display[row].index(word)].fg


def test_colours(anna):
    anna.command("color compose security_none red default", "color compose security_sign green default",
                 "color compose security_encrypt blue default", "color compose security_both cyan default")
    anna.compose()
    anna.screen.wait(lambda text: colour_of(anna, "None") == "red")
    for letter, word, colour in (("s", "Sign", "green"), ("e", "Encrypt", "blue"), ("b", "Sign", "cyan")):
        choose(anna, "p", letter)
        anna.screen.wait(lambda text: f"Security: {word}" in text and colour_of(anna, word) == colour)


def test_unusable_keys(anna):
    """$pgp_show_unusable: they are listed, and not taken."""
    anna.ring.gpg("--quick-set-expire", anna.ring.fingerprint("eve"), "seconds=1")
    until(lambda: "[expired]" in anna.ring.gpg("--list-keys", "eve@example.org").decode() or b"expired" in anna.ring.gpg("--list-keys", "eve@example.org"))
    anna.command("set crypt_autoencrypt")
    anna.compose(to="nobody@example.org")
    anna.screen.type("y", "Enter keyID")
    anna.screen.type("example.org\r", lambda text: "keys matching" in text and "eve@example.org" in text)
    anna.screen.type("/eve\r\r", "This key can't be used")
    anna.screen.type("q", "-- Attachments")
    anna.command("set pgp_show_unusable=no")
    anna.screen.type("y", "Enter keyID")
    anna.screen.type("example.org\r", lambda text: "keys matching" in text and "eve@example.org" not in text)
    anna.screen.type("q", "-- Attachments")


@pytest.mark.parametrize("order,first", [("address", "anna"), ("reverse-trust", "mallory")])
def test_order_of_keys(anna, order, first):
    anna.command(f"set pgp_sort_keys={order} pgp_entry_format='|%u' pgp_show_unusable=no")  # those are trusted as little
    anna.compose()
    # Eve's may have expired by now, and of that GnuPG knows no trust.
    lines = [line for line in menu_of_keys(anna).splitlines() if line.startswith("|") and "eve@" not in line]
    assert f"<{first}@" in lines[0]
    anna.screen.type("q", "-- Attachments")


@pytest.mark.parametrize("settings,signer,n", [
    ("smime_default_key=anna@example.org", "/CN=Anna/O=Example", 2),
    ("smime_default_key=anna@example.org smime_sign_as=bob@example.org smime_self_encrypt=no", "/CN=Bob/O=Example", 1),
    ("smime_default_key=anna@example.org smime_self_encrypt=no smime_encrypt_self=yes", "/CN=Anna/O=Example", 2)])
def test_certificates_of_ours(anna, settings, signer, n):
    anna.command(f"set crypt_autosign crypt_autoencrypt smime_is_default {settings}")
    anna.compose(to="bob@example.org")
    got = sent(anna)
    # Each certificate is named by its issuer: its name and a serial number.
    named = got.sent.mail.get_payload(decode=True).count(b"Example")
    assert got.signer == signer and named == n


def test_every_expando_of_a_key(anna):
    fingerprint = anna.ring.fingerprint("anna")
    for letters, wanted in (("<%A><%C><%F><%I>", f"<EdDSA><es>< ><{fingerprint}>"),
                            ("<%i><%K><%L>", f"<{fingerprint}><{fingerprint[-16:]}><255>")):
        anna.command(f"set pgp_entry_format='{letters}'")
        anna.compose()
        assert wanted in menu_of_keys(anna)
        anna.screen.type("q", "-- Attachments")
        anna.give_up()
