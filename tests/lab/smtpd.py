# SPDX-License-Identifier: GPL-3.0-or-later
"""A submission server: AUTH, STARTTLS and implicit TLS; delivers local mail, keeps everything.

--script FILE holds answers to come, a line each, used up in order at the end of DATA:
    250 | 4xx words | 5xx words | close (no answer) | last (250, and 421 to what follows in the session) | stall SECONDS
"""

import argparse
import asyncio
import itertools
import os
import pathlib
import pwd
import signal
import ssl
import time

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult

counter = itertools.count(1)


class Handler:
    def __init__(self, options):
        self.options = options

    def next_answer(self):
        if not self.options.script:
            return None
        path = pathlib.Path(self.options.script)
        lines = path.read_text().splitlines() if path.exists() else []
        if not lines:
            return None
        path.write_text("".join(line + "\n" for line in lines[1:]))
        return lines[0]

    async def handle_EHLO(self, server, session, envelope, hostname, responses):
        session.host_name = hostname
        return [line for line in ["250-PIPELINING", "250-CHUNKING", *responses] if line[4:] not in self.options.without]

    async def handle_MAIL(self, server, session, envelope, address, mail_options):
        if getattr(session, "is_over", False):
            asyncio.get_running_loop().call_soon(server.transport.close)
            return "421 4.3.2 enough for one session"
        envelope.mail_from = address
        envelope.mail_options.extend(mail_options)
        return "250 OK"

    async def handle_RCPT(self, server, session, envelope, address, rcpt_options):
        if address.startswith("nobody@"):
            return f"550 5.1.1 <{address}> no such user here"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        answer = self.next_answer() or "250"
        if answer.startswith("stall"):
            await asyncio.sleep(float(answer.split()[1]))
        if answer[0] in "45":
            return answer
        self.keep(envelope, session)
        session.is_over = answer == "last"
        if answer == "close":
            server.transport.abort()
            return "421 closed"
        return "250 2.0.0 taken"

    def keep(self, envelope, session):
        content = envelope.original_content.replace(b"\r\n", b"\n")
        head = f"X-Envelope-From: {envelope.mail_from}\nX-Envelope-To: {', '.join(envelope.rcpt_tos)}\n"
        folder = pathlib.Path(self.options.received)
        name = f"{time.time():.6f}-{next(counter):06d}-{session.peer[1]}.eml"
        (folder / f".{name}").write_bytes(head.encode() + content)
        os.rename(folder / f".{name}", folder / name)
        for rcpt in envelope.rcpt_tos:
            user, _, domain = rcpt.partition("@")
            if self.options.deliver and domain == self.options.domain:
                self.deliver(user, content)

    def deliver(self, user, content):
        box = pathlib.Path(self.options.deliver) / user / "Maildir"
        if not box.is_dir():
            return
        name = f"{time.time():.6f}.S{next(counter)}.lab"
        path = box / "tmp" / name
        path.write_bytes(f"Received: by the lab; {time.strftime('%a, %d %b %Y %H:%M:%S %z')}\n".encode() + content)
        if os.geteuid() == 0:
            owner = pwd.getpwnam(self.options.owner)
            os.chown(path, owner.pw_uid, owner.pw_gid)
        os.rename(path, box / "new" / name)


class Chunking(SMTP):
    """With BDAT (RFC 3030)."""

    async def smtp_BDAT(self, arg):
        size, *last = arg.split()
        chunk = await self._reader.readexactly(int(size))
        if not self.envelope.rcpt_tos:
            await self.push("503 5.5.1 nobody is to receive it")
            return
        self.envelope.content = self.envelope.original_content = (self.envelope.original_content or b"") + chunk
        if not last:
            await self.push("250 2.0.0 go on")
            return
        status = await self.event_handler.handle_DATA(self, self.session, self.envelope)
        self._set_post_data_state()
        await self.push(status)


def main():
    parser = argparse.ArgumentParser()
    for name in ("port", "ports", "cert", "key", "received", "domain", "deliver", "owner", "script"):
        parser.add_argument(f"--{name}")
    parser.add_argument("--without", action="append", default=[], help="an extension that is not offered")
    parser.add_argument("--user", action="append", default=[])
    options = parser.parse_args()
    users = dict(pair.split(":", 1) for pair in options.user)

    def authenticate(server, session, envelope, mechanism, data):
        good = users.get(data.login.decode(errors="replace")) == data.password.decode(errors="replace")
        return AuthResult(success=good)

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(options.cert, options.key)
    handler = Handler(options)

    class Starttls(Controller):
        def factory(self):
            return Chunking(handler, tls_context=context, require_starttls=True, auth_required=True,
                        authenticator=authenticate, enable_SMTPUTF8=True, hostname="localhost",
                        data_size_limit=50_000_000)

    class Implicit(Controller):
        def factory(self):
            return Chunking(handler, auth_required=True, auth_require_tls=False, authenticator=authenticate,
                        enable_SMTPUTF8=True, hostname="localhost", data_size_limit=50_000_000)

    controllers = [Starttls(handler, hostname="127.0.0.1", port=int(options.port)),
                   Implicit(handler, hostname="127.0.0.1", port=int(options.ports), ssl_context=context)]
    for controller in controllers:
        controller.start()
    signal.sigwait({signal.SIGTERM, signal.SIGINT})
    for controller in controllers:
        controller.stop()


if __name__ == "__main__":
    main()
