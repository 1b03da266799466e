# SPDX-License-Identifier: GPL-3.0-or-later
"""The browser: files and mailboxes, their order, the mask, where the cursor stays."""

import os

import pytest
from home import Home
from letters import message

MUTTRC = """set folder=~/Mail spoolfile=+inbox sleep_time=0 date_format='%Y' index_format='%s'
set folder_format='%C %f %s %m %n %N' mailbox_folder_format='%C %f %m %n'
mailboxes =inbox =b =a
color indicator black green
bind browser p goto-parent
bind browser h goto-folder
bind browser d descend-directory
bind browser D delete-mailbox
bind index v browse-mailboxes
bind index c change-folder
"""


@pytest.fixture(scope="module")
def desk():
    home = Home(MUTTRC)
    home.maildir("Mail/inbox", [message("one"), message("two")])
    home.maildir("Mail/b", [message("in b")])
    home.maildir("Mail/a")
    (home.path / "Mail/b/new/1700000001.M1.home").write_bytes(message("new in b"))
    for number, (name, text) in enumerate([("zeta", "z"), ("alpha.txt", "alpha's text\n"), ("mid.txt", "m" * 500)]):
        path = home.path / "files" / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
        os.utime(path, (1700000000 + number,) * 2)
    (home.path / "files/sub").mkdir()
    (home.path / "files/sub/.hidden").write_text("")
    (home.path / "files/sub/leaf").write_text("")
    os.utime(home.path / "files/sub", (1600000000,) * 2)
    home.screen = home.start()
    home.screen.wait("two")
    yield home
    home.close()


def names(screen):
    """The second word of each line: what folder_format's %f is."""
    return [line.split()[1] for line in screen.lines()[1:-2] if len(line.split()) > 1]


def shows(screen, *wanted):
    screen.wait(lambda text: names(screen) == list(wanted))


def current(screen):
    """The name under the cursor, which is green."""
    at = [y for y in range(1, 22) if screen.screen.buffer[y][0].bg == "green"]
    return screen.screen.display[at[0]].split()[1] if at else ""


@pytest.fixture
def files(desk):
    """The browser in the folder of files."""
    desk.screen.keys("v")
    desk.screen.wait("Mailboxes [")
    desk.screen.keys("c")
    desk.screen.wait("Chdir to:")
    desk.screen.keys(f"\x15{desk.path}/files\r")
    desk.screen.wait(lambda text: "/files], File mask" in text and "mid.txt" in text)
    yield desk
    desk.screen.keys(":reset sort_browser browser_sort_dirs_first mask browser_sticky_cursor\r")
    desk.screen.type("q", "two")


ORDERS = [
    ("set sort_browser=alpha", ["../", "alpha.txt", "mid.txt", "sub/", "zeta"]),
    ("set sort_browser=reverse-alpha", ["../", "zeta", "sub/", "mid.txt", "alpha.txt"]),
    ("set sort_browser=date", ["../", "sub/", "zeta", "alpha.txt", "mid.txt"]),
    ("set sort_browser=reverse-date", ["../", "mid.txt", "alpha.txt", "zeta", "sub/"]),
    ("set sort_browser=reverse-alpha browser_sort_dirs_first=yes", ["../", "sub/", "zeta", "mid.txt", "alpha.txt"]),
]


@pytest.mark.parametrize("change,wanted", ORDERS)
def test_order_of_files(files, change, wanted):
    files.screen.keys(f":{change}\r")
    shows(files.screen, *wanted)


def test_order_by_a_key(files):
    files.screen.keys(":set sort_browser=date\r")
    shows(files.screen, "../", "sub/", "zeta", "alpha.txt", "mid.txt")
    files.screen.type("o", "Sort by (d)ate")
    files.screen.keys("a")
    shows(files.screen, "../", "alpha.txt", "mid.txt", "sub/", "zeta")
    files.screen.type("O", "Reverse sort by (d)ate")
    files.screen.keys("a")
    shows(files.screen, "../", "zeta", "sub/", "mid.txt", "alpha.txt")


