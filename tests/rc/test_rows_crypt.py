# SPDX-License-Identifier: GPL-3.0-or-later
"""What was encrypted, kept and copied: drafts, copies of what was sent, messages saved in the clear, messages shown to scripts."""

import contextlib
import email
import email.policy
import json
import os
import signal

import pytest

from home import Home
from keyring import Keyring, entity, letter, pgp_encrypted, smime_opaque
from pace import until
from test_crypt_send import Opened, security
from writer import Letter, Writer

RESET = ("reset crypt_autoencrypt crypt_autosign postpone_encrypt postpone_encrypt_as pgp_default_key smime_default_key smime_is_default "
         "pgp_self_encrypt crypt_protected_headers_write fcc_clear fcc_attach record pgp_autoinline askbcc")


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    ring = Keyring(tmp_path_factory.mktemp("k") / "g")
    home = Home()
    # A window for passphrases, so that the screen stays.
    home.env.update(GNUPGHOME=str(ring.path), DISPLAY=":99")
    part = entity("what bob wrote", subject="the true subject")
    anna = Writer(home, "set fast_reply include=no confirmappend=no delete=yes recall=no", rows=30, cols=100, messages=[
        letter("Content-Type: text/plain\n\nplain\n", subject="plain"),
        letter(pgp_encrypted(ring, part), subject="whole"),
        letter(smime_opaque(ring, entity("certified secret"), "enveloped-data", "-r", "anna@example.org", "--encrypt"), subject="certified"),
        letter("Content-Type: text/plain\n\nabove\n" + ring.gpg("--armor", "-r", "anna@example.org", "--encrypt", stdin=b"inside").decode() + "below\n",
               subject="inline"),
        letter(pgp_encrypted(ring, part, to="secretive"), subject="locked")])
    anna.ring = ring
    yield anna
    home.close()
    ring.close()


@pytest.fixture
def anna(desk):
    """With mailboxes of his own for each test."""
    desk.drafts, desk.copied = (f"{name}{len(list(desk.home.path.iterdir()))}" for name in ("Drafts", "Copies"))
    for name in (desk.drafts, desk.copied):
        desk.home.maildir(name)
    desk.command(f"set postponed=={desk.drafts}")
    yield desk
    desk.go_home()
    desk.command(RESET, f"source {desk.home.path}/config/cur/muttrc")


def files(anna, name):
    return [p for part in ("cur", "new") for p in sorted((anna.home.path / name / part).iterdir())]


def only(anna, name):
    """The one message of a local mailbox."""
    until(lambda: len(files(anna, name)) == 1, tell=anna.screen.text)
    got = Letter.__new__(Letter)
    got.raw = files(anna, name)[0].read_bytes()
    got.mail = email.message_from_bytes(got.raw, policy=email.policy.default)
    got.text = got.raw.decode(errors="replace")
    return got


KEPT = [("pgp_default_key=anna@example.org", "multipart/encrypted"),
        ("postpone_encrypt_as=anna@example.org", "multipart/encrypted"),
        ("pgp_default_key=anna@example.org crypt_autosign pgp_autoinline", "multipart/encrypted"),
        ("smime_is_default smime_default_key=anna@example.org", "application/pkcs7-mime")]


@pytest.mark.parametrize("settings,kind", KEPT)
def test_a_draft_that_is_to_be_encrypted_is_kept_so(anna, settings, kind):
    anna.command(f"set crypt_autoencrypt postpone_encrypt crypt_protected_headers_write {settings}")
    anna.compose(to="bob@example.org", subject="a secret matter")
    before = security(anna)
    anna.screen.type("P", "Message postponed.")
    kept = only(anna, anna.drafts)
    assert kept.mail.get_content_type() == kind
    assert "typed text" not in kept.text and "secret matter" not in kept.text
    assert "typed text" in Opened(anna.ring, kept).text
    anna.screen.type("R", lambda text: "-- Attachments" in text and "Subject: a secret matter" in text)
    assert security(anna) == before
    letter = anna.send()
    assert "inline" in settings or "typed text" in Opened(anna.ring, letter).text
    until(lambda: not files(anna, anna.drafts), tell=anna.screen.text)


@pytest.mark.parametrize("settings", ["crypt_autoencrypt", "crypt_autosign postpone_encrypt pgp_default_key=anna@example.org"])
def test_other_drafts_are_kept_as_they_are(anna, settings):
    anna.command(f"set {settings}")
    anna.compose(to="bob@example.org")
    anna.screen.type("P", "Message postponed.")
    assert "typed text" in only(anna, anna.drafts).text


