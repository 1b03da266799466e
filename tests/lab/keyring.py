# SPDX-License-Identifier: GPL-3.0-or-later
"""A GnuPG home with keys of a few people, an agent whose pinentry a test answers for, and messages made by gpg and gpgsm."""

import atexit
import functools
import os
import pathlib
import re
import shutil
import subprocess
import tempfile

PINENTRY = """#!/bin/sh
# Says what stands in the file `pin` beside it; without that file the user cancels.
here=$(dirname "$0")
echo OK ready
while read -r word rest; do
	case $word in
	GETPIN)
		echo asked >>"$here/asked"
		if [ -e "$here/pin" ]; then printf 'D %s\\nOK\\n' "$(cat "$here/pin")"
		else echo 'ERR 83886179 Operation cancelled'; fi ;;
	BYE) echo OK; exit ;;
	*) echo OK ;;
	esac
done
"""

PEOPLE = {"anna": "Anna Müller", "bob": "Bob Builder", "mallory": "Mallory", "eve": "Eve", "stranger": "Stranger"}


def run(home, *command, stdin=b"", check=True):
    done = subprocess.run(command, input=stdin, capture_output=True, env={**os.environ, "GNUPGHOME": str(home), "LC_ALL": "C.UTF-8"})
    if check and done.returncode:
        raise AssertionError(f"{command}: {done.stderr.decode(errors='replace')}")
    return done.stdout


def stop_agent(home):
    subprocess.run(["gpgconf", "--homedir", str(home), "--kill", "all"], capture_output=True)


def _configure(home):
    home.mkdir(mode=0o700, exist_ok=True)
    pinentry = home / "pinentry"
    pinentry.write_text(PINENTRY)
    pinentry.chmod(0o755)
    (home / "gpg-agent.conf").write_text(f"pinentry-program {pinentry}\nallow-loopback-pinentry\n")
    (home / "gpg.conf").write_text("no-greeting\nno-auto-key-locate\n")
    (home / "gpgsm.conf").write_text("disable-crl-checks\n")


def _pgp_key(home, name, passphrase=""):
    batch = ["gpg", "--batch", "--quiet", "--pinentry-mode", "loopback", "--passphrase", passphrase]
    uid = f"{PEOPLE.get(name, name.title())} <{name}@example.org>"
    run(home, *batch, "--quick-gen-key", uid, "ed25519", "cert,sign", "never")
    run(home, *batch, "--quick-add-key", _fingerprint(home, name), "cv25519", "encr", "never")


def _fingerprint(home, who):
    listing = run(home, "gpg", "--with-colons", "--list-keys", f"{who}@example.org").decode()
    return re.search(r"^fpr:+([0-9A-F]+):", listing, re.M)[1]


def _smime_key(home, name, passphrase=""):
    (home / "pin").write_text(passphrase)
    parameters = (f"Key-Type: RSA\nKey-Length: 2048\nKey-Usage: sign, encrypt\nSerial: random\n"
                  f"Name-DN: CN={name.title()},O=Example\nName-Email: {name}@example.org\n%commit\n")
    cert = run(home, "gpgsm", "--batch", "--quiet", "--generate-key", stdin=parameters.encode())
    run(home, "gpgsm", "--batch", "--quiet", "--import", stdin=cert)
    listing = run(home, "gpgsm", "--batch", "--with-colons", "--list-keys", f"{name}@example.org").decode()
    fingerprint = re.search(r"^fpr:+([0-9A-F]+):", listing, re.M)[1]
    with open(home / "trustlist.txt", "a") as trusted:
        trusted.write(f"{fingerprint} S relax\n")
    (home / "pin").unlink()


@functools.cache
def _template():
    """The keys, made once a run: making them takes longer than any test."""
    home = pathlib.Path(tempfile.mkdtemp(prefix="curkeys"))
    _configure(home)
    for name in PEOPLE:
        _pgp_key(home, name)
    _pgp_key(home, "secretive", "open sesame")
    _smime_key(home, "anna")
    _smime_key(home, "bob")
    _smime_key(home, "secretive", "open sesame")
    # Anybody can have any name in a key: nobody said that this one is Mallory's.
    run(home, "gpg", "--batch", "--import-ownertrust", stdin=f"{_fingerprint(home, 'mallory')}:2:\n".encode())
    stop_agent(home)
    atexit.register(shutil.rmtree, home, ignore_errors=True)
    return home


