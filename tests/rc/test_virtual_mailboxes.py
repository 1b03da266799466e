# SPDX-License-Identifier: GPL-3.0-or-later
"""Virtual mailboxes: queries as mailboxes, opened by their labels, typed, narrowed to a window in time; what is done in
them is done to the messages where they lie."""

import time
from email.utils import formatdate

import pytest
from home import Home
from letters import message
from pace import until

WEEK = 7 * 86400
# name: (box, subject, ident, flags, age in weeks, more headers)
LETTERS = {
    "a": ("inbox", "alpha one", "<a@x>", "S", 0, ""),
    "b": ("lists", "alpha two", "<b@x>", "", 1, "In-Reply-To: <a@x>\n"),
    "c": ("lists", "beta three", "<c@x>", "FS", 3, ""),
    "d": ("inbox", "alpha four", "<d@x>", "RS", 6, ""),
    "e": ("lists", "gamma answer", "<e@x>", "S", 0, "In-Reply-To: <a@x>\n"),
}
MUTTRC = ('set folder=~/Mail spoolfile=+inbox sort=date index_format="%Z [%g] %s" status_format="%f [%m]" delete=yes quit=yes\n'
          "set wait_key=no confirmappend=no\nmailboxes =inbox =lists\n"
          "bind index X change-vfolder\nbind index Q vfolder-from-query\nbind index R vfolder-from-query-readonly\n"
          "bind index + entire-thread\nbind index < vfolder-window-backward\nbind index > vfolder-window-forward\n"
          "bind index _ vfolder-window-reset\nbind index Y modify-labels\nbind index H modify-labels-then-hide\nbind index h quasi-delete\n"
          "bind index G fetch-mail\n")


def fill(home):
    """Two Maildirs with the letters, and an empty one."""
    now = time.time()
    for box in ("inbox", "lists", "saved"):
        home.maildir(f"Mail/{box}")
    for name, (box, subject, ident, flags, age, more) in LETTERS.items():
        path = home.path / f"Mail/{box}/cur/{int(now) - age}.{name}.home:2,{flags}"
        path.write_bytes(message(subject=subject, ident=ident, date=formatdate(now - age * WEEK - 60), extra=more))
    home.names = lambda box: {p.name.partition(".")[2].partition(".")[0]: p.name.rpartition(",")[2]
                              for part in ("cur", "new") for p in (home.path / f"Mail/{box}" / part).iterdir()}
    return home


@pytest.fixture
def boxes(home):
    return fill(home)


@pytest.fixture(scope="module")
def shared():
    """A terminal that only looks."""
    home = Home()
    fill(home)
    terminal = start(home, "", "=inbox")
    terminal.wait(shows("a", "d"))
    yield terminal
    home.close()


def start(home, lines, box, *args):
    home.muttrc(MUTTRC + lines)
    home.run("sync", check=True)
    until(lambda: len(home.run("search", "*").stdout.splitlines()) == len(LETTERS))
    return home.start("-f", box, *args)


def shows(*names):
    """A screen with these letters and no others."""
    def seen(text):
        return all((LETTERS[name][1] in text) == (name in names) for name in LETTERS)
    return seen


def test_a_query_is_a_mailbox_by_its_label(boxes):
    terminal = start(boxes, 'virtual-mailboxes "alphas" "notmuch://?query=subject:alpha" "Unread mail" notmuch://?query=tag:unread\n', "alphas")
    terminal.wait(lambda text: shows("a", "b", "d")(text) and "alphas [3]" in text)
    terminal.type("X", "Open virtual folder:")
    terminal.type("Unread mail\r", lambda text: shows("b")(text) and "Unread mail [1]" in text)
    terminal.type("X", "Open virtual folder:")
    terminal.type("lists\r", "lists is not a virtual mailbox.")


def test_a_message_of_it_is_changed_where_it_lies(boxes):
    terminal = start(boxes, "", "notmuch://?query=subject:alpha")
    terminal.wait(shows("a", "b", "d"))
    terminal.type("=F", lambda text: "!" in text)  # oldest first: d
    until(lambda: "F" in boxes.names("inbox")["d"])
    terminal.type("=s", "Save to mailbox")
    terminal.type("=saved\r", shows("a", "b"))
    until(lambda: len(boxes.names("saved")) == 1)
    terminal.type("*d$", lambda text: shows("a")(text) or shows("b")(text))
    until(lambda: len(boxes.names("inbox")) + len(boxes.names("lists")) == 3)


@pytest.mark.parametrize("key, more", [("Q", ""), ("R", "read-only")])
def test_a_typed_query(boxes, key, more):
    terminal = start(boxes, "", "=inbox")
    terminal.wait(shows("a", "d"))
    terminal.type(key, "Query:")
    terminal.type("subject:beta or subject:gamma\r", shows("c", "e"))
    terminal.type("d", "read-only" if more else lambda text: "D" in text)


