# SPDX-License-Identifier: GPL-3.0-or-later
"""Mail to measure with: 3.3 KB in the median, 40 % Cyrillic in three charsets, encoded headers,
threads, a tenth with attachments, a fifth HTML. The same for the same number."""

import base64
import email.utils
import random
from email.header import Header

RU = "Посылаю исправленный черновик отчёта, посмотрите третий раздел и перезвоните. ".split()
EN = "The ferry leaves at seven so let us meet at the pier by half past six with boots. ".split()
NEWEST = "the newest message of all"


def corpus(n, seed=1):
    """Yields n messages as bytes, oldest first; the last one has the subject NEWEST."""
    rand = random.Random(seed)
    blob = base64.b64encode(rand.randbytes(9000)).decode()
    blob = "\n".join(blob[i:i + 76] for i in range(0, len(blob), 76))
    idents, start = [], 1400000000
    for i in range(n):
        charset = rand.choice(["koi8-r", "windows-1251", "utf-8"]) if rand.random() < 0.4 else "us-ascii"
        words = EN if charset == "us-ascii" else RU
        who = f"user{rand.randrange(400)}"
        name = " ".join(rand.choice(words).strip(".,").title() for _ in range(2))
        subject = f"{' '.join(rand.choice(words) for _ in range(rand.randint(2, 7)))} {i}" if i < n - 1 else NEWEST
        parent = rand.choice(idents[-50:]) if idents and rand.random() < 0.6 and i < n - 1 else None
        ident = f"<{i}.{rand.getrandbits(48):x}@{who}.example.net>"
        lines = ["Received: from relay.example.net (relay.example.net [192.0.2.7]) by mx.example.org with ESMTP id 4711;",
                 f"\t{email.utils.formatdate(start + i * 60)}",
                 f"From: {Header(name, charset).encode()} <{who}@example.net>",
                 f"To: anna@example.org, Team {rand.randrange(9)} <team@example.org>",
                 f"Subject: {Header(('Re: ' if parent else '') + subject, charset, maxlinelen=500).encode() if charset != 'us-ascii' else ('Re: ' if parent else '') + subject}",
                 f"Date: {email.utils.formatdate(start + i * 60)}", f"Message-ID: {ident}"]
        if parent:
            lines += [f"In-Reply-To: {parent}", f"References: {parent}"]
        body = "\n".join(" ".join(rand.choice(words) for _ in range(11)) for _ in range(int(rand.lognormvariate(3.4, 0.6))))
        html = rand.random() < 0.2
        kind = f"text/{'html' if html else 'plain'}; charset={charset}"
        if html:
            body = f"<html><body><p>{body.replace(chr(10), '</p><p>')}</p></body></html>"
        lines += ["MIME-Version: 1.0"]
        if rand.random() < 0.1:
            lines += ['Content-Type: multipart/mixed; boundary="b42"', "", "--b42", f"Content-Type: {kind}", "Content-Transfer-Encoding: 8bit",
                      "", body, "--b42", "Content-Type: application/octet-stream; name=data.bin",
                      "Content-Transfer-Encoding: base64", "Content-Disposition: attachment; filename=data.bin", "", blob, "--b42--"]
        else:
            lines += [f"Content-Type: {kind}", "Content-Transfer-Encoding: 8bit", "", body]
        idents.append(ident)
        yield ("\n".join(lines) + "\n").encode(charset, "replace")
