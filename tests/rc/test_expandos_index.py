# SPDX-License-Identifier: GPL-3.0-or-later
"""Each letter of $index_format and $status_format, seen on the screen."""

import os

import pytest

from letters import message

PLAIN = message(sender="Ann Smith <ann@example.net>", to="Anna <anna@example.org>, Zoë <zoe@example.net>", subject="plain words",
                date="Mon, 02 Nov 2026 10:20:00 +0500", ident="<1@example.net>", body="one\ntwo\nthree\n",
                extra="Cc: Carol Jones <carol@example.net>\nReply-To: replies@example.net\nX-Label: work\nOrganization: The Works\nNewsgroups: comp.mail\n")
LISTED = message(sender="Bob <bob@example.net>", to="Cur Dev <dev@lists.example.org>", subject="to the list",
                 date="Mon, 02 Nov 2026 10:30:00 +0000", ident="<2@example.net>", body="x" * 3000 + "\n")
ANSWER = message(sender="Anna <anna@example.org>", to="Bob Builder <bob@example.net>", subject="Re: to the list", ident="<3@example.net>",
                 date="Mon, 02 Nov 2026 10:40:00 +0000", extra="In-Reply-To: <2@example.net>\n")
PARTS = (b"From: dave@example.net\nTo: eve@example.net\nCc: anna@example.org\nSubject: two files\nDate: Mon, 02 Nov 2026 10:50:00 +0000\n"
         b"Message-ID: <4@example.net>\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\ntext\n"
         b"--b\nContent-Type: application/pdf\nContent-Disposition: attachment; filename=a.pdf\n\n%PDF\n"
         b"--b\nContent-Type: application/zip\nContent-Disposition: attachment; filename=b.zip\n\nPK\n--b--\n")

MUTTRC = """
set from=anna@example.org realname=Anna sort=threads strict_threads=yes
alternates '^anna@example\\.org$'
subscribe dev@lists.example.org
score '~s plain' 7
set date_format="!%d.%m. %H:%M"
set mark_old=yes
""".replace("tag-format none\n", "")

# letter: what it says of PLAIN, LISTED, ANSWER and PARTS; None: not looked at
LETTERS = {
    "A": ("replies@example.net", "bob@example.net", "anna@example.org", "dave@example.net"),
    "a": ("ann@example.net", "bob@example.net", "anna@example.org", "dave@example.net"),
    "B": ("Mail", "dev", "Mail", "Mail"),
    "b": ("Mail",) * 4,
    "C": ("1", "2", "3", "4"),
    "c": ("0.1K", "2.9K", "0.1K", "0.2K"),
    "D": ("02.11. 05:20", "02.11. 10:30", "02.11. 10:40", "02.11. 10:50"),
    "d": ("02.11. 10:20", "02.11. 10:30", "02.11. 10:40", "02.11. 10:50"),
    "E": ("1", "2", "2", "1"),
    "e": ("1", "1", "2", "1"),
    "F": ("Ann Smith", "Bob", "To Bob Builder", "dave@example.net"),
    "f": ("Ann Smith <ann@example.net>", "Bob <bob@example.net>", "Anna <anna@example.org>", "dave@example.net"),
    "Fp": ("Ann Smith", "Bob", "Bob Builder", "dave@example.net"),
    "I": ("AS", "B", "A", "d"),
    "i": ("<1@example.net>", "<2@example.net>", "<3@example.net>", "<4@example.net>"),
    "K": ("", "dev", "", ""),
    "L": ("Ann Smith", "To Cur Dev", "To Bob Builder", "dave@example.net"),
    "l": ("3", "1", "1", None),
    "M": ("0", "0", "0", "0"),
    "m": ("4",) * 4,
    "N": ("7", "0", "0", "0"),
    "n": ("Ann Smith", "Bob", "Anna", "dave@example.net"),
    "O": ("ann", "dev", "bob", "dave"),
    "q": ("comp.mail", "", "", ""),
    "R": ("Carol Jones <carol@example.net>", "", "", "anna@example.org"),
    "r": ("Anna <anna@example.org>, Zoë <zoe@example.net>", "Cur Dev <dev@lists.example.org>", "Bob Builder <bob@example.net>", "eve@example.net"),
    "S": ("!", "N", "r", "O"),
    "s": ("plain words", "to the list", "└─>", "two files"),
    "T": ("T", "L", "F", "C"),
    "t": ("To Anna", "To Cur Dev", "To Bob Builder", "To eve@example.net"),
    "u": ("ann", "bob", "anna", "dave"),
    "v": ("Ann", "Bob", "Bob", "dave"),
    "W": ("The Works", "", "", ""),
    "X": ("0", "0", "0", None),
    "Y": ("work", "", "", ""),
    "y": ("work", "", "", ""),
    "Z": ("  !", "N L", "r F", "O C"),
    "zc": (" ", " ", " ", " "),
    "zs": (" ", "N", "r", "O"),
    "zt": ("!", "L", "F", "C"),
}


