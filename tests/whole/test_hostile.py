# SPDX-License-Identifier: GPL-3.0-or-later
"""Hostile and broken mail in the interface: whatever a message, a folder, a server or a helper says, only our
own control sequences reach the terminal, every message can be opened, and no name of a part leads anywhere."""

import base64
import contextlib
import email
import pathlib
import re

import pytest
from fake import Fake, imap
from letters import message
from samples import samples
from terminal import queued

CORPUS = pathlib.Path(__file__).resolve().parents[1] / "corpus"
# What ncurses writes for TERM=linux, and bracketed paste. Parameters of hostile sequences all have 666 in them.
OURS = re.compile(rb"\x1b\[(?:\?\d+(?:;\d+)*[hlc]|\d*(?:;\d+)*[ABCDGHJKLMPX@dmr]|4[hl])|\x1b[()][B0U]|\x1b[78M=>Hc]|\x1b%G|[\r\n\b\t\x0e\x0f]")
HOSTILE = ("\x1b[666mA\x1b]0;666\x07B\x1b]52;c;NjY2\x1b\\C\x1bP666\x1b\\D\x1b_666\x1b\\E\x1b^666\x1b\\F\x1bX666\x1b\\G\x1b[666;1H"
           "\x9b666mH\x9d0;666\x9cI\x90666\x9cJ\x07K\x08L\x0bM\x0cN\x0e\x0fO\x7fP\x1bcQ\x1b[6n\x05R\x1b#8S\u202eT\u2066U")


def foreign(raw):
    """What is in the output that we did not write: controls that are none of ours, parameters of hostile ones."""
    rest = OURS.sub(b"", raw)
    text = rest.decode("utf-8", "surrogateescape")
    found = re.findall(r"[\x00-\x1f\x7f-\x9f\udc80-\udcff\u202a-\u202e\u2066-\u2069].{0,12}", text, re.S)
    return found + re.findall(rb"\x1b\[[\d;]*666", raw)


def test_the_scanner_sees_what_is_foreign():
    for bad in (b"\x1b]0;x\x07", b"\x1b[666m", b"\x07", b"\x9b1m", "\x9b1m".encode(), b"\x1bP", b"\x00", "\u202e".encode(), b"\x1b[6n"):
        assert foreign(b"\x1b[1;24r\x1b[4l\x1b[H text" + bad), bad
    assert not foreign("\x1b[H\x1b[2J\x1b[m\x1b[7mПривет\x1b[m\r\n\x1b[?2004h\x1b[24;80H".encode())


def encoded_word(text, charset="utf-8"):
    return f"=?{charset}?B?{base64.b64encode(text.encode(charset)).decode()}?="


