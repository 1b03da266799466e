# SPDX-License-Identifier: GPL-3.0-or-later
"""What the commands of a muttrc do, each seen on the screen or in a message that is sent, and taken back by its opposite."""

import pytest
from letters import message
from pace import until
from writer import writer

LETTERS = [message("one", sender="Bob <bob@example.net>", to="sales@example.org", extra="X-Mailer: pigeon\nX-Colour: blue\n"),
           message("[list] two", sender="Eve <eve@example.net>", to="talk@lists.example.net")]


@pytest.fixture(scope="module")
def desk():
    with writer("set index_format='(%s)(%T)(%N)(%L)' to_chars=' +TCFL' sort=subject\nset help=no", LETTERS) as anna:
        yield anna


@pytest.fixture
def anna(desk):
    yield desk
    desk.go_home()
    desk.command("reset all", "unhook *", "unmy_hdr *", "unscore *", "unalternates *", "unlists *", "unsubscribe *", "unsubjectrx *",
                 "unalias *", "unbind index x", "unmacro index", "uncolor *", f"source {desk.home.path}/config/cur/muttrc")


# commands, what the screen shows then
INDEX = {
    "set": (["set index_format='-%s-'"], "-one-"),
    "unset": (["set index_format='-%s-'", "unset index_format", "set index_format='%s!'"], "one!"),
    "toggle": (["toggle help"], "q:Quit"),
    "reset": (["set index_format='-%s-'", "reset index_format"], "( "),
    "echo": (["echo 'a text'"], "a text"),
    "setenv": (["setenv CUR_TEST shown", "setenv ?CUR_TEST"], "CUR_TEST=shown"),
    "unsetenv": (["setenv CUR_TEST shown", "unsetenv CUR_TEST", "setenv ?CUR_TEST"], "'CUR_TEST' is not set"),
    "cd": (["cd /", "set editor=vi", "set ?editor"], "vi"),
    "ifdef": (["ifdef sidebar_visible 'set index_format=yes-%s'"], "yes-one"),
    "ifndef": (["ifndef no_such_name 'set index_format=no-%s'"], "no-one"),
    "alternates": (["alternates sales@example.org"], "(one)(+)"),
    "unalternates": (["alternates sales@example.org", "unalternates *"], "(one)( )"),
    "subscribe": (["subscribe talk@lists.example.net"], "(L)(0)(To talk"),
    "unsubscribe": (["subscribe talk@lists.example.net", "unsubscribe talk@lists.example.net", "score ~l 3"],
                    "two)( )(3)(Eve"),
    "lists": (["lists talk@lists.example.net", "score ~l 3"], "two)( )(3)"),
    "unlists": (["lists talk@lists.example.net", "unlists talk@lists.example.net", "score ~l 3"], "two)( )(0)"),
    "score": (["score '~f bob' 7"], "(one)( )(7)"),
    "unscore": (["score '~f bob' 7", "unscore *"], "(one)( )(0)"),
    "group": (["group -group friends -addr bob@example.net", "score '%f friends' 5"], "(one)( )(5)"),
    "ungroup": (["group -group friends -addr bob@example.net", "ungroup -group friends *", "score '%f friends' 5"], "(one)( )(0)"),
    "subjectrx": (["subjectrx '\\[list\\] *' '%L%R'"], "(two)"),
    "unsubjectrx": (["subjectrx '\\[list\\] *' '%L%R'", "unsubjectrx *"], "([list] two)"),
    "index-format-hook": (["index-format-hook who '~f bob' 'of Bob'", "index-format-hook who ~A 'of others'", "set index_format='%@who@'"],
                          lambda text: "of Bob" in text and "of others" in text),
    "unhook": (["index-format-hook who '~f bob' 'of Bob'", "unhook *", "set index_format='x%@who@x'"], "xx"),
    "named-mailboxes": (["set sidebar_visible sidebar_width=20 sidebar_format='%D'", "named-mailboxes Labelled =Copies"], "Labelled"),
    "unmailboxes": (["set sidebar_visible sidebar_width=20 sidebar_format='%D'", "mailboxes =Copies", "unmailboxes *", "set help"],
                    lambda text: "q:Quit" in text and "Copies" not in text),
    "push": (["push '<limit>~f bob<enter>'"], lambda text: "(one)" in text and "two)" not in text),
    "exec": (["exec help"], "Help"),
}


