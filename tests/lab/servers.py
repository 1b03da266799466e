# SPDX-License-Identifier: GPL-3.0-or-later
"""Real mail servers for tests, demo and benchmarks: private, on loopback, gone when closed.

Dovecot speaks IMAP and POP3 (STARTTLS and implicit TLS); a submission server (AUTH, STARTTLS,
implicit TLS) hands what is sent to a local user to that user's INBOX and keeps the rest for
the test to look at. Each lives in a folder of its own under the system's temp folder, because
Unix socket paths must be short.
"""

import base64
import contextlib
import ctypes
import grp
import imaplib
import itertools
import os
import pathlib
import pwd
import random
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import tempfile
import time

from pace import deadline

HERE = pathlib.Path(__file__).resolve().parent


def modified_utf7(name):
    """A mailbox name as IMAP servers store it (RFC 3501 5.1.3)."""
    out, run = "", ""
    for char in name + "\0":
        if " " <= char <= "~" or char == "\0":
            if run:
                out += "&" + base64.b64encode(run.encode("utf-16-be")).decode().rstrip("=").replace("/", ",") + "-"
                run = ""
            out += "&-" if char == "&" else char
        else:
            run += char
    return out[:-1]


def free_port():
    """A port nobody listens on, below those the kernel gives to clients: it is still free when the server binds it."""
    while True:
        with contextlib.suppress(OSError), socket.socket() as s:
            s.bind(("127.0.0.1", random.randrange(10000, 32768)))
            return s.getsockname()[1]


def wait_for_port(port, seconds=15, alive=lambda: True):
    end = deadline(seconds)
    while time.monotonic() < end and alive():
        with contextlib.suppress(OSError):
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        time.sleep(0.02)
    raise RuntimeError(f"no server came up on 127.0.0.1:{port}")


def die_with_parent():
    """In a child before exec: the kernel ends it when whoever started it is gone, however that came."""
    ctypes.CDLL(None).prctl(1, signal.SIGTERM)  # PR_SET_PDEATHSIG


class Certificate:
    """A throw-away authority and a server certificate for localhost and 127.0.0.1, or for others."""

    def __init__(self, folder, name="localhost", days=2, address="127.0.0.1"):
        folder = pathlib.Path(folder)
        self.ca, self.cert, self.key = folder / "ca.pem", folder / "cert.pem", folder / "key.pem"
        ca_key, request, extra = folder / "ca.key", folder / "cert.csr", folder / "cert.ext"

        def openssl(*args):
            subprocess.run(["openssl", *map(str, args)], check=True, capture_output=True)

        openssl("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", ca_key, "-out", self.ca,
                "-days", 2, "-subj", "/CN=cur throw-away authority",
                "-addext", "basicConstraints=critical,CA:TRUE")
        openssl("req", "-newkey", "rsa:2048", "-nodes", "-keyout", self.key, "-out", request,
                "-subj", f"/CN={name}")
        extra.write_text(f"subjectAltName=DNS:{name},IP:{address}\nbasicConstraints=CA:FALSE\n")
        openssl("x509", "-req", "-in", request, "-CA", self.ca, "-CAkey", ca_key, "-CAcreateserial",
                "-out", self.cert, "-days", days, "-extfile", extra)


class Lab:
    """A temp folder, a certificate, and the servers that are started in it."""

    def __init__(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="curlab"))
        self.folder.chmod(0o755)
        self.certificate = Certificate(self.folder)
        self.servers = []

    def dovecot(self, **options):
        return self.keep(Dovecot(self.folder / f"d{len(self.servers)}", self.certificate, **options))

    def submission(self, **options):
        return self.keep(Submission(self.folder / f"s{len(self.servers)}", self.certificate, **options))

    def keep(self, server):
        """Start a server that knows start() and stop(), until the lab closes."""
        self.servers.append(server)
        server.start()
        return server

    def close(self):
        for server in reversed(self.servers):
            server.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


def second_client(server, user):
    """Another client, to see and change what the server holds."""
    context = ssl.create_default_context(cafile=str(server.certificate.ca))
    client = imaplib.IMAP4_SSL("127.0.0.1", server.imaps, ssl_context=context)
    client.login(user, server.users[user])
    return client


