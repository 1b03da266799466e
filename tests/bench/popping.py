# SPDX-License-Identifier: GPL-3.0-or-later
"""Fetching over POP3, near and far, beside mpop and getmail. Everything stays at the server.

getmail asks for one message at a time and begins a process for each: it takes part in boxes of SYNC / 10."""

from figures import DISTANCES, RUNS, have, share, timed
from corpus import corpus
from floor import PopFloor
from race import Cur, Program, Race
from servers import Lab
from syncing import CHANGES, SYNC, fill


class PopCur(Cur):
    def configure(self, dovecot, port):
        self.home.muttrc(f'set pop_host="pops://{self.user}@localhost:{port}" pop_pass=secret\n'
                         f'set ssl_ca_certificates_file="{dovecot.certificate.ca}"\n')


class Mpop(Program):
    name = "mpop"

    def configure(self, dovecot, port):
        (self.home.path / "mail").mkdir()
        for part in ("cur", "new", "tmp"):
            (self.inbox() / part).mkdir(parents=True)
        self.rc = self.home.path / "mpoprc"
        self.rc.write_text(
            f"account default\nhost localhost\nport {port}\nuser {self.user}\npassword secret\nauth plain\n"
            f"tls on\ntls_starttls off\ntls_trust_file {dovecot.certificate.ca}\n"
            f"delivery maildir {self.inbox()}\nuidls_file {self.home.path}/uidls\nkeep on\n")
        self.rc.chmod(0o600)

    def sync(self):
        return timed(["mpop", "-C", str(self.rc), "-q", "-Q"], env=self.home.env)

    def inbox(self):
        return self.home.path / "mail/INBOX"


class Getmail(Mpop):
    name = "getmail"

    def configure(self, dovecot, port):
        super().configure(dovecot, port)
        self.rc = self.home.path / "getmail"
        self.rc.mkdir(mode=0o700)
        (self.rc / "getmailrc").write_text(
            f"[retriever]\ntype = SimplePOP3SSLRetriever\nserver = localhost\nport = {port}\nusername = {self.user}\n"
            f"password = secret\nca_certs = {dovecot.certificate.ca}\n\n"
            f"[destination]\ntype = Maildir\npath = {self.inbox()}/\n\n[options]\nread_all = false\nverbose = 0\n")
        self.home.as_another_user()  # it delivers nothing for root

    def sync(self):
        try:
            return timed([*self.home.somebody, "getmail", f"--getmaildir={self.rc}"], env=self.home.env)
        except RuntimeError as error:
            if "timed out" not in str(error):
                raise
            return None  # it waits a minute for a child that ended too soon for it


FAST = [PopCur, *([Mpop] if have("mpop") else []), PopFloor]
SLOW = [Getmail] if have("getmail") else []


def bench_box(race, dovecot, size):
    n = min(CHANGES, size // 10)

    def arrived(program, run):
        dovecot.fill(list(corpus(n, seed=run + 7)), user=program.user)

    race.time(f"POP3, first fetch of {size}", must=[share("mpop", 0.4)])
    race.time(f"POP3, nothing new in {size}", runs=RUNS)
    race.time(f"POP3, {n} new in {size}", arrived)


def bench_pop():
    small = [PopCur, *([Mpop] if have("mpop") else []), *SLOW] if SLOW else []
    users = [p.name for p in FAST] + [f"small-{p.name}" for p in small]
    for ms in DISTANCES:
        with Lab() as lab:
            dovecot = lab.dovecot(users=dict.fromkeys(users, "secret"))
            fill(dovecot, [p.name for p in FAST])
            fill(dovecot, [f"small-{p.name}" for p in small], SYNC // 10)
            with Race(FAST, dovecot, dovecot.pop3s, ms) as race:
                bench_box(race, dovecot, SYNC)
            with Race(small, dovecot, dovecot.pop3s, ms, "small-") as race:
                if small:
                    bench_box(race, dovecot, SYNC // 10)
