# SPDX-License-Identifier: GPL-3.0-or-later
"""Threads in the index: folding, linking, breaking, what belongs together and how the tree is drawn."""

import pytest

from listing import LOOK, Listing, lay, letter

THREADS = [("a1", None), ("a2", "a1"), ("a3", "a2"), ("b1", None), ("b2", "b1"), ("c1", None)]


def date(number):
    return f"Mon, 02 Nov 2026 10:{number:02}:00 +0000"


@pytest.fixture
def opened(home):
    """Opens a mailbox of these messages: (name, parent) or (name, parent, flags) or (…, subject)."""
    def start(messages=THREADS, muttrc="", **more):
        for number, (name, parent, *rest) in enumerate(messages):
            flags, subject = (*rest, "S", name)[:1][0] if rest else "S", rest[1] if len(rest) > 1 else name
            lay(home.path / "Mail", number, letter(name, parent, subject=subject, date=date(number)), flags)
        home.muttrc(LOOK + "set sort=threads ascii_chars nohide_thread_subject\n" + muttrc)
        listing = Listing(home, home.path / "Mail", **more)
        listing.terminal.keys("1\r")
        listing.until(lambda: listing.lines()[0][0])
        return listing
    return start


def shows(listing, what, *lines):
    listing.until(lambda: listing.shown() == list(lines), f"{what} {lines}")


OPEN = ("a1", "`->a2", "  `->a3", "b1", "`->b2", "c1")


def test_folding(opened):
    listing = opened(muttrc='set index_format="%Z[%s %M]"\n')
    unfolded = tuple(f"{line} 0" for line in OPEN)
    shows(listing, "at first", *unfolded)
    for function, lines in (
            ("collapse-thread", ("a1 3", *unfolded[3:])), ("collapse-thread", unfolded),
            ("close-thread", ("a1 3", *unfolded[3:])), ("open-thread", unfolded),
            ("collapse-all", ("a1 3", "b1 2", "c1 0")), ("collapse-all", unfolded),
            ("close-all-threads", ("a1 3", "b1 2", "c1 0")), ("open-all-threads", unfolded)):
        listing.run(function)
        shows(listing, function, *lines)


def test_a_mailbox_may_open_with_its_threads_folded(opened):
    shows(opened(muttrc="set collapse_all\n"), "collapse_all", "a1", "b1", "c1")


def test_threads_with_unread_or_flagged_messages_may_stay_open(opened):
    messages = [("a1", None), ("a2", "a1", ""), ("b1", None), ("b2", "b1", "FS"), ("c1", None), ("c2", "c1")]
    listing = opened(messages)
    lines = ("a1", "`->a2", "b1", "`->b2", "c1", "`->c2")
    for setting, shown in (("collapse_unread collapse_flagged", ("a1", "b1", "c1")),
                           ("nocollapse_unread collapse_flagged", (*lines[:2], "b1", "c1")),
                           ("nocollapse_unread nocollapse_flagged", (*lines[:4], "c1"))):
        listing.command(f"set {setting}")
        listing.run("close-all-threads")
        shows(listing, setting, *shown)
        listing.run("open-all-threads")
        shows(listing, "open", *lines)


def test_an_answer_opens_a_folded_thread_or_not(opened, home):
    listing = opened(muttrc="set uncollapse_new\n")
    listing.run("close-all-threads")
    shows(listing, "folded", "a1", "b1", "c1")
    lay(home.path / "Mail", 50, letter("c2", "c1", date=date(50)), new=True)
    shows(listing, "opened by c2", "a1", "b1", "c1", "`->c2")
    listing.command("set nouncollapse_new")
    listing.run("close-all-threads")
    shows(listing, "folded again", "a1", "b1", "c1")
    lay(home.path / "Mail", 51, letter("d1", date=date(51)), new=True)
    lay(home.path / "Mail", 52, letter("c3", "c1", date=date(52)), new=True)
    listing.terminal.wait("9/9")
    shows(listing, "not opened by c3", "a1", "b1", "c1", "d1")


def test_opening_goes_to_the_unread_message_or_stays(opened):
    listing = opened([("a1", None), ("a2", "a1"), ("a3", "a2", "")])
    for setting, cursor in (("uncollapse_jump", "  `->a3"), ("nouncollapse_jump", "a1")):
        listing.terminal.keys("1\r")
        listing.command(f"set {setting}")
        listing.run("close-thread")
        shows(listing, "folded", "a1")
        listing.run("open-thread")
        listing.until(lambda: len(listing.shown()) == 3 and listing.cursor() == cursor, setting)


