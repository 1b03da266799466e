# SPDX-License-Identifier: GPL-3.0-or-later
"""The list of parts in the compose menu: what each function makes of the message that is sent, read by another parser."""

import pytest
from writer import writer

MAILCAP = '''text/x-note; cat %s; edit=sh -c 'echo edited >>%s'; compose=sh -c 'echo composed >%s'
text/x-note; cat; copiousoutput
application/x-cur; cat %s >"$HOME/viewed"
'''
KEYS = '''bind compose & group-alternatives
bind compose ^ group-multilingual
bind compose % group-related
bind compose '#' ungroup-attachment
bind compose + move-down
bind compose - move-up
bind compose z toggle-recode
bind compose X edit-language
bind compose I edit-content-id
bind compose O edit-file
bind compose V view-mailcap
bind compose W view-pager
bind compose Y view-text
bind compose Z pipe-message
set resolve=no print_command="cat >$HOME/printed" print=yes
'''
HTML, NOTE, BLOB = "<b>typed</b> text\n", "заметка\n", b"\0\1\2"


@pytest.fixture(scope="module")
def anna():
    with writer(KEYS) as anna:
        home = anna.home.path
        anna.file(".mailcap", MAILCAP)
        anna.command(f'set mailcap_path="{home}/.mailcap"')
        yield anna


@pytest.fixture
def desk(anna):
    """Two files attached: entry 1 is the text."""
    anna.file("a.html", HTML)
    anna.file("b.note", NOTE)
    anna.compose()
    anna.attach(anna.home.path / "a.html")
    anna.attach(anna.home.path / "b.note")
    yield anna
    anna.go_home()


def test_a_file_is_attached_by_its_kind(desk):
    letter = desk.send()
    assert letter.tree() == ("mixed", ["text/plain", "text/html", "text/plain"])
    assert letter.part("b.note").get_content_disposition() == "attachment" and letter.part("b.note").get_content() == NOTE


def test_tagged_parts_become_alternatives(desk):
    desk.screen.keys("1\rT2\rT&")
    desk.screen.wait("multipa/alternat")
    letter = desk.send()
    assert letter.tree() == ("mixed", [("alternative", ["text/plain", "text/html"]), "text/plain"])
    assert letter.body() == "typed text\n" and letter.part("a.html").get_content() == HTML
    assert letter.part("a.html").get_content_disposition() == "inline"


def test_a_group_that_is_all_of_the_message_is_the_message(desk):
    desk.screen.keys("3\rD1\rT2\rT&")
    desk.screen.wait(lambda text: "multipa/alternat" in text and "b.note" not in text)
    assert desk.send().tree() == ("alternative", ["text/plain", "text/html"])


def test_groups_stand_in_groups(desk):
    desk.screen.keys("2\rT3\rT%")
    desk.screen.wait("multipa/related")
    desk.screen.keys("1\rT2\rT&")
    desk.screen.wait("multipa/alternat")
    letter = desk.send()
    assert letter.tree() == ("alternative", ["text/plain", ("related", ["text/html", "text/plain"])])
    assert letter.mail.get_payload(1).get_param("type") == "text/html"


def test_a_multilingual_group_wants_languages(desk):
    desk.screen.keys("2\rT3\rT^")
    desk.screen.wait("needs a language")
    for entry, language in (("2", "en"), ("3", "kk")):
        desk.screen.type(f"{entry}\rX", "Content-Language:")
        desk.screen.type(f"{language}\r", lambda text: "Content-Language:" not in text)
    desk.screen.keys("^")
    desk.screen.wait("multipa/multilin")
    letter = desk.send()
    assert letter.tree() == ("mixed", ["text/plain", ("multilingual", ["text/html", "text/plain"])])
    assert letter.part("b.note")["Content-Language"] == "kk"


def test_a_group_is_taken_apart(desk):
    desk.screen.keys("1\rT2\rT&")
    desk.screen.wait("multipa/alternat")
    desk.screen.keys("1\r#")
    desk.screen.wait(lambda text: "multipa/alternat" not in text)
    assert desk.send().tree() == ("mixed", ["text/plain", "text/html", "text/plain"])


def test_a_group_is_kept_with_a_postponed_message(desk):
    desk.screen.keys("1\rT2\rT&")
    desk.screen.wait("multipa/alternat")
    desk.screen.type("P", "Message postponed.")
    desk.screen.type("R", "multipa/alternat")
    assert desk.send().tree() == ("mixed", [("alternative", ["text/plain", "text/html"]), "text/plain"])


def test_parts_change_places_and_the_text_too(desk):
    desk.screen.keys("3\r--")
    desk.screen.wait(lambda text: text.index("b.note") < text.index("a.html"))
    desk.screen.keys("2\r+")
    letter = desk.send()
    assert [p.get_filename() for p in letter.mail.get_payload()] == ["b.note", "a.html", None]
    assert letter.mail.get_payload(2).get_content() == "typed text\n"


