# SPDX-License-Identifier: GPL-3.0-or-later
"""Functions of the index that begin a letter: whom it goes to and what it is called, as the compose menu shows them."""

import email
import re

import pytest

from letters import message
from listing import LOOK, Listing, lay
from pace import until

MUTTRC = ('set from=anna@example.org realname="" fast_reply editor=true include=no abort_unmodified=no recall=no record="" nosig_dashes\n'
          'set sendmail="/bin/false" signature="" hostname=desk.example.org autoedit edit_headers=no reply_to=yes\nsubscribe list@example.net\n')

TO_ALL = dict(sender="Bob <bob@example.net>", to="anna@example.org, Carl <carl@example.net>", extra="Cc: list@example.net\n")
MINE = dict(sender="anna@example.org", to="Carl <carl@example.net>")

# name of the message in the list, function, To, Cc, subject as the compose menu shows them
LETTERS = [
    ("all", "reply", "Bob <bob@example.net>", "", "Re: all"),
    ("all", "group-reply", "Bob <bob@example.net>", "Carl <carl@example.net>, list@example.net", "Re: all"),
    ("all", "group-chat-reply", "Bob <bob@example.net>, Carl <carl@example.net>, list@example.net", "", "Re: all"),
    ("all", "list-reply", "list@example.net", "", "Re: all"),
    ("all", "resend-message", "anna@example.org, Carl <carl@example.net>", "list@example.net", "all"),
    ("mine", "reply", "Carl <carl@example.net>", "", "Re: mine"),
]


@pytest.fixture
def listing(home):
    lay(home.path / "Mail", 1, message(subject="all", **TO_ALL))
    lay(home.path / "Mail", 2, message(subject="mine", **MINE))
    home.muttrc(LOOK + MUTTRC)
    return Listing(home, home.path / "Mail", cols=120)


def fields(listing):
    """Header lines of the compose menu."""
    return {name: value.strip() for name, value in re.findall(r"^ *(From|To|Cc|Subject): ?(.*)$", listing.terminal.text(), re.M)}


def leave(listing):
    listing.run("exit")
    listing.terminal.wait("Save (postpone) draft message?")
    listing.terminal.keys("n")
    listing.until(lambda: listing.cursor(), "the index again")


def expect(listing, what, to, cc, subject):
    listing.until(lambda: (fields(listing).get("To"), fields(listing).get("Cc"), fields(listing).get("Subject")) == (to, cc, subject), what)


def test_whom_an_answer_goes_to(listing):
    for name, function, *wanted in LETTERS:
        listing.go(name)
        listing.run(function)
        expect(listing, f"{function} of {name}", *wanted)
        leave(listing)
    listing.command("set reply_self")
    listing.go("mine")
    listing.run("reply")
    expect(listing, "reply_self", "anna@example.org", "", "Re: mine")


def test_a_new_letter_to_the_sender(listing):
    listing.go("all")
    listing.run("compose-to-sender")
    # $fast_reply is for answers: the rest is asked.
    listing.until(lambda: "Subject:" in listing.bottom() or fields(listing).get("To"))
    if "Subject:" in listing.bottom():
        listing.terminal.keys("news\r")
    listing.until(lambda: fields(listing).get("To") == "Bob <bob@example.net>" and not fields(listing).get("Cc"))


def compose(listing, to, subject="news"):
    listing.run("mail")
    listing.terminal.wait("To:")
    listing.terminal.keys(f"{to}\r")
    listing.terminal.wait("Subject:")
    listing.terminal.keys(f"{subject}\r")
    listing.until(lambda: fields(listing).get("Subject") == subject)


@pytest.mark.parametrize("setting,address", [("nohidden_host", "dora@desk.example.org"), ("hidden_host", "dora@example.org")])
def test_bare_names_get_a_domain(listing, setting, address):
    listing.command(f"set {setting} from='' noautoedit")
    compose(listing, "dora")
    listing.until(lambda: fields(listing).get("To") == address and fields(listing)["From"].endswith(address.partition("dora")[2]))


def sent(home):
    """The messages in the outbox."""
    files = {path.name: path for part in ("new", "work") for path in (home.data / "outbox" / part).glob("*")}
    return [email.message_from_bytes(path.read_bytes().split(b"\n\n", 1)[1]) for path in files.values() if path.exists()]


@pytest.mark.parametrize("setting,zone", [("local_date_header", "-0500"), ("nolocal_date_header", "+0000")])
def test_the_zone_of_the_date(home, setting, zone):
    lay(home.path / "Mail", 1, message(subject="all"))
    home.muttrc(LOOK + MUTTRC + f"set {setting} noautoedit\n")
    home.env["TZ"] = "EST5"
    listing = Listing(home, home.path / "Mail")
    compose(listing, "dora@example.net")
    listing.run("send-message")
    until(lambda: [mail["Date"][-5:] for mail in sent(home)] == [zone])


def test_nobody_in_to_is_asked_about(home, listing):
    listing.command("set confirm_empty_to askbcc noautoedit")
    listing.run("mail")
    listing.terminal.wait("To:")
    listing.terminal.keys("\r")
    listing.terminal.wait("Bcc:")
    listing.terminal.keys("dora@example.net\r")
    listing.terminal.wait("Subject:")
    listing.terminal.keys("quiet\r")
    listing.until(lambda: fields(listing).get("Subject") == "quiet")
    listing.run("send-message")
    listing.terminal.wait("Nobody in To, send all the same?")
    listing.terminal.keys("n")
    listing.until(lambda: "Nobody in To" not in listing.terminal.text() and fields(listing).get("Subject") == "quiet")
    assert not sent(home)
    listing.command("set noconfirm_empty_to")
    listing.run("send-message")
    until(lambda: [mail["Subject"] for mail in sent(home)] == ["quiet"])


def test_what_shows_and_hands_on(home, listing):
    """display-address, print-message, view-attachments, display-message with lines of the index above it."""
    printer = home.path / "printed"
    listing.command(f"set print=yes print_command='cat >{printer}'")
    listing.go("all")
    listing.run("display-address")
    listing.until(lambda: listing.bottom() == "Bob <bob@example.net>")
    listing.run("print-message")
    until(lambda: printer.exists() and b"Subject: all" in printer.read_bytes())
    listing.run("view-attachments")
    listing.terminal.wait("[text/plain, 8bit, utf-8")
    listing.run("exit")
    listing.until(lambda: listing.cursor() == "all")
    listing.command("set pager_index_lines=4")
    listing.run("display-message")
    # Three lines for messages and the bar of the index, then the message.
    listing.until(lambda: listing.shown()[:2] == ["all", "mine"] and "[~/Mail]" in listing.terminal.lines()[3]
                  and any(line.startswith("Subject: all") for line in listing.terminal.lines()[4:]))
    listing.command("set pager_index_lines=0")
    listing.until(lambda: not listing.shown() and "Subject: all" in listing.terminal.text())