def test_without_a_key_of_ours_it_stays_in_the_menu(anna):
    anna.command("set crypt_autoencrypt postpone_encrypt")
    anna.compose(to="bob@example.org")
    anna.screen.type("P", "Not postponed: $pgp_default_key names no key")
    anna.give_up()
    assert not files(anna, anna.drafts)


def test_a_draft_that_cannot_be_opened_stays(anna):
    anna.command("set crypt_autoencrypt postpone_encrypt pgp_default_key=secretive@example.org")
    anna.compose(to="bob@example.org")
    anna.screen.type("P", "Message postponed.")
    anna.screen.type("R", "Could not open PGP message")
    assert "-- Attachments" not in anna.screen.text() and only(anna, anna.drafts)
    anna.ring.pin("open sesame")
    anna.screen.type("R", "-- Attachments")
    anna.ring.pin(None)
    anna.give_up()
    anna.screen.type(":exec forget-passphrase\r", "forgotten")


@pytest.mark.parametrize("settings,clear", [("fcc_clear", True), ("fcc_clear=no", False), ("fcc_clear crypt_autosign crypt_autoencrypt=no", True)])
def test_the_copy_of_what_is_sealed(anna, settings, clear):
    anna.command(f"set record=={anna.copied} crypt_autoencrypt crypt_protected_headers_write pgp_self_encrypt=no askbcc {settings}")
    anna.screen.keys("mbob@example.org\ranna@example.org\rnews\r")
    anna.menu()
    sent, copy = anna.send(), only(anna, anna.copied)
    assert sent.mail.get_content_type().startswith("multipart/")
    assert (copy.mail.get_content_type() == "text/plain" and "typed text" in copy.text and copy.mail["Subject"] == "news") == clear
    assert copy.mail["Message-ID"] == sent.mail["Message-ID"] and copy.mail["Date"] == sent.mail["Date"]
    assert copy.mail["Bcc"] == "anna@example.org" and sent.mail["Bcc"] is None


def test_a_clear_copy_without_its_attachments(anna):
    anna.command(f"set record=={anna.copied} crypt_autoencrypt fcc_clear fcc_attach=no")
    anna.compose(to="bob@example.org")
    anna.attach(anna.file("notes.txt", "notes\n"))
    anna.send()
    copy = only(anna, anna.copied)
    assert "typed text" in copy.text and "notes" not in copy.text


# message, function, what the copy holds and does not
SAVED = [
    ("whole", "decrypt-copy", "text/plain", "what bob wrote", "BEGIN PGP"),
    ("certified", "decrypt-copy", "text/plain", "certified secret", "pkcs7"),
    ("inline", "decrypt-copy", "text/plain", "inside", "BEGIN PGP"),
    ("plain", "decrypt-copy", "text/plain", "plain", "BEGIN PGP"),
    ("whole", "decode-copy", "text/plain", "what bob wrote", "BEGIN PGP"),
    ("whole", "copy-message", "multipart/encrypted", "BEGIN PGP", "what bob wrote"),
]


@pytest.mark.parametrize("name,function,kind,holds,lacks", SAVED)
def test_a_message_is_copied_in_the_clear(anna, name, function, kind, holds, lacks):
    anna.screen.keys(f"/~s '^({name}|the true subject)$'\r:exec {function}\r")
    anna.screen.wait("to mailbox")
    anna.screen.keys(f"={anna.copied}\r")
    anna.screen.wait("copied to")
    copy = only(anna, anna.copied)
    assert copy.mail.get_content_type() == kind and holds in copy.text and lacks not in copy.text
    assert name != "whole" or copy.mail["Subject"] == ("the true subject" if lacks == "BEGIN PGP" else "whole")
    assert copy.mail["From"] and copy.mail["Message-ID"]


@pytest.mark.parametrize("function", ["decrypt-save", "decode-save"])
def test_what_cannot_be_opened_is_not_replaced(anna, function):
    anna.screen.keys(f"/locked\r:exec {function}\r")
    anna.screen.wait("to mailbox")
    anna.screen.keys(f"={anna.copied}\r")
    anna.screen.wait("Could not open PGP message")
    assert not files(anna, anna.copied)
    anna.screen.keys("l~D\r")
    anna.screen.wait("No messages matched")
    anna.screen.keys("lall\r")


def test_decrypt_save_marks_the_message_for_deletion(anna):
    anna.screen.keys("/inline\r:exec decrypt-save\r")
    anna.screen.wait("Decrypt-save to mailbox")
    anna.screen.keys(f"={anna.copied}\r")
    anna.screen.wait("saved to")
    assert "inside" in only(anna, anna.copied).text
    anna.screen.type("l~D\r", lambda text: "inline" in text and "plain" not in text)
    anna.screen.keys(":exec undelete-message\rlall\r")