def test_a_part_is_detached_and_the_text_after_a_question(desk):
    desk.screen.keys("2\rD")
    desk.screen.wait(lambda text: "a.html" not in text)
    desk.screen.type("1\rD", "Really delete the main message?")
    desk.screen.type("y", lambda text: "text.eml" not in text and "Really" not in text)
    desk.screen.type("D", "You may not delete the only attachment.")
    letter = desk.send()
    assert letter.tree() == "text/plain" and letter.mail.get_content() == NOTE


def test_compose_confirm_detach_first_unset_asks_nothing(desk):
    desk.command("set nocompose_confirm_detach_first")
    desk.screen.keys("1\rD")
    desk.screen.wait(lambda text: "text.eml" not in text)
    desk.command("set compose_confirm_detach_first")
    assert desk.send().tree() == ("mixed", ["text/html", "text/plain"])


@pytest.mark.parametrize("key,question,typed,field,value", [
    ("d", "Description:", "Заметка", "Content-Description", "Заметка"),
    ("\x14", "Content-Type:", "text/x-note", "Content-Type", 'text/x-note; charset="utf-8"'),
    ("\x05", "Content-Transfer-Encoding:", "base64", "Content-Transfer-Encoding", "base64"),
    ("\x05", "Content-Transfer-Encoding:", "quoted-printable", "Content-Transfer-Encoding", "quoted-printable"),
    ("\x0f", "Send attachment with name:", "note.txt", "Content-Disposition", 'attachment; filename="note.txt"'),
    ("I", "Content-ID:", "part1@example.org", "Content-ID", "<part1@example.org>"),
    ("X", "Content-Language:", "kk", "Content-Language", "kk"),
])
def test_what_is_said_of_a_part_is_sent(desk, key, question, typed, field, value):
    desk.screen.type(f"3\r{key}", question)
    desk.screen.type(f"\x15{typed}\r", lambda text: question not in text)
    part = desk.send().mail.get_payload(2)
    assert part[field] == value and part.get_content() == NOTE


def test_nonsense_is_not_taken(desk):
    for key, question, typed in (("\x14", "Content-Type:", "nonsense"), ("\x05", "Content-Transfer-Encoding:", "rot13")):
        desk.screen.type(f"3\r{key}", question)
        desk.screen.type(f"\x15{typed}\r", "Invalid")
    desk.give_up()


def test_an_encoding_that_cannot_carry_a_part_is_not_used(desk):
    desk.attach(desk.file("blob.bin", BLOB))
    for entry in ("3", "4"):
        desk.screen.type(f"{entry}\r\x05", "Content-Transfer-Encoding:")
        desk.screen.type("\x157bit\r", lambda text: "Transfer-Encoding:" not in text)
    letter = desk.send()
    assert letter.part("blob.bin")["Content-Transfer-Encoding"] == "base64" and letter.part("blob.bin").get_content() == BLOB
    assert letter.part("b.note")["Content-Transfer-Encoding"] == "8bit"


def test_update_encoding_finds_it_anew(desk):
    desk.screen.type("3\r\x05", "Content-Transfer-Encoding:")
    desk.screen.type("\x15base64\r", "base64, utf-8")
    desk.screen.type("U", lambda text: "base64, utf-8" not in text)
    assert desk.send().part("b.note")["Content-Transfer-Encoding"] == "8bit"


def test_disposition_is_turned_over(desk):
    desk.screen.keys("3\r\x04")
    desk.screen.wait(lambda text: " I     3 " in text)
    assert desk.send().part("b.note").get_content_disposition() == "inline"


def test_unlink_removes_the_file_once_it_is_sent(desk):
    desk.screen.keys("3\ru")
    desk.screen.wait(lambda text: "- A     3 " in text)
    desk.send()
    assert not (desk.home.path / "b.note").exists() and (desk.home.path / "a.html").exists()


def test_recode_sends_a_text_in_another_charset(desk):
    path = desk.file("koi.txt", NOTE.encode("koi8-r"))
    desk.attach(path)
    desk.command("set send_charset=windows-1251")
    desk.screen.type("4\r\x14", "Content-Type:")
    desk.screen.type("\x15text/plain; charset=koi8-r\r", "koi8-r")
    desk.screen.type("z", "will be converted")
    letter = desk.send()
    desk.command('set send_charset="us-ascii:iso-8859-1:utf-8"')
    assert letter.part("koi.txt").get_param("charset") == "windows-1251" and letter.part("koi.txt").get_content() == NOTE
    assert letter.part("koi.txt").get_payload(decode=True) == NOTE.encode("windows-1251")


def test_recode_is_for_texts(desk):
    desk.attach(desk.file("blob.bin", BLOB))
    desk.screen.type("z", "only affects text")
    desk.screen.type("1\rz", "always converted")
    desk.give_up()