def test_the_cursor_stays_and_goes_up_to_where_it_was(files):
    files.screen.keys("/sub\r")
    files.screen.wait(lambda text: current(files.screen) == "sub/")
    files.screen.keys("\r")
    shows(files.screen, "../", "leaf")
    files.screen.keys("p")
    files.screen.wait(lambda text: current(files.screen) == "sub/")
    files.screen.keys("m")
    files.screen.wait("File Mask:")
    files.screen.keys("\x15!txt$\r")
    shows(files.screen, "../", "sub/", "zeta")
    files.screen.wait(lambda text: current(files.screen) == "sub/")
    files.screen.keys(":set browser_sticky_cursor=no\r/zeta\r")
    files.screen.wait(lambda text: current(files.screen) == "zeta")
    files.screen.keys("p")
    files.screen.wait(lambda text: "/files]" not in text and current(files.screen) == "../")


def test_a_file_is_viewed(files):
    files.screen.keys("/alpha\r")
    files.screen.wait(lambda text: current(files.screen) == "alpha.txt")
    files.screen.keys(" ")
    files.screen.wait("alpha's text")
    files.screen.keys("q")
    files.screen.wait(lambda text: current(files.screen) == "alpha.txt")
    files.screen.keys("@")
    files.screen.wait(f"{files.path}/files/alpha.txt")


def test_folder_of_all_mailboxes_is_found(files):
    files.screen.keys("h")
    files.screen.wait(lambda text: f"Directory [{files.path}/Mail]" in text)
    shows(files.screen, "../", "a/", "b/", "inbox/")
    files.screen.keys("/b\rd")
    files.screen.wait(lambda text: f"Directory [{files.path}/Mail/b]" in text)


@pytest.fixture
def mailboxes(desk):
    desk.screen.keys("v")
    desk.screen.wait("Mailboxes [")
    yield desk
    desk.screen.keys(":reset sort_browser_mailboxes browser_abbreviate_mailboxes\r")
    desk.screen.type("q", "two")


def lines(screen):
    return [line.rstrip() for line in screen.lines()[1:-2] if line.strip()]


MAILBOXES = [
    ("set sort_browser_mailboxes=unsorted", ["1 =inbox 2 0", "2 =b 2 1", "3 =a 0 0"]),
    ("set sort_browser_mailboxes=alpha", ["1 =a 0 0", "2 =b 2 1", "3 =inbox 2 0"]),
    ("set sort_browser_mailboxes=reverse-unread", ["1 =b 2 1", "2 =inbox 2 0", "3 =a 0 0"]),
    ("set browser_abbreviate_mailboxes=no", ["1 {}/Mail/inbox 2 0", "2 {}/Mail/b 2 1", "3 {}/Mail/a 0 0"]),
]


@pytest.mark.parametrize("change,wanted", MAILBOXES)
def test_mailboxes(mailboxes, change, wanted):
    mailboxes.screen.keys(f":{change}\r")
    mailboxes.screen.wait(lambda text: lines(mailboxes.screen) == [line.format(mailboxes.path) for line in wanted])


def test_files_and_mailboxes_by_turns(mailboxes):
    mailboxes.screen.keys("/=b\r")
    mailboxes.screen.wait(lambda text: current(mailboxes.screen) == "=b")
    mailboxes.screen.type("\t", "Directory [")
    mailboxes.screen.keys("h\t")
    mailboxes.screen.wait(lambda text: "Mailboxes [" in text and names(mailboxes.screen) == ["=inbox", "=b", "=a"])


def test_a_new_name_is_typed(desk):
    desk.screen.keys("v")
    desk.screen.wait("Mailboxes [")
    desk.screen.keys("N")
    desk.screen.wait("New file name:")
    desk.screen.keys("\x15=b\r")
    desk.screen.wait("new in b")
    desk.screen.keys("c\x15=inbox\r")
    desk.screen.wait("two")
