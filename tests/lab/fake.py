# SPDX-License-Identifier: GPL-3.0-or-later
"""A server on loopback that says what a test wants it to say, and remembers what it was told."""

import contextlib
import select
import socket
import ssl
import threading


class Tls:
    """A TLS connection that one thread may read while another writes, which OpenSSL allows nobody."""

    def __init__(self, connection):
        self.connection, self.lock = connection, threading.Lock()
        connection.setblocking(False)

    def _do(self, what):
        """What it answers when it can; the lock is free meanwhile."""
        while True:
            try:
                with self.lock:
                    return what()
            except ssl.SSLWantReadError:
                waits_for = [self.connection], []
            except ssl.SSLWantWriteError:
                waits_for = [], [self.connection]
            try:
                select.select(*waits_for, [])
            except ValueError:  # it was closed
                raise OSError("closed") from None

    def recv(self, n, flags=0):
        if flags & socket.MSG_DONTWAIT:
            with self.lock:
                return self.connection.recv(n)
        return self._do(lambda: self.connection.recv(n))

    def sendall(self, data):
        left = memoryview(data)
        while left:
            left = left[self._do(lambda: self.connection.send(left)):]

    def shutdown(self, how):
        # The socket's own would take TLS away from whoever reads: he is to see an end, no clear text.
        socket.socket.shutdown(self.connection, how)

    def close(self):
        self.connection.close()


class Talk:
    """One connection: lines out, lines in."""

    def __init__(self, connection, server):
        self.connection, self.server, self.waiting = connection, server, b""
        self.spoke = False

    def say(self, *lines):
        self.spoke = True
        for line in lines:
            self.connection.sendall(line.encode() if isinstance(line, str) else line)
            self.connection.sendall(b"\r\n")

    def hear(self):
        """The next line without its end; b"" at the end of the connection."""
        while b"\n" not in self.waiting:
            more = self.receive()
            if not more:
                return b""
            self.waiting += more
        line, _, self.waiting = self.waiting.partition(b"\n")
        return line.rstrip(b"\r")

    def receive(self):
        """What comes next; when this side spoke before, the other has waited for it: a turn."""
        more = self.connection.recv(4096)
        self.server.seen += more
        self.server.turns += self.spoke and bool(more)
        self.spoke = False
        return more

    def take(self, n):
        """Exactly n bytes, as of a literal."""
        while len(self.waiting) < n:
            more = self.receive()
            if not more:
                raise OSError("gone")
            self.waiting += more
        taken, self.waiting = self.waiting[:n], self.waiting[n:]
        return taken

    def silence(self):
        """Say nothing until the other side goes."""
        while self.hear():
            pass


class Fake:
    """`talk(Talk)` runs for each connection; `seen` is all that was heard, after TLS when there is TLS."""

    def __init__(self, talk, certificate=None, address="127.0.0.1"):
        self.talk, self.seen, self.connections, self.turns = talk, bytearray(), 0, 0
        self.context, self.open, self.is_away = None, [], False
        if certificate:
            self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            self.context.load_cert_chain(certificate.cert, certificate.key)
        self.listener = socket.create_server((address, 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self):
        while True:
            try:
                connection, _peer = self.listener.accept()
            except OSError:
                return
            self.connections += 1
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection):
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        try:
            if self.is_away:
                return
            if self.context:
                connection = Tls(self.context.wrap_socket(connection, server_side=True))
            self.open.append(connection)
            if self.is_away:  # since it was accepted
                return
            self.talk(Talk(connection, self))
        except OSError:
            pass  # the program went: what it said is in `seen`
        finally:
            connection.close()

    def hang_up(self):
        """End every connection there is."""
        for connection in self.open:
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)

    def away(self, gone=True):
        """Nobody reaches it, or everybody again."""
        self.is_away = gone
        if gone:
            self.hang_up()

    def close(self):
        # Without it the thread that accepts would take one more, whoever it is for.
        with contextlib.suppress(OSError):
            self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()


def imap(capabilities="IMAP4rev1", greeting="* OK ready", answers=None):
    """A talk of a server that agrees with everything. `answers` maps a command's name to lines in place
    of the usual OK ({tag} is replaced), or to a function of (talk, tag, words)."""
    def talk(t):
        t.say(greeting)
        while line := t.hear():
            tag, _, rest = line.decode(errors="replace").partition(" ")
            words = rest.split() or [""]
            answer = (answers or {}).get(words[0].upper())
            if callable(answer):
                answer(t, tag, words)
            elif answer is not None:
                t.say(*(part.replace("{tag}", tag) for part in answer))
                if "* BYE" in answer:
                    return
            elif words[0].upper() == "CAPABILITY":
                t.say(f"* CAPABILITY {capabilities}", f"{tag} OK done")
            else:
                t.say(f"{tag} OK done")
    return talk


def smtp(taken):
    """A talk of a submission server that takes every message, into the list `taken`."""
    def talk(t):
        t.say("220 ready")
        while line := t.hear():
            verb = line.split()[0].upper()
            t.say(*{b"EHLO": ["250-ready", "250 AUTH PLAIN"], b"AUTH": ["235 in"], b"DATA": ["354 go on"]}.get(verb, ["250 ok"]))
            if verb == b"DATA":
                taken.append(b"\n".join(iter(t.hear, b".")))
                t.say("250 taken")
    return talk
