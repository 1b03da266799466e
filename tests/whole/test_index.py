# SPDX-License-Identifier: GPL-3.0-or-later
"""The index over a local Maildir, looked at as a screen: sizes, keys, marks, threads, hostile text."""

import os
import pathlib
import re
import signal
import time

import pytest

from pace import deadline


def box(home, make_message, n=12):
    """A Maildir of n read messages from Bob, one a minute."""
    messages = [make_message(subject=f"subject {i:03}", date=f"Mon, 02 Nov 2026 10:{i % 60:02}:00 +0000",
                             ident=f"<{i}@example.net>") for i in range(1, n + 1)]
    return home.maildir(messages=messages)


def show(home, path, rows=24, cols=80, wanted="Msgs:12"):
    terminal = home.start("-f", str(path), rows=rows, cols=cols)
    terminal.wait(wanted)
    terminal.settle()
    return terminal


def row_of(terminal, text):
    return next(i for i, line in enumerate(terminal.lines()) if text in line)


def cursor_line(terminal):
    """The line of the arrow ($arrow_cursor)."""
    return next((line for line in terminal.lines() if line.startswith("->")), "")


@pytest.mark.parametrize("rows,cols", [(24, 80), (5, 20), (60, 200), (500 // 5, 200)])
def test_every_size_shows_the_list(home, make_message, rows, cols):
    terminal = show(home, box(home, make_message), rows, cols, wanted="N")
    lines = terminal.lines()
    assert lines[0].startswith("q:Quit")
    assert "-Cur: " in lines[rows - 2]
    assert all(len(line) <= cols for line in lines)


def test_sizes_that_change_while_it_runs(home, make_message):
    """U16: a storm of sizes, down to one cell, and back."""
    terminal = show(home, box(home, make_message))
    for rows, cols in [(1, 1), (3, 10), (200, 300), (5, 20), (2, 2), (24, 80)]:
        terminal.resize(rows, cols)
        terminal.type("j")
    assert "subject 012" in terminal.settle()
    terminal.type("q")
    assert terminal.finish() == 0


def test_a_mark_for_deletion_is_carried_out_when_it_leaves(home, make_message):
    path = box(home, make_message)
    terminal = show(home, path)
    terminal.type("=d")
    assert "D " in terminal.lines()[1]
    terminal.type("q", wanted="Purge 1 deleted message?")
    terminal.type("y")
    assert terminal.finish() == 0
    assert len(list((path / "cur").iterdir())) == 11


def test_undelete_takes_the_mark_off(home, make_message):
    terminal = show(home, box(home, make_message))
    terminal.type("=dKu")
    assert "D " not in terminal.lines()[1]


def test_flag_reaches_the_file(home, make_message):
    path = box(home, make_message)
    terminal = show(home, path)
    terminal.type("=F")
    end = deadline(5)
    while not any(f.name.endswith(":2,FS") for f in (path / "cur").iterdir()):
        assert time.monotonic() < end
        time.sleep(0.05)
    assert "!" in terminal.settle().splitlines()[1]


def test_a_limit_narrows_and_all_widens(home, make_message):
    terminal = show(home, box(home, make_message))
    terminal.type("l~s 00[12]\r", wanted="Msgs:2/12")
    assert "subject 003" not in terminal.text()
    terminal.type("lall\r", wanted="Msgs:12")
    assert "subject 003" in terminal.text()


def test_subjectrx_changes_what_the_index_shows_and_no_search(home, make_message):
    terminal = show(home, box(home, make_message))
    terminal.type(":subjectrx 'subject 0*([0-9]+)' '%Lnr %1%R'\r", wanted="nr 2")
    assert "subject 0" not in terminal.settle()
    terminal.type("l~s 'subject 002'\r", wanted="Msgs:1/12")
    terminal.type(":unsubjectrx *\r", wanted="subject 002")


def test_tagged_messages_are_saved_together(home, make_message):
    path = box(home, make_message)
    other = home.maildir("Other")
    terminal = show(home, path)
    terminal.type("T~s 00[123]\r", wanted="Tag:3")
    terminal.type(f";s{other}\r", wanted="Append messages to")
    terminal.type("y", wanted="3 messages saved")
    terminal.wait("Msgs:9")
    assert sum(1 for part in ("cur", "new") for _ in (other / part).iterdir()) == 3


def test_new_mail_does_not_move_the_cursor(home, make_message):
    """U15."""
    home.muttrc("set arrow_cursor\n")
    path = box(home, make_message)
    terminal = show(home, path)
    terminal.type("=j")
    before = cursor_line(terminal)
    assert "subject 002" in before
    early = make_message(subject="from the past", date="Mon, 02 Nov 2020 10:00:00 +0000")
    (path / "tmp/1.x").write_bytes(early)
    os.rename(path / "tmp/1.x", path / "new/1.x")
    terminal.wait("from the past")
    terminal.settle()
    assert "subject 002" in cursor_line(terminal)


def test_one_beep_for_many_new_messages(home, make_message):
    """U09."""
    home.muttrc("set beep_new\n")
    path = box(home, make_message)
    terminal = show(home, path)
    bells = terminal.raw.count(b"\a")
    for i in range(200):
        (path / f"new/{i}.x").write_bytes(make_message(subject=f"more {i}"))
    terminal.wait("Msgs:212")
    terminal.settle()
    assert terminal.raw.count(b"\a") - bells <= 2


def test_hostile_subjects_are_shown_not_obeyed(home, make_message):
    """U01: escapes in headers reach the screen as pictures."""
    path = home.maildir(messages=[make_message(subject="=?utf-8?Q?x=1B[31mred=1B]0;t=07=9B1m=E2=80=AEevil?= end",
                                               sender="=?utf-8?Q?a=1B]52;c;aGk=3D=07?= <a@b.c>")])
    terminal = show(home, path, wanted="end")
    assert b"\x1b[31mred" not in terminal.raw
    assert b"\x1b]52;" not in terminal.raw
    assert b"\x1b]0;t" not in terminal.raw


def test_wide_and_combining_text_keeps_the_columns(home, make_message):
    """U06: the last column of the index stands at the same place in every row."""
    names = ["日本語の送信者名前です", "e\u0301" * 12, "Привет мир и ещё", "محمد علي", "👨‍👩‍👧 family"]
    home.muttrc('set index_format="%-20.20n|%s"\n')
    path = home.maildir(messages=[make_message(subject=f"subject {i}", sender=f"{name} <a@b.c>",
                                               ident=f"<{i}@x>") for i, name in enumerate(names)])
    terminal = show(home, path, wanted="Msgs:5")
    for y in range(1, 1 + len(names)):
        assert terminal.screen.buffer[y][20].data == "|", terminal.text()


def test_pasted_text_is_not_keys(home, make_message):
    """U04: bracketed paste in the index does nothing, at a question it is text."""
    path = box(home, make_message)
    terminal = show(home, path)
    terminal.type("=\x1b[200~dddq\x1b[201~")
    assert "D " not in "\n".join(terminal.lines()[1:5])
    terminal.type("l\x1b[200~~s 00[1]\x1b[201~")
    terminal.type("\r", wanted="Msgs:1/12")


def test_keys_typed_before_a_question_do_not_answer_it(home, make_message):
    """U14: `dqy` in one go must not purge; the question stands until it was seen."""
    path = box(home, make_message)
    terminal = show(home, path)
    terminal.keys("=dqy")
    terminal.wait("Purge 1 deleted message?")
    terminal.settle()
    assert len(list((path / "cur").iterdir())) == 12
    terminal.type("n")
    assert terminal.finish() == 0
    assert len(list((path / "cur").iterdir())) == 12


def test_threads_fold_to_one_line(home, make_message):
    messages = [make_message(subject="root", ident="<r@x>"),
                make_message(subject="Re: root", ident="<s@x>", extra="In-Reply-To: <r@x>\n"),
                make_message(subject="alone", ident="<t@x>")]
    home.muttrc("set sort=threads\n")
    terminal = show(home, home.maildir(messages=messages), wanted="Msgs:3")
    assert "└─>" in terminal.text()
    terminal.type("*\x1bv")
    assert "└─>" not in terminal.text()
    terminal.type("\x1bv")
    assert "└─>" in terminal.text()


def test_opening_a_thread_goes_to_its_first_unread_message(home, make_message):
    messages = [make_message(subject="root", ident="<r@x>")]
    messages += [make_message(subject=f"Re: root {i}", ident=f"<{i}@x>", extra="In-Reply-To: <r@x>\n") for i in range(3)]
    home.muttrc('set sort=threads uncollapse_jump collapse_unread index_format="%s" arrow_cursor\n')
    path = home.maildir(messages=messages)
    [second] = [f for f in (path / "cur").iterdir() if b"root 1" in f.read_bytes()]
    second.rename(str(second).replace(":2,S", ":2,"))
    terminal = show(home, path, wanted="Msgs:4")
    terminal.type("1\r\x1bv")
    assert "root 1" not in terminal.text()
    terminal.type("\x1bv")
    assert "Re: root 1" in cursor_line(terminal)


def test_leaving_the_list_of_mailboxes_gives_the_question_up(home, make_message):
    terminal = show(home, box(home, make_message))
    terminal.type("c?", wanted="Chdir")
    terminal.type("q")
    assert "Open mailbox" not in terminal.text()
    terminal.type("=", wanted="subject 001")


def test_help_is_as_wide_as_the_screen(home, make_message):
    """No explanation is cut by the end of the line, and none goes on in the first column."""
    terminal = show(home, box(home, make_message))
    terminal.type("?", wanted="Help for index")
    lines = terminal.lines()[1:-2]
    assert lines and all(not line or line[:42].strip() or line.startswith(" " * 42) for line in lines)
    assert not any(line.startswith("+") for line in lines)


def test_people_have_the_names_that_aliases_give_them(home, make_message):
    home.muttrc("alias bob Robert the Builder <BOB@example.net>\nalias all a@example.net, b@example.net\nset reverse_alias\n")
    terminal = show(home, box(home, make_message))
    assert "Robert the Buil" in terminal.text() and " Bob " not in terminal.text()
    terminal.type("\r", wanted="Robert the Builder")
    terminal.type("i:unset reverse_alias\r", wanted=" Bob ")


def test_a_message_hook_sets_how_its_message_is_shown(home, make_message):
    home.muttrc("message-hook . 'unset tilde'\nmessage-hook '~s 011' 'set tilde'\n")
    terminal = show(home, box(home, make_message))
    for keys, tilde in (("*\r", False), ("k", True), ("k", False), ("j", True)):
        terminal.type(keys, wanted=lambda text: ("\n~\n" in text) == tilde and "Subject: subject" in text)


def test_a_timeout_hook_runs_when_no_key_comes(home, make_message):
    home.muttrc("set timeout=1\ntimeout-hook 'set my_count=x'\ntimeout-hook 'unset my_count'\n"
                "timeout-hook 'push ?'\n")
    terminal = show(home, box(home, make_message))
    terminal.wait("Help for index")


def test_u19_keys_typed_during_a_search_in_bodies_are_answered_at_once(home, make_message):
    """What is done, how to stop it, and that a key arrived; then the keys are obeyed."""
    body = "".join(f"<p>Line <b>{i}</b> of &quot;many&quot;.</p>" for i in range(60000))
    first = make_message(subject="big", body=body + "\n").replace(b"text/plain", b"text/html")
    path = home.maildir(messages=[first])
    [file] = (path / "cur").iterdir()
    for i in range(1, 60):
        os.link(file, path / "cur" / f"1700000000.M{i}.link:2,S")
    terminal = show(home, path, wanted="Msgs:60")
    terminal.type("l", wanted="Limit to messages matching:")
    terminal.keys("~b nowhere\r")
    terminal.wait("Limiting... ")
    terminal.keys("l")
    assert re.search(r"Limiting\.\.\. \d+/60 \(\^G stops, 1 key waits\)", terminal.wait("key waits"))
    terminal.keys("\x07")
    terminal.wait("Stopped.")
    assert "Msgs:60" in terminal.text()


def test_the_read_only_box_stays_as_it_is(home, make_message):
    path = box(home, make_message)
    terminal = home.start("-R", "-f", str(path))
    terminal.wait("subject 001")
    terminal.type("d", wanted="Mailbox is read-only.")


def test_sidebar_and_browser_show_counts(home, make_message):
    path = box(home, make_message)
    home.muttrc(f'set sidebar_visible\nset sidebar_width=36\nset sidebar_format="%B %S"\nmailboxes {path}\n')
    terminal = show(home, path)
    terminal.wait("Mail 12")
    terminal.type("y", wanted="Mailboxes")
    assert "12" in terminal.text()
    terminal.type("q", wanted="Nov 02 Bob")


def test_commands_and_macros(home, make_message):
    home.muttrc('''macro index X "<enter-command>echo 'hello there'<Enter>"\nmacro index Z ZZ\n''')
    terminal = show(home, box(home, make_message))
    terminal.type("X", wanted="hello there")
    terminal.type(":set sort=reverse-date\r")
    assert "subject 012" in terminal.lines()[1]
    terminal.type("Z", wanted="Macro loop detected.")
    terminal.type(":set nosuch=1\r", wanted="unknown variable")


def test_the_engine_may_die(home, make_message):
    """D18: the screen stays, and what is done next works again."""
    path = box(home, make_message)
    terminal = show(home, path)
    for pid in home.engines():
        os.kill(pid, signal.SIGKILL)
    terminal.type("=F")
    end = deadline(10)
    while not any(f.name.endswith(":2,FS") for f in (path / "cur").iterdir()):
        assert time.monotonic() < end, terminal.text()
        terminal.pump(0.05)
        terminal.type("F") if "No engine" in terminal.text() else None
    assert "subject 001" in terminal.text()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT])
def test_signals_restore_the_terminal(home, make_message, number):
    """U17."""
    terminal = show(home, box(home, make_message))
    terminal.child.kill(number)
    assert terminal.finish() == 0
    assert b"\x1b[?2004l" in terminal.raw


def test_a_terminal_that_goes_away_ends_it(home, make_message):
    """U17: no process is left spinning when the tty is gone."""
    terminal = show(home, box(home, make_message))
    os.close(terminal.child.child_fd)
    end = deadline(5)
    while "Z" not in pathlib.Path(f"/proc/{terminal.pid}/stat").read_text().rsplit(")")[1]:
        assert time.monotonic() < end
        time.sleep(0.05)
    terminal.child.ptyproc.closed = True
    terminal.child.closed = True


@pytest.mark.parametrize("term,words", [("dumb", "cannot place its cursor"), ("nosuch", "unknown terminal type")])
def test_a_terminal_that_cannot_is_refused(home, term, words):
    """U16."""
    terminal = home.start(env={"TERM": term})
    terminal.wait(words)
    assert terminal.finish() == 2


def test_a_program_that_takes_long_can_be_stopped(home, make_message):
    home.muttrc('set print_command="sleep 60" print=yes\n')
    terminal = show(home, box(home, make_message))
    terminal.type("p", wanted="Printing... (^G stops)")
    assert "Stopped." in terminal.type("\a", wanted="Stopped.", seconds=5)
    assert "You are on the first entry." in terminal.type("=K", wanted="first entry")


def test_a_search_of_bodies_shows_how_far_it_is_and_can_be_stopped(home, make_message):
    """U19; what was typed meanwhile is not lost, and the limit stays as it was."""
    path = home.maildir(messages=[make_message(subject=f"subject {i:03}", body="some words\n" * 30000)
                                  for i in range(1, 801)])
    terminal = show(home, path, wanted="Msgs:800")
    terminal.type("l~b nowhere\r", wanted="Limiting... ")
    terminal.type("\a", wanted="Stopped.")
    assert "Msgs:800 " in terminal.text()
    terminal.type("/~b nowhere\r", wanted="Searching... ")
    terminal.keys("=")
    terminal.wait("(top)", 30)


@pytest.mark.parametrize("waits", [True, False])
def test_the_end_waits_until_the_engine_has_what_was_asked(home, make_message, waits):
    """U21: a flag that the engine did not take yet is not lost in silence."""
    path = box(home, make_message)
    terminal = show(home, path)
    engine, = home.engines()
    os.kill(engine, signal.SIGSTOP)
    try:
        terminal.type("=F")
        terminal.type("q", wanted="Handing 1 change to the engine... (^G stops)")
        if not waits:
            terminal.keys("\a")
            assert terminal.finish() == 1
            assert "1 change may not have been made" in terminal.text()
    finally:
        os.kill(engine, signal.SIGCONT)
    if waits:
        assert terminal.finish() == 0
    assert any(name.name.endswith("FS") for name in (path / "cur").iterdir()) or not waits


def test_a_thread_alone(home, make_message):
    home.muttrc("set sort=threads\nbind index y limit-current-thread\n")
    path = home.maildir(messages=[
        make_message(subject="one", ident="<a@x>"),
        make_message(subject="Re: one", ident="<b+c@x>", extra="In-Reply-To: <a@x>\n"),
        make_message(subject="two", ident="<d@x>")])
    terminal = show(home, path, wanted="Msgs:3")
    assert "Msgs:2/3" in terminal.type("=jy", wanted="Msgs:2/3")
