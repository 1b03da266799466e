# SPDX-License-Identifier: GPL-3.0-or-later
"""Commands for scripts: what they print can be relied on, also for mail that was made to break it."""

import json
import pathlib
import re
import subprocess
import time

import pytest
from home import BUILD
from letters import message
from pace import deadline

CORPUS = sorted((pathlib.Path(__file__).resolve().parents[1] / "corpus").glob("*.eml"))
HOSTILE = [
    b"From: \x1b]0;owned\x07 <evil\x1b[31m@example.net>\nTo: anna@example.org\nSubject: \x1b[2J\x1b[31mred \x9b31m\r\n"
    b"Date: Mon, 02 Nov 2026 10:00:00 +0000\nMessage-ID: <\x1b[5m@x>\nContent-Type: text/plain; charset=utf-8\n\n"
    b"body \x1b[31m red \x07 \x9b \x00 \x7f\n",
    b"From: =?utf-8?B?G10wO293bmVkBw==?= <a@example.net>\nSubject: =?utf-8?Q?one=0Atwo=1B[1m=E2=80=AEtxt.exe?=\n"
    b"Message-ID: <b@x>\nContent-Type: multipart/mixed; boundary=\"\x1b[1m\"\n\n--\x1b[1m\nContent-Type: text/plain;"
    b" name=\"\x1b[31m.txt\"\nContent-Disposition: attachment; filename*=utf-8''%1b%5b31m%0aevil.txt\n\nx\n--\x1b[1m--\n",
    b"From: \xff\xfe\xfd <x@example.net>\nSubject: \xc3\x28 \xed\xa0\x80 \xf8\x88\x80\x80\x80\nMessage-ID: <\xff@x>\n\n\xff\xfe\n",
    b"Subject: \"quotes\\ and \\u0000 {json}\xe2\x80\xa8line\n\n\xe2\x80\xa8\n",
    b"Subject: " + b"long " * 20000 + b"\n\n" + b"y" * 100000 + b"\n",
    b"",
]


@pytest.fixture
def reader(home):
    """A home with a local Maildir as spool file."""
    def fill(messages, more=""):
        home.box = home.maildir("Mail", messages)
        home.muttrc(f'set spoolfile="{home.box}" folder="{home.path}" from=anna@example.org realname=Anna record=""\n'
                    f'mailboxes "{home.box}"\n{more}\n')
        home.sync(str(home.box))
        return home
    return fill


@pytest.fixture
def hostile(reader):
    return reader(HOSTILE + [path.read_bytes() for path in CORPUS])


def subjects(home, *pattern):
    return sorted(row["subject"] for row in home.json("list", "!", *pattern))


# ---- list ----

def test_list_shows_the_newest_first_and_as_many_as_asked(reader):
    home = reader([message(f"nr {i}", date=f"Mon, 02 Nov 2026 1{i}:00:00 +0000") for i in range(5)])
    lines = home.run("list", check=True).stdout.splitlines()
    assert [re.search(r"nr \d", line)[0] for line in lines] == [f"nr {i}" for i in (4, 3, 2, 1, 0)]
    assert len(home.run("list", "--limit", 2, check=True).stdout.splitlines()) == 2
    row = home.json("list", "--limit", "1")[0]
    assert row["from"] == "Bob <bob@example.net>" and row["subject"] == "nr 4" and row["flags"] == ["seen"]


def test_ids_are_the_same_in_every_run_and_after_an_upset(reader):
    home = reader([message(f"nr {i}", ident=f"<{i}@x>") for i in range(5)])
    before = {row["message_id"]: row["id"] for row in home.json("list")}
    home.stop_engine(9)
    (home.path / "cache/cur/headers.mdb").unlink()
    home.maildir("Mail/../Mail")  # the same folder
    (home.box / "new/1800000000.new.home").write_bytes(message("new", ident="<new@x>"))
    home.sync(str(home.box))
    after = {row["message_id"]: row["id"] for row in home.json("list")}
    assert len(after) == 6 and {k: after[k] for k in before} == before


