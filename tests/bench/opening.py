# SPDX-License-Identifier: GPL-3.0-or-later
"""Opening mailboxes in a terminal, beside mutt and neomutt."""

import fcntl
import os
import pty
import select
import struct
import termios
import time

from figures import CUR, RUNS, have, note, row
from corpus import NEWEST, corpus
from home import Home

SIZES = [int(n) for n in os.environ.get("N", "10000,100000").split(",")]


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


# By what no message is: each of them is tried for every row that is looked at.
COLORS = "".join(f"color index {['red', 'green', 'cyan'][i % 3]} default '~s topic{i} ~f person{i}'\n" for i in range(500))


def mutt_like(home, program, sort, cache, more=""):
    rc = home.path / f"{program}rc-{sort}"
    rc.write_text(f"set header_cache={cache} sort={sort} folder={home.path} spoolfile={home.path}/Mail mbox_type=Maildir\n"
                  f"set quit=yes sleep_time=0 mail_check=600 timeout=600 move=no delete=no\nunset confirmappend mark_old\n{more}")
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
        cold = until_shown([CUR, "-n", "-f", str(box)], env, marker, b"q")
        row(f"open {n}, never seen, first full screen", {"cur": [cold], **figures})
        end = time.monotonic() + 600
        while time.monotonic() < end and not [f for f in home.json("folders") if f["path"] == str(box) and f["complete"]]:
            time.sleep(0.2)
        for sort, colors in (("date", ""), ("threads", ""), ("date", COLORS)):
            figures = {p: [] for p in ("cur", *rivals)}
            home.muttrc(f"set quit=yes delete=no move=no mark_old=no sort={sort}\n{colors}")
            for turn in range(RUNS + 1):
                for p in figures:
                    if p == "cur":
                        took = until_shown([CUR, "-n", "-f", str(box)], env, marker, b"q")
                    else:
                        took = until_shown(mutt_like(home, p, sort, home.path / f"cache-{p}-cold", colors), env, marker, b"q")
                    if turn:
                        figures[p].append(took)
            row(f"open {n}, warm cache, sort={sort}" + ", 500 colours by pattern" * bool(colors), figures)
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
                command = [CUR, "-n", "-f", str(box)] if p == "cur" else mutt_like(home, p, "date", home.path / f"c{p}")
                took = until_shown(command, env, b"Msgs:0", b"q")
                if turn:
                    figures[p].append(took)
        row("start on an empty Maildir", figures)
    finally:
        home.close()


def bench_sizes():
    for n in SIZES:
        bench_open(n)
