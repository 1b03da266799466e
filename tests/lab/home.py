# SPDX-License-Identifier: GPL-3.0-or-later
"""A user's home in a temp folder: a muttrc, `cur` and `curd` run in it, and cleaned up after it."""

import contextlib
import fcntl
import json
import os
import pathlib
import re
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
import unittest

from disk import SmallDisk
from pace import deadline, patience, until
from terminal import Terminal, plain_environment

TREE = pathlib.Path(__file__).resolve().parents[2]
BUILD = pathlib.Path(os.environ.get("CUR_BUILD", TREE / "build")).resolve()


class Home:
    def __init__(self, muttrc=""):
        self.path = pathlib.Path(tempfile.mkdtemp(prefix="curhome"))
        self.env = plain_environment(self.path)
        for name in ("config/cur", "data", "cache", "run"):
            (self.path / name).mkdir(parents=True, mode=0o700)
        self.muttrc(muttrc)
        self.terminals, self.disk = [], None
        self.programs, self.somebody = BUILD, []

    def muttrc(self, text):
        (self.path / "config/cur/muttrc").write_text(text)

    def account(self, dovecot, submission=None, scheme="imaps", user="anna", more="", port=None):
        """A muttrc for an account on the lab's servers, as a mutt user would write it."""
        port = port or getattr(dovecot, scheme)
        text = (f'set realname="Anna Müller"\nset from="{user}@example.org"\n'
                f'set folder="{scheme}://{user}@localhost:{port}/"\nset imap_pass="{dovecot.users[user]}"\n'
                f'set ssl_ca_certificates_file="{dovecot.certificate.ca}"\nset spoolfile="+INBOX"\n'
                'set record="+Sent"\nset postponed="+Drafts"\nset trash="+Trash"\n'
                'mailboxes =INBOX =Sent =Drafts =Trash\nset editor=true\nset sleep_time=3\n')
        if submission:
            text += (f'set smtp_url="smtp://{user}@localhost:{submission.port}/"\n'
                     f'set smtp_pass="{submission.users[user]}"\n')
        self.muttrc(text + more)
        self.url = f"{scheme}://{user}@localhost:{port}/"
        return self

    def traced(self):
        """The environment of a program under strace: there the sanitizer cannot look for leaks."""
        return {**self.env, "ASAN_OPTIONS": f"{self.env['ASAN_OPTIONS']}:detect_leaks=0"}

    @property
    def data(self):
        """The data folder; on a small disk as the programs see it."""
        return (self.disk.seen if self.disk else self.path / "data") / "cur"

    def on_small_disk(self, size):
        """From now on the data folder is a file system of so many bytes ("256k"), for this home's programs alone."""
        self.disk = SmallDisk(self.path / "data", size)
        return self.disk

    def as_another_user(self):
        """From now on the programs are run by somebody whom the modes of files stop; root is stopped by none."""
        if os.geteuid():
            return
        if not shutil.which("setpriv"):
            raise unittest.SkipTest("root is stopped by no mode of a file, and setpriv is not here to become somebody else")
        # Their build may lie where only root gets.
        self.programs = self.path / "programs"
        self.programs.mkdir()
        for program in ("cur", "curd"):
            shutil.copy(BUILD / program, self.programs)
        subprocess.run(["chown", "-R", "nobody", self.path], check=True)
        self.somebody = ["setpriv", "--reuid=nobody", f"--regid={pwd.getpwnam('nobody').pw_gid}", "--clear-groups"]

    def command(self, program, *args):
        inside = self.disk.inside(self.path) if self.disk else []
        return [*inside, *self.somebody, str(self.programs / program), *map(str, args)]

    def run(self, *args, stdin=None, program="cur", timeout=60, env=None, check=False):
        """Run to the end; returns the CompletedProcess with text (UTF-8) output."""
        if isinstance(stdin, str):
            stdin = stdin.encode()
        done = subprocess.run(self.command(program, *args), input=stdin or b"", capture_output=True,
                              env={**self.env, **(env or {})}, timeout=patience(timeout), cwd=self.path)
        done.stdout, done.stderr = done.stdout.decode(), done.stderr.decode(errors="replace")
        if check and done.returncode:
            raise AssertionError(f"{program} {args}: exit {done.returncode}\n{done.stdout}\n{done.stderr}")
        return done

    def sync(self, *args, **options):
        return self.run("sync", *args, check=True, **options)

    def json(self, *args):
        """The JSON lines a command prints."""
        return [json.loads(line) for line in self.run(*args, "--json", check=True).stdout.splitlines()]

    def start(self, *args, rows=24, cols=80, env=None, program="cur"):
        """The interface in a pty."""
        terminal = Terminal(self.command(program, *args), {**self.env, **(env or {})}, rows, cols, cwd=self.path)
        self.terminals.append(terminal)
        return terminal

    def engines(self):
        """The pid of the engine that works on this home, if any: it stands in the lock it holds."""
        try:
            lock = self.data / "lock"
            pid = int(lock.read_text().split()[0])
            # What it says of an engine that was killed may be another's number by now: who has the lock?
            if not re.search(rf"FLOCK .* {pid} \S+:{lock.stat().st_ino} ", pathlib.Path("/proc/locks").read_text()):
                return []
            # What has ended may wait long for an init that buries it.
            name, _, state = pathlib.Path(f"/proc/{pid}/stat").read_text().partition("(")[2].rpartition(")")
            return [pid] if name == "curd" and state.split()[0] != "Z" else []
        except (OSError, ValueError, IndexError):
            return []

    def stop_engine(self, sig=signal.SIGTERM, seconds=10):
        end = deadline(seconds)
        for pid in self.engines():
            os.kill(pid, sig)
        while self.engines():
            if time.monotonic() > end:
                for pid in self.engines():
                    os.kill(pid, signal.SIGKILL)
            time.sleep(0.02)
        until(self.is_free)

    def is_free(self):
        """No engine has the store; one that was killed holds it for as long as its last thread takes to die."""
        with contextlib.suppress(FileNotFoundError, NotADirectoryError), open(self.data / "lock") as lock:
            with contextlib.suppress(BlockingIOError):
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                return True
            return False
        return True

    def close(self):
        for terminal in self.terminals:
            terminal.close()
        self.stop_engine()
        if self.disk:
            self.disk.close()
        shutil.rmtree(self.path, ignore_errors=True)

    def maildir(self, name="Mail", messages=()):
        """A local Maildir with these messages (bytes), oldest first; returns its path."""
        box = self.path / name
        for part in ("cur", "new", "tmp"):
            (box / part).mkdir(parents=True, exist_ok=True, mode=0o700)
        for i, message in enumerate(messages):
            path = box / "cur" / f"{1700000000 + 60 * i}.M{i}.home:2,S"
            path.write_bytes(message)
            os.utime(path, (1700000000 + 60 * i,) * 2)
        return box
