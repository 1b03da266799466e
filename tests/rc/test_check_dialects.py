# SPDX-License-Identifier: GPL-3.0-or-later
"""Where mutt and NeoMutt disagree (dialects.def): which of them a file follows, and what each row then does."""

import json
import pathlib
import sys

import pytest
from letters import message
from writer import writer

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "lint"))
from tables import rows  # noqa: E402

# A line that makes a file NeoMutt's and does nothing else.
MARK = {"mutt": "", "neomutt": "ifdef nothing_such set beep\n"}

LINES = {  # a rule: lines; a variable, and its value as mutt and as NeoMutt reads them
    "ENVIRONMENT": ('set realname=mine hostname="$realname"', "hostname", "exported", "mine"),
    "UNKNOWN_NAME": ('set hostname="a${nothing}b"', "hostname", "ab", "a\\$nothingb"),
    "BACKTICKS": ('set my_x=seen hostname="`echo [$my_x$EDITOR]`"', "hostname", "[true]", "[seentrue]"),
    "UNSET_NUMBER": ("set history=5; unset history", "history", "5", "0"),
    "SOURCE": ("source more", "hostname", "here", "beside"),
}
SCREENS = {"NOOP", "STATUS_T", "alias_format", "attach_format", "abort_noattach_regexp", "query_format", "sidebar_divider_char", "status_format", "to_chars"}
ELSEWHERE = {"SIDEBAR_B": "test_expandos_sidebar.py", "FOLDER_FORMAT": "test_expandos_sidebar.py", "sidebar_format": "test_expandos_sidebar.py",
             "MBOX_HOOK": "test_virtual_move.py", "crypt_protected_headers_write": "test_crypt_send.py"}
KEYS = {"BROWSER =", "COMPOSE \\\\Cl", "COMPOSE +", "COMPOSE -", "COMPOSE <Esc>e", "COMPOSE <PageDown>", "COMPOSE <PageUp>", "EDITOR <Delete>", "INDEX M", "INDEX e", "PAGER e"}


def test_each_row_is_tried():
    table = list(rows("dialects.def"))
    assert {cells[0] for kind, cells in table if kind != "KEY"} == {*LINES, *SCREENS, *ELSEWHERE}
    assert {f"{cells[0]} {cells[1]}".replace('"', "") for kind, cells in table if kind == "KEY"} == KEYS


def value(home, rc, name):
    done = home.run("-n", "-F", rc, "-Q", name, env={"realname": "exported"}, check=True)
    return done.stdout.strip().partition("=")[2].strip('"')


@pytest.mark.parametrize("rule", LINES)
def test_a_line_means_what_its_dialect_says(home, rule):
    lines, name, *wanted = LINES[rule]
    (home.path / "more").write_text("set hostname=here\n")
    (home.path / "rcs").mkdir()
    (home.path / "rcs/more").write_text("set hostname=beside\n")
    found = []
    for dialect, mark in MARK.items():
        (home.path / "rcs" / dialect[:1]).write_text(f"{lines}\n{mark}")
        found.append(value(home, f"rcs/{dialect[:1]}", name))
        told = home.run("-n", "-F", f"rcs/{dialect[:1]}", "check", "-v", env={"realname": "exported"}).stdout
        assert f"rcs/{dialect[:1]}:1:1: note: read as {'NeoMutt' if mark else 'mutt'} does: " in told
    assert found == wanted


# ---- whose file it is ----

WHOSE = [  # the file, what stands in it; whose it is, and why
    ("rc", "set beep\nbind index e edit\n", "mutt", ""),
    ("rc", "# sidebar_pin\nset my_x='sidebar_pin' # finish\necho `finish`\n", "mutt", ""),
    (".neomuttrc", "", "neomutt", "its path"), ("neomutt/rc", "", "neomutt", "its path"), (".config/neomutt/x/rc", "", "neomutt", "its path"),
    ("aneomutt", "", "mutt", ""),
    ("rc", "set beep\nset beep \\\n ask_cc\n", "neomutt", "'ask_cc' in line 2"),
    ("rc", "set nocollapse_flagged\n", "neomutt", "'collapse_flagged' in line 1"),
    ("rc", "bind index e edit; bind index,pager \\Cx entire-thread\n", "neomutt", "'entire-thread' in line 1"),
    ("rc", 'macro index x "<enter-command>set beep<enter><limit-current-thread>" text\n', "neomutt", "'limit-current-thread' in line 1"),
    ("rc", "folder-hook . 'set beep; exec quasi-delete'\n", "neomutt", "'quasi-delete' in line 1"),
    ("rc", "color index_author red default ~A\n", "neomutt", "'index_author' in line 1"),
    ("rc", "color compose header red default\n", "mutt", ""),
    ("rc", "set beep\n\nfinish\n", "neomutt", "'finish' in line 3"),
    ("rc", "set ''\nset = x\nset +\nset -=\nset ? ''=\nunset \"\"\nexec `\nbind\nmacro index x <\ncolor\nfolder-hook\n", "mutt", ""),
]


