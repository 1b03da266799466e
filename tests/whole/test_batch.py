# SPDX-License-Identifier: GPL-3.0-or-later
"""Mail from scripts: `cur -s subject -a file -- addr < body`, mailto: links, sendmail's command line.
What was sent is read back by Python's parser from what a submission server got."""

import email
import email.policy
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from home import BUILD
from pace import patience, deadline
from servers import Lab

BODIES = {
    "Russian": ("Отчёт за неделю", "Здравствуйте, Анна!\nВсё готово — «да».\n"),
    "Kazakh": ("Қайырлы таң, әріптестер", "Сәлеметсіз бе?\nҰсыныс әзір, ғой.\n"),
    "Arabic": ("تقرير الأسبوع", "مرحبا آنا،\nكل شيء جاهز.\n"),
    "Chinese": ("每周报告", "你好，安娜！\n一切就绪。\n"),
    "Japanese and Korean": ("週報 주간 보고", "こんにちは。\n안녕하세요.\n"),
    "emoji": ("👩‍💻 done 🎉", "👍🏽 family: 👨‍👩‍👧‍👦\n"),
    "a long line": ("long", "слово " * 300 + "\n"),
}


@pytest.fixture(scope="module")
def lab():
    """One authority for all tests here."""
    with Lab() as lab:
        yield lab


@pytest.fixture
def sender(lab, home):
    """A home with submission alone: sender.sink is the server, sender.script its answers to come."""
    home.script = home.path / "answers"
    home.sink = lab.submission(script=home.script)
    home.more = lambda more="": home.muttrc(
        f'set realname="Anna Müller" from=anna@example.org record="" sleep_time=0\n'
        f'set ssl_ca_certificates_file="{lab.certificate.ca}" folder="{home.path}/Mail" hostname=example.org\n'
        f'set smtp_url="smtp://anna@localhost:{home.sink.port}/" smtp_pass=secret\n' + more)
    home.more()
    home.send = lambda *args, stdin="text\n", **options: home.run("--wait", *args, stdin=stdin, check=True, **options)
    yield home
    home.sink.stop()


def parse(raw):
    return email.message_from_bytes(raw, policy=email.policy.default)


def last(home):
    return parse(home.sink.messages()[-1])


def waiting(home):
    """Messages in the outbox, each as bytes."""
    return [p.read_bytes() for d in ("new", "work") for p in sorted((home.data / "outbox" / d).glob("*"))]


def offline(home, more=""):
    """Send to a port where nobody listens: what is accepted stays in the outbox."""
    home.muttrc('set from=anna@example.org realname=Anna record="" hostname=example.org\n'
                f'set folder="{home.path}/Mail" smtp_url="smtp://anna@localhost:9/" smtp_pass=secret\n' + more)


# ---- what arrives ----

@pytest.mark.parametrize("language", BODIES)
def test_subject_and_body_arrive_as_they_were(sender, language):
    subject, body = BODIES[language]
    sender.send("-s", subject, "--", "Боб <bob@example.net>", stdin=body)
    got = last(sender)
    assert got["Subject"] == subject
    assert got["To"].addresses[0].display_name == "Боб"
    assert got["From"].addresses[0].display_name == "Anna Müller"
    assert got.get_content() == body
    assert max(map(len, sender.sink.messages()[-1].split(b"\n"))) <= 998
    assert got["Message-ID"] and got["Date"].datetime


def test_files_are_attached_under_their_names(sender):
    notes, data = sender.path / "заметки 1.txt", sender.path / "data.bin"
    notes.write_text("Привет\n")
    data.write_bytes(bytes(range(256)) * 40)
    sender.send("-s", "two", "-a", notes, data, "--", "bob@example.net", stdin="see below\n")
    got = last(sender)
    parts = list(got.iter_attachments())
    assert [p.get_filename() for p in parts] == ["заметки 1.txt", "data.bin"]
    assert parts[0].get_content() == "Привет\n"
    assert parts[1].get_content() == bytes(range(256)) * 40
    assert got.get_body().get_content() == "see below\n"


