# SPDX-License-Identifier: GPL-3.0-or-later
"""`cur check`: what a muttrc comes to, line by line, for people and for scripts."""

import os

import pytest
from letters import message


def report(home, text, *args):
    """The lines of `cur check` on this muttrc, and its status."""
    (home.path / "rc").write_text(text)
    (home.path / "rc").chmod(0o600)
    done = home.run("-n", "check", *args, "rc")
    assert done.stderr == ""
    return done.stdout.splitlines(), done.returncode


LINES = [
    # a muttrc; what is told, and what is shown below it
    ("set realname=A \\\n  idnex_format=x\n", ["rc:2:3: unknown variable 'idnex_format' (did you mean 'index_format'?)", "    idnex_format=x", "    ^"]),
    ('set realname="Ärn" \tb_c_d\n', ["rc:1:21: unknown variable 'b_c_d'", '    set realname="Ärn"  b_c_d', "                        ^"]),
    ("set mixmaster=mix\n", ["rc:1:5: note: mixmaster has no effect: "]),
    ("set header_cache=~/.cache\n", ["rc:1:5: note: header_cache is replaced by headers.mdb"]),
    ("bind index Z background-compose-menu\n", ["rc:1:14: note: function background-compose-menu is replaced by another cur"]),
    ("tag-formats a Gx\n", ["rc:1:1: note: tag-formats is replaced by tag-transforms"]),
    ("color index rde default ~A\n", ["rc:1:13: unknown color 'rde' (did you mean 'red'?)"]),
    ("mono bold revers\n", ["rc:1:11: unknown attribute 'revers' (did you mean 'reverse'?)"]),
    ("unhook folder-hok\n", ["rc:1:8: unknown hook type 'folder-hok' (did you mean 'folder-hook'?)"]),
    ("set sidebar_sorrt\n", ["rc:1:5: unknown variable 'sidebar_sorrt' (did you mean 'sidebar_sort'?)"]),
    ("bind index Z exit\nmacro index Z x\n", ["rc:2:13: warning: 'Z' in index is bound twice: before at rc:1", "    macro index Z x", "                ^"]),
    ("bind index g noop\nbind index gg first-entry\nbind index gh help\n", []),
    ("save-hook ~fann =a\nsave-hook ~fann =b\n", ["rc:2:17: warning: this save-hook takes the place of the one at rc:1: the pattern is the same"]),
    ("save-hook . =a\nsave-hook ~fann =b\n", ["rc:2:1: warning: this save-hook is never reached: the one at rc:1 takes every message"]),
    ("send-hook !. 'set beep'\n", ["rc:1:1: warning: this send-hook never matches: it excludes all"]),
    ("save-hook '~f ann (~s' =a\n", ["rc:1:19: save-hook: '~f ann (~s': column 8"]),
    ("fcc-hook '~b text' =a\n", ["rc:1:11: warning: fcc-hook: '~b text': "]),
    ("score '~j' 5\n", ["rc:1:8: score: '~j': column 1: unknown operator", "    score '~j' 5", "           ^"]),
    ("color index red default '~N ~j'\n", ["rc:1:29: color index: '~N ~j': column 4: unknown operator", "    color index red default '~N ~j'", "                                ^"]),
    ("set folder=imaps://a@h.x\nfolder-hook imaps://b@h.x/ 'set beep'\n", ["rc:2:1: warning: this folder-hook never matches: no account is at 'imaps://b@h.x/'"]),
    ("set folder=imaps://a@h.x\nfolder-hook Lists 'set beep'\nfolder-hook h.x 'set beep'\n", []),
    ("set folder=imaps://a@h.x\naccount-hook imaps://a@h.x/ 'set beep'\naccount-hook smtps:// 'set beep'\n",
     ["rc:3:1: warning: this account-hook matches no account that is known: 'smtps://'"]),
    ("set folder=imaps://a@h.x smtp_url=smtps://a@h.x\naccount-hook smtps:// 'set beep'\n", []),
]


@pytest.mark.parametrize("text, told", LINES, ids=range(len(LINES)))
def test_each_line_is_told_where_it_stands(home, text, told):
    lines, status = report(home, text)
    assert status == (2 if any(": warning:" not in line and ": note:" not in line for line in told[:1]) else 0)
    findings = [line for line in lines if line.startswith("rc:")]
    assert len(findings) == bool(told), lines
    for line, wanted in zip(lines, told):
        assert line.startswith(wanted), (line, wanted)