def test_the_file_of_a_part_is_edited(desk):
    desk.screen.keys("3\rO")
    desk.screen.wait(lambda _text: (desk.home.path / "b.note").read_text() == NOTE + "typed text\n")
    desk.menu()
    assert desk.send().part("b.note").get_content() == NOTE + "typed text\n"


def test_a_copy_is_attached_and_the_file_left_alone(desk):
    desk.screen.type("3\rG", "Copied")
    desk.file("b.note", "changed later\n")
    assert desk.send().part("b.note").get_content() == NOTE


def test_a_file_is_renamed(desk):
    desk.screen.type("3\rR", "Rename to:")
    desk.screen.type(f"\x15{desk.home.path}/c.note\r", lambda text: "Rename to:" not in text and "c.note" in text)
    assert not (desk.home.path / "b.note").exists()
    assert desk.send().part("c.note").get_content() == NOTE


def test_no_file_is_overwritten_by_a_new_name(desk):
    desk.screen.type("3\rR", "Rename to:")
    desk.screen.type(f"\x15{desk.home.path}/a.html\r", "nothing was renamed")
    assert (desk.home.path / "a.html").read_text() == HTML
    desk.give_up()


def test_a_part_is_saved_in_a_file(desk):
    desk.screen.type("3\rC", "Save to file:")
    desk.screen.type(f"\x15{desk.home.path}/saved\r", "Attachment saved")
    assert (desk.home.path / "saved").read_text() == NOTE
    (desk.home.path / "saved").unlink()
    desk.give_up()


def test_mailcap_edits_and_makes_parts(desk):
    desk.screen.type("3\r\x14", "Content-Type:")
    desk.screen.type("\x15text/x-note\r", "text/x-note")
    desk.screen.keys("m")
    desk.screen.wait(lambda _text: (desk.home.path / "b.note").read_text() == NOTE + "edited\n")
    desk.menu()
    desk.screen.type("n", "New file:")
    desk.screen.type(f"{desk.home.path}/new.note\r", "Content-Type:")
    desk.screen.type("text/x-note\r", "new.note")
    desk.menu()
    letter = desk.send()
    assert letter.part("b.note").get_content() == NOTE + "edited\n"
    assert letter.part("new.note").get_content_type() == "text/x-note" and letter.part("new.note").get_content() == "composed\n"
    (desk.home.path / "new.note").unlink()


@pytest.mark.parametrize("key", ["\r", "W", "Y"])
def test_a_text_is_looked_at(desk, key):
    desk.screen.keys(f"3\r{key}")
    desk.screen.wait(lambda text: NOTE.strip() in text and "-- Attachments" not in text)
    desk.screen.keys("q")
    desk.menu()
    desk.give_up()


def test_a_page_is_rendered_and_its_source_is_not_shown(desk):
    desk.screen.keys("2\r\r")
    desk.screen.wait(lambda text: "typed text" in text and "<b>" not in text and "-- Attachments" not in text)
    desk.screen.keys("q")
    desk.menu()
    desk.give_up()


@pytest.mark.parametrize("key", ["|", "Z"])
def test_a_part_is_piped_and_all_tagged_ones_with_the_prefix(desk, key):
    out = desk.home.path / "piped"
    desk.screen.type(f"3\r{key}", "Pipe to command:")
    desk.screen.type(f"cat >{out}\r", lambda _text: out.exists() and out.read_text() == NOTE)
    desk.menu()
    desk.screen.keys("2\rT3\rT;")
    desk.screen.type(key, "Pipe to command:")
    desk.screen.type(f"cat >>{out}\r", lambda _text: out.read_text() == NOTE + HTML + NOTE)
    out.unlink()
    desk.menu()
    desk.give_up()


def test_a_part_is_printed(desk):
    desk.screen.type("3\rl", "Printed.")
    assert (desk.home.path / "printed").read_text() == NOTE
    desk.give_up()


def test_a_part_goes_through_a_filter(desk):
    desk.screen.type("3\rF", "Filter through:")
    desk.screen.type("tr a-z A-Z; echo DONE\r", lambda text: "Filter through:" not in text)
    letter = desk.send()
    assert letter.part("b.note").get_content() == NOTE + "DONE\n"
    assert (desk.home.path / "b.note").read_text() == NOTE


def test_mailcap_shows_a_part(desk):
    desk.attach(desk.file("blob.bin", BLOB))
    desk.screen.type("4\r\x14", "Content-Type:")
    desk.screen.type("\x15application/x-cur\r", lambda text: "Content-Type:" not in text)
    desk.screen.keys("V")
    desk.screen.wait(lambda _text: (desk.home.path / "viewed").exists() and (desk.home.path / "viewed").read_bytes() == BLOB)
    desk.menu()
    desk.give_up()


def test_messages_of_the_mailbox_are_attached(desk):
    desk.screen.type("A", "message/rfc822")
    letter = desk.send()
    assert letter.mail.get_payload(3).get_payload(0)["Subject"] == "hello"
