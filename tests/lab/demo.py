# SPDX-License-Identifier: GPL-3.0-or-later
"""make demo: private mail servers on loopback, a sample mailbox, and `cur` on it.

With a terminal it opens the interface. Without one it does the same work, prints what the first
screen shows, sends a message, sees it come back, and exits 0. What it started is gone when it ends.
"""

import os
import signal
import subprocess
import sys
import time

from home import BUILD, Home
from pace import deadline
from samples import samples
from servers import Lab

MUTTRC = """
# Written by `make demo`; an ordinary muttrc.
set sidebar_visible=yes sidebar_width=24 sort=threads sort_aux=last-date-received
set sidebar_format='%D%* %?N?%N/?%S'
mailboxes =Lists/cur-devel =Архив
lists cur-devel@lists.example.org
subscribe cur-devel@lists.example.org
ignore *
unignore from: to cc date subject list-id
hdr_order from: to: cc: date: subject:
color indicator black cyan
color status brightwhite blue
color index bold default default ~U
color index red default ~F
color quoted cyan default
color quoted1 green default
color signature brightblack default
color hdrdefault cyan default
color header bold default default ^(From|Subject):
color tree magenta default
color sidebar_new bold default default
"""


def say(text):
    print(text, flush=True)


def fill(dovecot):
    boxes = {}
    for mailbox, flags, raw, when in samples(int(time.time())):
        boxes.setdefault(mailbox, []).append((flags, raw, when))
    for mailbox, entries in boxes.items():
        dovecot.fill([e[1] for e in entries], mailbox, flags=lambda i: entries[i][0], times=lambda i: entries[i][2])
    return sum(map(len, boxes.values()))


def scripted(home):
    """The demo without a terminal."""
    terminal = home.start(rows=24, cols=100)
    terminal.wait("INBOX", 20)
    say(terminal.settle(0.5) + "\n")
    terminal.keys("q")
    terminal.finish(20)
    subject = f"hello from the demo at {time.strftime('%H:%M:%S')}"
    say(f"$ cur -s '{subject}' -- anna@example.org")
    home.run("-s", subject, "--", "anna@example.org", stdin="It went out and came back.\n", check=True)
    end = deadline(30)
    while time.monotonic() < end:
        home.sync()
        found = [m for m in home.json("list", "=INBOX", "--limit", "20") if m["subject"] == subject]
        if found:
            say(f"it came back as message {found[0]['id']}: {found[0]['subject']}")
            return 0
        time.sleep(0.3)
    say("it did not come back within 30 seconds")
    say(home.run("queue").stdout)
    return 1


def interactive(home):
    say("Opening cur. Mail to anna@example.org comes back to you; ? is help, q quits.")
    time.sleep(1)
    env = {**os.environ, **{k: v for k, v in home.env.items() if k.startswith("XDG_") or k == "HOME"}}
    env["EDITOR"] = os.environ.get("EDITOR", "nano" if os.path.exists("/usr/bin/nano") else "vi")
    return subprocess.run([str(BUILD / "cur")], env=env, check=False).returncode


def main():
    for number in (signal.SIGHUP, signal.SIGTERM):
        signal.signal(number, lambda *_: sys.exit(1))  # so that what was started is stopped
    attended = sys.stdin.isatty() and sys.stdout.isatty() and "--scripted" not in sys.argv
    with Lab() as lab:
        dovecot = lab.dovecot()
        submission = lab.submission(dovecot=dovecot)
        count = fill(dovecot)
        say(f"Dovecot (imap {dovecot.imap}, imaps {dovecot.imaps}) holds {count} sample messages; submission on {submission.port}")
        home = Home()
        more = MUTTRC + ("unset editor\n" if attended else "")
        home.account(dovecot, submission, scheme="imap", more=more)
        try:
            start = time.monotonic()
            done = home.run("sync", timeout=120)
            say(done.stdout.rstrip())
            if done.returncode:
                say(done.stderr)
                return done.returncode
            say(f"first sync: {time.monotonic() - start:.2f} s")
            return interactive(home) if attended else scripted(home)
        finally:
            home.close()


if __name__ == "__main__":
    sys.exit(main())
