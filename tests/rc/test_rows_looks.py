# SPDX-License-Identifier: GPL-3.0-or-later
"""Colours of lines that are said: notes around attachments, choices, warnings, stripes; and of one tag in the index."""

from letters import message
from listing import lay, letter
from test_colors import cell, painted, rules, sees


PLAIN = ("white", "black")


def looks(screen, text, column=0):
    at = cell(screen, text, column)
    return at and (at.fg, at.bg)


def test_notes_around_attachments(home):
    parts = ('MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary="=b"\n\n--=b\nContent-Type: text/plain\n\nthe text Type: of it\n'
             "--=b\nContent-Type: application/x-thing\nContent-Disposition: attachment; filename=a.bin\n\nxx\n--=b--\n")
    colors = painted(["attachment", "attach_headers"])
    home.muttrc("set sleep_time=0 beep=no\n" + "\n".join(rules(colors, {"attach_headers": '"type: [a-z]+/[-a-z]+"'})))
    screen = home.start("-f", str(home.maildir("Mail", [b"From: bob@example.net\nSubject: parts\n" + parts.encode()])))
    screen.wait("parts")
    screen.keys("\r")
    screen.wait("a.bin")
    sees(screen, "attach_headers", colors["attach_headers"], "Type: application/x-thing", 8)
    sees(screen, "attachment", colors["attachment"], "[-- Type: application/x-thing", 0)
    assert looks(screen, "the text Type: of it", 10) == PLAIN
    screen.keys(":uncolor attach_headers *\r")
    sees(screen, "attachment", colors["attachment"], "Type: application/x-thing", 8)


def test_choices_of_a_question(home):
    colors = painted(["prompt", "options"])
    home.muttrc("set sleep_time=0 beep=no quit=ask-yes\n" + "\n".join(rules(colors)))
    screen = home.start("-f", str(home.maildir("Mail", [message()])))
    screen.wait("hello")
    screen.keys("q")
    sees(screen, "prompt", colors["prompt"], "Quit cur?")
    sees(screen, "options", colors["options"], "([yes]/no)")
    screen.keys("no")
    sees(screen, "prompt", colors["prompt"], "(d)ate")
    sees(screen, "options", colors["options"], "(d)ate", 1)
    sees(screen, "prompt", colors["prompt"], "(d)ate", 2)
    screen.keys("\x07:uncolor options\r\x07o")
    sees(screen, "prompt", colors["prompt"], "(d)ate", 1)


def test_stripes_of_help(home):
    colors = painted(["stripe_even", "stripe_odd"])
    home.muttrc("set sleep_time=0 beep=no help=no status_on_top\n" + "\n".join(rules(colors)))
    screen = home.start("-f", str(home.maildir("Mail", [message()])))
    screen.wait("hello")
    screen.keys("?")
    screen.wait("Bindings of index:")
    for y, name in ((1, "stripe_even"), (2, "stripe_odd"), (3, "stripe_even")):
        screen.wait(lambda _, y=y, name=name: (screen.screen.buffer[y][0].fg, screen.screen.buffer[y][0].bg)
                    == tuple("brown" if c == "yellow" else c for c in colors[name]))
    screen.keys("q\r")
    screen.wait("text")
    assert looks(screen, "text") == PLAIN


def test_a_warning_is_no_error(home):
    """That passwords go in clear text; without a colour of its own it looks like one, though."""
    colors = painted(["warning", "error", "message"])
    home.muttrc("set sleep_time=0 beep=no smtp_url=smtp://anna@mail.example.org insecure_plaintext_hosts=mail.example.org\n"
                "set ssl_starttls=no ssl_force_tls=no imap_user=anna folder=imap://mail.example.org/\n" + "\n".join(rules(colors)))
    screen = home.start("-f", str(home.maildir("Mail", [message()])))
    sees(screen, "warning", colors["warning"], "without encryption")
    screen = home.start("-f", str(home.path / "Mail"), "-e", "uncolor warning")
    sees(screen, "error", colors["error"], "without encryption")


def test_one_tag_in_the_index(home):
    box = home.path / "Mail"
    box.mkdir()
    (box / "dovecot-keywords").write_text("0 todo\n1 inbox\n2 done\n")
    lay(box, 1, letter("tagged"), "Sabc")
    lay(box, 2, letter("under the cursor"), "S")
    colors = painted(["index_tags", "index_tag"])
    home.muttrc("set index_format='(%g)' sleep_time=0 beep=no\ntag-transforms inbox 'in box'\n"
                + "\n".join(rules(colors, {"index_tag": "inbox", "index_tags": "~A"})))
    screen = home.start("-f", str(box))
    screen.wait("in box")
    screen.keys("=")
    sees(screen, "index_tag", colors["index_tag"], "in box", 3)
    sees(screen, "index_tags", colors["index_tags"], "todo")
    sees(screen, "index_tags", colors["index_tags"], "done")
    screen.keys(":color index_tag red white todo\r")
    sees(screen, "index_tag", ("red", "white"), "todo", 3)