def test_what_is_sourced_is_told_file_by_file(home):
    (home.path / "colors").write_text("color indx red default\n")
    lines, status = report(home, "sett x\nsource colors\nset zohting\n")
    places = [line.split(": ")[0] for line in lines if ": unknown" in line]
    assert status == 2 and places == ["rc:1:1", "rc:3:5", "colors:1:7"] and "3 errors" in lines[-1]


def test_hooks_are_held_against_the_folders_that_are_there(home):
    home.maildir("Mail/Lists.dev", [message()])
    lines, _ = report(home, f"set folder={home.path}/Mail\nfolder-hook Lists 'set beep'\nfolder-hook =Lists.d 'set beep'\n"
                      "folder-hook Sent 'set beep'\nmbox-hook Other =x\n")
    assert [line.split(": '")[0] for line in lines if ": warning: " in line] == [
        "rc:4:1: warning: this folder-hook matches no mailbox that is known", "rc:5:1: warning: this mbox-hook matches no mailbox that is known"]


ACCOUNTS = ('set folder=imaps://anna:geheim@imap.x/ smtp_url=smtp://anna@smtp.x:587 smtp_pass=geheim\n'
            'account-hook imap://b@w.x "set imap_pass_command=\'pass b\'"\nmailboxes imap://b@w.x/INBOX\n'
            'folder-hook imap://b@w.x/ "set smtp_url=\'\' sendmail=\'post b\'"\nset pop_host=pops://c@pop.x\n')


def test_each_account_is_told_with_its_servers_and_never_a_password(home):
    lines, status = report(home, ACCOUNTS)
    assert status == 0
    at = lines.index("account anna@imap.x")
    assert lines[at:at + 9] == [
        "account anna@imap.x", "  imap imap.x port 993, TLS, as anna, password from its URL", "  smtp smtp.x port 587, STARTTLS, as anna, password from $smtp_pass",
        "account b@w.x", "  imap w.x port 143, STARTTLS, as b, password from $imap_pass_command", "  mail leaves by post b",
        "account pop-c@pop.x", "  pop  pop.x port 995, TLS, as c, password is asked for", "  mail leaves by post b"]
    assert "geheim" not in "\n".join(lines)
    read, *rows = home.json("-n", "check", "rc")
    assert (read["kind"], read["file"], read["dialect"]) == ("file", "rc", "mutt")
    assert [(row["kind"], row["account"], row.get("host", row.get("command"))) for row in rows] == [
        ("server", "anna@imap.x", "imap.x"), ("server", "anna@imap.x", "smtp.x"), ("server", "b@w.x", "w.x"), ("sendmail", "b@w.x", "post b"),
        ("server", "pop-c@pop.x", "pop.x"), ("sendmail", "pop-c@pop.x", "post b")]
    assert [rows[0][key] for key in ("protocol", "port", "tls", "user", "secret")] == ["imap", 993, "tls", "anna", "its URL"]


def test_the_status_is_for_scripts(home):
    for text, status, strict in [("set beep\n", 0, 0), ("set mixmaster=x\n", 0, 0), ("save-hook !. =x\n", 0, 1), ("sett\nsave-hook !. =x\n", 2, 2)]:
        assert report(home, text)[1] == status and report(home, text, "--strict")[1] == strict, text


def test_nothing_is_run_for_a_hook_and_nothing_written(home):  # C20
    before = {path for root, _, files in os.walk(home.path) for path in [root, *files]}
    report(home, f"set folder=imaps://a@h.x\nfolder-hook . 'source \"touch {home.path}/ran|\"'\n"
           f"account-hook . 'set imap_pass=`touch {home.path}/ran`'\nfolder-hook . 'set beep=`touch {home.path}/ran`'\n")
    assert {path for root, _, files in os.walk(home.path) for path in [root, *files]} == before | {"rc"}


def test_what_only_follows_from_a_file_that_is_not_here_is_no_error(home):
    rc = "set my_host=mail.example.org\nsource {}\nset folder=imaps://$my_server/ smtp_url=smtps://$my_server/\n"
    lines, status = report(home, rc.format("secrets"))
    assert status == 0 and "0 errors, 3 warnings" in lines[-1], lines
    (home.path / "secrets").write_text("set my_server=mail.example.org\n")
    assert report(home, rc.format("secrets"))[1] == 0
    (home.path / "secrets").write_text("set my_serverr=mail.example.org\n")
    lines, status = report(home, rc.format("secrets"))
    assert status == 2 and "errors, 0 warnings" in lines[-1], lines