class Dovecot:
    """IMAP and POP3. `users` maps a name to a password; mail lies in Maildirs of Dovecot's own."""

    def __init__(self, folder, certificate, users=None, extra="", separator="/"):
        self.folder, self.certificate = pathlib.Path(folder), certificate
        self.users = users or {"anna": "secret"}
        self.extra, self.separator, self.fillings = extra, separator, itertools.count(1)
        self.imap, self.imaps, self.pop3, self.pop3s = (free_port() for _ in range(4))
        self.process = None
        root = os.geteuid() == 0
        self.owner = "mail" if root else pwd.getpwuid(os.geteuid()).pw_name
        self.internal = "dovecot" if root else self.owner
        self.login = "dovenull" if root else self.owner
        self.folder.mkdir(mode=0o755)
        (self.folder / "mail").mkdir()
        if root:
            owner = pwd.getpwnam(self.owner)
            os.chown(self.folder / "mail", owner.pw_uid, owner.pw_gid)
        self._write_config()

    def name(self, folder):
        """A folder's name at this server."""
        return folder.replace("/", self.separator)

    def name_here(self, name):
        """What that folder is called here."""
        return name.replace(self.separator, "/")

    def _write_config(self):
        owner = pwd.getpwnam(self.owner)
        group = grp.getgrgid(pwd.getpwnam(self.internal).pw_gid).gr_name
        (self.folder / "users").write_text(
            "".join(f"{u}:{{plain}}{p}::::::\n" for u, p in self.users.items()))
        f, c = self.folder, self.certificate
        self.config = f / "dovecot.conf"
        self.config.write_text(f"""
base_dir = {f}/run
state_dir = {f}/state
log_path = {f}/dovecot.log
protocols = imap pop3
listen = 127.0.0.1
default_internal_user = {self.internal}
default_internal_group = {group}
default_login_user = {self.login}
first_valid_uid = {owner.pw_uid}
first_valid_gid = 0
mail_uid = {owner.pw_uid}
mail_gid = {owner.pw_gid}
mail_home = {f}/mail/%u
mail_location = maildir:{f}/mail/%u/Maildir:LAYOUT=fs
mail_max_userip_connections = 50
ssl = yes
ssl_cert = <{c.cert}
ssl_key = <{c.key}
auth_mechanisms = plain login
disable_plaintext_auth = no
passdb {{
  driver = passwd-file
  args = {f}/users
}}
userdb {{
  driver = static
  args = uid={owner.pw_uid} gid={owner.pw_gid} home={f}/mail/%u
}}
namespace inbox {{
  inbox = yes
  separator = {self.separator}
  mailbox Sent {{
    special_use = \\Sent
    auto = subscribe
  }}
  mailbox Drafts {{
    special_use = \\Drafts
    auto = subscribe
  }}
  mailbox Trash {{
    special_use = \\Trash
    auto = subscribe
  }}
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {self.imap}
  }}
  inet_listener imaps {{
    port = {self.imaps}
    ssl = yes
  }}
}}
service pop3-login {{
  chroot =
  inet_listener pop3 {{
    port = {self.pop3}
  }}
  inet_listener pop3s {{
    port = {self.pop3s}
    ssl = yes
  }}
}}
service anvil {{
  chroot =
}}
service stats {{
  chroot =
}}
{self.extra}
""")

    def start(self):
        self.process = subprocess.Popen(["/usr/sbin/dovecot", "-F", "-c", str(self.config)],
                                        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                                        stderr=subprocess.DEVNULL, start_new_session=True,
                                        preexec_fn=die_with_parent)
        try:
            wait_for_port(self.imap, alive=lambda: self.process.poll() is None)
        except RuntimeError as error:
            log = self.folder / "dovecot.log"
            raise RuntimeError(f"{error}\n{log.read_text() if log.exists() else ''}") from error

    def stop(self):
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                os.killpg(self.process.pid, signal.SIGKILL)
                self.process.wait()
        self.process = None

    def doveadm(self, *args):
        """Run doveadm on this server; returns what it prints."""
        run = subprocess.run(["doveadm", "-c", str(self.config), *args], capture_output=True, text=True)
        if run.returncode:
            raise RuntimeError(f"doveadm {' '.join(args)}: {run.stderr.strip()}")
        return run.stdout

    def client(self, user="anna"):
        return second_client(self, user)

    def fill(self, messages, mailbox="INBOX", user="anna", flags=None, times=None):
        """Put messages (bytes) straight into a mailbox's Maildir, oldest first: fast for thousands.
        flags(i) gives the Maildir letters of message i, times(i) when it was received."""
        inbox = self.folder / "mail" / user / "Maildir"
        target = inbox if mailbox == "INBOX" else inbox / modified_utf7(mailbox)
        owner = pwd.getpwnam(self.owner)
        for d in (inbox.parent, inbox, target, target / "cur", target / "new", target / "tmp"):
            d.mkdir(mode=0o700, parents=True, exist_ok=True)
        start = int(time.time()) - 10 * len(messages)
        for i, message in enumerate(messages):
            stamp = times(i) if times else start + 10 * i
            # Two that come within a second are two all the same.
            path = target / "cur" / f"{stamp}.M{i}P{next(self.fillings)}.lab:2,{flags(i) if flags else ''}"
            path.write_bytes(message)
            os.utime(path, (stamp, stamp))
        if os.geteuid() == 0:
            for top, folders, files in os.walk(inbox.parent):
                for name in (".", *folders, *files):
                    with contextlib.suppress(FileNotFoundError):  # a lock of the server's
                        os.chown(os.path.join(top, name), owner.pw_uid, owner.pw_gid)

    def deliver(self, user, message):
        """What a delivery agent does: a file appears in new/."""
        self.doveadm("mailbox", "status", "-u", user, "messages", "INBOX")
        inbox = self.folder / "mail" / user / "Maildir"
        owner = pwd.getpwnam(self.owner)
        name = f"{time.time():.6f}.P{os.getpid()}.lab"
        path = inbox / "tmp" / name
        path.write_bytes(message)
        if os.geteuid() == 0:
            os.chown(path, owner.pw_uid, owner.pw_gid)
        os.rename(path, inbox / "new" / name)