def test_a_file_and_an_option_may_stand_anywhere(sender):
    (sender.path / "a.txt").write_text("A\n")
    sender.send("bob@example.net", "-a", "a.txt", "-s", "order", "-c", "carol@example.net")
    got = last(sender)
    assert got["Subject"] == "order" and got["Cc"] == "carol@example.net"
    assert [p.get_filename() for p in got.iter_attachments()] == ["a.txt"]


def test_the_text_may_come_from_a_file(sender):
    (sender.path / "body.txt").write_text("из файла\n")
    sender.send("-s", "i", "-i", "body.txt", "bob@example.net", stdin="not this\n")
    assert last(sender).get_content() == "из файла\n"


def test_a_draft_brings_header_and_body(sender):
    draft = ("To: bob@example.net\nCc: carol@example.net\nSubject: =?utf-8?B?0J/Qu9Cw0L0=?=\nX-Ticket: 7\n"
             "In-Reply-To: <parent@example.net>\n\nfrom the draft\n")
    (sender.path / "draft").write_text(draft)
    sender.send("-H", "draft")
    got = last(sender)
    assert (got["To"], got["Cc"], got["Subject"], got["X-Ticket"]) == ("bob@example.net", "carol@example.net", "План", "7")
    assert got["In-Reply-To"] == "<parent@example.net>"
    assert got.get_content() == "from the draft\n"
    sender.send("-H", "-", "-s", "over", stdin=draft)
    assert last(sender)["Subject"] == "over"


def test_a_blind_copy_is_in_the_envelope_alone(sender):  # M78
    sender.send("-s", "b", "-c", "carol@example.net", "-b", "dora@example.net", "bob@example.net")
    head, _, message = sender.sink.messages()[-1].partition(b"\nX-Envelope-To: ")
    envelope, _, message = message.partition(b"\n")
    assert sorted(envelope.decode().split(", ")) == ["bob@example.net", "carol@example.net", "dora@example.net"]
    assert b"dora" not in message and b"Bcc" not in message


def test_a_command_of_the_line_changes_one_message(sender):
    sender.send("-e", "my_hdr X-Job: nightly", "-e", 'set from="robot@example.org"', "-s", "e", "bob@example.net")
    assert last(sender)["X-Job"] == "nightly"
    assert last(sender)["From"].addresses[0].addr_spec == "robot@example.org"
    assert sender.sink.messages()[-1].startswith(b"X-Envelope-From: robot@example.org\n")


def test_an_alias_is_opened(sender):
    sender.more("alias team Bob <bob@example.net>, carol@example.net\n")
    sender.send("-s", "a", "team")
    assert [a.addr_spec for a in last(sender)["To"].addresses] == ["bob@example.net", "carol@example.net"]


def test_a_list_gets_mail_followup_to_as_from_the_menu(sender):
    sender.more("subscribe devel@lists\\.example\\.net\n")
    sender.send("-s", "l", "-c", "carol@example.net", "devel@lists.example.net")
    assert last(sender)["Mail-Followup-To"] == "devel@lists.example.net, carol@example.net"
    sender.more("lists devel@lists\\.example\\.net\n")
    sender.send("-s", "l", "devel@lists.example.net")
    assert "anna@example.org" in last(sender)["Mail-Followup-To"]


def test_an_empty_body_is_sent(sender):
    sender.send("-s", "empty", "bob@example.net", stdin="")
    assert last(sender)["Subject"] == "empty" and last(sender).get_content().strip() == ""


@pytest.mark.parametrize("more", ["set assumed_charset=utf-8:koi8-r\n", "set charset=koi8-r\n"])
def test_a_body_in_a_charset_that_is_set_is_converted(sender, more):
    sender.more(more)
    sender.send("-s", "old script", "bob@example.net", stdin="Привет из 1998\n".encode("koi8-r"))
    assert last(sender).get_content() == "Привет из 1998\n"


def test_no_byte_of_a_body_makes_a_script_fail(sender):
    sender.send("-s", "any", "bob@example.net", stdin=b"before \0 between \xff\xfe\x80 after\n")
    text = last(sender).get_content()
    assert text.startswith("before ") and "between" in text and text.endswith("after\n")
    assert b"\0" not in sender.sink.messages()[-1]


# ---- mailto: ----