def test_patterns_about_people_work(reader):
    home = reader([message("to a list", to="devel@lists.example.net"), message("to me", to="Anna <anna@example.org>"),
                   message("to a known list", to="talk@lists.example.com"), message("to both", to="anna@example.org, bob@example.net"),
                   message("by me", sender="anna@example.org", to="bob@example.net")],
                  "subscribe devel@lists\\.example\\.net\nlists talk@lists\\.example\\.com\nalias bob Bob <bob@example.net>\n"
                  "group -group pals -addr bob@example.net\n")
    assert subjects(home, "~u") == ["to a list"]
    assert subjects(home, "~l") == ["to a known list", "to a list"]
    assert subjects(home, "~p") == ["to both", "to me"]
    assert subjects(home, "^~p") == ["to me"]
    assert subjects(home, "~P") == ["by me"]
    assert subjects(home, "%C pals") == ["by me", "to both"]
    assert subjects(home, "~s list", "!~u") == ["to a known list"]


def test_a_pattern_that_cannot_be_asked_says_what_to_do(reader):
    home = reader([message("x")])
    done = home.run("list", "!", "~b text")
    assert done.returncode == 2 and "cur search" in done.stderr
    done = home.run("list", "!", "~j")
    assert done.returncode == 2 and "~j" in done.stderr


def test_an_unknown_folder_is_named(reader):
    done = reader([message("x")]).run("list", "/nonexistent/box")
    assert done.returncode == 1 and "/nonexistent/box" in done.stderr and done.stderr.count("\n") == 1


# ---- hostile mail ----

def is_clean(text):
    """No byte a terminal acts on but the end of a line (and a tab in a body)."""
    return not re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]", text)


def test_no_control_byte_of_a_message_reaches_the_terminal(hostile):  # U01
    rows = hostile.json("list")
    assert len(rows) == len(HOSTILE) + len(CORPUS)
    out = hostile.run("list", check=True).stdout
    assert is_clean(out) and "\t" not in out
    assert len(out.splitlines()) == len(rows)
    for row in rows:
        done = hostile.run("show", row["id"], check=True)
        assert is_clean(done.stdout), row
    done = hostile.run("show", "/nonexistent/\x1b[31m\x07")
    assert done.returncode == 1 and is_clean(done.stderr)


def test_every_json_line_is_a_json_object_whatever_the_mail(hostile):
    for command in (["list"], ["folders"], ["status"], ["queue"]):
        lines = hostile.run(*command, "--json", check=True).stdout.splitlines()
        assert all(isinstance(json.loads(line), dict) for line in lines)
    for row in hostile.json("list"):
        out = hostile.run("show", "--json", row["id"], check=True).stdout
        assert out.count("\n") == 1
        shown = json.loads(out)
        assert shown["id"] == row["id"] and shown["body"]["type"]
        assert is_clean(out.rstrip("\n"))


def test_raw_is_the_file_to_the_byte(hostile):
    files = {path.read_bytes() for path in (hostile.box / "cur").iterdir()}
    shown = {subprocess.run([BUILD / "cur", "show", "--raw", row["id"]], env=hostile.env, capture_output=True, check=True).stdout
             for row in hostile.json("list")}
    assert shown == files


# ---- show ----

MULTIPART = (b"From: Bob <bob@example.net>\nTo: anna@example.org\nSubject: parts\nMessage-ID: <parts@x>\nMIME-Version: 1.0\n"
             b"Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: text/plain; charset=koi8-r\n"
             b"Content-Transfer-Encoding: 8bit\n\n" + "Привет, мир!\n".encode("koi8-r") +
             b"--b\nContent-Type: application/octet-stream; name=x.bin\nContent-Transfer-Encoding: base64\n\nAAEC/w==\n--b--\n")