# commands before the query, the query, keys after it, what is shown then
QUERIES = {
    "messages": ([], "subject:alpha", "", "abd"),
    "threads": (["set nm_query_type=threads"], "subject:alpha", "", "abde"),
    "threads, asked for by the name": (["push '<change-vfolder>notmuch://?query=subject%3Agamma&type=threads<enter>'"], None, "", "abe"),
    "one": (["set nm_db_limit=1"], "subject:beta or subject:four", "", "c"),
    "without a tag": (["set nm_exclude_tags=flagged,unread"], "subject:alpha or subject:beta", "", "ad"),
    "without a tag that is asked for": (["set nm_exclude_tags=flagged,unread"], "tag:flagged", "", "c"),
    "tags are flags": ([], "tag:unread or tag:replied", "", "bd"),
    "a window": (["set nm_query_window_duration=2"], "*", "", "abe"),
    "of another length": (["set nm_query_window_duration=5 nm_query_window_timebase=day"], "*", "", "ae"),
    "one window back": (["set nm_query_window_duration=2"], "*", "<", "c"),
    "back and forward": (["set nm_query_window_duration=2"], "*", "<<>", "c"),
    "back and reset": (["set nm_query_window_duration=2"], "*", "<<_", "abe"),
    "a window without a length": (["set nm_query_window_enable"], "*", "", "ae"),
    "what a window does not hide": (["set nm_query_window_duration=2 nm_query_window_or_terms='tag:flagged'"], "*", "", "abce"),
    "the rest of the thread": ([], "subject:gamma", "+", "abe"),
    "hidden, not deleted": ([], "subject:alpha", "=h", "ab"),
}


def reset(terminal):
    terminal.keys(":reset nm_query_type nm_db_limit nm_exclude_tags nm_query_window_duration nm_query_window_enable "
                  "nm_query_window_timebase nm_query_window_or_terms nm_query_window_current_search\rc=inbox\r")
    terminal.wait(lambda text: shows("a", "d")(text) and "=inbox [2]" in text)


@pytest.mark.parametrize("case", QUERIES)
def test_what_a_query_shows(shared, case):
    lines, query, keys, wanted = QUERIES[case]
    reset(shared)
    for line in lines:
        shared.keys(f":{line}\r")
    if query:
        shared.keys(f"Q{query}\r")
        shared.wait(lambda text: "=inbox [2]" not in text and (shows(*wanted)(text) or keys))
    for key in keys:
        shared.settle()
        shared.keys(key)
    shared.wait(shows(*wanted))


def test_the_thread_of_a_message_of_any_mailbox(shared):
    reset(shared)
    shared.keys("*+")
    shared.wait(shows("a", "b", "e"))


@pytest.mark.parametrize("lines", ["set spoolfile=news\n", "set virtual_spool_file\n"])
def test_the_inbox_may_be_virtual(boxes, lines):
    terminal = start(boxes, f'named-mailboxes news "notmuch://?query=subject:beta"\n{lines}', "=lists")
    terminal.wait(shows("b", "c", "e"))
    terminal.close()
    terminal = boxes.start()
    terminal.wait(shows("c"))


def test_labels_that_are_flags_and_hiding(boxes):
    """Tags of NeoMutt's notmuch users: those that stand for flags are the flags; hidden mail is not deleted."""
    terminal = start(boxes, "set nm_flagged_tag=star nm_replied_tag=done nm_unread_tag=new\n", "notmuch://?query=subject:alpha")
    terminal.wait(shows("a", "b", "d"))
    terminal.type("=Y", "Add/remove labels:")
    terminal.type("+star !todo +new -done\r", lambda text: any("[todo] alpha four" in line and "!" in line for line in text.splitlines()))
    until(lambda: boxes.names("inbox")["d"].rstrip("abcdefghijklmnopqrstuvwxyz") == "F")
    terminal.type("=Y", "Add/remove labels:")
    terminal.type("!todo\r", "[] alpha four")
    terminal.type("=H", "Add/remove labels:")
    terminal.type("-star\r", shows("a", "b"))
    until(lambda: boxes.names("inbox")["d"] == "")
    terminal.type("Q", "Query:")
    terminal.type("tag:new\r", shows("b", "d"))


def test_no_query_and_a_wrong_one_are_told(boxes):
    terminal = start(boxes, "", "=inbox")
    terminal.wait(shows("a", "d"))
    terminal.type("X", "Open virtual folder:")
    terminal.type("notmuch:///tmp\r", "names no query")
    terminal.type("Q", "Query:")
    terminal.type("date:nonsense..more\r", lambda text: "ndex" in text and "=inbox [2]" not in text)


def test_unvirtual_mailboxes_forgets_the_virtual_ones(home):
    home.muttrc("mailboxes ~/Mail/one\nvirtual-mailboxes A notmuch://?query=a B notmuch://?query=b\nset sidebar_visible\n")
    home.maildir("Mail/one")
    terminal = home.start("-f", "~/Mail/one")
    terminal.wait(lambda text: "one" in text and "A " in text and "B " in text)
    terminal.type(":unvirtual-mailboxes notmuch://?query=a\r", lambda text: "A " not in text and "B " in text)
    terminal.type(":unvirtual-mailboxes *\r", lambda text: "B " not in text and "one" in text)
