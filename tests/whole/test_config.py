# SPDX-License-Identifier: GPL-3.0-or-later
"""A mutt user's configuration is found, read as mutt reads it, and what is wrong or without effect is said."""

import pathlib
import re

import pytest
from away import own_network
from fake import Fake, imap
from letters import message

TABLES = pathlib.Path(__file__).resolve().parents[2] / "include/cur"
SEARCHED = ["config/cur/muttrc", ".muttrc", ".mutt/muttrc", "config/mutt/muttrc", "config/neomutt/neomuttrc"]


def value(home, name, *args):
    return home.run(*args, "-Q", name, check=True).stdout.strip()


@pytest.fixture
def bare(home):
    (home.path / "config/cur/muttrc").unlink()
    return home


# ---- which file ----

@pytest.mark.parametrize("first", range(len(SEARCHED)))
def test_the_first_file_of_the_search_order_is_read_and_no_other(bare, first):
    for name in SEARCHED[first:]:
        (bare.path / name).parent.mkdir(parents=True, exist_ok=True)
        (bare.path / name).write_text(f'set realname="{name}"\n')
    assert value(bare, "realname") == f'realname="{SEARCHED[first]}"'


def test_another_file_is_read_in_place_of_the_usual_one(home):
    home.muttrc("set realname=usual index_format=usual\n")
    (home.path / "other").write_text("set realname=other\n")
    assert value(home, "realname", "-F", home.path / "other") == 'realname="other"'
    assert value(home, "index_format", "-F", home.path / "other") != 'index_format="usual"'
    assert value(home, "realname", "-F", "/dev/null") == 'realname=""' or "realname" in value(home, "realname", "-F", "/dev/null")


def test_commands_of_the_line_come_after_the_file(home):
    home.muttrc("set realname=file\n")
    assert value(home, "realname", "-e", "set realname=line") == 'realname="line"'
    done = home.run("-e", "set realnam=x", "-D")
    assert done.returncode != 0 and "realnam" in done.stderr and "realname" in done.stderr


# ---- what stands in it ----

def test_source_reads_files_and_commands(home):
    (home.path / "config/cur/colors").write_text("set realname=from-file\n")
    home.muttrc(f'source ~/config/cur/colors\nsource "printf \'set hostname=%s\\n\' piped.example.org|"\n')
    assert value(home, "realname") == 'realname="from-file"'
    assert value(home, "hostname") == 'hostname="piped.example.org"'


def test_a_file_that_sources_itself_is_told(home):
    home.muttrc("source ~/config/cur/muttrc\nset realname=after\n")
    done = home.run("-Q", "realname")
    assert 'realname="after"' in done.stdout and "muttrc:1" in done.stderr


def test_words_of_mutt_are_read(home):
    home.muttrc('set my_name = "Anna"   # a comment; not a command\n'
                'set realname="$my_name M\\\n\\"uller"; set hostname=`echo back.example.org`\n'
                "set attribution='$my_name stays'\n"
                "set beep beep_new nomark_old invmenu_scroll\nset ?realname\n"
                'set editor="vim +/^$"\nset from=$HOME@example.org\n'
                'ifdef sidebar_visible "set sidebar_width=33"\nifndef nonsense_name "set mail_check=77"\n')
    done = home.run("-D", check=True)
    assert 'my_name="Anna"' in done.stdout
    assert value(home, "realname") == r'realname="Anna M\"uller"'
    assert value(home, "hostname") == 'hostname="back.example.org"'
    assert value(home, "attribution") == 'attribution="\\$my_name stays"'
    assert value(home, "from") == f'from="{home.path}@example.org"'
    assert value(home, "sidebar_width") == "sidebar_width=33"
    assert value(home, "mail_check") == "mail_check=77"
    assert value(home, "beep_new") == "beep_new=yes" and value(home, "mark_old") == "mark_old=no"


def test_a_byte_order_mark_and_crlf_are_no_mistake(home):  # C01
    (home.path / "config/cur/muttrc").write_bytes("\ufeffset realname=Anna\r\nset hostname=h.example\r\n".encode())
    done = home.run("-Q", "realname", check=True)
    assert done.stdout.strip() == 'realname="Anna"' and done.stderr == ""
    assert value(home, "hostname") == 'hostname="h.example"'


@pytest.mark.parametrize("line, column, words", [
    ("set idnex_format=x", 5, "index_format"), ("sett realname=x", 1, "set"), ("set mail_check=soon", 16, "soon"),
    ("bind indx x quit", 6, "index"), ("bind index x quitt", 14, "quit"), ("color indx red default", 7, "index"),
    ("color index chartreuse default", 13, "chartreuse"), ("set sort=dat", 10, "date"),
])
def test_a_mistake_is_told_with_its_place_and_the_nearest_name(home, line, column, words):  # C01
    home.muttrc(f"# one\nset realname=before\n{line}\nset hostname=after\n")
    done = home.run("check")
    assert done.returncode == 2
    told, shown, caret = done.stdout.splitlines()[:3]
    assert re.search(rf"muttrc:3:{column}: ", told) and words in told, told
    assert shown.strip() == line and caret == " " * (4 + column - 1) + "^"
    assert done.stdout.splitlines()[-1].startswith("1 error, 0 warnings"), done.stdout
    done = home.run("-Q", "hostname")
    assert 'hostname="after"' in done.stdout and "muttrc:3" in done.stderr