@pytest.mark.parametrize("name", INDEX)
def test_the_index_shows_what_a_command_does(anna, name):
    commands, shown = INDEX[name]
    anna.command(*commands)
    anna.screen.wait(shown)
    anna.screen.keys("q" if name == "exec" else "l.\r" if name == "push" else "")


# commands, the key, what the screen shows then
KEYS = {
    "bind": (["bind index x help"], "Help"),
    "unbind": (["bind index x help", "unbind index x"], "not bound"),
    "macro": (["macro index x '<enter-command>echo pressed<enter>' 'says so'"], "pressed"),
    "unmacro": (["macro index x '<enter-command>echo pressed<enter>'", "unmacro index x"], "not bound"),
}


@pytest.mark.parametrize("name", KEYS)
def test_a_key_does_what_a_command_says(anna, name):
    commands, shown = KEYS[name]
    anna.command(*commands)
    anna.screen.type("x", shown)
    anna.screen.keys("q" if shown == "Help" else "")


# commands, the header of the message that is sent then
HEADERS = {
    "my_hdr": (["my_hdr X-Colour: red"], "X-Colour", "red"),
    "unmy_hdr": (["my_hdr X-Colour: red", "unmy_hdr X-Colour"], "X-Colour", None),
    "send-hook": (["send-hook '~t bob' 'my_hdr X-Colour: sent'"], "X-Colour", "sent"),
    "alias": (["alias robert Robert <rob@example.net>"], "To", "Robert <rob@example.net>"),
    "unalias": (["alias robert Robert <rob@example.net>", "unalias robert"], "To", "robert@example.org"),
}


@pytest.mark.parametrize("name", HEADERS)
def test_a_message_shows_what_a_command_does(anna, name):
    commands, field, value = HEADERS[name]
    anna.command(*commands)
    anna.compose(to="robert" if "alias" in name else "bob@example.net")
    assert anna.send().mail[field] == value


def test_send2_hook(anna):
    anna.command("send2-hook '~s changed' 'set use_envelope_from'")
    anna.compose()
    anna.screen.type("s", "Subject:")
    anna.screen.keys("\x15changed\r")
    anna.screen.wait("Subject: changed")
    letter = anna.send()
    assert letter.mail["Subject"] == "changed" and "-f" in letter.args


def test_reply_hook(anna):
    anna.command("reply-hook '~f bob' 'my_hdr X-Colour: answered'", "set fast_reply include=no", "set index_format='%s.'")
    anna.screen.wait("one.")
    anna.screen.keys("/one\rr")
    anna.menu()
    assert anna.send().mail["X-Colour"] == "answered"


@pytest.mark.parametrize("command", ["fcc-hook", "fcc-save-hook"])
def test_where_the_copy_goes(anna, command):
    before = len(anna.copies())
    anna.command(f"{command} '~t bob' =Copies")
    anna.compose()
    anna.screen.wait("Fcc: ")
    anna.send()
    until(lambda: len(anna.copies()) == before + 1, tell=anna.screen.text)


@pytest.mark.parametrize("command", ["save-hook", "fcc-save-hook"])
def test_where_a_message_is_saved(anna, command):
    anna.command(f"{command} '~A' =Copies")
    anna.screen.type("s", "=Copies")
    anna.screen.keys("\x07")


def test_folder_hook(anna):
    anna.command("folder-hook Copies 'set index_format=\"in copies\"'", "folder-hook . 'set index_format=\"(%s)\"'",
                 "folder-hook Copies 'set status_format=\"of copies\"'")
    anna.screen.keys("c=Copies\r")
    anna.screen.wait("of copies")
    anna.command("reset status_format")
    anna.screen.keys("c!\r")
    anna.screen.wait("(one)")


def test_what_runs_at_the_beginning_and_at_the_end(home):
    box = home.maildir("Mail", [LETTERS[0]])
    home.muttrc(f"set spoolfile={box}\nstartup-hook 'setenv CUR_BEGUN yes'\n"
                f"shutdown-hook 'set my_end=`echo over >{home.path}/end`'\nfinish\nset index_format=unread\n")
    screen = home.start()
    screen.wait("one")
    screen.keys(":setenv ?CUR_BEGUN\r")
    screen.wait("CUR_BEGUN=yes")
    assert "unread" not in screen.text()
    screen.keys("q")
    screen.finish()
    assert (home.path / "end").read_text() == "over\n"


