# SPDX-License-Identifier: GPL-3.0-or-later
"""make bench: the work of every day, `cur` beside the programs it replaces, in one run, as ratios.

Every row is measured on the same corpus and the same private servers for all programs, RUNS times in
turn, and shown as medians and as a share of the best rival. N=10000,100000 sets the sizes of the
Maildirs, OUT=file keeps the figures as JSON.
"""

import json
import os
import pathlib
import pty
import select
import shutil
import statistics
import subprocess
import sys
import termios
import fcntl
import struct
import time

TREE = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(TREE / "tests/lab"))

from corpus import NEWEST, corpus  # noqa: E402
from home import BUILD, Home  # noqa: E402
from servers import Lab, free_port, wait_for_port  # noqa: E402

SIZES = [int(n) for n in os.environ.get("N", "10000,100000").split(",")]
RUNS = int(os.environ.get("RUNS", "5"))
SYNC = int(os.environ.get("SYNC", "10000"))
SEND = int(os.environ.get("SEND", "1000"))
rows = []


def note(text):
    print(f"# {text}", file=sys.stderr, flush=True)


def row(work, figures):
    """figures: program -> list of seconds. Prints medians and cur's share of the best rival."""
    medians = {name: statistics.median(values) for name, values in figures.items() if values}
    rivals = {name: value for name, value in medians.items() if not name.startswith("cur")}
    best = min(rivals.values(), default=None)
    ratio = medians["cur"] / best if best else None
    rows.append({"work": work, "seconds": medians, "ratio": ratio,
                 "spread": {name: [min(v), max(v)] for name, v in figures.items() if v}})
    shown = "  ".join(f"{name} {value * 1000:.1f} ms" for name, value in medians.items())
    print(f"{work:44} {f'{ratio:.3f}' if ratio else '-':>8}   {shown}", flush=True)


def until_shown(command, env, marker, quit_keys, seconds=300):
    """Seconds from exec until `marker` is on a 120x40 terminal; then quits the program."""
    start = time.perf_counter()
    pid, fd = pty.fork()
    if pid == 0:
        os.execvpe(command[0], command, env)
    fcntl.ioctl(fd, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 120, 0, 0))
    seen, shown = b"", None
    while shown is None and time.perf_counter() - start < seconds:
        if select.select([fd], [], [], 1)[0]:
            try:
                seen += os.read(fd, 1 << 20)
            except OSError:
                break
            if marker in seen:
                shown = time.perf_counter() - start
    os.write(fd, quit_keys)
    end = time.perf_counter() + 20
    while time.perf_counter() < end:
        if select.select([fd], [], [], 0.05)[0]:
            try:
                if not os.read(fd, 1 << 20):
                    break
            except OSError:
                break
        if os.waitpid(pid, os.WNOHANG)[0]:
            pid = 0
            break
    if pid:
        os.kill(pid, 9)
        os.waitpid(pid, 0)
    os.close(fd)
    if shown is None:
        raise RuntimeError(f"{command[0]} never showed the newest message: {seen[-300:]!r}")
    return shown


def have(program):
    return shutil.which(program) is not None


def mutt_like(home, program, sort, cache):
    rc = home.path / f"{program}rc-{sort}"
    rc.write_text(f"set header_cache={cache} sort={sort} folder={home.path} spoolfile={home.path}/Mail mbox_type=Maildir\n"
                  "set quit=yes sleep_time=0 mail_check=600 timeout=600 move=no delete=no\nunset confirmappend mark_old\n")
    return [program, "-n", "-F", str(rc), "-f", str(home.path / "Mail")]


def bench_open(n):
    note(f"writing a Maildir of {n} messages")
    home = Home("set quit=yes delete=no move=no mark_old=no\n")
    try:
        box = home.maildir(messages=[])
        for i, message in enumerate(corpus(n)):
            (box / "cur" / f"{1400000000 + i * 60}.M{i}P1.bench:2,S").write_bytes(message)
        marker, env = NEWEST.encode(), {**home.env, "MAIL": "/nonexistent"}
        rivals = [p for p in ("mutt", "neomutt") if have(p)]
        figures = {p: [] for p in rivals}
        for p in rivals:
            cache = home.path / f"cache-{p}-cold"
            cache.mkdir()
            figures[p].append(until_shown(mutt_like(home, p, "date", cache), env, marker, b"q"))
        cold = until_shown([str(BUILD / "cur"), "-n", "-f", str(box)], env, marker, b"q")
        row(f"open {n}, never seen, first full screen", {"cur": [cold], **figures})
        end = time.monotonic() + 600
        while time.monotonic() < end and not [f for f in home.json("folders") if f["path"] == str(box) and f["complete"]]:
            time.sleep(0.2)
        for sort in ("date", "threads"):
            figures = {p: [] for p in ("cur", *rivals)}
            home.muttrc(f"set quit=yes delete=no move=no mark_old=no sort={sort}\n")
            for turn in range(RUNS + 1):
                for p in figures:
                    if p == "cur":
                        took = until_shown([str(BUILD / "cur"), "-n", "-f", str(box)], env, marker, b"q")
                    else:
                        took = until_shown(mutt_like(home, p, sort, home.path / f"cache-{p}-cold"), env, marker, b"q")
                    if turn:
                        figures[p].append(took)
            row(f"open {n}, warm cache, sort={sort}", figures)
    finally:
        home.close()


