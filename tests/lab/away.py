# SPDX-License-Identifier: GPL-3.0-or-later
"""A network of this thread's own with one address that is not loopback. Servers and programs
started inside see each other there, and nobody else."""

import contextlib
import ctypes
import fcntl
import os
import socket
import struct

ADDRESS = "192.0.2.1"  # RFC 5737: for examples
CLONE_NEWNET = 0x40000000
SIOCSIFADDR, SIOCGIFFLAGS, SIOCSIFFLAGS, IFF_UP = 0x8916, 0x8913, 0x8914, 1
libc = ctypes.CDLL(None, use_errno=True)


def switch(name, on):
    """A link up or down; an alias ("lo:1") that goes down takes its address with it."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        request = fcntl.ioctl(s, SIOCGIFFLAGS, struct.pack("16sH22x", name, 0))
        flags = struct.unpack("16sH22x", request)[1]
        fcntl.ioctl(s, SIOCSIFFLAGS, struct.pack("16sH22x", name, flags | IFF_UP if on else flags & ~IFF_UP))


def bring_up(name, address):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        where = struct.pack("HH4s8x", socket.AF_INET, 0, socket.inet_aton(address))
        fcntl.ioctl(s, SIOCSIFADDR, struct.pack("16s16s8x", name, where))
    switch(name, True)


def lose_address():
    switch(b"lo:1", False)


def get_address():
    bring_up(b"lo:1", ADDRESS)


@contextlib.contextmanager
def own_network():
    """Yields its address. PermissionError where only root may make one."""
    before = os.open("/proc/thread-self/ns/net", os.O_RDONLY)
    try:
        if libc.unshare(CLONE_NEWNET):
            raise PermissionError(ctypes.get_errno(), "no network of one's own")
        try:
            bring_up(b"lo", "127.0.0.1")
            get_address()
            yield ADDRESS
        finally:
            if libc.setns(before, CLONE_NEWNET):
                raise OSError(ctypes.get_errno(), "cannot go back to the network of before")
    finally:
        os.close(before)