def test_a_macro_reads_the_file_of_another_account(anna):
    """How people switch between accounts; $my_ variables and the shell are in it, too."""
    anna.file("second", "set from=second@example.org\nset index_format='second %s'\n")
    anna.command(f"macro index <F2> '<sync-mailbox><enter-command>source {anna.home.path}/second<enter><change-folder>!<enter>'",
                 f"macro index <F3> '<shell-escape>echo ran >{anna.home.path}/ran<enter>'")
    anna.screen.keys("\x1b[[B")
    anna.screen.wait("second one")
    anna.screen.keys("\x1b[[C")
    anna.screen.wait(lambda _: (anna.home.path / "ran").exists())
    anna.command("unmacro index")
    anna.screen.wait("second one")
    anna.compose()
    assert anna.send().mail["From"] == "Anna <second@example.org>"


# commands, attribute of the first line of the index, its value then
LOOKS = {
    "color": (["color index red default '~f bob'"], "xterm-256color", "fg", "red"),
    "uncolor": (["color index red default '~f bob'", "uncolor index *"], "xterm-256color", "fg", "white"),
    "mono": (["mono index underline '~f bob'"], "vt100", "underscore", True),
    "unmono": (["mono index underline '~f bob'", "unmono index *"], "vt100", "underscore", False),
}


@pytest.mark.parametrize("name", LOOKS)
def test_the_look_of_a_line(home, name):
    commands, term, attribute, value = LOOKS[name]
    box = home.maildir("Mail", LETTERS)
    home.muttrc(f"set spoolfile={box} index_format='<%s>' sort=reverse-subject help=no\n")
    screen = home.start(env={"TERM": term})
    screen.wait("<one>")
    screen.keys("".join(f":{command}\r" for command in commands) + ":set index_format='{%s}'\r")

    def seen(text):
        row = next((n for n, line in enumerate(text.split("\n")) if "{one}" in line), None)
        return row is not None and getattr(screen.screen.buffer[row][1], attribute) == value
    screen.keys("*")
    screen.wait(seen)


FIELDS = message("fields", extra="X-Mailer: carrier pigeon\nX-Colour: blue sky\n")
SHOWN = (b"From: eve@example.net\nSubject: shown\nDate: Mon, 02 Nov 2026 10:00:00 +0000\nMessage-ID: <s@example.net>\nMIME-Version: 1.0\n"
         b"Content-Type: text/x-show\n\nraw words\n")
# commands, the message, what the pager shows, in this order
PAGER = {
    "ignore": (["ignore x-mailer"], FIELDS, ["Subject: fields", "X-Colour: blue sky"], "X-Mailer"),
    "unignore": (["ignore *", "unignore x-colour"], FIELDS, ["X-Colour: blue sky"], "Subject:"),
    "hdr_order": (["hdr_order x-colour subject"], FIELDS, ["X-Colour: blue sky", "Subject: fields", "From: "], None),
    "unhdr_order": (["hdr_order x-colour subject", "unhdr_order *"], FIELDS, ["From: ", "Subject: fields", "X-Colour: blue sky"], None),
    "auto_view": (["auto_view text/x-show"], SHOWN, ["turned into: raw words"], None),
    "unauto_view": (["auto_view text/x-show", "unauto_view *"], SHOWN, ["raw words"], "turned into"),
}


@pytest.mark.parametrize("name", PAGER)
def test_the_pager_shows_what_a_command_does(home, name):
    commands, letter, shown, hidden = PAGER[name]
    box = home.maildir("Mail", [letter])
    (home.path / "mailcap").write_text("text/x-show; sed 's/^/turned into: /' %s; copiousoutput\n")
    home.muttrc(f"set spoolfile={box} mailcap_path={home.path}/mailcap\n" + "\n".join(commands))
    screen = home.start("-n")
    screen.wait("1 ")
    screen.keys("\r")

    def seen(text):
        at = [text.find(word) for word in shown]
        return -1 not in at and at == sorted(at)
    text = screen.wait(seen)
    assert not hidden or hidden not in text