def bench_start():
    home = Home("set quit=yes\n")
    try:
        box = home.maildir()
        env = home.env
        figures = {p: [] for p in ("cur", "mutt", "neomutt") if p == "cur" or have(p)}
        for turn in range(RUNS + 1):
            for p in figures:
                command = [str(BUILD / "cur"), "-n", "-f", str(box)] if p == "cur" else mutt_like(home, p, "date", home.path / f"c{p}")
                took = until_shown(command, env, b"Msgs:0", b"q")
                if turn:
                    figures[p].append(took)
        row("start on an empty Maildir", figures)
    finally:
        home.close()


def timed(command, **options):
    start = time.perf_counter()
    done = subprocess.run(command, capture_output=True, check=False, **options)
    if done.returncode:
        raise RuntimeError(f"{command}: exit {done.returncode}: {done.stdout[-500:]!r} {done.stderr[-500:]!r}")
    return time.perf_counter() - start


def mbsync_rc(home, dovecot, ca):
    """The configuration of the one rival in syncing: everything at its default but the folders' names."""
    rc = home.path / "mbsyncrc"
    (home.path / "mail").mkdir()
    rc.write_text(f"IMAPAccount a\nHost localhost\nPort {dovecot.imaps}\nUser anna\nPass secret\nSSLType IMAPS\n"
                  f"CertificateFile {ca}\n\nIMAPStore far\nAccount a\n\n"
                  f"MaildirStore near\nPath {home.path}/mail/\nInbox {home.path}/mail/INBOX\nSubFolders Verbatim\n\n"
                  "Channel c\nFar :far:\nNear :near:\nPatterns *\nCreate Near\nExpunge None\nSyncState *\n")
    return ["mbsync", "-q", "-c", str(rc), "c"]


def bench_sync():
    with Lab() as lab:
        dovecot = lab.dovecot()
        note(f"filling a server with {SYNC} messages")
        dovecot.fill(list(corpus(SYNC)), flags=lambda i: "S")
        dovecot.doveadm("index", "-u", "anna", "INBOX")
        programs = ["cur", *(p for p in ("mbsync",) if have(p))]
        first, alone, running = ({p: [] for p in programs} for _ in range(3))
        for turn in range(3):
            home = Home().account(dovecot)
            cur = [str(BUILD / "cur"), "sync"]
            try:
                first["cur"].append(timed(cur, env=home.env))
                if "mbsync" in programs:
                    mbsync = mbsync_rc(home, dovecot, lab.certificate.ca)
                    first["mbsync"].append(timed(mbsync, env=home.env))
                for again in range(RUNS):
                    running["cur"].append(timed(cur, env=home.env))
                    home.stop_engine()
                    alone["cur"].append(timed(cur, env=home.env))
                    if "mbsync" in programs:
                        took = timed(mbsync, env=home.env)
                        alone["mbsync"].append(took)
                        running["mbsync"].append(took)
            finally:
                home.close()
        row(f"first sync of {SYNC}, every message durable", first)
        row(f"sync of {SYNC}, nothing new, engine running", running)
        row(f"sync of {SYNC}, nothing new, nothing running", alone)


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
        batch([str(BUILD / "cur"), "-s", "report", "--", "bob@example.net"], body)
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


def main():
    print(f"{'work':44} {'cur/best':>8}   medians", flush=True)
    parts = os.environ.get("ONLY", "start,open,sync,send").split(",")
    if "start" in parts:
        bench_start()
    if "open" in parts:
        for n in SIZES:
            bench_open(n)
    if "sync" in parts:
        bench_sync()
    if "send" in parts:
        bench_send()
    if os.environ.get("OUT"):
        pathlib.Path(os.environ["OUT"]).write_text(json.dumps(rows, indent=1))


if __name__ == "__main__":
    main()
