# SPDX-License-Identifier: GPL-3.0-or-later
"""The engine against a server in memory whose answers a test bends."""

from desk import Desk
from fake import Fake
from home import Home


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

    def inbox(self):
        return self.imapd.boxes["INBOX"]

    def ids(self, folder="INBOX"):
        return sorted(i for i, _flags in self.here()[folder])

    def account(self):
        [account] = (self.home.data / "mail").iterdir()
        return account
