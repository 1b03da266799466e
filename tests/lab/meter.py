# SPDX-License-Identifier: GPL-3.0-or-later
"""Connections that are cut after so many bytes, whatever those bytes are."""


class Meter:
    """Counts what servers say and hear over all their connections. `left` more bytes pass, then the connection
    that has one too many is cut; a server that `dies` takes all others with it until reset()."""

    def __init__(self):
        self.reset()

    def reset(self, said=None, heard=None, dies=False):
        self.left = {"said": said, "heard": heard}
        self.passed = {"said": 0, "heard": 0}
        self.dies, self.is_dead = dies, False

    def take(self, way, n):
        """How many of n bytes pass."""
        self.passed[way] += n
        if self.is_dead:
            return 0
        if self.left[way] is None:
            return n
        passes, self.left[way] = min(n, self.left[way]), self.left[way] - n
        if passes < n:
            self.left[way] = None
            self.is_dead = self.dies
        return passes


class Metered:
    """A socket by a meter."""

    def __init__(self, connection, meter):
        self.connection, self.meter = connection, meter

    def sendall(self, data):
        n = self.meter.take("said", len(data))
        self.connection.sendall(data[:n])
        if n < len(data):
            self.close()
            raise OSError("cut")

    def recv(self, n):
        data = self.connection.recv(n)
        if self.meter.take("heard", len(data)) < len(data):
            self.close()
            raise OSError("cut")
        return data

    def close(self):
        self.connection.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()
