# SPDX-License-Identifier: GPL-3.0-or-later
"""Sending from scripts, beside msmtp and mutt."""

import os
import subprocess
import time

from figures import CUR, have, row
from home import Home
from servers import free_port, wait_for_port

SEND = int(os.environ.get("SEND", "1000"))


def bench_send():
    sink_port = free_port()
    sink = subprocess.Popen(["smtp-sink", "-u", "nobody", f"127.0.0.1:{sink_port}", "1000"] if os.geteuid() == 0
                            else ["smtp-sink", f"127.0.0.1:{sink_port}", "1000"], stderr=subprocess.DEVNULL)
    wait_for_port(sink_port)
    home = Home(f'set smtp_url="smtp://localhost:{sink_port}/" ssl_starttls=no ssl_force_tls=no from=anna@example.org copy=no\n')
    try:
        body = b"A short report.\n" * 60
        (home.path / ".msmtprc").write_text(f"account default\nhost localhost\nport {sink_port}\nfrom anna@example.org\ntls off\nauth off\n")
        (home.path / ".msmtprc").chmod(0o600)
        rc = home.path / "muttrc-send"
        rc.write_text(f'set smtp_url="smtp://localhost:{sink_port}/" ssl_starttls=no ssl_force_tls=no from=anna@example.org copy=no\n')
        wire = b"From: anna@example.org\nTo: bob@example.net\nSubject: report\n\n" + body

        def batch(command, text):
            start = time.perf_counter()
            for _ in range(SEND):
                subprocess.run(command, input=text, env=home.env, check=True, stdout=subprocess.DEVNULL)
            return time.perf_counter() - start

        def all_taken(started):
            while home.json("queue"):
                time.sleep(0.02)
            return time.perf_counter() - started

        figures = {"cur": []}
        start = time.perf_counter()
        batch([CUR, "-s", "report", "--", "bob@example.net"], body)
        figures["cur"].append(all_taken(start))
        if have("msmtp"):
            figures["msmtp"] = [batch(["msmtp", "bob@example.net"], wire)]
        if have("mutt"):
            figures["mutt"] = [batch(["mutt", "-n", "-F", str(rc), "-s", "report", "--", "bob@example.net"], body)]
        row(f"send {SEND} messages, a process each, all taken", figures)
    finally:
        sink.terminate()
        sink.wait()
        home.close()
