# SPDX-License-Identifier: GPL-3.0-or-later
"""Cyrus' IMAP server: private, on loopback, gone when closed. Passwords it asks of a saslauthd, which is a thread of ours."""

import pathlib
import signal
import socketserver
import struct
import subprocess
import threading

import unpacked
from servers import die_with_parent, free_port, second_client, wait_for_port


class Question(socketserver.StreamRequestHandler):
    """One question to saslauthd: user, password, service, realm, each with its length before it."""

    def handle(self):
        user, password, *_ = (self.rfile.read(struct.unpack(">H", self.rfile.read(2))[0]).decode() for _ in range(4))
        answer = b"OK" if self.server.users.get(user) == password else b"NO"
        self.wfile.write(struct.pack(">H", len(answer)) + answer)


class Cyrus:
    """IMAP over TLS. `modern`: folders beside INBOX and a slash between levels; else below INBOX with a dot,
    as Debian ships it and as most old installations still have it."""

    def __init__(self, folder, certificate, users=None, modern=True, extra=""):
        self.folder, self.certificate, self.modern, self.extra = pathlib.Path(folder), certificate, modern, extra
        self.users = users or {"anna": "secret"}
        self.imaps = free_port()
        self.process = self.authority = None

    def name(self, folder):
        """A folder's name at this server."""
        return folder if self.modern or folder == "INBOX" else f"INBOX.{folder.replace('/', '.')}"

    def name_here(self, name):
        """What that folder is called here."""
        return name if self.modern else name.replace(".", "/")

    def _write_config(self):
        f, yes = self.folder, "yes" if self.modern else "no"
        for part in ("lib/socket", "lib/db", "lib/proc", "lib/lock", "spool"):
            (f / part).mkdir(parents=True)
        for file in (self.certificate.cert, self.certificate.key):
            (f / file.name).write_text(file.read_text())
        (f / "imapd.conf").write_text(f"""
configdirectory: {f}/lib
proc_path: {f}/lib/proc
mboxname_lockpath: {f}/lib/lock
idlesocket: {f}/lib/socket/idle
defaultpartition: default
partition-default: {f}/spool
cyrus_user: {unpacked.owner().pw_name}
servername: localhost
altnamespace: {yes}
unixhierarchysep: {yes}
allowplaintext: yes
autocreate_quota: 0
autocreate_inbox_folders: Sent | Drafts | Trash
xlist-sent: Sent
xlist-drafts: Drafts
xlist-trash: Trash
sasl_mech_list: PLAIN
sasl_pwcheck_method: saslauthd
sasl_saslauthd_path: {f}/mux
tls_server_cert: {f}/{self.certificate.cert.name}
tls_server_key: {f}/{self.certificate.key.name}
tls_session_timeout: 0
duplicatesuppression: no
{self.extra}
""")
        imapd = unpacked.program("usr/lib/cyrus/bin/imapd", "cyrus-imapd")
        recover = unpacked.ROOT / "usr/lib/cyrus/bin/ctl_cyrusdb"
        (f / "cyrus.conf").write_text(f"""
START {{
	recover cmd="{recover} -C {f}/imapd.conf -r"
}}
SERVICES {{
	imaps cmd="{imapd} -C {f}/imapd.conf -s" listen="127.0.0.1:{self.imaps}" prefork=0 maxchild=40
}}
EVENTS {{
}}
""")

    def start(self):
        master = unpacked.program("usr/lib/cyrus/bin/master", "cyrus-common")
        self.folder.mkdir(mode=0o755)
        self._write_config()
        unpacked.hand_over(self.folder)
        self.authority = socketserver.ThreadingUnixStreamServer(str(self.folder / "mux"), Question)
        self.authority.users, self.authority.daemon_threads = self.users, True
        (self.folder / "mux").chmod(0o666)
        threading.Thread(target=self.authority.serve_forever, args=(0.05,), daemon=True).start()
        f = self.folder
        with open(f / "cyrus.log", "ab") as log:
            self.process = subprocess.Popen([master, "-C", f"{f}/imapd.conf", "-M", f"{f}/cyrus.conf", "-p", f"{f}/lib/master.pid"],
                                            env=unpacked.environment(CYRUS_USER=unpacked.owner().pw_name), cwd=f,
                                            stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True,
                                            preexec_fn=die_with_parent)
        try:
            wait_for_port(self.imaps, alive=lambda: self.process.poll() is None)
        except RuntimeError as error:
            raise RuntimeError(f"{error}\n{(f / 'cyrus.log').read_text()}") from error

    def stop(self):
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            self.process.wait(10)
        self.process = None
        if self.authority:
            self.authority.shutdown()
            self.authority.server_close()
            self.authority = None

    def client(self, user="anna"):
        return second_client(self, user)