@pytest.fixture
def mailbox(home):
    """PLAIN is flagged, LISTED new, ANSWER answered, PARTS old and unread."""
    box = home.maildir()
    for number, (folder, flags, text) in enumerate([("cur", ":2,FS", PLAIN), ("new", "", LISTED), ("cur", ":2,RS", ANSWER), ("cur", ":2,", PARTS)], 1):
        path = box / folder / f"{1700000000 + number}.M{number}.home{flags}"
        path.write_bytes(text)
        os.utime(path, (1700000000 + number,) * 2)
    return box


def show(home, mailbox, more="", rows=24, cols=80, wanted="Msgs:4"):
    home.muttrc(MUTTRC + more)
    terminal = home.start("-f", str(mailbox), rows=rows, cols=cols)
    terminal.wait(wanted)
    return terminal


def test_each_letter_says_of_a_message_what_it_promises(home, mailbox):
    form = "".join(f"<{letter}:%{letter}>" for letter in LETTERS)
    terminal = show(home, mailbox, f'set index_format="{form}."\n', cols=1200)
    terminal.wait(lambda text: text.count("<zt:") == 4)
    for place, line in enumerate(terminal.lines()[1:5]):
        for letter, values in LETTERS.items():
            if values[place] is not None:
                assert f"<{letter}:{values[place]}>" in line, (letter, line)


def test_a_collapsed_thread_tells_how_many_it_hides(home, mailbox):
    terminal = show(home, mailbox, 'set index_format="%C hides %M.%?M?many&none?"\n')
    terminal.wait("3 hides 0.none")
    terminal.type("2\r")
    terminal.type("\x1bv", wanted="2 hides 2.many")


def test_the_whole_size_is_more_than_that_of_the_body(home, mailbox):
    terminal = show(home, mailbox, 'set index_format="%C body %c whole %cr."\n')
    terminal.wait(lambda text: "2 body 2.9K whole 3.2K." in text)


def test_tags_are_shown_and_once_a_thread(home, mailbox):
    terminal = show(home, mailbox, 'set index_format="%C <%g> <%J>"\n')
    terminal.wait("2 <> <>")
    terminal.type("2\r:exec modify-labels\r+urgent\r", wanted="2 <urgent> <urgent>")
    terminal.type("3\r:exec modify-labels\r+urgent\r", wanted="3 <urgent> <>")


def test_the_pager_tells_how_far_it_is(home, mailbox):
    """%P, too, is a letter of $pager_format."""
    terminal = show(home, mailbox, 'set pager_format="%C of %m: %P"\n')
    terminal.type("1\r\r", wanted="1 of 4: all")