class Submission:
    """SMTP submission in a process of its own (tests/lab/smtpd.py). Everything accepted is kept in
    `received/`; mail for a user of `dovecot` is delivered there as well."""

    def __init__(self, folder, certificate, users=None, dovecot=None, domain="example.org", script=None, without=()):
        self.folder, self.certificate = pathlib.Path(folder), certificate
        self.users = users or {"anna": "secret"}
        self.dovecot, self.domain, self.script, self.without = dovecot, domain, script, without
        self.port, self.ports = free_port(), free_port()
        self.received = self.folder / "received"
        self.process = None
        self.folder.mkdir(mode=0o755)
        self.received.mkdir()

    def start(self):
        command = ["/usr/bin/python3", str(HERE / "smtpd.py"), "--port", str(self.port), "--ports", str(self.ports),
                   "--cert", str(self.certificate.cert), "--key", str(self.certificate.key),
                   "--received", str(self.received), "--domain", self.domain]
        for user, password in self.users.items():
            command += ["--user", f"{user}:{password}"]
        if self.dovecot:
            command += ["--deliver", str(self.dovecot.folder / "mail"), "--owner", self.dovecot.owner]
        for extension in self.without:
            command += ["--without", extension]
        if self.script:
            command += ["--script", str(self.script)]
        self.log = open(self.folder / "smtpd.log", "ab")
        self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=self.log, stderr=self.log,
                                        start_new_session=True, preexec_fn=die_with_parent)
        wait_for_port(self.port, alive=lambda: self.process.poll() is None)

    def stop(self):
        if self.process and self.process.poll() is None:
            self.process.terminate()
            self.process.wait(10)
        self.process = None

    def messages(self):
        """What was accepted so far, in order: bytes with X-Envelope-From and X-Envelope-To in front."""
        return [p.read_bytes() for p in sorted(self.received.iterdir()) if not p.name.startswith(".")]


if __name__ == "__main__":
    # By hand: start both, print where they listen, wait for Ctrl-C.
    with Lab() as lab:
        box = lab.dovecot()
        sink = lab.submission(dovecot=box)
        print(f"CA {lab.certificate.ca}\nimap {box.imap} imaps {box.imaps} pop3 {box.pop3} pop3s {box.pop3s}\n"
              f"smtp {sink.port} smtps {sink.ports}\nuser anna, password secret, config {box.config}", flush=True)
        with contextlib.suppress(KeyboardInterrupt):
            signal.pause()
    sys.exit(0)