@pytest.mark.parametrize("name, text, dialect, why", WHOSE, ids=range(len(WHOSE)))
def test_whose_a_file_is(home, name, text, dialect, why):
    path = home.path / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    rows_told = map(json.loads, home.run("-n", "-F", path, "check", "--json").stdout.splitlines())
    read = [row for row in rows_told if row["kind"] == "file"]
    assert [(row["file"], row["dialect"], row["why"]) for row in read] == [(str(path), dialect, why)]
    first = home.run("-n", "-F", path, "-D", check=True).stdout.splitlines()[0]
    assert first == f"# read as {'NeoMutt' if why else 'mutt'}'s: {path}" + (f" ({why})" if why else "")


def test_a_file_that_is_sourced_has_its_own(home):
    """Defaults are those of the main file; what NeoMutt's sources is NeoMutt's, too."""
    number = "set history=5; unset history\n"
    for name, text in (("plain", number), ("marked", f"{number}finish\n"), ("main", "source {}\n"), (".neomuttrc", "source {}\n")):
        (home.path / name).write_text(text)
    for main, sourced, history, default in [("main", "plain", "5", " +TCFL"), ("main", "marked", "0", " +TCFL"), (".neomuttrc", "plain", "0", " +TCFLR")]:
        (home.path / main).write_text(f"source {home.path}/{sourced}\n")
        assert (value(home, main, "history"), value(home, main, "to_chars")) == (history, default), (main, sourced)


def test_what_was_set_is_no_default(home):
    """Not in the system's file, nor in one's own; `reset` gives the default of the dialect."""
    (home.path / ".neomuttrc").write_text("set to_chars='abcdef'\nbind index M help\n")
    assert value(home, ".neomuttrc", "to_chars") == "abcdef"
    told = home.run("-n", "-F", ".neomuttrc", "check", "-v", check=True).stdout
    assert "alias_format has NeoMutt's default" in told and "to_chars has" not in told
    assert "'e' in index runs edit-or-view-raw-message" in told and "'M' in index" not in told
    assert "has NeoMutt's default" not in home.run("-n", "-F", ".neomuttrc", "check", check=True).stdout
    (home.path / ".neomuttrc").write_text("set to_chars='abcdef'; reset to_chars\n")
    assert value(home, ".neomuttrc", "to_chars") == " +TCFLR"


# ---- on the screen ----

RC = """set sidebar_visible sidebar_width=12 sort=threads sort_thread_groups=subject sleep_time=0 nohelp index_format="%C%T[%s]"
mailboxes -label Letters =Mail -label Sketches =Drafts
alias -group friends zoe Zoe Adams <zoe@example.org> # climbs
set query_command="printf 'one found\\ncid@example.net\\tCid Third\\tclub\\n' #"
alternates second@example.org
bind index = noop
set abort_noattach=yes
"""
LETTERS = [message(f"letter {n}", date=f"Mon, 02 Nov 2026 10:0{n}:00 +0000", to="list@example.net", ident=f"<{n}@x>") for n in range(1, 6)]
ANSWER = message("to answer", date="Mon, 02 Nov 2026 10:09:00 +0000", to="list@example.net", extra="Reply-To: second@example.org\n", ident="<9@x>")
LONG = "a name of an attachment that has more than forty columns.txt"


@pytest.fixture(scope="module", params=MARK)
def desk(request):
    with writer(RC + MARK[request.param], [*LETTERS, ANSWER], rows=30, cols=120) as anna:
        anna.screen.wait("[to answer]")
        anna.mutt = request.param == "mutt"
        yield anna


@pytest.fixture
def anna(desk):
    yield desk
    desk.go_home()