@pytest.mark.parametrize("junk", [b"\0", b"\xff\xfe\xfd", b"x" * 2_000_000, b"set realname=" + b"y" * 2_000_000, b"`" * 1000, b"\x1b[31m\x07"])
def test_no_byte_of_a_configuration_reaches_the_terminal_or_ends_the_program(home, junk):  # C01
    (home.path / "config/cur/muttrc").write_bytes(b"set realname=Anna\n" + junk + b"\nset hostname=h.example\n")
    done = home.run("check")
    assert done.returncode in (0, 2)
    assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f]", done.stdout + done.stderr)
    assert max(map(len, (done.stdout + done.stderr).splitlines() or [""])) < 2000


# ---- what it says of itself ----

def settings(dump):
    """Without the comments, which tell what file it was made of."""
    return [line for line in dump.splitlines() if not line.startswith("#")]


def test_a_dump_can_be_read_again(home):
    home.muttrc('set realname="Anna \\"A\\" Müller" index_format="%4C %Z `x` $y" sort=reverse-threads mail_check=7 nobeep\nset my_x="a b"\n')
    first = home.run("-D", check=True).stdout
    (home.path / "again").write_text(first)
    done = home.run("-F", home.path / "again", "-D", check=True)
    assert done.stderr == "" and settings(done.stdout) == settings(first)


def test_secrets_are_hidden_in_every_dump(home):
    home.muttrc('set imap_pass=hush-1 smtp_url="smtp://anna:hush-2@mail.example.org" folder="imaps://anna:hush-3@mail.example.org/"\n')
    out = "".join(home.run(*args).stdout for args in (["-D"], ["-D", "-S"], ["-Q", "imap_pass"], ["-Q", "smtp_url"], ["-Q", "folder"]))
    assert "hush" not in out and "***" in out


def test_an_unknown_variable_is_asked_for_in_vain(home):
    done = home.run("-Q", "realnam")
    assert done.returncode == 1 and "realname" in done.stderr


def rows(table, kind=r"[A-Z_]+"):
    """(macro, arguments) of a table's rows."""
    text = (TABLES / table).read_text()
    return re.findall(rf"^({kind})\((.*)\)$", text, re.M)


def test_each_setting_without_effect_is_told_apart_when_it_is_used(home):
    """The settings come with the value that is farthest from the default that their kind has."""
    other = {"BOOL": lambda d: "no" if d == "true" else "yes", "QUAD": lambda d: "no" if "NO" not in d else "yes"}
    without, lines = [], []
    for kind, row in rows("variables.def"):
        if kind not in other or not re.search(", (REPLACED|MEANINGLESS), ", row):
            continue
        name, default = [word.strip() for word in row.split(",")[:2]]
        without.append(name)
        lines.append(f"set {name}={other[kind](default)}\n")
    assert len(without) > 20
    home.muttrc("".join(lines))
    done = home.run("-D", check=True)
    told = set(re.findall(r"^set (\w+)=.*  # (?:no effect: |replaced by ).+$", done.stdout, re.M))
    assert set(without) <= told
    check = home.run("check").stdout
    assert all(re.search(rf"\b{name}\b", check) for name in without)


def test_commands_without_effect_are_noted(home):
    home.muttrc("open-hook '\\.gz$' 'zcat %f > %t'\ncolor normal default default\nlua print(1)\n")
    done = home.run("check")
    assert done.returncode == 0
    notes = [line for line in done.stdout.splitlines() if ": note: " in line]
    assert [re.search(r"muttrc:(\d+):\d+: note: (\S+)", line).groups() for line in notes] == [("1", "open-hook"), ("3", "lua")]


# ---- accounts ----

def test_two_accounts_with_passwords_by_account_hook(home, lab):
    first, second = lab.dovecot(users={"anna": "one"}), lab.dovecot(users={"bob": "two"})
    first.fill([message("for anna")])
    second.fill([message("for bob")], user="bob")
    home.muttrc(f'set ssl_ca_certificates_file="{lab.certificate.ca}" record="" from=anna@example.org\n'
                f'set folder="imaps://anna@localhost:{first.imaps}/" spoolfile=+INBOX\n'
                "account-hook . 'unset imap_user; unset imap_pass'\n"
                f"account-hook imaps://anna@localhost:{first.imaps}/ 'set imap_pass=one'\n"
                f"account-hook imaps://bob@localhost:{second.imaps}/ 'set imap_pass=two'\n"
                f'mailboxes +INBOX imaps://bob@localhost:{second.imaps}/INBOX\n')
    home.sync()
    assert [row["subject"] for row in home.json("list")] == ["for anna"]
    assert [row["subject"] for row in home.json("list", f"imaps://bob@localhost:{second.imaps}/INBOX")] == ["for bob"]
    names = {row["account"].split("@")[0]: row["error"] for row in home.json("status")}
    assert names == {"anna": "", "bob": ""}


@pytest.mark.parametrize("more", ["set ssl_starttls=no\n", "set ssl_force_tls=no ssl_starttls=no\n"])
def test_plain_text_is_refused_off_loopback(home, more):
    try:
        with own_network() as address:
            server = Fake(imap("IMAP4rev1"), address=address)
            home.muttrc(f'set folder="imap://anna@{address}:{server.port}/" imap_pass=xyzzy spoolfile=+INBOX connect_timeout=2\n{more}')
            done = home.run("sync", timeout=60)
            server.close()
    except PermissionError:
        pytest.skip("an address that is not loopback: only root may make a network for it")
    assert done.returncode != 0
    assert address in done.stderr and "TLS" in done.stderr and done.stderr.count("\n") == 1
    assert b"xyzzy" not in server.seen and b"LOGIN" not in server.seen
