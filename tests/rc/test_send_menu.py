# SPDX-License-Identifier: GPL-3.0-or-later
"""Questions before a message is sent, the editor, and the functions of the compose menu that change the header."""

import itertools

import pytest
from letters import message
from pace import until
from writer import writer

MINUTES = itertools.count()


def letter(*args, **fields):
    return message(*args, date=f"Mon, 02 Nov 2026 10:0{next(MINUTES)}:00 +0000", **fields)


HELLO = letter("hello", sender="Bob <bob@example.net>", to="anna@example.org, dora@example.net", ident="<parent@example.net>")
PLAIN = '#!/bin/sh\necho "typed text" >>"$1"\n'


@pytest.fixture(scope="module")
def desk():
    """Letters with their headers: the cursor is put on the one whose subject is searched for."""
    letters = [
        HELLO,
        letter("reply-to", extra="Reply-To: Office <office@example.net>\n"),
        letter("list", to="list@example.net", sender="Carl <carl@example.net>", extra="Reply-To: list@example.net\n"),
        letter("followup", to="list@example.net", sender="Dora <dora@example.net>", extra="Mail-Followup-To: list@example.net, eve@example.net\n"),
        letter("", sender="Eve <eve@example.net>"),
        b"From: bob@example.net\nTo: anna@example.org\nSubject: parts\nDate: Mon, 02 Nov 2026 10:09:00 +0000\nMessage-ID: <parts@example.net>\n"
        b"MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=x\n\n--x\nContent-Type: text/plain\n\nsee this\n--x\n"
        b"Content-Type: application/x-blob\nContent-Disposition: attachment; filename=blob\nContent-Transfer-Encoding: base64\n\nAAEC\n--x--\n",
    ]
    with writer("set include=no sort=date postpone=ask-yes\nlists list@example.net", letters, editor=PLAIN) as anna:
        yield anna


@pytest.fixture
def anna(desk):
    yield desk
    desk.go_home()
    desk.script("editor", PLAIN)
    desk.command("reset all", "unmy_hdr *", f"source {desk.home.path}/config/cur/muttrc")


def select(anna, subject):
    anna.screen.keys(f"1\r/{subject}\r" if subject != "hello" else "1\r")


def reply(anna, subject, *commands, keys="r", answer=""):
    anna.command("set fast_reply", *commands)
    select(anna, subject)
    anna.screen.keys(keys + answer)
    anna.menu()
    return anna.send().mail


# ---- questions ----

def test_cc_and_bcc_are_asked_for_when_they_are_wanted(anna):
    anna.command("set askcc askbcc")
    for question, typed in (("To:", "mbob@example.net"), ("Cc:", "carl@example.net"), ("Bcc:", "dora@example.net"), ("Subject:", "news")):
        if question == "To:":
            anna.screen.keys("m")
            typed = typed[1:]
        anna.screen.wait(lambda text: text.split("\n")[-1].startswith(question))
        anna.screen.keys(f"{typed}\r")
    anna.menu()
    letter = anna.send()
    assert letter.mail["Cc"] == "carl@example.net" and letter.args[-1] == "dora@example.net"


def test_fast_reply_asks_nothing(anna):
    select(anna, "hello")
    anna.screen.type("r", "To: Bob")
    anna.screen.type("\r", "Subject: Re: hello")
    anna.screen.keys("\r")
    anna.menu()
    anna.give_up()
    assert reply(anna, "hello")["To"] == "Bob <bob@example.net>"


def test_fast_reply_asks_for_no_subject_of_a_forward(anna):
    anna.command("set fast_reply mime_forward=no")
    select(anna, "hello")
    anna.screen.type("f", "To:")
    anna.screen.keys("carl@example.net\r")
    anna.menu()
    anna.give_up()


def test_autoedit_and_edit_headers_ask_nothing_and_the_editor_says_it_all(anna):
    anna.script("editor", '#!/bin/sh\nprintf "To: carl@example.net\\nSubject: from the editor\\nX-Mine: yes\\nFcc: =Copies\\nAttach: %s/notes\\\\ of\\\\ mine the notes\\n\\nbody\\n" "$HOME" >"$1"\n')
    anna.file("notes of mine", "my notes\n")
    anna.command("set autoedit edit_headers record=")
    anna.screen.keys("m")
    anna.menu()
    letter = anna.send()
    assert letter.mail["To"] == "carl@example.net" and letter.mail["Subject"] == "from the editor" and letter.mail["X-Mine"] == "yes"
    assert letter.mail["Attach"] is None and letter.mail["Fcc"] is None and letter.body() == "body\n"
    part = letter.part("notes of mine")
    assert part.get_content() == "my notes\n" and part["Content-Description"] == "the notes"
    until(lambda: anna.copies())


