# SPDX-License-Identifier: GPL-3.0-or-later
"""Each letter of $sidebar_format, $folder_format and $mailbox_folder_format, seen on the screen."""

import os
import pathlib
import time

import pytest
from home import Home
from letters import message

SIDEBAR = "!aBDdFLNnoprStZ"
FOLDER = "aCDdFfgilmNnpstu"
HALF_A_YEAR = 182 * 86400


def format_of(letters):
    return "".join(f"<{letter}:%{letter}>" for letter in letters)


MUTTRC = f"""set folder=~/Mail spoolfile=+open sleep_time=0 mark_old=no resolve=no date_format='!%Y/%j'
set sidebar_visible=yes sidebar_width=150 sidebar_format='{format_of(SIDEBAR)}' index_format='%s' status_format='<%m left>'
set folder_format='{format_of(FOLDER)}' mailbox_folder_format='{format_of(FOLDER)}' postponed=+drafts
mailboxes =open -nonotify -label 'Far away' =far -nopoll =mute =plain
bind index v browse-mailboxes
"""
# mailbox: how many are new, old, read, and how many of the read are flagged
BOXES = {"open": (0, 1, 12, 2), "far": (3, 2, 9, 6), "mute": (4, 0, 0, 0), "plain": (0, 0, 1, 1)}


def fill(box, new, old, read, flagged):
    for i in range(new + old + read):
        seen = "S" if i >= new + old else ""
        flag = "F" if i >= new + old + read - flagged else ""
        path = box / ("new" if i < new else "cur") / (f"17000000{i:02}.M{i}.home" + ("" if i < new else f":2,{flag}{seen}"))
        path.write_bytes(message(f"letter {i}"))


@pytest.fixture(scope="module")
def desk():
    home = Home(MUTTRC)
    for name, counts in BOXES.items():
        fill(home.maildir(f"Mail/{name}"), *counts)
    home.screen = home.start(cols=400)
    home.screen.wait("<13 left>")
    yield home
    home.close()


def said(screen, mark):
    """The whole line on which this stands, "" for none."""
    return next((line for line in screen.lines() if mark in line), "")


def shows(screen, mark, **wanted):
    """Wait until the line with this mark on it says all of it."""
    def seen(_):
        line = said(screen, mark)
        return line and all(f"<{'!' if letter == 'flags' else letter}:{value}>" in line for letter, value in wanted.items())
    screen.wait(seen)


# what stands in %B of its line: what each letter says. No number is there twice.
LINES = {
    "far": dict(a=0, p=1, D="Far away", S=14, N=5, Z=3, o=2, r=9, F=6, flags="6!", n="N", L=14, d=0, t=0),
    "mute": dict(a=1, p=0, D="mute", S=4, N=4, Z=4, o=0, r=0, F=0, flags="", n=" ", L=4),
    "plain": dict(a=1, p=1, D="plain", S=1, N=0, F=1, flags="!", n=" "),
    "open": dict(a=1, p=1, D="open", S=13, N=1, Z=0, o=1, r=12, F=2, flags="!!", n=" ", L=13, d=0, t=0),
}


@pytest.mark.parametrize("name", LINES)
def test_each_letter_of_the_sidebar(desk, name):
    shows(desk.screen, f"<B:{name}>", **LINES[name])


def test_the_sidebar_tells_of_the_marks_of_this_session_at_once(desk):
    desk.screen.keys("1\rd")
    shows(desk.screen, "<B:open>", d=1, t=0, L=13)
    desk.screen.keys("2\rd3\rt4\rt5\rt")
    shows(desk.screen, "<B:open>", d=2, t=3, L=13)
    desk.screen.keys("l~F\r")
    shows(desk.screen, "<B:open>", d=2, t=3, L=2)
    desk.screen.keys("lall\r1\ru2\ru3\rt4\rt5\rt")
    shows(desk.screen, "<B:open>", d=0, t=0, L=13)


