# SPDX-License-Identifier: GPL-3.0-or-later
"""The engine against a server in memory whose answers a test bends."""

import contextlib

from desk import Desk, letter
from fake import Fake
from home import Home

NOTICE = "The text of this message is not on this computer"


def big(i):
    """A letter of two kilobytes and more."""
    return letter(i, "big", body=f"the long text of {i}\n" + "x" * 70 + "\n" + "word " * 500 + "\n")


class OddDesk(Desk):
    """The desk with an Imapd for its server: desk.imapd bends its answers."""

    def __init__(self, certificate, imapd, address=None):
        """`address`: where it is to be found off loopback (tests/lab/away.py)."""
        self.imapd, self.engine = imapd, None
        self.fake = Fake(imapd, certificate, address or "127.0.0.1")
        self.home = Home()
        self.url = self.home.url = f"imaps://anna@{address or 'localhost'}:{self.fake.port}/"
        self.home.muttrc(f'set from=anna@example.org folder="{self.url}" imap_pass=secret spoolfile=+INBOX record=""\n'
                         f'set ssl_ca_certificates_file="{certificate.ca}" connect_timeout=5\nmailboxes +INBOX\n')

    def close(self):
        super().close()
        self.fake.close()

    def at_work(self):
        """(wire, inbox, {letter: lid}) of an engine that has synced."""
        wire = self.start()
        wire.ask("SYNC", [], True)
        return wire, wire.open(self.url + "INBOX"), {uid - 1: lid for uid, lid in self.numbers()}

    def inbox(self):
        return self.imapd.boxes["INBOX"]

    def ids(self, folder="INBOX"):
        return sorted(i for i, _flags in self.here()[folder])

    def add(self, *lines):
        """To the muttrc."""
        self.home.muttrc((self.home.path / "config/cur/muttrc").read_text() + "".join(f"{line}\n" for line in lines))

    def headers(self, folder="INBOX"):
        """Files of messages whose texts are not here."""
        return [path for path in self.files(folder) if NOTICE in path.read_text()]

    def texts_asked(self):
        return [line for line in self.imapd.asked if "BODY.PEEK[]" in line]


@contextlib.contextmanager
def odd_desks(certificate, imapd):
    """make(…) gives a desk whose server is imapd(…), synced once unless `once` is False. All end with the block."""
    with contextlib.ExitStack() as stack:
        def make(*what, once=True, **options):
            desk = OddDesk(certificate, imapd(*what, **options))
            stack.callback(desk.close)
            if once:
                desk.once()
            return desk

        yield make
