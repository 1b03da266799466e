# SPDX-License-Identifier: GPL-3.0-or-later
"""Small messages."""

import zlib


def message(subject="hello", sender="Bob <bob@example.net>", to="anna@example.org", body="text\n", extra="",
            date="Mon, 02 Nov 2026 10:00:00 +0000", ident=None):
    """A small message as bytes."""
    ident = ident or f"<{zlib.crc32(repr((subject, sender, date, body)).encode())}@example.net>"
    return (f"From: {sender}\nTo: {to}\nSubject: {subject}\nDate: {date}\nMessage-ID: {ident}\n"
            f"MIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n"
            f"{extra}\n{body}").encode()