def test_a_mailto_link_fills_what_is_allowed_and_no_more(sender):  # C10
    (sender.path / "secret.txt").write_text("secret\n")
    sender.send(f"mailto:bob@example.net?subject=%D0%9F%D0%BB%D0%B0%D0%BD&cc=carol@example.net&attach={sender.path}/secret.txt"
                f"&attachment={sender.path}/secret.txt&fcc=/tmp/x&x-evil=1&body=one%0Attach:%20two")
    got = last(sender)
    assert (got["Subject"], got["Cc"], got["To"]) == ("План", "carol@example.net", "bob@example.net")
    assert not got.is_multipart() and "x-evil" not in got and "fcc" not in got
    assert got.get_content() == "one\nttach: two\n"


def test_mailto_allow_is_honoured(sender):
    link = "mailto:bob@example.net?subject=s&x-ticket=7&keywords=k&comments=c&body=b"
    sender.more('mailto_allow keywords\n')
    sender.send(link)
    assert last(sender)["Keywords"] == "k" and "Comments" not in last(sender) and "X-Ticket" not in last(sender)
    sender.more('unmailto_allow *\nmailto_allow body\n')
    sender.send(link)
    assert not last(sender)["Subject"] and last(sender).get_content().strip() == "b"


@pytest.mark.parametrize("link", ["mailto:bob@example.net?subject=a%0d%0aBcc:%20eve@example.net",
                                  "mailto:bob@example.net?subject=a%00b"])
def test_a_mailto_link_makes_no_header_line(sender, link):  # C11
    done = sender.run(link, "--wait", stdin="")
    if done.returncode == 0:
        assert b"\nBcc:" not in sender.sink.messages()[-1] and b"eve" not in sender.sink.messages()[-1].split(b"\n")[1]
        assert b"\0" not in sender.sink.messages()[-1]
    else:
        assert done.stderr.startswith("cur: ") and not sender.sink.messages()


@pytest.mark.parametrize("link", [
    "mailto:bob@example.net?subject=" + "x" * 120000, "mailto:" + ",".join(f"{i}@a.bc" for i in range(10000)),
    "mailto:bob@example.net?subject=%c0%af%e0%80%af&body=%f8%88%80%80%80"], ids=["long", "many", "overlong"])
def test_a_mailto_link_of_any_size_is_refused_or_sent_in_order(sender, link):  # C11
    start = time.monotonic()
    done = sender.run(link, "--wait", stdin="x")
    assert time.monotonic() - start < patience(10)
    if done.returncode:
        assert done.stderr.startswith("cur: ") and len(done.stderr) < 1000 and not sender.sink.messages()
        return
    raw = sender.sink.messages()[-1]
    assert max(map(len, raw.partition(b"\nX-Envelope-To: ")[2].partition(b"\n")[2].split(b"\n"))) <= 998
    assert b"\xc0" not in raw and b"\xf8" not in raw
    parse(raw)["Subject"].encode()


@pytest.mark.parametrize("link", ["mailto:-oQ/tmp", "mailto:|touch%20owned"])
def test_a_mailto_link_runs_nothing(sender, link):  # C12
    sender.run(link, stdin="x")
    assert not (sender.path / "owned").exists()


# ---- sendmail's command line ----

def test_recipients_come_from_the_message(sender):
    text = ("To: bob@example.net\nCc: =?utf-8?B?0JrQsNGA0LvQsA==?= <carol@example.net>\nBcc: dora@example.net,\n eve@example.net\n"
            "Subject: cron\nFrom: root@example.org\n\nline\n.\nafter a dot\n")
    sender.send("-t", "-oi", stdin=text)
    raw = sender.sink.messages()[-1]
    assert raw.startswith(b"X-Envelope-From: root@example.org\n")
    assert sorted(parse(raw)["X-Envelope-To"].split(", ")) == [f"{n}@example.net" for n in ("bob", "carol", "dora", "eve")]
    assert b"dora" not in raw.split(b"\n", 2)[2] and b"eve" not in raw.split(b"\n", 2)[2]
    got = parse(raw)
    assert got["Subject"] == "cron" and got["Message-ID"] and got["Date"]
    assert got.get_content() == "line\n.\nafter a dot\n"


