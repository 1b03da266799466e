# SPDX-License-Identifier: GPL-3.0-or-later
"""Courier's IMAP and POP3 servers: private, on loopback, gone when closed.

Courier looks for its authentication daemon under /run/courier, a name compiled in. So it runs in a
mount namespace with a /run of its own, and what answers there is ours: a thread that knows the users.
"""

import os
import pathlib
import shutil
import socketserver
import subprocess
import threading

import pytest

import unpacked
from servers import die_with_parent, free_port, second_client, wait_for_port

ALONE = ["unshare", "--mount", "--propagation", "private"]
INSIDE = 'mount -t tmpfs tmpfs /run && ln -s "$1" /run/courier && shift && exec "$@"'
OFFERS = "IMAP4rev1 UIDPLUS CHILDREN NAMESPACE THREAD=ORDEREDSUBJECT THREAD=REFERENCES SORT QUOTA IDLE"


class Question(socketserver.StreamRequestHandler):
    """One question to the authentication daemon: after what is said of the client comes AUTH with a length, and that
    many bytes: service, kind, user and password, a line each."""

    def handle(self):
        for line in self.rfile:
            if line.startswith(b"AUTH "):
                _service, kind, *rest = self.rfile.read(int(line.split()[1])).decode().split("\n")
                self.wfile.write(self.server.courier.answer(kind, *rest[:2]).encode())
                return


class Courier:
    """IMAP and POP3 over TLS. Folders lie below INBOX, with a dot between levels."""

    def __init__(self, folder, certificate, users=None, offers=OFFERS):
        self.folder, self.certificate, self.offers = pathlib.Path(folder), certificate, offers
        self.users = users or {"anna": "secret"}
        self.imaps, self.pop3s = free_port(), free_port()
        self.processes, self.authority = [], None

    def name(self, folder):
        """A folder's name at this server."""
        return folder if folder == "INBOX" else f"INBOX.{folder.replace('/', '.')}"

    def name_here(self, name):
        """What that folder is called here."""
        return name.replace(".", "/")

    def answer(self, kind, user, password):
        if kind != "login" or self.users.get(user) != password:
            return "FAIL\n"
        owner, home = unpacked.owner(), self.folder / "mail" / user
        return f"UID={owner.pw_uid}\nGID={owner.pw_gid}\nHOME={home}\nADDRESS={user}\nMAILDIR={home}/Maildir\n.\n"

    def start(self):
        programs = {part: unpacked.program(path, f"courier-{part}") for part, path in
                    {"base": "usr/sbin/couriertcpd", "imap": "usr/bin/imapd", "pop": "usr/lib/courier/courier/courierpop3d"}.items()}
        if os.geteuid() or not shutil.which("unshare") or subprocess.run([*ALONE, "true"], capture_output=True).returncode:
            pytest.skip("Courier runs in a mount namespace here, which only root may make, and not below a chroot")
        self.folder.mkdir(mode=0o755)
        (self.folder / "run/authdaemon").mkdir(parents=True)
        self.authority = socketserver.ThreadingUnixStreamServer(str(self.folder / "run/authdaemon/socket"), Question)
        self.authority.courier, self.authority.daemon_threads = self, True
        threading.Thread(target=self.authority.serve_forever, args=(0.05,), daemon=True).start()
        (self.folder / "server.pem").write_text(self.certificate.key.read_text() + self.certificate.cert.read_text())
        for user in self.users:
            subprocess.run([unpacked.program("usr/bin/maildirmake.courier", "courier-base"), self._maildir(user)],
                           check=True, env=unpacked.environment())
        unpacked.hand_over(self.folder / "mail")
        login = unpacked.ROOT / "usr/lib/courier/courier"
        self._listen(self.imaps, login / "imaplogin", programs["imap"])
        self._listen(self.pop3s, login / "courierpop3login", programs["pop"])

    def _maildir(self, user):
        (self.folder / "mail" / user).mkdir(parents=True)
        return self.folder / "mail" / user / "Maildir"

    def _listen(self, port, login, server):
        tls = unpacked.ROOT / "usr/bin/couriertls"
        command = [unpacked.ROOT / "usr/sbin/couriertcpd", "-address=127.0.0.1", "-maxprocs=40", "-maxperip=40", "-nodnslookup",
                   "-noidentlookup", str(port), tls, "-server", "-tcpd", login, server, "Maildir"]
        env = unpacked.environment(
            IMAP_CAPABILITY=self.offers, IMAP_CAPABILITY_TLS=f"{self.offers} AUTH=PLAIN", IMAP_KEYWORDS="1", IMAP_USELOCKS="0",
            IMAP_CHECK_ALL_FOLDERS="0", IMAP_OBSOLETE_CLIENT="0", IMAP_TRASHFOLDERNAME="Trash", IMAP_ENHANCEDIDLE="0",
            IMAP_IDLE_TIMEOUT="60", IMAP_MAILBOX_SANITY_CHECK="1", IMAP_TLS="1", POP3_TLS="1", POP3AUTH_TLS="PLAIN LOGIN",
            TLS_CERTFILE=str(self.folder / "server.pem"), TLS_VERIFYPEER="NONE", MAILDIRPATH="Maildir")
        with open(self.folder / "courier.log", "ab") as log:
            process = subprocess.Popen([*ALONE, "sh", "-c", INSIDE, "sh",
                                        *map(str, [self.folder / "run", *command])],
                                       env=env, stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd=self.folder,
                                       start_new_session=True, preexec_fn=die_with_parent)
        self.processes.append(process)
        try:
            wait_for_port(port, alive=lambda: process.poll() is None)
        except RuntimeError as error:
            raise RuntimeError(f"{error}\n{(self.folder / 'courier.log').read_text()}") from error

    def stop(self):
        for process in self.processes:
            process.terminate()
            process.wait(10)
        self.processes = []
        if self.authority:
            self.authority.shutdown()
            self.authority.server_close()
            self.authority = None

    def client(self, user="anna"):
        return second_client(self, user)
