# SPDX-License-Identifier: GPL-3.0-or-later
"""What the network and the server take from anybody: a client that knows what it wants, says all of it in
one breath over one verified connection, and keeps nothing of what it hears. It is no program to start, either."""

import contextlib
import re
import socket
import ssl
import time

from race import Program

ALL_UIDS = 4294967295


class Bare(Program):
    name = "floor"

    def configure(self, dovecot, port):
        self.port, self.context = port, ssl.create_default_context(cafile=str(dovecot.certificate.ca))
        self.known, self.said = None, []

    @contextlib.contextmanager
    def connected(self):
        """The server has greeted."""
        with socket.create_connection(("localhost", self.port)) as plain:
            plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            with self.context.wrap_socket(plain, server_hostname="localhost") as stream:
                stream.recv(4096)
                yield stream

    @staticmethod
    def hear(stream, last):
        """Until the answer to the last command; of more than a moment's talk only the beginning and the end."""
        heard, tail = [], b""
        while last not in tail:
            piece = stream.recv(1 << 18)
            if not piece:
                raise RuntimeError(f"the server hung up: {tail[-300:]!r}")
            heard.append(piece)
            tail = tail[-200:] + piece
        return b"".join(heard)


class Floor(Bare):
    def flag_here(self, n, letters):
        flags = " ".join({"F": "\\Flagged", "S": "\\Seen"}[letter] for letter in letters)
        self.said = [f"UID STORE 1:{n} FLAGS.SILENT ({flags})"]

    def delete_here(self, n):
        self.said = ["UID STORE {last} +FLAGS.SILENT (\\Deleted)", "UID EXPUNGE {last}"]
        self.n = n

    def commands(self):
        if not self.known:
            return ["SELECT INBOX", "UID FETCH 1:* (UID FLAGS INTERNALDATE BODY.PEEK[])"]
        valid, change, following = self.known
        return [f"SELECT INBOX (QRESYNC ({valid} {change}))",
                *(said.format(last=f"{following - getattr(self, 'n', 0)}:{following}") for said in self.said),
                f"UID FETCH {following}:{ALL_UIDS} (UID FLAGS INTERNALDATE BODY.PEEK[])"]

    def sync(self):
        start = time.perf_counter()
        with self.connected() as stream:
            said = [f"LOGIN {self.user} secret", "ENABLE QRESYNC", *self.commands()]
            stream.sendall("".join(f"f{i} {words}\r\n" for i, words in enumerate(said)).encode())
            heard = self.hear(stream, f"\r\nf{len(said) - 1} OK".encode())
            took = time.perf_counter() - start
            # Not in the same breath: Dovecot may hang up with its last words unsent where a client reads slowly.
            stream.sendall(b"f LOGOUT\r\n")
        self.said = []
        self.learn(heard)
        return took

    def learn(self, heard):
        def number(name):
            return max(map(int, re.findall(name + rb"[ (]+(\d+)", heard)), default=0)

        self.known = number(rb"\[UIDVALIDITY"), max(number(rb"HIGHESTMODSEQ"), number(rb"MODSEQ")), \
            max(number(rb"\[UIDNEXT"), 1)


class PopFloor(Bare):
    """It takes what came since it was there last, and asks which messages there are."""

    def sync(self):
        start = time.perf_counter()
        with self.connected() as stream:
            stream.sendall(f"USER {self.user}\r\nPASS secret\r\nSTAT\r\nUIDL\r\n".encode())
            n = int(re.search(rb"\+OK (\d+) \d+\r\n", self.hear(stream, b"\r\n.\r\n"))[1])
            wanted = range((self.known or 0) + 1, n + 1)
            stream.sendall("".join([*(f"RETR {i}\r\n" for i in wanted), "NOOP\r\n"]).encode())
            self.hear(stream, b"\r\n.\r\n+OK\r\n" if wanted else b"+OK\r\n")
            took = time.perf_counter() - start
            stream.sendall(b"QUIT\r\n")
        self.known = n
        return took