def test_show_prints_a_message_its_parts_and_json(reader):
    home = reader([MULTIPART])
    ident = home.json("list")[0]["id"]
    text = home.run("show", ident, check=True).stdout
    assert "Subject: parts" in text and "Привет, мир!" in text
    part = subprocess.run([BUILD / "cur", "show", "--part", "2", ident], env=home.env, capture_output=True, check=True)
    assert part.stdout == b"\x00\x01\x02\xff"
    shown = json.loads(home.run("show", "--json", ident, check=True).stdout)
    assert shown["from"] == [{"name": "Bob", "address": "bob@example.net"}]
    assert [p["type"] for p in shown["body"]["parts"]] == ["text/plain", "application/octet-stream"]
    assert shown["body"]["parts"][0]["text"] == "Привет, мир!"
    done = home.run("show", "--part", "7", ident)
    assert done.returncode == 1 and "no part 7" in done.stderr
    done = home.run("show", "99.99")
    assert done.returncode == 1 and "99.99" in done.stderr
    assert home.run("show").returncode == 2


def test_a_file_can_be_shown_without_any_mailbox(home):
    (home.path / "one.eml").write_bytes(MULTIPART)
    assert "Привет, мир!" in home.run("show", "one.eml", check=True).stdout


# ---- search ----

def test_g4_output_that_is_lost_is_no_success(home):
    file = home.path / "a.eml"
    file.write_bytes(message("full", body="long line of text\n" * 20000))
    with open("/dev/full", "w") as full:
        for more in ((), ("--json",), ("--raw",)):
            done = subprocess.run(home.command("cur", "show", *more, file), stdout=full, stderr=subprocess.PIPE, env=home.env)
            assert done.returncode in (1, 75) and b"write" in done.stderr, more


def test_search_finds_a_word_of_a_koi8_body(account):
    home = account
    home.server.fill([MULTIPART, message("other", body="Ничего похожего\n")])
    home.sync()
    end = deadline(30)
    while (done := home.run("search", "мир")).returncode == 75 and time.monotonic() < end:
        assert "index" in done.stderr  # it is made when new mail has settled
        time.sleep(0.2)
    while not home.json("search", "мир") and time.monotonic() < end:
        time.sleep(0.2)  # it grows, and answers meanwhile
    assert [row["subject"] for row in home.json("search", "мир")] == ["parts"]
    assert home.json("search", "отсутствует") == []
    assert home.run("search").returncode == 2
    assert "parts" in home.run("search", "subject:parts", check=True).stdout


# ---- queue, folders, status, sync ----

@pytest.fixture
def queue(home):
    """Three messages that wait for a server that is away."""
    home.muttrc(f'set from=anna@example.org record="" folder="{home.path}/Mail" smtp_url="smtp://anna@localhost:9/" smtp_pass=x\n')
    for i in range(3):
        home.run("-s", f"nr {i}", "bob@example.net", stdin="x", check=True)
    end = deadline(10)
    while [q["state"] for q in home.json("queue")] != ["retry"] * 3 and time.monotonic() < end:
        time.sleep(0.1)
    return home


def test_what_waits_is_listed_held_released_and_dropped(queue):
    rows = queue.json("queue")
    assert [row["state"] for row in rows] == ["retry"] * 3
    assert all(row["to"] == ["bob@example.net"] and row["words"] for row in rows)
    ids = [row["id"] for row in rows]

    def states():
        return {row["id"]: row["state"] for row in queue.json("queue")}

    queue.run("queue", "--hold", ids[0], check=True)
    assert states()[ids[0]] == "hold"
    queue.run("queue", "--flush", check=True)
    assert states()[ids[0]] == "hold"
    queue.run("queue", "--release", ids[0], check=True)
    assert states()[ids[0]] != "hold"
    queue.run("queue", "--hold", *ids, check=True)
    queue.run("queue", "--drop", ids[1], check=True)
    assert sorted(states()) == sorted([ids[0], ids[2]])
    done = queue.run("queue", "--drop", ids[1])
    assert done.returncode == 1 and ids[1] in done.stderr
    done = queue.run("queue", "--resend", ids[0])
    assert done.returncode == 1 and "state 'hold'" in done.stderr
    assert queue.run("queue", "--drop").returncode == 2
    assert queue.run("queue", "--drop", "--hold", ids[0]).returncode == 2
    out = queue.run("queue", check=True).stdout
    assert len(out.splitlines()) == 2 and ids[0] in out and "bob@example.net" in out