def hostile_messages():
    """The sequences in every place, in every encoding."""
    plain = HOSTILE.replace("\x0b", "").replace("\x0c", "")
    head = "From: e@x\nDate: Mon, 02 Nov 2026 10:00:00 +0000\nMIME-Version: 1.0\n"
    for name in ("Subject", "From", "To", "Cc", "Reply-To", "Date", "Message-ID", "References", "X-Odd", "List-Id", "X-Label",
                 "User-Agent", "Content-Type", "Content-Description", "Content-Transfer-Encoding", "Content-Disposition"):
        for value in (plain, encoded_word(plain), encoded_word(plain.replace("\u202e", "").replace("\u2066", ""), "latin-1"),
                      f'"{plain}" <a{plain}@example.net>'):
            yield f"{name}: {value}\nX-Where: {name}\n{head}\nbody\n".encode()
    yield f"{head}X{plain}: name of a field\nSubject: in a field's name\n\nbody\n".encode()
    kinds = [("plain", "8bit", HOSTILE.encode(), "utf-8"), ("plain", "8bit", HOSTILE.encode("latin-1", "replace"), "iso-8859-1"),
             ("plain", "quoted-printable", "".join(f"={b:02X}" for b in HOSTILE.encode()).encode(), "utf-8"),
             ("plain", "base64", base64.b64encode(HOSTILE.encode("utf-7")), "utf-7"),
             ("plain", "base64", base64.b64encode(HOSTILE.encode("utf-16")), "utf-16"),
             ("html", "7bit", "".join(f"<p title='&#{ord(c)};'>&#{ord(c)};</p>" for c in HOSTILE).encode(), "utf-8"),
             ("enriched", "8bit", HOSTILE.encode(), "utf-8"), ("calendar", "8bit", f"BEGIN:VEVENT\nSUMMARY:{plain}\nEND:VEVENT\n".encode(), "utf-8"),
             ("x-unknown", "8bit", HOSTILE.encode(), "x-666" + plain)]
    for subtype, encoding, body, charset in kinds:
        yield (f"{head}Subject: {subtype} {encoding} {charset[:8]}\nContent-Type: text/{subtype}; charset=\"{charset}\"\n"
               f"Content-Transfer-Encoding: {encoding}\n\n").encode() + body + b"\n"
    percent = "".join(f"%{b:02X}" for b in plain.encode())
    for disposition in (f'filename="{plain}"', f"filename*=utf-8''{percent}", f'filename="{encoded_word(plain)}"'):
        yield (f"{head}Subject: a name\nContent-Type: multipart/mixed; boundary=\"b{plain[:9]}\"\n\n--b{plain[:9]}\n\ntext\n--b{plain[:9]}\n"
               f"Content-Type: application/x-{plain[:9]}; name=\"{plain}\"\nContent-Description: {plain}\n"
               f"Content-Disposition: attachment; {disposition}\n\ndata\n--b{plain[:9]}--\n").encode()


def corpus():
    return [path.read_bytes() for path in sorted(CORPUS.glob("*.eml"))]


@pytest.fixture
def reader(home):
    """Opens a local Maildir with these messages; the bar of the pager shows the number alone."""
    def start(messages, more="", rows=24, cols=80):
        box = home.maildir("Mail", messages)
        home.muttrc(f'set spoolfile="{box}" folder="{home.path}" from=anna@example.org sleep_time=0 wait_key=no sort=date-received beep=no\n'
                    f'set pager_format="<%C>" pager_stop editor=true\nunignore *\nunhdr_order *\n{more}\n')
        screen = home.start(rows=rows, cols=cols)
        screen.wait(f"Msgs:{len(messages)}", 30)
        return screen
    return start


def back(screen, key, number):
    """Press the key until nothing but the message is shown."""
    for _try in range(12):
        if f"<{number}>" in screen.settle(0.05).split("\n")[-2]:
            return
        screen.keys(key)
    raise AssertionError(f"no way back:\n{screen.text()}")


def open_each(screen, count, act=lambda number: None):
    """Every message in the pager, and what `act` does there."""
    screen.type("1\r\r", "<1>")
    for number in range(1, count + 1):
        screen.wait(lambda text: f"<{number}>" in text)
        act(number)
        screen.keys("j")