# expandos-grammar.md: widths, sides, conditions of both dialects, nested, dates of each clock
FORMS = [
    ("%{%d %H:%M}", "02 10:20"), ("%[%d %H:%M]", "02 05:20"), ("%(%Y)", "2023"), ("%-8.3n", "Ann     "), ("%8.3n", "     Ann"),
    ("%08C", "00000001"), ("%.5s", "plain"), ("%=12n", " Ann Smith  "), ("%?y?label %y&none?", "label work"),
    ("%<y?label %y&none>", "label work"), ("%<y?%<K?both&one>&none>", "one"), ("%?K?list&no list?", "no list"), ("100%%", "100%"),
    ("%_n", "ann smith"), ("%<K?list&%<[60y?young&old>>", "young"), ("%<[1d?today&%[%d]>", "02"),
]


def test_forms_of_an_expando(home, mailbox):
    whole = "".join(f"<{form}>" for form, _ in FORMS)
    terminal = show(home, mailbox, f"set index_format='{whole}.'\n", cols=400)
    terminal.wait("<plain>")
    line = terminal.lines()[1]
    assert line == "".join(f"<{said}>" for _, said in FORMS) + "."


def test_padding_fills_to_the_edge(home, mailbox):
    terminal = show(home, mailbox, "set index_format='%n%>.%C'\n")
    terminal.wait("Ann Smith" + "." * 70 + "1")
    terminal.type(":set index_format='%n%|-'\r", wanted="Ann Smith" + "-" * 71)
    terminal.type(":set index_format='%s%* %C of %m'\r", wanted="plain words" + " " * 63 + "1 of 4")


STATUS = {
    "b": None, "D": None, "d": "1", "F": "1", "h": None, "L": None, "l": None, "M": "4", "m": "4", "n": "1", "o": "1",
    "P": "all", "p": None, "R": "2", "r": "*", "S": "date", "s": "threads", "t": "2", "u": "2", "V": "", "T": "subject",
}


def test_each_letter_of_the_status_line(home, mailbox):
    form = "".join(f"<{letter}:%{letter}>" for letter in STATUS)
    terminal = show(home, mailbox, f'set status_format="{form}." sort_thread_groups=subject\n', cols=300, wanted="<m:4>")
    terminal.type("1\rd", wanted="<d:1>")
    terminal.type("3\rt4\rt", wanted="<t:2>")
    line = next(line for line in terminal.lines() if "<b:" in line)
    for letter, value in STATUS.items():
        if value is not None:
            assert f"<{letter}:{value}>" in line, (letter, line)


# ---- a format that ends in a bar is a command

def test_a_program_writes_the_status_line(home, mailbox):
    terminal = show(home, mailbox, "set status_format='echo from a program: %m | tr a-z A-Z|'\n", wanted="FROM A PROGRAM: 4")
    assert terminal.lines()[22].startswith("FROM A PROGRAM: 4")
    terminal.type("l~N\r")
    terminal.type(":set status_format='echo %M of %m|'\r", wanted="1 of 4")
    terminal.type("lall\r", wanted="4 of 4")


def test_what_a_program_writes_may_be_a_format(home, mailbox):
    show(home, mailbox, """set status_format="echo '%%m messages%'|"\n""", wanted="4 messages")


def test_a_program_writes_the_rows_of_the_index(home, mailbox):
    terminal = show(home, mailbox, "set index_format='printf \"<%%s>\" %s|'\n", wanted="<two files>")
    assert "<plain words>" in terminal.text()


def test_nothing_of_a_message_reaches_the_shell(home):
    box = home.maildir(messages=[message(subject="$(touch owned) `touch owned`; touch owned '\" | touch owned")])
    terminal = home.start("-f", str(box))
    terminal.wait("Msgs:1")
    terminal.type(":set index_format=\"echo subject: '%s' %s|\"\r", wanted="subject: $(touch owned)")
    assert "`touch owned`;" in terminal.text() and not (home.path / "owned").exists()


def test_keys_do_not_wait_for_a_program(home, mailbox):
    terminal = show(home, mailbox, wanted="Msgs:4")
    terminal.type(":set status_format='sleep 60; echo never|'\r")
    terminal.type("l~N\r")
    terminal.wait(lambda text: "plain words" not in text and "to the list" in text, seconds=5)
    terminal.type("q")
    assert terminal.finish() == 0
