# SPDX-License-Identifier: GPL-3.0-or-later
"""A submission server in memory, in clear text and without passwords: takes everything and keeps it."""

from fake import Fake
from meter import Meter, Metered


class Post(Fake):
    def __init__(self):
        self.received, self.meter = [], Meter()
        super().__init__(self._session)

    def _session(self, talk):
        talk.connection = Metered(talk.connection, self.meter)
        talk.say("220 post ready")
        while line := talk.hear():
            word = line[:4].upper()
            if word == b"EHLO":
                talk.say("250-post", "250-PIPELINING", "250 8BITMIME")
            elif word == b"DATA":
                talk.say("354 go on")
                message = b"".join(iter(lambda: talk.hear() + b"\n", b".\n"))
                self.received.append(message)
                talk.say("250 taken")
            elif word == b"QUIT":
                talk.say("221 bye")
                return
            else:
                talk.say("250 OK")