def test_an_edited_fcc_replaces_the_one_that_was_to_be(anna):
    for name in ("Replaced", "Replacing"):
        anna.home.maildir(name)
    anna.script("editor", '#!/bin/sh\nsed -i "1iFcc: =Replacing" "$1"\necho >>"$1"\n')
    anna.command('set edit_headers record="=Replaced"')
    anna.screen.keys("mbob@example.net\rnews\r")
    anna.menu()
    anna.send()
    until(lambda: anna.copies("Replacing"))
    assert not anna.copies("Replaced")


@pytest.mark.parametrize("editor", ['{}', '{} %s', "sh -c '\"$0\" \"$1\"' {} %s"])
def test_the_editor_is_a_shell_line(anna, editor):
    anna.command(f'set editor="{editor.format(anna.home.path / "editor").replace(chr(34), chr(92) + chr(34))}"')
    anna.compose()
    assert anna.send().body() == "typed text\n"


@pytest.mark.parametrize("value,question", [("no", None), ("ask-no", "No subject, abort?"), ("ask-yes", "No subject, abort?"), ("yes", "aborting")])
def test_a_message_without_a_subject(anna, value, question):
    anna.command(f"set abort_nosubject={value}")
    anna.screen.keys("mbob@example.net\r\r")
    if value == "yes":
        anna.screen.wait("No subject, aborting.")
        return
    if question:
        anna.screen.wait(question)
        anna.screen.keys("n")
    anna.menu()
    if question:
        anna.screen.type("y", "No subject, abort sending?")
        letter = anna.send("n")
    else:
        letter = anna.send()
    assert not letter.mail["Subject"]


@pytest.mark.parametrize("value,question", [("yes", None), ("ask-yes", "Abort unmodified message?"), ("ask-no", "Abort unmodified message?"), ("no", "-- Attachments")])
def test_a_message_that_was_not_edited(anna, value, question):
    anna.script("editor", "#!/bin/sh\n:\n")
    anna.command(f"set abort_unmodified={value}")
    anna.screen.keys("mbob@example.net\rnews\r")
    if value == "yes":
        anna.screen.wait("Aborted unmodified message.")
        return
    anna.screen.wait(question)
    if value != "no":
        anna.screen.keys("n")
    anna.menu()
    assert anna.send().body() == ""


@pytest.mark.parametrize("value,keys,sent", [("no", "y", True), ("ask-yes", "yn", True), ("ask-yes", "y\r", False), ("ask-no", "y\r", True), ("yes", "y", False)])
def test_a_forgotten_attachment(anna, value, keys, sent):
    anna.script("editor", '#!/bin/sh\necho "see the attached file" >>"$1"\n')
    anna.command(f"set abort_noattach={value}")
    anna.compose()
    if len(keys) > 1:
        anna.screen.type(keys[0], "No attachments, cancel sending?")
    if sent:
        assert "attached" in anna.send(keys[-1]).body()
    else:
        anna.screen.type(keys[-1], "Attachment referenced in message is missing")
        anna.give_up()


def test_what_speaks_of_an_attachment_can_be_said(anna):
    anna.command("set abort_noattach=yes", 'set abort_noattach_regexp="typed"')
    anna.compose()
    anna.screen.type("y", "is missing")
    anna.attach(anna.file("here.txt", "here\n"))
    anna.send()


# ---- answers ----

@pytest.mark.parametrize("value,answer,to", [("yes", "", "Office <office@example.net>"), ("no", "", "Bob <bob@example.net>"),
                                             ("ask-yes", "\r", "Office <office@example.net>"), ("ask-yes", "n", "Bob <bob@example.net>"),
                                             ("ask-no", "\r", "Bob <bob@example.net>")])
def test_reply_to(anna, value, answer, to):
    anna.command("set fast_reply", f"set reply_to={value}")
    select(anna, "reply-to")
    anna.screen.keys("r")
    if answer:
        anna.screen.wait("Reply to Office")
        anna.screen.keys(answer)
    anna.menu()
    assert anna.send().mail["To"] == to


def test_ignore_list_reply_to(anna):
    assert reply(anna, "list", "set reply_to=yes")["To"] == "list@example.net"
    assert reply(anna, "list", "set reply_to=yes ignore_list_reply_to")["To"] == "Carl <carl@example.net>"


def test_honor_followup_to(anna):
    assert set(str(reply(anna, "followup", keys="g")["To"]).split(", ")) == {"list@example.net", "eve@example.net"}
    mail = reply(anna, "followup", "set honor_followup_to=no", keys="g")
    assert mail["To"] == "Dora <dora@example.net>" and mail["Cc"] == "list@example.net"
    anna.command("set honor_followup_to=ask-yes")
    select(anna, "followup")
    anna.screen.type("g", "Follow-up to")
    anna.screen.keys("n")
    anna.menu()
    assert anna.send().mail["To"] == "Dora <dora@example.net>"