def test_m78_a_blind_copy_is_blind_however_its_field_is_spelt(sender):
    sender.send("-t", stdin="To: bob@example.net\nBcc : dora@example.net\nbcc\t:\n eve@example.net\nSubject: s\n\nbody\n")
    raw = sender.sink.messages()[-1]
    assert sorted(parse(raw)["X-Envelope-To"].split(", ")) == [f"{n}@example.net" for n in ("bob", "dora", "eve")]
    assert b"dora" not in raw.split(b"\n", 2)[2] and b"eve" not in raw.split(b"\n", 2)[2]


def test_a_program_called_sendmail_takes_its_recipients_as_arguments(sender):
    link = sender.path / "sendmail"
    link.symlink_to(BUILD / "cur")
    done = subprocess.run([link, "-f", "bounce@example.org", "-i", "bob@example.net"], env=sender.env, capture_output=True,
                          input=b"Subject: s\nTo: carol@example.net\n\nbody\n", timeout=30)
    assert done.returncode == 0, done.stderr
    end = deadline(20)
    while not sender.sink.messages() and time.monotonic() < end:
        time.sleep(0.05)
    raw = sender.sink.messages()[0]
    assert raw.startswith(b"X-Envelope-From: bounce@example.org\nX-Envelope-To: bob@example.net\n")
    assert parse(raw)["To"] == "carol@example.net"


# ---- what the exit status promises ----

def test_status_0_says_that_the_message_is_on_the_disk(home):
    offline(home)
    trace = home.path / "trace"
    done = subprocess.run(["strace", "-y", "-o", trace, "-e", "trace=fsync,fdatasync,rename,renameat,renameat2,exit_group",
                           BUILD / "cur", "-s", "safe", "bob@example.net"], env=home.traced(), input=b"x\n", capture_output=True, timeout=60)
    assert done.returncode == 0, done.stderr
    calls = [line for line in trace.read_text().splitlines() if "outbox" in line]
    written = next(i for i, c in enumerate(calls) if "sync" in c and "outbox/tmp" in c)
    moved = next(i for i, c in enumerate(calls) if "rename" in c and "outbox/new" in c)
    kept = next(i for i, c in enumerate(calls) if "sync" in c and "outbox/new" in c and "rename" not in c)
    assert written < moved < kept


def test_an_engine_that_is_killed_at_once_loses_nothing(sender):
    sender.sink.stop()
    for i in range(5):
        assert sender.run("-s", f"kept {i}", "bob@example.net", stdin="x").returncode == 0
        sender.stop_engine(9)
        assert len(waiting(sender)) == i + 1
    sender.sink.start()
    sender.run("queue", "--flush", check=True)
    end = deadline(30)
    while len(sender.sink.messages()) < 5 and time.monotonic() < end:
        time.sleep(0.1)
    assert sorted(parse(m)["Subject"] for m in sender.sink.messages()) == [f"kept {i}" for i in range(5)]


def test_a_data_folder_that_cannot_be_written_is_named(home):
    offline(home)
    (home.path / "data").rmdir()
    (home.path / "data").write_text("a file\n")
    done = home.run("-s", "s", "bob@example.net", stdin="x")
    assert done.returncode not in (0, 2)
    assert done.stderr.startswith("cur: not sent: ") and f"{home.path}/data" in done.stderr


def test_d20_a_full_disk_is_no_success(home):
    offline(home)
    home.on_small_disk("256k")
    done = home.run("-s", "big", "bob@example.net", stdin="x" * 70 + "\n" + ("y" * 70 + "\n") * 10000)
    assert done.returncode == 75
    assert done.stderr.count("\n") == 1 and "no space left" in done.stderr and "outbox" in done.stderr
    assert not list((home.data / "outbox").glob("*/*"))


@pytest.mark.parametrize("answer, status, words", [
    ("250", 0, ""), ("554 5.7.1 we do not like you", 1, "5.7.1 we do not like you"),
    ("451 4.7.1 greylisted, come back", 75, "greylisted, come back")])
def test_wait_tells_the_servers_answer(sender, answer, status, words):
    sender.script.write_text(answer + "\n")
    done = sender.run("--wait", "-s", "w", "bob@example.net", stdin="x")
    assert done.returncode == status, done.stderr
    assert words in done.stderr and done.stderr.count("\n") == (status != 0)
    assert len(sender.sink.messages()) == (status == 0)
    assert len(sender.json("queue")) == (status != 0)


