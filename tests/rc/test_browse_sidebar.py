# SPDX-License-Identifier: GPL-3.0-or-later
"""The sidebar: every variable and function of it, seen in its column of the screen."""

import pytest
from home import Home
from letters import message

WIDTH = 24
# name: flags of its messages, "new" for one that lies in new/
BOXES = {"inbox": ["S", "S", "", "FS"], "lists": ["S"], "lists/dev": ["new", "new"], "lists/dev/old": [],
         "work": ["FS", "", "", "", "S", "S"]}
MUTTRC = """set folder=~/Mail spoolfile=+inbox sleep_time=0 mark_old=no mail_check=1
set sidebar_visible=yes sidebar_width=24 sidebar_format='%B' sidebar_divider_char='|'
set index_format='%s' status_format='<%f>' timeout=1
mailboxes =inbox =lists =lists/dev =lists/dev/old =work
bind index,pager j sidebar-next
bind index,pager k sidebar-prev
bind index,pager o sidebar-open
bind index,pager v sidebar-toggle-visible
bind index,pager V sidebar-toggle-virtual
bind index,pager n sidebar-next-new
bind index,pager p sidebar-prev-new
bind index,pager d sidebar-page-down
bind index,pager u sidebar-page-up
bind index,pager g sidebar-first
bind index,pager G sidebar-last
color sidebar_highlight black green
"""


def fill(home):
    for name, flags in BOXES.items():
        box = home.maildir(f"Mail/{name}")
        for i, flag in enumerate(flags):
            where = box / ("new/" if flag == "new" else "cur/")
            (where / f"17000000{i}.M{i}.home{'' if flag == 'new' else ':2,' + flag}").write_bytes(
                message(f"{name} {i}"))


class Desk:
    def __init__(self, home, screen):
        self.home, self.screen = home, screen

    def side(self, width=WIDTH):
        """The names in the sidebar, without the divider."""
        lines = [line[:width - 1].rstrip() for line in self.screen.screen.display[1:-2]]
        while lines and not lines[-1]:
            lines.pop()
        return lines

    def shows(self, *lines, width=WIDTH):
        self.screen.wait(lambda text: self.side(width) == list(lines))

    def set(self, commands):
        self.screen.keys(f":{commands}\r")

    def highlighted(self):
        """Which line of the sidebar is green."""
        buffer = self.screen.screen.buffer
        return [self.screen.screen.display[y][:WIDTH - 1].rstrip() for y in range(1, 22) if buffer[y][0].bg == "green"]


@pytest.fixture(scope="module")
def desk():
    home = Home(MUTTRC)
    fill(home)
    desk = Desk(home, home.start())
    desk.shows("inbox", "lists", "lists/dev", "lists/dev/old", "work")
    yield desk
    home.close()


ALL = ["inbox", "lists", "lists/dev", "lists/dev/old", "work"]
# what is set, what is set back, what is seen
LOOKS = [
    ("set sidebar_short_path=yes", "reset sidebar_short_path", ["inbox", "lists", "dev", "old", "work"]),
    ("set sidebar_folder_indent=yes", "reset sidebar_folder_indent",
     ["inbox", "lists", "  lists/dev", "    lists/dev/old", "work"]),
    ("set sidebar_folder_indent=yes sidebar_short_path=yes sidebar_indent_string='.'",
     "reset sidebar_folder_indent sidebar_short_path sidebar_indent_string",
     ["inbox", "lists", ".dev", "..old", "work"]),
    ("set sidebar_short_path=yes sidebar_delim_chars='s'", "reset sidebar_short_path sidebar_delim_chars",
     ["inbox", "ts", "/dev", "/dev/old", "work"]),
    ("set sidebar_component_depth=1", "reset sidebar_component_depth", ["inbox", "lists", "dev", "dev/old", "work"]),
    ("set sidebar_component_depth=2", "reset sidebar_component_depth", ["inbox", "lists", "dev", "old", "work"]),
    ("set sidebar_use_mailbox_shortcuts=yes", "reset sidebar_use_mailbox_shortcuts", [f"={name}" for name in ALL]),
    ("set sidebar_new_mail_only=yes", "reset sidebar_new_mail_only", ["inbox", "lists/dev", "work"]),
    ("set sidebar_non_empty_mailbox_only=yes", "reset sidebar_non_empty_mailbox_only",
     ["inbox", "lists", "lists/dev", "work"]),
    ("set sidebar_new_mail_only=yes; sidebar_pin +lists/dev/old", "reset sidebar_new_mail_only; sidebar_unpin *",
     ["inbox", "lists/dev", "lists/dev/old", "work"]),
    ("set sidebar_new_mail_only=yes; sidebar_whitelist =lists", "reset sidebar_new_mail_only; unsidebar_whitelist *",
     ["inbox", "lists", "lists/dev", "work"]),
    ("set sidebar_sort_method=reverse-alpha", "set sidebar_sort_method=unsorted", ALL[::-1]),
    ("set sidebar_sort_method=path", "set sidebar_sort_method=unsorted", ALL),
    ("set sidebar_sort_method=count", "set sidebar_sort_method=unsorted",
     ["work", "inbox", "lists/dev", "lists", "lists/dev/old"]),
    ("set sidebar_sort_method=reverse-count", "set sidebar_sort_method=unsorted",
     ["lists/dev/old", "lists", "lists/dev", "inbox", "work"]),
    ("set sidebar_sort_method=unread", "set sidebar_sort_method=unsorted",
     ["work", "lists/dev", "inbox", "lists", "lists/dev/old"]),
    ("set sidebar_sort_method=new", "set sidebar_sort_method=unsorted",
     ["work", "lists/dev", "inbox", "lists", "lists/dev/old"]),
    ("set sidebar_sort_method=flagged", "set sidebar_sort_method=unsorted",
     ["inbox", "work", "lists", "lists/dev", "lists/dev/old"]),
    ("set sidebar_format='%S %N %F %! %n'", "set sidebar_format='%B'",
     ["4 1 1 !", "1 0 0", "2 2 0  N", "0 0 0", "6 3 1 !"]),
    ("unmailboxes =lists/dev", "unmailboxes *; mailboxes =inbox =lists =lists/dev =lists/dev/old =work",
     ["inbox", "lists", "lists/dev/old", "work"]),
    ("mailboxes -label Work =work; mailboxes =work; set sidebar_format='%D'", "mailboxes -nolabel =work; set sidebar_format='%B'", ALL[:4] + ["Work"]),
]