def test_empty_subject(anna):
    anna.command("set fast_reply")
    anna.screen.keys("5\rr")
    anna.menu()
    assert anna.send().mail["Subject"] == "Re: your mail"
    anna.command('set empty_subject="Re: (nothing)"')
    anna.screen.keys("5\rr")
    anna.menu()
    assert anna.send().mail["Subject"] == "Re: (nothing)"


@pytest.mark.parametrize("value,answer,there", [("yes", "", True), ("no", "", False), ("ask-yes", "\r", True), ("ask-no", "\r", False)])
def test_forward_attachments(anna, value, answer, there):
    anna.command("set fast_reply mime_forward=no", f"set forward_attachments={value}")
    select(anna, "parts")
    anna.screen.keys("f")
    anna.screen.wait(lambda text: text.split("\n")[-1].startswith("To:"))
    anna.screen.keys("carl@example.net\r")
    if answer:
        anna.screen.wait("Forward attachments?")
        anna.screen.keys(answer)
    anna.menu()
    letter = anna.send()
    assert letter.tree() == (("mixed", ["text/plain", "application/x-blob"]) if there else "text/plain")
    assert not there or letter.part("blob").get_content() == b"\0\1\2"


def test_default_hook(anna):
    anna.command("unhook *", 'set default_hook="~C %s"', 'send-hook bob@example.net "my_hdr X-For: Bob"')
    anna.compose()
    assert anna.send().mail["X-For"] == "Bob"
    anna.command("unmy_hdr *")
    anna.command("unhook *", 'set default_hook="~s %s"', 'send-hook other "my_hdr X-For: other"', 'send-hook news "my_hdr X-For: news"')
    anna.compose()
    assert anna.send().mail["X-For"] == "news"
    anna.command("unhook *")


@pytest.mark.parametrize("value,keys", [("yes", ""), ("ask-yes", "\r"), ("ask-no", "y")])
def test_bounce_and_what_it_keeps(anna, value, keys):
    anna.command(f"set bounce={value}")
    select(anna, "hello")
    anna.screen.type("b", "Bounce message to:")
    anna.screen.keys("dora@example.net\r")
    if keys:
        anna.screen.wait("Bounce message to dora@example.net?")
        anna.screen.keys(keys)
    letter = anna.sent()
    assert letter.args == ["--", "dora@example.net"] and letter.mail["Subject"] == "hello" and letter.mail["Resent-To"] == "dora@example.net"


def test_bounce_no_bounces_nothing(anna):
    anna.command("set bounce=no")
    anna.screen.type("b", "Bounce message to:")
    anna.screen.type("dora@example.net\r", "Message not bounced.")


def test_bounce_delivered():
    with writer("set bounce=yes", [message("hello", extra="Delivered-To: anna@example.org\n")]) as anna:
        for line, there in (("set bounce_delivered", True), ("set nobounce_delivered", False)):
            anna.command(line)
            anna.screen.type("b", "Bounce message to:")
            anna.screen.keys("dora@example.net\r")
            assert ("Delivered-To" in anna.sent().mail) == there


# ---- the menu ----

@pytest.mark.parametrize("key,question,typed,field,value", [
    ("t", "To:", "carl@example.net, Dora <dora@example.net>", "To", "carl@example.net, Dora <dora@example.net>"),
    ("c", "Cc:", "carl@example.net", "Cc", "carl@example.net"),
    ("r", "Reply-To:", "office@example.org", "Reply-To", "office@example.org"),
    ("s", "Subject:", "Новости", "Subject", "Новости"),
    ("\x1bf", "From:", "Boss <boss@example.org>", "From", "Boss <boss@example.org>"),
])
def test_fields_are_edited(anna, key, question, typed, field, value):
    anna.compose()
    anna.screen.keys(key)
    anna.screen.wait(lambda text: text.split("\n")[-1].startswith(question))
    anna.screen.keys(f"\x15{typed}\r")
    anna.screen.wait(lambda text: typed in text and not text.split("\n")[-1].startswith(question))
    assert anna.send().mail[field] == value


def test_bcc_is_edited_and_seen_by_nobody(anna):
    anna.compose()
    anna.screen.keys("bcarl@example.net\r")
    anna.screen.wait("Bcc: carl@example.net")
    letter = anna.send()
    assert letter.args[-1] == "carl@example.net" and "carl" not in letter.text


def test_fcc_is_edited(anna):
    anna.home.maildir("Edited")
    anna.compose()
    anna.screen.keys("f\x15=Edited\r")
    anna.screen.wait("Fcc: =Edited")
    anna.send()
    until(lambda: anna.copies("Edited"))


def test_the_message_is_written_to_a_mailbox(anna):
    anna.home.maildir("Written")
    anna.compose(subject="kept here")
    anna.screen.type("w", "Write message to mailbox:")
    anna.screen.type("\x15=Written\r", "Message written.")
    assert [m["Subject"] for m in anna.copies("Written")] == ["kept here"]
    anna.menu()
    anna.give_up()


