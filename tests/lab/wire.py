# SPDX-License-Identifier: GPL-3.0-or-later
"""A client of the engine in a few lines, made from wire.def: what a program asks and hears."""

import itertools
import pathlib
import re
import socket
import struct
import time

from gi.repository import GLib

from pace import deadline, patience

TABLE = (pathlib.Path(__file__).resolve().parents[2] / "include/cur/wire.def").read_text()
VERSION = int(re.search(r"WIRE_VERSION = (\d+)", (pathlib.Path(__file__).resolve().parents[2] / "include/cur/wire/codec.h").read_text()).group(1))
ROWS = re.findall(r'^WIRE\((\w+),\s*(\w+),\s*"([^"]*)"', TABLE, re.M)
IDS = {name: number for number, (name, _way, _type) in enumerate(ROWS)}


class Refused(Exception):
    pass


class Wire:
    """A connection that said HELLO. ask() returns the rows that came before DONE; told keeps the rest."""

    def __init__(self, data, seconds=20, alive=lambda: True, version=VERSION):
        self.serials, self.told, self.seconds = itertools.count(1), [], seconds
        end = deadline(seconds)
        while True:
            try:
                self.socket = socket.socket(socket.AF_UNIX)
                self.socket.connect(str(data / "socket"))
                break
            except OSError as error:
                if not alive():
                    raise EOFError("the engine is gone") from error
                if time.monotonic() > end:
                    raise
                time.sleep(0.02)
        self.ask("HELLO", version, "test", [])

    def close(self):
        self.socket.close()

    def read(self, n):
        data = b""
        while len(data) < n:
            more = self.socket.recv(n - len(data))
            if not more:
                raise EOFError("the engine is gone")
            data += more
        return data

    def next(self, seconds=None):
        self.socket.settimeout(patience(seconds or self.seconds))
        n, number, serial = struct.unpack("<IHI", self.read(10))
        name, _way, kind = ROWS[number]
        body = GLib.Variant.new_from_bytes(GLib.VariantType(kind), GLib.Bytes.new(self.read(n)), False)
        return name, serial, body.unpack()

    def send(self, name, *values):
        serial = next(self.serials)
        kind = ROWS[IDS[name]][2]
        body = GLib.Variant(kind, values).get_data_as_bytes().get_data() if values else b"\0"
        self.socket.sendall(struct.pack("<IHI", len(body), IDS[name], serial) + body)
        return serial

    def ask(self, name, *values):
        serial, rows = self.send(name, *values), []
        while True:
            what, answers, body = self.next()
            if answers != serial:
                self.told.append((what, body))
            elif what == "DONE":
                return rows
            elif what == "FAIL":
                raise Refused(body)
            else:
                rows.append(body)

    def wait(self, name, seconds=20):
        """The next message of that name that is told, or was."""
        while True:
            for i, (what, body) in enumerate(self.told):
                if what == name:
                    del self.told[i]
                    return body
            what, _serial, body = self.next(seconds)
            self.told.append((what, body))

    def open(self, name):
        return self.ask("OPEN", name)[0][0]
