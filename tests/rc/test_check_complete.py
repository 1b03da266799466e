# SPDX-License-Identifier: GPL-3.0-or-later
"""Tab: what a line becomes, in the ':' prompt, at patterns, labels, folders and files."""

import pytest
from letters import message

RC = ('set folder={home}/Mail spoolfile=+INBOX realname="Anna M" sleep_time=0 my_own=x\n'
      'color index brightred default ~D\nmy_hdr X-One: 1\nscore ~N 5\nalias bob Bob <bob@example.net>\n')

LINES = [  # what is typed; how many Tabs; what stands there then
    ("unalt", 1, "unalternat"), ("unalt", 2, "unalternates"), ("unalt", 3, "unalternative_order"), ("unalt", 4, "unalt"),
    ("set realn", 1, "set realname"), ("set norealn", 1, "set norealname"), ("set invrealn", 1, "set invrealname"),
    ("set ?realn", 1, "set ?realname"), ("set &realn", 1, "set &realname"), ("set my_", 1, "set my_own"),
    ("unset realn", 1, "unset realname"), ("toggle mark_o", 1, "toggle mark_old"), ("reset al", 2, "reset alias_format"),
    ("reset all", 1, "reset all"),
    # values: the one that is set, then those it may have
    ("set realname=", 1, 'set realname="Anna M"'), ("set realname = ", 1, 'set realname = "Anna M"'), ("set realname=\"", 1, 'set realname="Anna M"'),
    ("set mark_old=", 1, "set mark_old=yes"), ("set mark_old=", 2, "set mark_old=no"),
    ("set quit=as", 1, "set quit=ask-"), ("set quit=as", 2, "set quit=ask-no"),
    ("set sort=thr", 1, "set sort=threads"), ("set sort=reverse-thr", 1, "set sort=reverse-threads"), ("set sort=rev", 1, "set sort=reverse-"),
    ("set use_threads=rev", 1, "set use_threads=reverse"), ("set record==IN", 1, "set record==INBOX"),
    ("set alias_file=~/fil", 1, "set alias_file=~/file.one"), ("set beep realn", 1, "set beep realname"),
    # keys
    ("bind pag", 1, "bind pager"), ("bind index,pag", 1, "bind index,pager"), ("bind index Z next-unr", 1, "bind index Z next-unread"),
    ("macro index Z <next-unr", 1, "macro index Z <next-unread"), ("macro index Z <limit>x<enter-c", 1, "macro index Z <limit>x<enter-command>"),
    ("exec next-unr", 1, "exec next-unread"), ("push <next-entr", 1, "push <next-entry>"), ("unbind pag", 1, "unbind pager"),
    # colours
    ("color indic", 1, "color indicator"), ("color index bo", 1, "color index bold"), ("color index bold brightgr", 1, "color index bold brightgreen"),
    ("color index red color23", 2, "color index red color230"), ("mono index under", 1, "mono index underline"), ("uncolor index ~", 1, "uncolor index ~D"),
    # and the rest
    ("source ~/fil", 1, "source ~/file.one"), ("mailboxes =IN", 1, "mailboxes =INBOX"), ("unhook folder", 1, "unhook folder-hook"),
    ("unalias bo", 1, "unalias bob"), ("unmy_hdr X", 1, "unmy_hdr X-One"), ("unscore ~", 1, "unscore ~N"), ("ifdef sidebar_v", 1, "ifdef sidebar_visible"),
    ("account x pass_", 1, "account x pass_command="), ("account x sent==IN", 1, "account x sent==INBOX"),
    ("folder-hook . set realn", 1, "folder-hook . set realname"), ("folder-hook . set beep sort=rev", 1, "folder-hook . set beep sort=reverse-"),
    ("folder-hook . unse", 1, "folder-hook . unset"), ("ifdef x bind pag", 1, "ifdef x bind pager"), ("folder-hook . 'set beep' realn", 1, "folder-hook . 'set beep' realn"),
    ("ifdef x folder-hook . set realn", 1, "ifdef x folder-hook . set realname"), ("folder-hook . 'set realn", 1, "folder-hook . 'set realname"), ("ifdef x 'set quit=ye", 1, "ifdef x 'set quit=yes"),
    ("set beep; unho", 1, "set beep; unhook"), ("save-hook ~A =IN", 1, "save-hook ~A =INBOX"),
]


@pytest.fixture(scope="module")
def screen():
    from home import Home
    home = Home()
    home.maildir("Mail/INBOX", [message(subject="the only one"), message(subject="another", extra="X-Label: todo\n")])
    (home.path / "file.one").write_text("")
    home.muttrc(RC.format(home=home.path))
    screen = home.start("-n", rows=50, cols=100)
    screen.wait("another")
    yield screen
    home.close()


@pytest.mark.parametrize("typed, tabs, line", LINES, ids=[f"{row[0]}-{row[1]}" for row in LINES])
def test_tab_on_a_command_line(screen, typed, tabs, line):
    screen.keys(":" + typed + "\t" * tabs)
    try:
        screen.wait(lambda text: text.splitlines()[-1] == ":" + line, seconds=5)
    finally:
        screen.type("\x07", lambda text: text.count("\n") < 49 or not text.splitlines()[-1].startswith(":"))


def test_tab_at_a_pattern_lists_the_operators(screen):
    screen.type("l~", "Limit to messages matching: ~")
    text = screen.type("\t", "---Patterns")
    assert "~b EXPR" in text and "body text" in text and "~d DATERANGE" in text
    screen.type("/Subject\n", lambda text: "---Patterns" in text and "Search for" not in text)
    screen.type("\n", lambda text: text.splitlines()[-1].startswith("Limit to messages matching: ~s"))
    screen.type("another\n", lambda text: "the only one" not in text and "another" in text)
    screen.type("lall\n", "the only one")
    # Leaving the list leaves the line as it was.
    screen.type("l\t", "---Patterns")
    screen.type("q", lambda text: "---Patterns" not in text and text.splitlines()[-1].startswith("Limit to"))
    screen.type("\x07", lambda text: "Limit to" not in text)
    screen.type(":set pattern_format='%n: %d <%e>'\n")
    screen.type("l\t", "1: ")
    screen.type("q", "Limit to")
    screen.type("\x07", lambda text: "Limit to" not in text)


def test_tab_at_labels_gives_those_of_the_mailbox(screen):
    screen.type(":exec modify-labels\n", "Add/remove labels:")
    screen.type("+todo-list +waiting\n", lambda text: "Add/remove" not in text)
    screen.type(":exec modify-labels\n", "Add/remove labels:")
    screen.type("-to\t", lambda text: text.splitlines()[-1].endswith("-todo-list"))
    screen.type("\x07", lambda text: "Add/remove" not in text)
    screen.type("l~y wai\t", lambda text: text.splitlines()[-1].endswith("~y waiting"))
    screen.type("\x07", lambda text: "Limit to" not in text)


def test_tab_at_folders_and_files(screen):
    screen.type("c=IN\t", lambda text: text.splitlines()[-1].endswith("=INBOX"))
    screen.type("\x07", lambda text: "Open mailbox" not in text)
    screen.type("!ls ~/fi\t", lambda text: "Shell command" in text)
    screen.type("\x07", lambda text: "Shell command" not in text)