# a width, a condition of each kind, and both padding sides: what the line of `far` is then
FORMS = [
    ("%-8.2B|", "fa      |"), ("%4S|", "  14|"), ("%?N?%N of %S&none?", "5 of 14"), ("%<d?%d gone&whole>", "whole"),
    ("%?F?flagged %F&no?", "flagged 6"), ("%<n?news&old>", "news"), ("%?L?less&all?", "all"), ("%<t?tagged&plain>", "plain"),
    ("%<!?%!&->", "6!"), ("%_D", "far away"), ("%=12D|", "  Far away  |"), ("%03N", "005"),
]


def test_forms_in_the_sidebar(desk):
    whole = "".join(f"<{form}>" for form, _ in FORMS)
    desk.screen.keys(f":set sidebar_format='{whole}'\r")
    line = "".join(f"<{text}>" for _, text in FORMS)
    desk.screen.wait(lambda text: line in text)
    desk.screen.keys(f":set sidebar_format='{format_of(SIDEBAR)}'\r")
    desk.screen.wait("<B:far>")


# The dialect of the file: its mark, what the sidebar and the list of mailboxes show of one with a label
DIALECTS = {
    "mutt": ("", "%B", "<Far away|1>", "<one Far away 1>"),
    "neomutt": ("ifdef nothing_such set beep\n", "%B", "<far|1>", "1 Far away"),
    "a query": ("virtual-mailboxes Found 'notmuch://?query=nothing'\n", "%B", "<Found|0>", "Found"),
    "mutt with %D": ("", "%B %D", "<far Far away|1>", "<one Far away 1>"),
}


@pytest.mark.parametrize("dialect", DIALECTS)
def test_where_a_label_is_shown(home, dialect):
    """mutt has a label for a name; NeoMutt gives it letters of its own, and mailboxes a format."""
    mark, letters, beside, listed = DIALECTS[dialect]
    home.muttrc(f"""set folder=~/Mail spoolfile=+open sidebar_visible sidebar_width=40 folder_format='<one %f %m>' index_format='%s'
set sidebar_format='<{letters}|%S>'
mailboxes =open -label 'Far away' =far
{mark}bind index v browse-mailboxes
""")
    home.maildir("Mail/open", [message("a letter")])
    home.maildir("Mail/far", [message("far")])
    screen = home.start()
    screen.wait(lambda text: "a letter" in text and beside in text)
    screen.keys("v")
    screen.wait(listed)


def test_the_sidebar_shows_labels_by_itself(home):
    for mark in ("", "ifdef nothing_such set beep\n"):
        home.muttrc(f"set folder=~/Mail spoolfile=+open sidebar_visible index_format='%s'\n{mark}mailboxes =open -label 'Far away' =far\n")
        home.maildir("Mail/open", [message("a letter")])
        home.maildir("Mail/far")
        screen = home.start()
        screen.wait(lambda text: "a letter" in text and "Far away" in text)
        home.terminals.pop().close()


# ---- the browser

@pytest.fixture
def browser(desk):
    desk.screen.keys("v")
    desk.screen.wait("Mailboxes [")
    yield desk
    desk.screen.keys("q")
    desk.screen.wait("<13 left>")


def test_each_letter_of_a_mailbox_in_the_browser(browser):
    box = browser.path / "Mail/far"
    owner = box.owner()
    shows(browser.screen, "<f:=far>", a=0, p=1, i="Far away", m=14, n=5, N="N", F="drwxr-xr-x", l=box.stat().st_nlink, u=owner, t=" ")
    shows(browser.screen, "<f:=mute>", a=1, p=0, i="=mute", m=4, n=4, N=" ")


@pytest.fixture(scope="module")
def files(desk):
    """Files of all kinds: one of half a year ago, one of today, one of a user and group without names."""
    folder = desk.path / "files"
    folder.mkdir()
    for name, size, mode, age in [("old.txt", 5, 0o640, 2 * HALF_A_YEAR), ("run.sh", 2048, 0o755, 60)]:
        (folder / name).write_text("x" * size)
        (folder / name).chmod(mode)
        os.utime(folder / name, (time.time() - age,) * 2)
    os.link(folder / "old.txt", folder / "second.txt")
    (folder / "link").symlink_to("old.txt")
    (folder / "sub").mkdir()
    if os.geteuid() == 0:
        os.chown(folder / "run.sh", 54321, 54322)
    return folder