class Keyring:
    """anna, bob and mallory (in whose key nobody trusts) without a passphrase, secretive with one."""

    def __init__(self, path):
        self.path = pathlib.Path(path)
        shutil.copytree(_template(), self.path, ignore=shutil.ignore_patterns("S.*", ".#*", "*.lock", "asked", "pin"))
        self.path.chmod(0o700)
        _configure(self.path)

    def close(self):
        stop_agent(self.path)

    def run(self, *command, stdin=b"", check=True):
        return run(self.path, *command, stdin=stdin, check=check)

    def gpg(self, *args, stdin=b"", check=True):
        return self.run("gpg", "--batch", "--quiet", "--yes", "--trust-model", "always", *args, stdin=stdin, check=check)

    def gpgsm(self, *args, stdin=b"", check=True):
        return self.run("gpgsm", "--batch", "--quiet", "--disable-crl-checks", *args, stdin=stdin, check=check)

    def fingerprint(self, who):
        return _fingerprint(self.path, who)

    def pin(self, text):
        """What is typed when a passphrase is asked for; None: cancel."""
        if text is None:
            (self.path / "pin").unlink(missing_ok=True)
        else:
            (self.path / "pin").write_text(text)

    def asked(self):
        """How often a passphrase was asked for."""
        try:
            return len((self.path / "asked").read_text().splitlines())
        except FileNotFoundError:
            return 0


def crlf(text):
    return text.replace("\r\n", "\n").replace("\n", "\r\n").encode()


def entity(text, subject=None, kind="text/plain; charset=utf-8"):
    """A MIME part; with a protected header when it has a subject."""
    head = f"Content-Type: {kind}" + ('; protected-headers="v1"' if subject else "")
    return head + (f"\nSubject: {subject}" if subject else "") + "\n\n" + text


def letter(body, subject="subject outside", sender="bob", to="anna"):
    return (f"From: {PEOPLE.get(sender, sender)} <{sender}@example.org>\nTo: {to}@example.org\nSubject: {subject}\n"
            f"Date: Sat, 21 Nov 2026 10:11:12 +0000\nMessage-ID: <{abs(hash(body)):x}@example.org>\nMIME-Version: 1.0\n{body}").encode()


def _multipart(kind, protocol, *parts):
    inside = "".join(f"--=b\n{part}\n" for part in parts)
    return f'Content-Type: multipart/{kind}; boundary="=b"; protocol="{protocol}"\n\n{inside}--=b--\n'


def pgp_signed(ring, part, signer="bob"):
    signature = ring.gpg("-u", f"{signer}@example.org", "--armor", "--detach-sign", stdin=crlf(part)).decode()
    return _multipart("signed", "application/pgp-signature", part,
                      f"Content-Type: application/pgp-signature\n\n{signature}")


def pgp_encrypted(ring, part, to="anna", signer=None, more=()):
    sign = ["-u", f"{signer}@example.org", "--sign"] if signer else []
    cipher = ring.gpg("--armor", "-r", f"{to}@example.org", *sign, *more, "--encrypt", stdin=crlf(part)).decode()
    return _multipart("encrypted", "application/pgp-encrypted", "Content-Type: application/pgp-encrypted\n\nVersion: 1\n",
                      f"Content-Type: application/octet-stream\n\n{cipher}")


def smime_signed(ring, part, signer="bob"):
    signature = ring.gpgsm("-u", f"{signer}@example.org", "--base64", "--detach-sign", stdin=crlf(part)).decode()
    return _multipart("signed", "application/pkcs7-signature", part,
                      f"Content-Type: application/pkcs7-signature\nContent-Transfer-Encoding: base64\n\n{signature}")


def smime_opaque(ring, part, kind, *args):
    cms = ring.gpgsm("--base64", *args, stdin=crlf(part)).decode()
    return (f"Content-Type: application/pkcs7-mime; smime-type={kind}; name=smime.p7m\n"
            f"Content-Transfer-Encoding: base64\n\n{cms}")
