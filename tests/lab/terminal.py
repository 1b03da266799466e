# SPDX-License-Identifier: GPL-3.0-or-later
"""A program in a pty, looked at as a screen: pexpect feeds pyte."""

import os
import signal
import time

import pexpect
import pyte

from pace import deadline, patience


def queued(text):
    """The letter left the compose menu for the outbox; a quick engine may have sent it before anyone looks."""
    return "-- Attachments" not in text and ("Queued for delivery." in text or "Mail sent." in text)


def hear_interrupts():
    """Tests that run in the background of a script have been told not to; a terminal's program is."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    signal.signal(signal.SIGQUIT, signal.SIG_DFL)


class Terminal:
    def __init__(self, command, env, rows=24, cols=80, cwd=None):
        self.screen = pyte.Screen(cols, rows)
        self.stream = pyte.ByteStream(self.screen)
        self.raw = bytearray()
        self.child = pexpect.spawn(command[0], list(map(str, command[1:])), env=env, dimensions=(rows, cols),
                                   cwd=cwd, timeout=10, preexec_fn=hear_interrupts)

    def pump(self, seconds=0.02):
        """Read what the program wrote within this time."""
        try:
            data = self.child.read_nonblocking(65536, timeout=seconds)
        except (pexpect.TIMEOUT, pexpect.EOF):
            return False
        self.raw += data
        # pyte drops what follows a left-to-right mark, which no terminal does.
        self.stream.feed(data.replace(b"\xe2\x80\x8e", b""))
        return True

    def lines(self):
        return [line.rstrip() for line in self.screen.display]

    def text(self):
        return "\n".join(self.lines())

    def wait(self, wanted, seconds=10):
        """Until `wanted` (a text, or a function of the screen's text) is on the screen; returns the text."""
        seen = wanted if callable(wanted) else (lambda text: wanted in text)
        end = deadline(seconds)
        while True:
            self.pump()
            if seen(self.text()):
                return self.text()
            if time.monotonic() > end:
                raise AssertionError(f"never saw {wanted!r}; the screen is\n{self.text()}")

    def settle(self, quiet=0.15, seconds=5):
        """Until nothing was written for `quiet` seconds; returns the screen's text."""
        end = deadline(seconds)
        while time.monotonic() < end and self.pump(patience(quiet)):
            pass
        return self.text()

    def keys(self, text):
        self.child.send(text)

    def type(self, text, wanted=None, seconds=10):
        """Send keys, then wait for a text or for quiet."""
        self.keys(text)
        return self.wait(wanted, seconds) if wanted else self.settle()

    def resize(self, rows, cols):
        self.screen.resize(rows, cols)
        self.child.setwinsize(rows, cols)
        return self.settle()

    def finish(self, seconds=10):
        """Wait for the program's end; returns its exit status (negative: signal)."""
        end = deadline(seconds)
        while self.child.isalive():
            self.pump(0.05)
            if time.monotonic() > end:
                raise AssertionError(f"it does not end; the screen is\n{self.text()}")
        self.pump(0.05)  # its last words
        self.child.close()
        return self.child.exitstatus if self.child.exitstatus is not None else -self.child.signalstatus

    def close(self):
        if self.child.isalive():
            self.child.kill(9)
        self.child.close(force=True)

    @property
    def pid(self):
        return self.child.pid


def plain_environment(home, **more):
    """An environment with nothing of the user's in it. TERM is what pyte can do: it knows no REP, SU or SD."""
    env = {"HOME": str(home), "PATH": os.environ["PATH"], "TERM": "linux", "LANG": "C.UTF-8",
           "LC_ALL": "C.UTF-8", "TZ": "UTC", "EDITOR": "true", "MAIL": "/nonexistent",
           "XDG_CONFIG_HOME": f"{home}/config", "XDG_DATA_HOME": f"{home}/data",
           "XDG_CACHE_HOME": f"{home}/cache", "XDG_RUNTIME_DIR": f"{home}/run"}
    for name in ("ASAN_OPTIONS", "UBSAN_OPTIONS", "LSAN_OPTIONS"):
        if name in os.environ:
            env[name] = os.environ[name]
    # Libraries have no frame pointers: tests/lsan.supp recognises what they leak by a slow unwinding only.
    env["ASAN_OPTIONS"] = f"fast_unwind_on_malloc=0:malloc_context_size=12:{env.get('ASAN_OPTIONS', '')}"
    env.update(more)
    return env
