# SPDX-License-Identifier: GPL-3.0-or-later
"""Parts, charsets and copies of what is sent, as they lie in the outbox."""

import email
import email.policy

import pytest
from pace import until
from reading import Reading, multipart

MIXED = multipart("mixed", "mixed", "Content-Type: text/html\n\n<p>the words</p>\n",
                  "Content-Type: text/plain; name=note.txt\nContent-Disposition: attachment\n\nthe note\n",
                  "Content-Type: image/png; name=shot.png\nContent-Disposition: attachment\n\nPNGDATA\n")


def outbox(home, seen=set()):
    """The message that came to the outbox: its envelope, its bytes. It stays there: nobody takes it yet."""
    def news():
        return {path.name: path for d in ("new", "work") for path in (home.data / "outbox" / d).glob("*")
                if path.name not in seen}
    until(news)
    while True:
        name, path = min(news().items())
        try:
            head, _, body = path.read_bytes().partition(b"\n\n")
        except FileNotFoundError:  # just moved on
            continue
        seen.add(name)
        return head.decode(), body


@pytest.fixture(scope="module")
def reading():
    reading = Reading({"mixed": MIXED}, "set record='' hostname=example.org edit_headers=no autoedit=no\n"
                                        "set forward_edit=no abort_nosubject=no abort_unmodified=no")
    home = reading.home
    for name in ("bob", "carol@example.net"):
        home.maildir(name)
    (home.path / "later").write_text("#!/bin/sh\nexit 75\n")
    (home.path / "later").chmod(0o700)
    reading.command(f"set sendmail={home.path}/later")
    (home.path / "koi.txt").write_bytes("привет\n".encode("koi8-r"))
    (home.path / "a.unheardof").write_text("odd\n")
    (home.path / "a.png").write_text("no picture\n")
    yield reading
    reading.close()


BASE = "set record='' hostname=example.org from=anna@example.org"
# muttrc, recipient, file, subject, what the envelope and the message hold, and what they do not
CASES = {
    "attach_charset": ("attach_charset=koi8-r send_charset=utf-8", "bob@x.example", "koi.txt", "s", "привет", "koi8-r"),
    "no attach_charset": ("send_charset=utf-8", "bob@x.example", "koi.txt", "s", "koi.txt", "привет"),
    "mime_type_query_command": ("mime_type_query_command='echo image/x-own; : %s'", "bob@x.example", "a.unheardof", "s",
                                "Content-Type: image/x-own", None),
    "mime_type_query_command, known": ("mime_type_query_command='echo image/x-own; :'", "bob@x.example", "a.png", "s",
                                       "Content-Type: image/png", "x-own"),
    "mime_type_query_first": ("mime_type_query_command='echo image/x-own; :' mime_type_query_first", "bob@x.example", "a.png",
                              "s", "Content-Type: image/x-own", "image/png"),
    "wrap_headers": ("wrap_headers=200", "bob@x.example", None, "word " * 25, "Subject: " + "word " * 24 + "word\n", None),
    "no wrap_headers": ("wrap_headers=78", "bob@x.example", None, "word " * 25, "word\n word", None),
    "idn_encode": ("idn_encode", "bob@bücher.example", None, "s", "xn--bcher-kva.example", "bücher"),
    "save_name": ("save_name", "bob@x.example", None, "s", "/bob\n", None),
    "save_name without a mailbox": ("save_name", "dave@x.example", None, "s", "Subject", "/dave"),
    "force_name": ("force_name", "Dave@x.example", None, "s", "/dave\n", None),
    "save_address": ("save_name save_address", "carol@example.net", None, "s", "/carol@example.net\n", None),
}


@pytest.mark.parametrize("case", CASES)
def test_what_is_sent_is_as_the_configuration_wants(reading, case):
    settings, to, attached, subject, present, absent = CASES[case]
    home = reading.home
    (home.path / "rc").write_text(f"{BASE} folder='{home.path}' sendmail='{home.path}/later'\nset {settings}\n")
    args = ["-a", home.path / attached, "--"] if attached else []
    home.run("-F", home.path / "rc", "-s", subject, *args, to, stdin="text\n", check=True)
    head, body = outbox(home)
    text = f"{head}\n\n{body.decode('utf-8', 'replace')}"
    assert present in text and (not absent or absent not in text)


def forward(reading, keys, *lines):
    reading.command("reset mime_forward mime_forward_decode mime_forward_rest", *lines)
    reading.at("mixed")
    reading.screen.keys(keys)
    reading.screen.wait("To:")
    reading.screen.keys("bob@x.example\r")
    reading.screen.wait("Subject:")
    reading.screen.keys("\x15fwd\r")
    reading.screen.wait("-- Attachments")
    reading.screen.keys("y")
    message = email.message_from_bytes(outbox(reading.home)[1], policy=email.policy.default)
    reading.leave()
    return [(part.get_content_type(), part) for part in message.walk() if not part.is_multipart()]


def test_a_message_is_forwarded_whole_or_as_its_text(reading):
    whole = forward(reading, "f", "set mime_forward=yes")
    assert [kind for kind, _ in whole] == ["text/plain", "text/html", "text/plain", "image/png"]
    decoded = forward(reading, "f", "set mime_forward=yes mime_forward_decode")
    assert [kind for kind, _ in decoded] == ["text/plain", "text/plain"]
    assert "the words" in decoded[1][1].get_content() and "<p>" not in decoded[1][1].get_content()


def test_tagged_parts_are_forwarded_as_text_and_the_rest_attached_or_not(reading):
    rest = forward(reading, "vjtt;f", "set mime_forward_rest=yes")
    assert [kind for kind, _ in rest] == ["text/plain", "image/png"] and "the note" in rest[0][1].get_content()
    alone = forward(reading, "vjtt;f", "set mime_forward_rest=no")
    assert [kind for kind, _ in alone] == ["text/plain"]
    attached = forward(reading, "vjtt;f", "set mime_forward=yes")
    assert [kind for kind, _ in attached] == ["text/plain", "text/plain", "image/png"]