def test_a_backtick_is_run_once_for_the_program_and_its_engine(sender):
    """What a password manager is asked, it is asked once; a later reading asks it again."""
    runs, muttrc = sender.path / "runs", sender.path / "config/cur/muttrc"
    sender.stop_engine()
    muttrc.write_text(muttrc.read_text() + f"set my_one=`echo one >> {runs}; echo 1`\nset my_big=`echo big >> {runs}; head -c 70000 /dev/zero | tr '\\0' x`\n")
    sender.send("-s", "once", "--wait", "--", "bob@example.net", stdin="x\n")
    assert sorted(runs.read_text().split()) == ["big", "big", "one"]  # too long to be told
    sender.stop_engine()
    sender.run("sync", check=True)
    assert runs.read_text().split().count("one") >= 2


def test_wait_tells_of_a_recipient_who_is_refused(sender):
    done = sender.run("--wait", "-s", "w", "nobody@example.net", stdin="x")
    assert done.returncode == 1 and "no such user here" in done.stderr


def test_wait_tells_of_a_server_that_is_away(sender):
    sender.sink.stop()
    done = sender.run("--wait", "-s", "w", "bob@example.net", stdin="x")
    assert done.returncode == 75
    assert f"'localhost' port {sender.sink.port}" in done.stderr and "outbox" in done.stderr
    assert len(waiting(sender)) == 1


# ---- servers that take less ----

@pytest.fixture
def narrow(lab, sender):
    """A sender whose server takes 7-bit text only."""
    sender.sink.stop()
    sender.sink = lab.submission(without=["8BITMIME"])
    sender.more()
    yield sender
    sender.sink.stop()


def text_of(part):
    """In base64 a text has the line ends of the wire (RFC 2045 6.8)."""
    return part.get_content().replace("\r\n", "\n")


@pytest.mark.parametrize("language", BODIES)
def test_p73_a_server_without_8bitmime_gets_7_bits_that_mean_the_same(narrow, language):
    subject, body = BODIES[language]
    (narrow.path / "notes.txt").write_text(body)
    narrow.send("-s", subject, "-a", "notes.txt", "--", "bob@example.net", stdin=body)
    assert narrow.sink.messages()[-1].isascii()
    got = last(narrow)
    assert got["Subject"] == subject and text_of(got.get_body()) == body
    assert [text_of(part) for part in got.iter_attachments()] == [body]


def test_p73_a_script_s_raw_message_is_recoded_for_such_a_server(narrow):
    narrow.send("-t", stdin="To: Ирина <irina@example.net>\nSubject: Отчёт\nFrom: root@example.org\n\nВсё готово\n")
    assert narrow.sink.messages()[-1].isascii()
    got = last(narrow)
    assert got["Subject"] == "Отчёт" and got["To"].addresses[0].display_name == "Ирина"
    assert text_of(got) == "Всё готово\n"


def test_p73_what_is_signed_is_refused_rather_than_changed(narrow):
    signed = ("To: bob@example.net\nSubject: s\nMIME-Version: 1.0\nContent-Type: multipart/signed; boundary=b\n\n--b\n"
              "Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\nда\n--b\n"
              "Content-Type: application/pgp-signature\n\nx\n--b--\n")
    done = narrow.run("--wait", "-t", stdin=signed)
    assert done.returncode == 1 and "8BITMIME" in done.stderr and done.stderr.count("\n") == 1
    assert not narrow.sink.messages() and len(narrow.json("queue")) == 1


def test_p72_lines_too_long_for_mail_are_broken_and_joined_again(sender):
    line = "x" * 5000
    sender.send("-t", stdin=f"To: bob@example.net\nSubject: long\n\n{line}\n")
    assert max(map(len, sender.sink.messages()[-1].split(b"\n"))) <= 998
    assert last(sender).get_content() == line + "\n"


# ---- $sendmail ----

