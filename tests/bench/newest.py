# SPDX-License-Identifier: GPL-3.0-or-later
"""A big mailbox at a server, never seen here: how long until its newest messages are on the screen, from
the exec of the program on, beside mutt and neomutt opening the same mailbox at the server."""

import os

from corpus import NEWEST, corpus
from figures import CUR, DISTANCES, RUNS, Far, every_run, have, note, row
from home import Home
from opening import until_shown
from servers import Lab

BIG = int(os.environ.get("BIG", "100000"))


def with_cur(dovecot, port):
    home = Home().account(dovecot, port=port, more="set quit=yes\n")
    try:
        return until_shown([CUR], home.env, NEWEST.encode(), b"q")
    finally:
        home.close()


def with_mutt(program, dovecot, port):
    home = Home()
    rc = home.path / "rc"
    rc.write_text(f"set folder=imaps://anna@localhost:{port}/ spoolfile=+INBOX imap_pass={dovecot.users['anna']} quit=yes\n"
                  f"set ssl_ca_certificates_file={dovecot.certificate.ca} sleep_time=0 sort=date\n")
    try:
        return until_shown([program, "-n", "-F", str(rc)], home.env, NEWEST.encode(), b"q")
    finally:
        home.close()


def bench_newest():
    with Lab() as lab:
        dovecot = lab.dovecot()
        note(f"filling a server with {BIG} messages")
        dovecot.fill(list(corpus(BIG)), flags=lambda i: "S")
        dovecot.doveadm("index", "-u", "anna", "INBOX")
        for ms in DISTANCES:
            with Far(dovecot.imaps, ms) as far:
                figures = {"cur": [with_cur(dovecot, far.port) for _ in range(RUNS)]}
                for program in filter(have, ("mutt", "neomutt")):
                    figures[program] = [with_mutt(program, dovecot, far.port)]
            row(f"newest of {BIG} at a server never seen, {ms} ms", figures, must=[every_run(1)])
