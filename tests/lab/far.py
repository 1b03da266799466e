# SPDX-License-Identifier: GPL-3.0-or-later
"""A server that is far away: connections to a port of this machine, each piece of them kept back for a while."""

import socket
import threading
import time


class Far:
    """`down` counts what the server has said, as it went over the wire."""

    def __init__(self, port, seconds=0.006):
        self.to, self.seconds, self.down = port, seconds, 0
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self):
        while True:
            try:
                near, _peer = self.listener.accept()
            except OSError:
                return
            far = socket.create_connection(("127.0.0.1", self.to))
            for a, b, down in ((near, far, False), (far, near, True)):
                a.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                threading.Thread(target=self._carry, args=(a, b, down), daemon=True).start()

    def _carry(self, a, b, down):
        try:
            while piece := a.recv(1 << 20):
                time.sleep(self.seconds)
                self.down += len(piece) * down
                b.sendall(piece)
            b.shutdown(socket.SHUT_WR)
        except OSError:
            pass  # one side went: the other hears of it by its own end

    def close(self):
        self.listener.close()