def test_threads_are_broken_and_linked_for_the_session(opened):
    listing = opened()
    listing.terminal.keys("2\r")
    listing.until(lambda: listing.cursor() == "`->a2")
    listing.run("break-thread")
    shows(listing, "broken", "a1", "a2", "`->a3", "b1", "`->b2", "c1")
    listing.until(lambda: listing.cursor() == "a2")
    listing.run("tag-message")
    listing.terminal.keys("6\r")
    listing.until(lambda: listing.cursor() == "c1")
    listing.run("link-threads")
    listing.until(lambda: "`->a2" in listing.shown() and listing.shown().index("`->a2") == listing.shown().index("c1") + 1)


def test_limit_to_the_thread(opened):
    listing = opened()
    listing.terminal.keys("2\r")
    listing.until(lambda: listing.cursor() == "`->a2")
    listing.run("limit-current-thread")
    shows(listing, "limit-current-thread", *OPEN[:3])
    listing.run("show-limit")
    listing.terminal.wait("Limit: ~(~i ")
    listing.terminal.keys("lall\r")
    shows(listing, "all", *OPEN)
    listing.run("show-limit")
    listing.terminal.wait("No limit pattern is in effect.")


# Settings at the prompt and what the same messages look like then.
def test_what_hangs_together_and_in_which_order(opened):
    messages = [("p1", None, "S", "plan"), ("q1", None, "S", "other"), ("p2", None, "S", "Re: plan"), ("p3", None, "S", "plan"),
                ("q2", "q1", "S", "answer"), ("q3", "q1", "S", "later answer")]
    listing = opened(messages)
    by_subject = ("plan", "`*>Re: plan", "other", "|->answer", "`->later answer", "plan")
    for setting, lines in (
            ("sort_re", by_subject),
            ("nosort_re", ("plan", "|*>Re: plan", "`*>plan", "other", "|->answer", "`->later answer")),
            ("strict_threads", ("plan", "other", "|->answer", "`->later answer", "Re: plan", "plan")),
            ("sort_aux=reverse-date", ("plan", "Re: plan", "other", "|->later answer", "`->answer", "plan")),
            ("sort_aux=last-date", ("plan", "Re: plan", "plan", "other", "|->answer", "`->later answer")),
            ("sort_aux=reverse-last-date-received", ("other", "|->later answer", "`->answer", "plan", "Re: plan", "plan")),
            ("sort_aux=last-date-received", ("plan", "Re: plan", "plan", "other", "|->answer", "`->later answer")),
            ("sort_aux=date sort_thread_groups=subject", ("other", "|->answer", "`->later answer", "plan", "Re: plan", "plan")),
            ("sort_thread_groups=aux sort=reverse-threads",
             ("plan", "Re: plan", ",->later answer", "|->answer", "other", "plan"))):
        listing.command(f"set {setting}")
        shows(listing, setting, *lines)


def test_duplicates_hang_together_or_not(opened, home):
    lay(home.path / "Mail", 40, letter("twin", date=date(40)))
    lay(home.path / "Mail", 41, letter("twin", date=date(41)))
    listing = opened([])
    shows(listing, "duplicate_threads", "twin", "`=>twin")
    listing.command("set noduplicate_threads")
    shows(listing, "noduplicate_threads", "twin", "twin")


def test_subjects_and_trees(opened):
    listing = opened([("a1", None, "S", "plan"), ("a2", "a1", "S", "Re: plan"), ("a3", "a2", "S", "Re: plan"), ("b2", "b1", "S", "lost")])
    for setting, lines in (
            ("hide_thread_subject", ("plan", "`->", "  `->", "lost")),
            ("nohide_thread_subject narrow_tree", ("plan", "`>Re: plan", " `>Re: plan", "lost")),
            ("nonarrow_tree nohide_missing nohide_top_missing", ("plan", "`->Re: plan", "  `->Re: plan", "?->lost"))):
        listing.command(f"set {setting}")
        shows(listing, setting, *lines)
    listing.command("set hide_missing hide_top_missing nohide_limited nohide_top_limited")
    listing.terminal.keys("l!~i a2@x !~i a1@x\r")
    shows(listing, "limited, told", "&-&->Re: plan", "lost")
    listing.command("set hide_limited hide_top_limited")
    shows(listing, "limited, hidden", "Re: plan", "lost")


def test_threads_by_the_day_they_came(opened, home):
    """$thread_received: of two that have no ids in common, the one that came first is the parent by its subject."""
    lay(home.path / "Mail", 40, letter("old", subject="plan", date=date(50)))
    lay(home.path / "Mail", 41, letter("new", subject="Re: plan", date=date(20)))
    listing = opened([])
    shows(listing, "nothread_received", "Re: plan", "plan")
    listing.command("set thread_received")
    shows(listing, "thread_received", "plan", "`*>Re: plan")