def test_the_index(anna):
    anna.screen.wait(lambda text: ("Cur: =Mail" if anna.mutt else "Cur: Letters") in text)
    anna.screen.wait(lambda text: ("6 [to answer]" if anna.mutt else "6R[to answer]") in text)
    anna.screen.wait(lambda text: ("Letters    |1 " if anna.mutt else "Letters    │1 ") in text)
    anna.command('set status_format="<%T/%s>"')
    anna.screen.wait("<subject/threads>" if anna.mutt else "<threads/threads>")
    anna.command("reset status_format")


def test_noop_and_the_generic_key(anna):
    anna.screen.keys("*=")
    if anna.mutt:
        anna.screen.wait("Key is not bound")
    anna.command("set arrow_cursor")
    anna.screen.wait(lambda text: ("-> 6" if anna.mutt else "-> 1") in text)
    anna.command("set noarrow_cursor")


def test_the_middle_and_the_log(anna):
    anna.command("nonsense", "set arrow_cursor")
    anna.screen.keys("*M")
    anna.screen.wait(lambda text: "-> 3" in text if anna.mutt else "unknown command 'nonsense'" in text and "[letter 1]" not in text)
    if not anna.mutt:
        anna.screen.keys("q")
    anna.screen.wait("[letter 1]")
    anna.command("set noarrow_cursor")


def test_editing_where_nothing_may_be_written(anna):
    for begin, end in (("%", ""), ("%\r", "q")):
        anna.screen.keys(begin + "e")
        anna.screen.wait("marked unwritable" if anna.mutt else "Message-ID: <")
        anna.screen.keys("" if anna.mutt else "q")
        anna.screen.keys(end + "%")
        anna.screen.wait("[letter 1]")


@pytest.mark.parametrize("dialect", MARK)
def test_delete_in_a_prompt(home, dialect):
    """Debian's system file binds it for both."""
    home.maildir("Mail", LETTERS)
    home.muttrc(f"set spoolfile={home.path}/Mail\n{MARK[dialect]}")
    screen = home.start("-n")
    screen.wait("letter 5")
    screen.keys(":echo abc\x01\x1b[3~x")
    screen.wait(lambda text: text.splitlines()[-1].strip() == {"mutt": ":xecho abc", "neomutt": ":xcho abc"}[dialect])


def test_the_browser(anna):
    anna.screen.type("c?", "2             0 Sketches")
    anna.screen.type("=", lambda text: "0 Sketches" in text if anna.mutt else "Copies/" in text)
    anna.screen.type("q", "[letter 1]")


def test_people(anna):
    anna.command("exec alias-dialog")
    anna.screen.wait(lambda text: "zoe" in text and ("| climbs" in text) == (not anna.mutt))
    anna.screen.type("q", "[letter 1]")
    anna.screen.type("Q", "Query:")
    anna.screen.type("cid\r", "cid@example.net           Cid Third" if anna.mutt else "Cid Third                 cid@example.net")
    anna.screen.type("q", "[letter 1]")


def test_the_compose_menu(anna):
    anna.script("editor", "#!/bin/sh\nseq 100 | sed 's/^/line /' >>\"$1\"\necho 'see the attache' >>\"$1\"\n")
    anna.compose()
    anna.screen.keys(f"a{anna.file(LONG, '1')}\ra{anna.file('two.txt', '2')}\r")
    anna.screen.wait(lambda text: "A     3 two.txt" in text and (LONG in text) == (not anna.mutt) and LONG[:40] in text)
    for keys, shown in (("-", "A     2 two.txt"), ("+", "A     3 two.txt"), ("\f", "Content-Language:"), ("\x07\x1b[6~", "line 16\n"), ("\x1b[5~", "line 1\n")):
        anna.screen.type(keys, "Key is not bound" if anna.mutt and keys in "+-" else shown if not anna.mutt else "two.txt")
    if anna.mutt:
        anna.screen.wait(lambda text: "Content-Language" not in text and "line 1\n" in text)
    anna.script("editor", '#!/bin/sh\necho edited >"$1"\n')
    anna.screen.type("=\x1be", "Key is not bound" if anna.mutt else "edited\n")
    anna.give_up()


def test_words_that_speak_of_an_attachment(anna):
    anna.script("editor", "#!/bin/sh\necho 'see the attache' >>\"$1\"\n")
    anna.compose()
    if anna.mutt:
        anna.screen.type("y", "Attachment referenced in message is missing")
        anna.give_up()
    else:
        assert "attache" in anna.send().body()