def test_g6_u03_every_message_opened_and_no_control_of_a_message_gets_through(reader):
    messages = list(hostile_messages()) + corpus() + [entry[2] for entry in samples(1795000000)[::3]]
    screen = reader(messages)
    for _page in range(len(messages) // 20 + 1):
        screen.type("z")
    open_each(screen, len(messages))
    assert not foreign(bytes(screen.raw))


def test_u03_nor_in_the_list_of_parts_and_what_is_asked_about_them(reader):
    messages = [m for m in hostile_messages() if b"multipart" in m] + [m for m in hostile_messages() if m.startswith(b"Content-")][::4]
    screen = reader(messages)

    def parts(number):
        screen.type("v", "---Attach")
        screen.type("*s")
        screen.type("\x07")
        screen.type("\r")
        back(screen, "q", number)

    open_each(screen, len(messages), parts)
    assert not foreign(bytes(screen.raw))


def test_u03_nor_in_what_is_asked_about_a_reply_and_a_forward(reader):
    messages = [m for m in hostile_messages() if re.match(rb"(Subject|From|Reply-To|Cc):", m)][::4]
    screen = reader(messages, "set askcc reply_to=ask-yes include=yes")

    def answer(number):
        for key in "rfbs":
            screen.type(key)
            screen.type("\x07", lambda text: f"<{number}>" in text)
            for _question in range(3):
                screen.keys("\x07")
                screen.settle(0.03)

    open_each(screen, len(messages), answer)
    assert not foreign(bytes(screen.raw))


# ---- what else is said to the user ----

def test_u01_nor_in_names_of_folders(reader, home):
    name = HOSTILE.replace("/", "").replace("\x0b", "")[:80]
    (home.path / name).mkdir()
    screen = reader([message()], f'set sidebar_visible sidebar_width=30 sidebar_short_path\nmailboxes "{home.path}/{name}"\nset mask=".*"')
    screen.type("c?", "[666mA")
    screen.type("\t")
    screen.type("*\r")
    assert not foreign(bytes(screen.raw))


def test_u01_nor_in_what_a_server_says(home, lab):
    server = Fake(imap(greeting="* BYE " + HOSTILE.replace("\n", "")), lab.certificate)
    try:
        home.muttrc(f'set spoolfile="{home.maildir(messages=[message()])}" folder="imaps://anna@localhost:{server.port}/" imap_pass=x beep=no\n'
                    f'set ssl_ca_certificates_file="{lab.certificate.ca}"\nmailboxes +INBOX\n')
        screen = home.start()
        screen.wait(lambda text: "localhost" in text.split("\n")[-1], 20)
        assert not foreign(bytes(screen.raw))
    finally:
        server.close()


def helper(home, name, text):
    path = home.path / name
    path.write_text("#!/usr/bin/python3\nimport sys\n" + text)
    path.chmod(0o700)
    return path


def test_u05_nor_in_what_helpers_say_and_they_have_no_terminal(reader, home):
    noise = helper(home, "noise", f"for out in (sys.stdout, sys.stderr): out.write({HOSTILE!r} + 'end\\n')\n"
                   "try: open('/dev/tty', 'w').write('\\x1b[666mtty')\nexcept OSError: print('no terminal')\n")
    people = helper(home, "people", f"print('heading'); print('a@example.net\\t' + {HOSTILE!r}.replace('\\x0b', '') + '\\tmore')\n")
    (home.path / "mailcap").write_text(f"text/x-odd; {noise} %s; copiousoutput\n")
    screen = reader([message().replace(b"text/plain", b"text/x-odd")],
                    f'set mailcap_path="{home.path}/mailcap" query_command="{people} %s"\nauto_view text/x-odd')
    screen.type("\r", "no terminal")
    screen.type("i")
    screen.type("Q", "Query")
    screen.type("x\r", "a@example.net")
    assert not foreign(bytes(screen.raw))


def test_u08_an_error_of_a_megabyte_takes_one_row(reader, home):
    people = helper(home, "people", "sys.stderr.write('x' * 1000000); sys.exit(3)\n")
    screen = reader([message("stays where it is")], f'set query_command="{people} %s"')
    before = screen.lines()
    screen.type("Q", "Query")
    screen.type("x\r", lambda text: text.split("\n")[-1] not in ("", before[-1]) and "Query" not in text)
    assert screen.lines()[:-1] == before[:-1]
    log = home.data / "cur.log"
    assert not log.exists() or log.stat().st_size < 20000


# ---- broken messages ----

@pytest.mark.parametrize("name", ["empty", "one-newline", "only-headers", "no-header", "first-line-folded", "from-line-inside", "bom", "nul-first",
                                  "garbage-lines", "nothing-known", "odd-message-id"])
def test_m01_to_m05_a_broken_message_is_listed_opens_and_keeps_its_bytes(reader, home, name):
    raw = (CORPUS / f"{name}.eml").read_bytes()
    screen = reader([raw, message("whole")])
    screen.type("1\r\r", "<1>")
    screen.type("|", "Pipe to command")
    screen.type(f"cat >{home.path}/piped; touch {home.path}/done\r")
    screen.wait(lambda text: (home.path / "done").exists())
    assert (home.path / "piped").read_bytes() == raw
    screen.type("j", "<2>")


def nested(depth, kind):
    head = b"Subject: deep\nFrom: a@b\nMIME-Version: 1.0\n"
    if kind == "message":
        return head + b"Content-Type: message/rfc822\n\n" * depth + b"Subject: in\n\nbottom\n"
    return head + b"".join(b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (i, i) for i in range(depth)) + b"\nbottom\n"


@pytest.mark.parametrize("kind", ["message", "multipart"])
@pytest.mark.parametrize("depth", [99, 150, 1000, 100000])
def test_m20_however_deep_it_opens_and_its_parts_are_listed(reader, depth, kind):
    screen = reader([nested(depth, kind)])
    screen.type("\r", "<1>", 20)
    screen.type("v", "---Attach", 20)
    screen.type("q", "<1>")


@pytest.mark.parametrize("name", ["empty-rfc822", "digest", "no-boundary", "unclosed-multipart"])
def test_m21_empty_parts_are_listed_and_opened(reader, name):
    screen = reader([(CORPUS / f"{name}.eml").read_bytes()])
    screen.type("\r", "<1>")
    screen.type("v", "---Attach")
    for _part in range(6):
        screen.type("\r")
        back_to_list = "---Attach" in screen.text() or screen.type("q")
        assert back_to_list
        screen.type("j")
    assert screen.child.isalive()


def with_part(name):
    return (f"From: Eve <eve@example.net>\nTo: anna@example.org\nSubject: a file\nMessage-ID: <f@x>\nDate: Mon, 02 Nov 2026 10:00:00 +0000\n"
            f'MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\nsee the file\n--b\nContent-Type: application/pdf; name="{name}"\n'
            f'Content-Disposition: attachment; filename="{name}"\n\nwhat was sent\n--b--\n').encode()


@pytest.mark.parametrize("name, shown", [("invoice\u202efdp.exe", ".exe"), ("photo.jpg" + " " * 200 + ".exe", ".exe"), ("a\u0440\u0440.pdf.desktop", ".desktop")])
def test_m32_the_true_last_extension_is_seen_before_it_is_saved(reader, name, shown):
    screen = reader([with_part(name)])
    screen.type("v", "---Attach")
    screen.type("j")
    assert shown in screen.type("s", "Save to file").split("\n")[-1]
    assert not foreign(bytes(screen.raw))


def in_outbox(home):
    """The texts that wait; the engine takes them over meanwhile, so one may be seen twice."""
    texts = set()
    for part in ("new", "work"):
        for path in (home.data / "outbox" / part).glob("*"):
            with contextlib.suppress(FileNotFoundError):
                texts.add(path.read_bytes())
    return texts


@pytest.mark.parametrize("keys", ["f", "\x1be", "g"], ids=["forward", "resend", "reply"])
def test_m33_the_name_of_a_part_opens_no_file_of_ours(reader, home, keys):
    secret = home.path / "secret"
    secret.write_text("the secret of this machine\n")
    sendmail = home.path / "sendmail"
    sendmail.write_text("#!/bin/sh\nexit 75\n")
    sendmail.chmod(0o700)
    screen = reader([with_part(str(secret))], f'set sendmail="{sendmail}" forward_attachments=yes mime_forward=no fast_reply include=yes record=""\n'
                    'set abort_unmodified=no copy=no')
    screen.type(keys)
    def asked_or_there(text):
        return "-- Attachments" in text or re.search(r":$|\?$|: ", text.split("\n")[-1])

    while "-- Attachments" not in screen.wait(asked_or_there):
        screen.type("\x15bob@example.net\r" if screen.lines()[-1].startswith("To:") else "\r")
    screen.type("y", queued)
    [sent] = in_outbox(home)
    assert b"secret of this machine" not in sent
    if keys != "g":
        assert [part.get_payload(decode=True) for part in email.message_from_bytes(sent.split(b"\n\n", 1)[1]).walk()
                if part.get_content_type() == "application/pdf"] == [b"what was sent"]