@pytest.fixture
def program(home):
    """program(text): $sendmail is this shell script, which can keep what it gets in `arguments` and `message`."""
    def configure(text, more=""):
        path = home.path / "transport"
        path.write_text(f"#!/bin/sh\n{text}\n")
        path.chmod(0o700)
        home.muttrc(f'set from=anna@example.org record="" folder="{home.path}/Mail" hostname=example.org\n'
                    f'set sendmail="{path} -oi"\n{more}')
        return home
    return configure


KEEP = 'cd "$(dirname "$0")"; printf "%s\n" "$@" > arguments; cat > message'


def test_sendmail_gets_the_message_and_recipients_behind_two_dashes(program):  # C14
    home = program(KEEP)
    assert home.run("--wait", "-s", "Отчёт", "-b", "dora@example.net", "bob@example.net", stdin="да\n").returncode == 0
    arguments = (home.path / "arguments").read_text().split("\n")
    assert arguments[:-1] == ["-oi", "--", "bob@example.net", "dora@example.net"]
    got = parse((home.path / "message").read_bytes())
    assert got["Subject"] == "Отчёт" and got.get_content() == "да\n" and "dora" not in got.as_string()
    assert home.json("queue") == []


@pytest.mark.parametrize("text, status, state, words", [
    ("echo no such user >&2; exit 67", 1, "refused", "no such user"), ("echo busy >&2; exit 75", 75, "retry", "busy"),
    ("kill -9 $$", 75, "unknown", "")])
def test_sendmail_s_exit_status_says_what_becomes_of_the_message(program, text, status, state, words):
    home = program(text)
    done = home.run("--wait", "-s", "s", "bob@example.net", stdin="x")
    assert done.returncode == status and words in done.stderr and done.stderr.count("\n") == 1
    [row] = home.json("queue")
    assert row["state"] == state and words in row["words"]


def test_a_sendmail_that_is_not_there_is_named(home):
    offline(home, f'unset smtp_url\nset sendmail="{home.path}/no-such-program"\n')
    done = home.run("--wait", "-s", "s", "bob@example.net", stdin="x")
    assert done.returncode in (1, 75) and "no-such-program" in done.stderr and done.stderr.count("\n") == 1
    assert len(home.json("queue")) == 1


# ---- what is refused ----

@pytest.mark.parametrize("args, words", [
    (["-s"], "-s needs an argument"), (["-q", "bob@example.net"], "unknown option '-q'"),
    (["--wiat", "bob@example.net"], "unknown option '--wiat'"),
    (["-s", "one\nBcc: eve@example.net", "bob@example.net"], "line end"),
    (["-s", "s", "bob@example.net\nBcc: eve@example.net"], "line end"),
    (["-s", "s", "-a", "/nonexistent", "--", "bob@example.net"], "/nonexistent"),
    (["-s", "nobody"], "no recipients"),
    (["-s", "s", "bob@exa mple.net>"], "bob@exa mple.net"),
    (["-s", "s", "-c", "bob", "--", "carol@example.net", "<bob@>"], "bob@"),
    (["-s", "s", '"a\x01b"@example.net'], "example.net"),
    (["-s", "s", "bob@example.net", "@example.net"], "@example.net"),
])
def test_bad_usage_has_status_2_and_leaves_nothing(home, args, words):  # P70, C09
    offline(home)
    done = home.run(*args, stdin="x")
    assert done.returncode == 2, done.stderr
    assert words in done.stderr and done.stderr.count("\n") == 1
    assert not waiting(home)


def test_a_missing_draft_is_named(home):
    offline(home)
    for option in ("-H", "-i"):
        done = home.run("-s", "s", option, "/nonexistent/draft", "bob@example.net", stdin="x")
        assert done.returncode in (1, 2) and "/nonexistent/draft" in done.stderr
    assert not waiting(home)


# ---- many at once ----

def test_a_hundred_at_once_arrive_exactly_once(sender):
    with ThreadPoolExecutor(20) as pool:
        statuses = list(pool.map(lambda i: sender.run("-s", f"job {i}", "bob@example.net", stdin=f"{i}\n").returncode, range(100)))
    assert statuses == [0] * 100
    end = deadline(60)
    while sender.json("queue") and time.monotonic() < end:
        time.sleep(0.3)
    subjects = sorted(parse(m)["Subject"] for m in sender.sink.messages())
    assert subjects == sorted(f"job {i}" for i in range(100))