def test_folders_and_status_tell_where_and_how_much(account):
    account.server.fill([message("one"), message("two", body="2\n")])
    account.sync()
    inbox = next(f for f in account.json("folders") if f["name"].endswith("/INBOX"))
    assert inbox["messages"] == 2 and inbox["complete"] and pathlib.Path(inbox["path"]).is_dir()
    assert inbox["name"] in account.run("folders", check=True).stdout
    status = account.json("status")
    assert len(status) == 1 and status[0]["account"].startswith("anna@localhost") and status[0]["protocol"] == "imap"
    assert status[0]["error"] == "" and status[0]["pending"] == 0 and status[0]["last_sync"] > 0
    assert "anna@localhost" in account.run("status", check=True).stdout


def test_sync_reports_as_json_lines_and_knows_folder_and_account(account):
    account.server.fill([message("one")])
    events = account.json("sync", "=INBOX")
    assert all(e["event"] in ("progress", "note", "new") for e in events)
    assert [row["subject"] for row in account.json("list")] == ["one"]
    name = account.json("status")[0]["account"]
    account.run("sync", name, check=True)
    done = account.run("sync", "nobody@nowhere.example")
    assert done.returncode != 0 and "nobody@nowhere.example" in done.stderr and done.stderr.count("\n") == 1


def test_nothing_known_yet_says_what_to_do(home):
    for command in ("list", "folders"):
        done = home.run(command)
        assert done.returncode == 1 and "cur sync" in done.stderr


# ---- help, check ----

def test_an_unknown_option_of_a_command_is_usage(home):
    for command in ("list", "show", "search", "queue", "folders", "status", "sync", "check"):
        done = home.run(command, "--nonsense")
        assert done.returncode == 2 and "--nonsense" in done.stderr, command


def test_every_command_explains_itself(home):
    for command in ("list", "show", "search", "queue", "folders", "status", "sync", "check", "help"):
        told = home.run("help", command, check=True).stdout
        assert told.startswith(f"usage: cur {command}") and told.count("\n") >= 3, command
        assert home.run(command, "--help", check=True).stdout == told
        assert home.run(command, "-h", check=True).stdout == told
    assert "-- --help" not in home.run("search", "--", "--help").stdout


def test_check_has_status_2_for_an_error_as_it_says_and_json_for_programs(home):
    home.muttrc('set realname=Anna\nnonsense "a\x1b[31m"\n')
    done = home.run("check")
    assert done.returncode == 2 and "muttrc:2" in done.stdout
    assert "Status 2" in home.run("check", "--help", check=True).stdout
    told = home.run("check", "--json")
    row = json.loads(told.stdout.splitlines()[0])
    assert told.returncode == 2 and row["line"] == 2 and row["severity"] == "error" and row["file"].endswith("muttrc")
    assert "nonsense" in row["text"] and row["system"] is False


def test_c07_check_tells_of_servers_that_cannot_be_ones(home):
    home.muttrc('set folder="imaps://anna:pw/1@mail.example/" smtp_url="smtps://anna@mail.example:nonsense/"\n')
    done = home.run("check")
    assert done.returncode == 2 and "pw" not in done.stdout
    folder, out = done.stdout.splitlines()[:2]
    assert "'imaps://anna@mail.example/'" in folder and "%2F" in folder
    assert out.startswith("$smtp_url: ") and "no port" in out
    told = [json.loads(line) for line in home.run("check", "--json").stdout.splitlines()]
    assert [(row["severity"], row["line"]) for row in told if row["kind"] == "finding"] == [("error", 0)] * 2


def test_check_speaks_of_the_users_files_and_of_the_systems_when_asked(home):
    home.muttrc("set realname=Anna\nset mixmaster=mix\n")
    def notes(*args):
        return [line for line in home.run("check", *args, check=True).stdout.splitlines() if ": note: " in line]

    mine = notes()
    assert len(mine) == 1 and "muttrc:2" in mine[0]
    every = notes("--all")
    assert set(mine) <= set(every) and notes("-v") == every
    if pathlib.Path("/etc/Muttrc").exists():
        assert len(every) > len(mine)