def date(form, path):
    return time.strftime(form, time.gmtime(path.stat().st_mtime))


def mode_of(path):
    bits = "rwxrwxrwx"
    mode = path.stat().st_mode
    return "d" + "".join(letter if mode & (0o400 >> i) else "-" for i, letter in enumerate(bits))


def test_each_letter_of_a_file_in_the_browser(browser, files):
    browser.screen.keys(f"c\x15{files}\r")
    old, run = files / "old.txt", files / "run.sh"
    shows(browser.screen, "<f:old.txt>", C=3, d=date("%b %d  %Y", old), D=date("%Y/%j", old), F="-rw-r-----", g=old.group(), l=2,
          s="0.1K", u=old.owner(), i="old.txt", a=0, p=0, m=0, n=0, N=" ", t=" ")
    owner = (54321, 54322) if os.geteuid() == 0 else (run.owner(), run.group())
    shows(browser.screen, "<f:run.sh*>", C=4, d=date("%b %d %H:%M", run), F="-rwxr-xr-x", u=owner[0], g=owner[1], l=1, s="2.0K")
    shows(browser.screen, "<f:link@>", F="lrwxrwxrwx")
    shows(browser.screen, "<f:sub/>", F=mode_of(files / "sub"))


def test_forms_in_the_browser(browser, files):
    browser.screen.keys(f"c\x15{files}\r")
    browser.screen.wait("<f:old.txt>")
    browser.screen.keys(":set folder_format='<%-9.3f|%4C|%<N?new&no>|%?m?some&none?|%[%Y]>'\r")
    year = date("%Y", files / "old.txt")
    browser.screen.wait(f"<old      |   3|no|none|{year}>")
    browser.screen.keys(f":set folder_format='{format_of(FOLDER)}'\r")
    browser.screen.wait("<f:old.txt>")


def test_files_that_are_tagged_are_attached_together(desk, files):
    desk.screen.keys(":set editor=true fast_reply=yes abort_unmodified=no postpone=no\rm")
    desk.screen.wait("To:")
    desk.screen.keys("bob@example.net\r")
    desk.screen.wait("Subject:")
    desk.screen.keys("files\r")
    desk.screen.wait("-- Attachments")
    desk.screen.keys("a?")
    desk.screen.wait("Directory [")
    desk.screen.keys(f"c\x15{files}\r")
    desk.screen.wait("<f:old.txt>")
    desk.screen.keys("3\r")
    desk.screen.keys("t")
    shows(desk.screen, "<f:old.txt>", t=r"*")
    shows(desk.screen, "<f:run.sh*>", t=" ")
    desk.screen.keys("4\rt")
    shows(desk.screen, "<f:run.sh*>", t="*")
    desk.screen.keys("2\r")
    desk.screen.keys("\r")
    desk.screen.wait(lambda text: "-- Attachments" in text and "2 old.txt" in text and "3 run.sh" in text and "Atts: 3]" in text)
    desk.screen.keys("q")
    desk.screen.wait("<13 left>")


# ---- who is told of new mail

def deliver(home, name):
    path = home.path / "Mail" / name
    (path / "tmp/1800000000.M1.home").write_bytes(message(f"news for {name}"))
    os.rename(path / "tmp/1800000000.M1.home", path / "new/1800000000.M1.home")


@pytest.mark.parametrize("name,told", [("far", False), ("mute", False), ("plain", True)])
def test_nobody_is_told_of_mail_where_it_is_not_wanted(desk, name, told):
    screen = desk.screen
    screen.keys(f":set beep_new; echo quiet\rc")
    screen.wait("Open mailbox")
    screen.keys(f"\x15={name}\r")
    screen.wait(f"<{LINES[name]['S']} left>")
    bells = screen.raw.count(b"\a")
    deliver(desk, name)
    screen.wait(lambda text: f"news for {name}" in text and (not told or "New mail in this mailbox." in text))
    text = screen.settle()
    assert ("New mail" in text, screen.raw.count(b"\a") > bells) == (told, told)