@pytest.mark.parametrize("change,back,wanted", LOOKS, ids=[case[0].partition(";")[0][:50] for case in LOOKS])
def test_names_order_and_choice(desk, change, back, wanted):
    desk.set(change)
    desk.shows(*wanted)
    desk.set(back)
    desk.shows(*ALL)


def test_names_relative_to_the_mailbox_above():
    """The table of mutt's manual for $sidebar_relative_shortpath_indent."""
    home = Home(MUTTRC.replace("mailboxes =inbox =lists =lists/dev =lists/dev/old =work",
                               "mailboxes =a.b =a.b.c.d =a.b.e\nset spoolfile=+a.b")
                + "set sidebar_short_path sidebar_folder_indent sidebar_indent_string='>'\n")
    for name in ("a.b", "a.b.c.d", "a.b.e"):
        home.maildir(f"Mail/{name}")
    try:
        desk = Desk(home, home.start())
        desk.shows(">b", ">>>d", ">>e")
        desk.set("set sidebar_relative_shortpath_indent=yes")
        desk.shows("a.b", ">c.d", ">e")
    finally:
        home.close()


def test_width_side_and_divider(desk):
    desk.set("set sidebar_width=12 sidebar_divider_char='#'")
    desk.screen.wait(lambda text: all(line[11] == "#" for line in desk.screen.screen.display[1:-2]))
    desk.set("set sidebar_on_right=yes")
    desk.screen.wait(lambda text: all(line[68] == "#" for line in desk.screen.screen.display[1:-2])
                     and desk.screen.screen.display[1][69:].rstrip() == "inbox")
    desk.set("set sidebar_on_right=no sidebar_width=24 sidebar_divider_char='|'")
    desk.shows(*ALL)


def test_hiding(desk):
    desk.screen.keys("v")
    desk.screen.wait(lambda text: desk.screen.screen.display[1].startswith("inbox 3"))
    desk.screen.keys("v")
    desk.shows(*ALL)
    desk.set("set sidebar_visible=no")
    desk.screen.wait(lambda text: desk.screen.screen.display[1].startswith("inbox 3"))
    desk.set("set sidebar_visible=yes")
    desk.shows(*ALL)


MOVES = [
    ("g", "inbox"), ("j", "lists"), ("j", "lists/dev"), ("k", "lists"), ("G", "work"), ("u", "inbox"), ("d", "work"),
    ("gn", "lists/dev"), ("n", "lists/dev"), ("Gp", "lists/dev"),
]


def test_moving_and_opening(desk):
    for keys, wanted in MOVES:
        desk.screen.keys(keys)
        # The open mailbox has a colour of its own, and the cursor is not seen on it.
        desk.screen.wait(lambda text: desk.highlighted() == ([wanted] if wanted != "inbox" else []))
    desk.screen.keys("Go")
    desk.screen.wait(lambda text: "<=work>" in text and "work 5" in text)
    desk.screen.keys("go")
    desk.screen.wait(lambda text: "<=inbox>" in text and "inbox 3" in text)


def test_round_the_end(desk):
    desk.set("set sidebar_next_new_wrap=yes")
    desk.screen.keys("Gn")
    desk.screen.wait(lambda text: desk.highlighted() == ["lists/dev"])
    desk.set("set sidebar_next_new_wrap=no")
    desk.screen.keys("Gn")
    desk.screen.wait(lambda text: desk.highlighted() == ["work"])
    desk.screen.keys("g")


def test_virtual_mailboxes_alone(desk):
    desk.screen.keys("V")
    desk.shows()
    desk.screen.keys("V")
    desk.shows(*ALL)


def test_unread_mail_in_cur_is_news_where_it_is_asked_for():
    home = Home(MUTTRC + "set sidebar_format='%B %n'\n")
    fill(home)
    try:
        desk = Desk(home, home.start())
        desk.shows("inbox", "lists", "lists/dev N", "lists/dev/old", "work")
        home.terminals.pop().close()
        home.muttrc(MUTTRC + "set sidebar_format='%B %n' maildir_check_cur=yes\n")
        desk = Desk(home, home.start())
        desk.shows("inbox", "lists", "lists/dev N", "lists/dev/old", "work N")
    finally:
        home.close()