def test_a_script_is_shown_what_was_encrypted(anna):
    path = anna.file("sealed", letter(pgp_encrypted(anna.ring, entity("what bob wrote", subject="the true subject")), subject="outside"))
    home = anna.home
    assert "what bob wrote" in home.run("show", path, check=True).stdout
    assert "BEGIN PGP" in home.run("show", "--raw", path, check=True).stdout
    shown = json.loads(home.run("show", "--json", path, check=True).stdout)
    assert shown["body"]["text"].strip() == "what bob wrote" and shown["subject"] == "the true subject"
    assert shown["security"] == "PGP message successfully decrypted."
    assert home.run("show", "--part", shown["body"]["part"], path, check=True).stdout.strip() == "what bob wrote"
    locked = anna.file("locked", letter(pgp_encrypted(anna.ring, entity("never"), to="secretive")))
    shown = json.loads(home.run("show", "--json", locked, check=True).stdout)
    assert "Could not open" in shown["security"]


def test_a_letter_is_sent_again_with_its_text_and_sealed_as_it_was(anna):
    anna.command("set editor=true pgp_self_encrypt=no")
    anna.screen.keys("/~s '^(whole|the true subject)$'\r:exec resend-message\r")
    anna.screen.wait(lambda text: "-- Attachments" in text and "Subject: the true subject" in text)
    assert security(anna) == "Encrypt (PGP/MIME)"
    got = Opened(anna.ring, anna.send())
    assert got.recipients == 1 and "what bob wrote" in got.text


@pytest.fixture
def nobody_answers(anna):
    """Somebody is asked for a passphrase and looks for it; nobody_answers(text) is what he types then."""
    pin = anna.ring.path / "pin"
    os.mkfifo(pin)

    def answer(text):
        opened = []

        def is_asked():
            with contextlib.suppress(OSError):
                opened.append(os.open(pin, os.O_WRONLY | os.O_NONBLOCK))
            return opened
        until(is_asked, tell=anna.screen.text)
        os.write(opened[0], text)
        os.close(opened[0])
    yield answer
    held = pin.rename(pin.with_name("held"))
    with contextlib.suppress(OSError):
        os.close(os.open(held, os.O_WRONLY | os.O_NONBLOCK))
    held.unlink()


def ask_for_passphrase(anna):
    anna.command("set crypt_autosign pgp_sign_as=secretive@example.org")
    anna.compose(to="bob@example.org")
    anna.screen.type("y", "Signing... (^G stops)")


@pytest.mark.parametrize("key", ["\x07", "\x03"])
def test_waiting_for_gpg_is_shown_and_ended(anna, nobody_answers, key):
    """Keys typed meanwhile come afterwards; the screen goes on."""
    ask_for_passphrase(anna)
    anna.screen.type("s", "Signing... (^G stops, 1 key waits)")
    anna.screen.resize(30, 120)
    anna.screen.wait(lambda text: max(map(len, text.split("\n"))) == 120)
    anna.screen.type(key, lambda text: "Security: Sign" in text and "Signing..." not in text)
    anna.give_up()
    anna.screen.resize(30, 100)
    assert not anna.unseen()


def test_a_macro_goes_on_when_gpg_is_done(anna, nobody_answers):
    anna.command("macro compose Y '<send-message><enter-command>set index_format=\"macro %s\"<enter>'",
                 "set crypt_autosign pgp_sign_as=secretive@example.org")
    anna.compose(to="bob@example.org")
    anna.screen.type("Y", "Signing... (^G stops)")
    nobody_answers(b"open sesame")
    anna.screen.wait("macro plain")
    assert Opened(anna.ring, anna.sent()).signer.startswith("Secretive")
    anna.screen.type(":exec forget-passphrase\r", "forgotten")


def test_the_program_ends_while_gpg_is_waited_for(anna, nobody_answers):
    first, anna.screen = anna.screen, anna.home.start(rows=30, cols=100)
    anna.screen.settle()
    ask_for_passphrase(anna)
    os.kill(anna.screen.pid, signal.SIGTERM)
    anna.screen.finish()
    anna.screen = anna.home.start(rows=30, cols=100)
    anna.screen.wait("Unsent message 'news' found")
    anna.screen.keys("d")
    anna.screen.wait("plain")
    anna.screen.keys("q")
    anna.screen.finish()
    anna.screen = first
