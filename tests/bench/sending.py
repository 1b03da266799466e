# SPDX-License-Identifier: GPL-3.0-or-later
"""Sending, near and far, beside msmtp and mutt, with CHUNKING (sink.c) and without. Nothing is encrypted."""

import os
import statistics
import subprocess
import time

from figures import CUR, DISTANCES, RUNS, Far, have, row, share
from home import BUILD, Home
from race import at
from servers import free_port, wait_for_port

SEND = int(os.environ.get("SEND", "1000"))
BODY = b"A short report.\n" * 60
WIRE = b"From: anna@example.org\nTo: bob@example.net\nSubject: report\n\n" + BODY


class Sink:
    """A server that takes everything, some milliseconds away; Postfix's own test server has no CHUNKING."""

    def __init__(self, ms, chunking=True):
        self.chunking = chunking
        self.real = free_port()
        self.far = Far(self.real, ms)
        self.port = self.far.port
        self.up()

    def up(self):
        user = ["-u", "nobody"] if os.geteuid() == 0 else []
        command = ([str(BUILD / "bench/sink"), str(self.real)] if self.chunking
                   else ["smtp-sink", *user, f"127.0.0.1:{self.real}", "1000"])
        self.process = subprocess.Popen(command, stderr=subprocess.DEVNULL)
        wait_for_port(self.real)

    def down(self):
        self.process.terminate()
        self.process.wait()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.far.__exit__()
        self.down()


class Senders:
    """One home in which each program has its configuration."""

    def __init__(self, port):
        plain = f'set smtp_url="smtp://localhost:{port}/" ssl_starttls=no ssl_force_tls=no from=anna@example.org copy=no\n'
        self.home = Home(plain)
        msmtprc = self.home.path / ".msmtprc"
        msmtprc.write_text(f"account default\nhost localhost\nport {port}\nfrom anna@example.org\ntls off\nauth off\n")
        msmtprc.chmod(0o600)
        rc = self.home.path / "muttrc-send"
        rc.write_text(plain)
        rivals = {"msmtp": (["msmtp", "bob@example.net"], WIRE),
                  "mutt": (["mutt", "-n", "-F", str(rc), "-s", "report", "--", "bob@example.net"], BODY)}
        self.rivals = {name: how for name, how in rivals.items() if have(name)}

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.home.close()

    def once(self, command, text):
        start = time.perf_counter()
        subprocess.run(command, input=text, env=self.home.env, check=True, stdout=subprocess.DEVNULL)
        return time.perf_counter() - start

    def queue(self, *options):
        return self.once([CUR, "-s", "report", *options, "--", "bob@example.net"], BODY)

    def all_taken(self):
        start = time.perf_counter()
        while self.home.json("queue"):
            time.sleep(0.02)
        return time.perf_counter() - start


def bench_batch(senders):
    """A script that sends, a process a message, until the server has everything."""
    start = time.perf_counter()
    for _ in range(SEND):
        senders.queue()
    senders.all_taken()
    figures = {"cur": [time.perf_counter() - start]}
    for name, how in senders.rivals.items():
        figures[name] = [sum(senders.once(*how) for _ in range(SEND))]
    row(f"send {SEND} messages, a process each, all taken", figures)


def bench_queue(sink, senders, ms):
    """What had to wait in the outbox goes out, by the message."""
    senders.home.stop_engine()  # what a session that is kept takes while its server ends has no known fate
    sink.down()
    for _ in range(SEND):
        senders.queue()
    sink.up()
    start = time.perf_counter()
    senders.home.run("queue", "--flush", check=True)
    senders.all_taken()
    took = time.perf_counter() - start
    figures = {"cur": [took / SEND]}
    for name, how in senders.rivals.items():
        figures[name] = [statistics.median(senders.once(*how) for _ in range(20))]
    how = "" if sink.chunking else ", DATA"
    row(at(f"a queue of {SEND}{how}, time a message", ms), figures, must=[share("msmtp", 0.15 if ms else 0.02)])


def bench_one(senders, ms):
    """One message from exec to the server's acceptance: with nothing running, and on a desk."""
    alone, desk, rivals = [], [], {name: [] for name in senders.rivals}
    for _ in range(RUNS):
        senders.home.stop_engine()
        alone.append(senders.queue("--wait"))
        desk.append(senders.queue("--wait"))
        for name, how in senders.rivals.items():
            rivals[name].append(senders.once(*how))
    row(at("one message to acceptance, nothing running", ms), {"cur": alone, **rivals}, must=[share("msmtp", 0.7 if ms else 0.2)])
    row(at("one message to acceptance, engine running", ms), {"cur": desk, **rivals}, must=[share("msmtp", 0.7 if ms else 0.2)])


def bench_send():
    for ms in DISTANCES:
        with Sink(ms) as sink, Senders(sink.port) as senders:
            if not ms:
                bench_batch(senders)
            bench_one(senders, ms)
            bench_queue(sink, senders, ms)
        with Sink(ms, chunking=False) as sink, Senders(sink.port) as senders:
            bench_queue(sink, senders, ms)