def test_the_text_and_the_header_are_edited_again(anna):
    anna.compose()
    anna.script("editor", '#!/bin/sh\necho "more text" >>"$1"\n')
    anna.screen.keys("e")
    until(lambda: any("more text" in p.read_text() for p in anna.home.data.glob("drafts/*/text.eml")))
    anna.menu()
    anna.script("editor", '#!/bin/sh\nsed -i "s/^Subject:.*/Subject: changed/" "$1"\n')
    anna.screen.keys("E")
    anna.screen.wait("Subject: changed")
    letter = anna.send()
    assert letter.mail["Subject"] == "changed" and letter.body() == "typed text\nmore text\n"


def test_edit_headers_of_the_editor_in_the_menu(anna):
    anna.compose()
    anna.command("set edit_headers")
    anna.script("editor", '#!/bin/sh\nsed -i "s/^Subject:.*/Subject: changed/" "$1"\n')
    anna.screen.keys("e")
    anna.screen.wait("Subject: changed")
    assert anna.send().mail["Subject"] == "changed"


def test_ispell_gets_the_text(anna):
    anna.command(f'set ispell="{anna.script("speller", chr(35) + "!/bin/sh" + chr(10) + "shift; sed -i s/typed/spelt/ $1" + chr(10))}"')
    anna.compose()
    anna.screen.keys("i")
    until(lambda: any("spelt text" in p.read_text() for p in anna.home.data.glob("drafts/*/text.eml")))
    anna.menu()
    assert anna.send().body() == "spelt text\n"


def test_compose_format(anna):
    anna.command('set compose_format="<%a parts, host %h>"')
    anna.compose()
    anna.attach(anna.file("here.txt", "here\n"))
    anna.screen.wait("<2 parts, host example.org>")
    anna.give_up()


def test_weeding_is_turned_over_for_what_is_looked_at(anna):
    anna.command("ignore *", "unignore subject")
    anna.compose()
    anna.screen.type("A", "message/rfc822")
    for weeded in (True, False):
        anna.screen.keys("2\r\r")
        anna.screen.wait(lambda text: "Subject: " in text and ("Message-ID:" in text) != weeded and "-- Attachments" not in text)
        anna.screen.keys("q")
        anna.menu()
        if weeded:
            anna.screen.type("h", "All header fields")
    anna.give_up()
    anna.command("set weed", "unignore *")


# ---- postponing ----

def drafts(anna, name="Drafts"):
    return len(list((anna.home.path / name / "cur").iterdir()) + list((anna.home.path / name / "new").iterdir()))


def test_a_message_is_postponed_and_recalled(anna):
    anna.home.maildir("Later")
    anna.command('set postponed="=Later"')
    anna.compose(subject="later")
    anna.screen.type("P", "Message postponed.")
    until(lambda: drafts(anna, "Later") == 1)
    anna.screen.keys("R")
    anna.screen.wait(lambda text: "-- Attachments" in text and "later" in text)
    assert anna.send().body() == "typed text\n"
    until(lambda: drafts(anna, "Later") == 0)


@pytest.mark.parametrize("value,keys,kept", [("yes", "", True), ("no", "", False), ("ask-yes", "\r", True), ("ask-no", "\r", False)])
def test_leaving_the_menu_postpones_as_postpone_says(anna, value, keys, kept):
    box = anna.home.maildir(f"Left-{value}")
    anna.command(f'set postponed="{box}" postpone={value}')
    anna.compose()
    anna.screen.keys("q")
    if keys:
        anna.screen.wait("Save (postpone) draft message?")
        anna.screen.keys(keys)
    anna.screen.wait("Message postponed." if kept else "Mail not sent.")
    until(lambda: drafts(anna, box.name) == kept)


@pytest.mark.parametrize("value,keys", [("no", None), ("yes", ""), ("ask-yes", "\r"), ("ask-no", "y")])
def test_recall_offers_what_was_postponed(anna, value, keys):
    box = anna.home.maildir(f"Recalled-{value}")
    anna.command(f'set postponed="{box}" recall={value}')
    anna.command(f"mailboxes {box}")
    anna.compose(subject="to be recalled")
    anna.screen.type("P", "Message postponed.")
    until(lambda: drafts(anna, box.name) == 1)
    anna.screen.wait("Message postponed.")
    if value == "no":
        anna.screen.type("m", "To:")
        anna.screen.type("\x07", "Mail not sent.")
        return
    anna.screen.keys("m")
    if keys:
        anna.screen.wait("Recall postponed message?")
        anna.screen.keys(keys)
    anna.screen.wait(lambda text: "-- Attachments" in text and "to be recalled" in text)
    anna.send()
