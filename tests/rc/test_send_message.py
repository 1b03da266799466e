# SPDX-License-Identifier: GPL-3.0-or-later
"""Variables that shape the message that is sent: what $sendmail gets and what the copies hold."""

import re
import subprocess

import pytest
from letters import message
from pace import until
from writer import writer

PARENT = message("hello", sender="Bob Builder <bob@example.net>", to="Anna <sales@example.org>, dora@example.net",
                 body="Hi Anna,\nпривет\n", extra="X-Original-To: anna+list@example.org\n", ident="<parent@example.net>")
SIGNATURE = "Anna\n+7 700\n"


@pytest.fixture(scope="module")
def desk():
    with writer("alternates sales@example.org\nset include=yes fast_reply\nlists list@example.net\nsubscribe talk@example.net", [PARENT]) as anna:
        anna.file("sig", SIGNATURE)
        yield anna


@pytest.fixture
def anna(desk):
    """What a test changes is put back after it."""
    desk.change = desk.command
    yield desk
    desk.go_home()
    desk.command("reset all", "unmy_hdr *", f"source {desk.home.path}/config/cur/muttrc")


def new(anna, *commands, keys=""):
    anna.change(*commands)
    anna.compose()
    if keys:
        anna.screen.keys(keys)
    return anna.send()


def reply(anna, *commands, key="r"):
    anna.change(*commands)
    anna.screen.keys(key)
    anna.menu()
    return anna.send()


def test_use_from(anna):
    assert new(anna).mail["From"] == "Anna <anna@example.org>"
    assert new(anna, "set nouse_from").mail["From"] is None
    assert new(anna, "my_hdr From: Boss <boss@example.org>").mail["From"] == "Boss <boss@example.org>"


def test_from_realname_and_hostname(anna):
    letter = new(anna, 'set from=other@example.com realname="Åsa Ö"', "set hostname=mail.example.com")
    assert letter.mail["From"] == "Åsa Ö <other@example.com>"
    assert letter.mail["Message-ID"].endswith("@mail.example.com>")


def test_a_sender_is_named_to_sendmail(anna):
    assert new(anna).args == ["--", "bob@example.net"]
    assert new(anna, "set use_envelope_from").args == ["-f", "anna@example.org", "--", "bob@example.net"]
    assert new(anna, "set envelope_from_address=bounces@example.org").args[:2] == ["-f", "bounces@example.org"]


def test_sendmail_hears_of_8_bit_text_and_reports(anna):
    letter = new(anna, "set use_8bitmime dsn_notify=failure,delay dsn_return=hdrs")
    assert letter.args == ["-N", "FAILURE,DELAY", "-R", "HDRS", "--", "bob@example.net"]
    anna.compose(subject="news")
    anna.screen.keys("ae/nonexistent\r")
    anna.screen.type("F", "Filter through:")
    anna.screen.type("echo привет\r", lambda text: "Filter through:" not in text)
    assert anna.send().args[0] == "-B8BITMIME"


@pytest.mark.parametrize("line,words", [("set dsn_notify=sometimes", "$dsn_notify"), ("set dsn_return=half", "$dsn_return"),
                                        ('set dsn_notify="never,delay"', "$dsn_notify")])
def test_nonsense_about_reports_is_told_and_nothing_is_sent(anna, line, words):
    anna.change(line)
    anna.compose()
    anna.screen.type("y", words)
    anna.give_up()


def test_write_bcc_hands_bcc_to_sendmail(anna):
    anna.change("set askbcc")
    for line, there in (("set nowrite_bcc", False), ("set write_bcc", True)):
        anna.change(line)
        anna.screen.keys("mbob@example.net\rcarl@example.net\rnews\r")
        anna.menu()
        letter = anna.send()
        assert (letter.mail["Bcc"] == "carl@example.net") == there and letter.args[-1] == "carl@example.net"


def test_my_headers_are_added_unless_hdrs_is_unset(anna):
    anna.change("my_hdr X-Note: one")
    assert new(anna).mail["X-Note"] == "one"
    assert new(anna, "set nohdrs").mail["X-Note"] is None


def test_user_agent(anna):
    assert new(anna).mail["User-Agent"] is None
    assert new(anna, "set user_agent").mail["User-Agent"].startswith("cur/")


@pytest.mark.parametrize("form,wanted", [
    ("<%z@%f>", r"<[\w-]{16}@example\.org>"),
    ("<%Y%02m%02d%02H%02M%02S.G%c%p@%f>", r"<\d{14}\.G[A-Z]\d+\.[\w-]{12}@example\.org>"),
    ("<%r.%x@there>", r"<[\w-]{4}\.[0-9a-f]{2}\.[\w-]{12}@there>"),
    ("same", r"<\S+@example\.org>"), ("<two words@x>", r"<\S+@example\.org>"), ("<same@x>", r"<same\.[\w-]{12}@x>")])
def test_message_ids_have_a_form_and_are_unique(anna, form, wanted):
    ids = [new(anna, f'set message_id_format="{form}"').mail["Message-ID"] for _ in range(2)]
    assert all(re.fullmatch(wanted, ident) for ident in ids) and ids[0] != ids[1], ids


@pytest.mark.parametrize("greeting,line", [("Dear %n,", "Dear Bob Builder,"), ("Hi %v!", "Hi Bob!"), ("To %u:", "To bob:")])
def test_a_greeting_begins_the_text(anna, greeting, line):
    assert reply(anna, f'set greeting="{greeting}"').body().startswith(f"{line}\n\nOn ")


@pytest.mark.parametrize("commands,body", [
    (['set signature="~/sig"'], f"\n-- \n{SIGNATURE}typed text\n"),
    (['set signature="~/sig" nosig_dashes'], f"\n{SIGNATURE}typed text\n"),
    (['set signature="echo piped|"'], "\n-- \npiped\ntyped text\n")])
def test_signatures(anna, commands, body):
    assert new(anna, *commands).body() == body


def test_a_signature_on_top(anna):
    body = reply(anna, 'set signature="~/sig" sig_on_top').body()
    assert body.index("+7 700") < body.index("wrote:") < body.index("> Hi Anna")


@pytest.mark.parametrize("commands,wanted", [
    ([], r"On Mon, Nov 02, 2026 at 10:00:00 ?AM \S+, Bob Builder wrote:\n> Hi Anna,\n> привет\n"),
    (['set attribution="%f (%d):" date_format="%Y"'], r"Bob Builder <bob@example.net> \(2026\):\n> Hi"),
    (['set indent_string="| "'], r"wrote:\n\| Hi Anna,\n\| привет\n"),
    (['set post_indent_string="(%i)"'], r"> привет\n\(<parent@example.net>\)\n"),
    (["set header"], r"wrote:\n> Date: .*\n(> .*\n)*> Subject: hello\n(> .*\n)*> ?\n> Hi Anna"),
    (["set include=no"], r"\Atyped text\n\Z"),
])
def test_what_is_quoted(anna, commands, wanted):
    assert re.search(wanted, reply(anna, *commands).body())


def test_include_is_asked_for(anna):
    for answer, there in (("y", True), ("n", False), ("\r", True)):
        anna.change("set include=ask-yes")
        anna.screen.type("r", "Include message in reply?")
        anna.screen.keys(answer)
        anna.menu()
        assert ("> Hi Anna" in anna.send().body()) == there


def test_attribution_locale():
    """Dates in the language of a locale that is made for the test."""
    with writer("set include=yes fast_reply", [PARENT]) as anna:
        folder = anna.home.path / "locales"
        folder.mkdir()
        subprocess.run(["localedef", "-i", "de_DE", "-f", "UTF-8", str(folder / "de_DE.UTF-8")], check=True, capture_output=True)
        anna.home.env["LOCPATH"] = str(folder)
        screen = anna.screen = anna.home.start()
        screen.settle()
        anna.command('set attribution="Am %{%A} schrieb %n:"')
        assert reply_on(anna).startswith("Am Monday schrieb")
        anna.command("set attribution_locale=de_DE")
        assert reply_on(anna).startswith("Am Montag schrieb")


def reply_on(anna):
    anna.screen.keys("r")
    anna.menu()
    return anna.send().body()


@pytest.mark.parametrize("commands,sender", [
    ([], "Anna <anna@example.org>"),
    (["set reverse_name"], "Anna <sales@example.org>"),
    (["set reverse_name noreverse_realname realname=Boss"], "Boss <sales@example.org>"),
    (["set reply_with_xorig"], "Anna <anna+list@example.org>"),
])
def test_who_answers(anna, commands, sender):
    assert reply(anna, *commands).mail["From"] == sender


@pytest.mark.parametrize("commands,subject", [
    ([], "Re: hello"), (['set reply_regexp="^(hel)"'], "Re: lo")])
def test_the_subject_of_an_answer(anna, commands, subject):
    assert reply(anna, *commands).mail["Subject"] == subject


def test_metoo(anna):
    assert reply(anna, key="g").mail["Cc"] == "dora@example.net"
    assert set(str(reply(anna, "set metoo", key="g").mail["Cc"]).split(", ")) == {"Anna <sales@example.org>", "dora@example.net"}


def test_use_domain(anna):
    anna.compose(to="carl")
    assert anna.send().mail["To"] == "carl@example.org"
    anna.change("set nouse_domain")
    anna.compose(to="carl")
    assert anna.send().args[-1] == "carl"


def test_content_type(anna):
    assert new(anna, "set content_type=text/html").mail.get_content_type() == "text/html"


def test_encode_from(anna):
    anna.script("editor", '#!/bin/sh\necho "From here" >>"$1"\n')
    assert "\nFrom here" in new(anna).text
    letter = new(anna, "set encode_from")
    assert "\nFrom here" not in letter.text and letter.body() == "From here\n"
    anna.script("editor", '#!/bin/sh\necho "typed text" >>"$1"\n')


@pytest.mark.parametrize("to,commands,field", [
    ("list@example.net", [], "anna@example.org, list@example.net"),
    ("talk@example.net", [], "talk@example.net"),
    ("talk@example.net", ["set nofollowup_to"], None),
    ("bob@example.net", [], None)])
def test_followup_to(anna, to, commands, field):
    anna.change(*commands)
    anna.compose(to=to)
    got = anna.send().mail["Mail-Followup-To"]
    assert (str(got).replace("Anna <anna@example.org>", "anna@example.org") if got else None) == field


# ---- copies ----

def sent_copies(anna, count, name="Copies"):
    until(lambda: len(anna.copies(name)) >= count)
    return anna.copies(name)


def test_copies_have_attachments_unless_fcc_attach_is_no(anna):
    anna.change('set record="=Copies"')
    path = anna.file("more.txt", "more\n")
    for count, (line, question, answer, tree) in enumerate([
            ("set fcc_attach=yes", None, "", "multipart/mixed"), ("set fcc_attach=no", None, "", "text/plain"),
            ("set fcc_attach=ask-yes", "Save attachments in Fcc?", "n", "text/plain")], 1):
        anna.change(line)
        anna.compose(subject=f"copy {count}")
        anna.attach(path)
        if question:
            anna.screen.type("y", question)
        letter = anna.send(answer or "y")
        assert letter.mail.get_content_type() == "multipart/mixed"
        copy = next(m for m in sent_copies(anna, count) if m["Subject"] == f"copy {count}")
        assert copy.get_content_type() == tree and copy["Message-ID"] == letter.mail["Message-ID"] and "typed text\n" in copy.as_string()
        assert ("more.txt" in copy.as_string()) == (tree == "multipart/mixed")


def test_fcc_delimiter_parts_several_copies(anna):
    for name in ("One", "Two"):
        anna.home.maildir(name)
    letter = new(anna, "set fcc_delimiter=,", 'set record="=One,=Two"')
    assert [sent_copies(anna, 1, name)[0]["Message-ID"] for name in ("One", "Two")] == [letter.mail["Message-ID"]] * 2


def test_copy_is_asked_for(anna):
    anna.home.maildir("Asked")
    anna.change('set record="=Asked" copy=ask-yes')
    for answer, count in (("n", 0), ("y", 1)):
        anna.compose()
        anna.screen.type("y", "Save a copy of this message?")
        anna.send(answer)
    assert len(sent_copies(anna, 1, "Asked")) == 1
    new(anna, "set copy=no")
    assert len(anna.copies("Asked")) == 1


# ---- a second form of the text ----

FILTER = "#!/bin/sh\nprintf 'text/html\\n\\n'; sed 's/text/<b>text<\\/b>/'\n"


def test_the_text_is_sent_in_two_forms(anna):
    anna.change(f'set send_multipart_alternative_filter="{anna.script("html", FILTER)}"')
    letter = new(anna, "set send_multipart_alternative=yes")
    assert letter.tree() == ("alternative", ["text/plain", "text/html"])
    assert letter.body() == "typed text\n" and letter.mail.get_payload(1).get_content() == "typed <b>text</b>\n"
    anna.change("set send_multipart_alternative=ask-no")
    anna.compose()
    anna.screen.type("y", "multipart/alternative")
    assert anna.send("n").tree() == "text/plain"
    anna.change("set send_multipart_alternative=yes")
    anna.compose()
    anna.attach(anna.file("more.txt", "more\n"))
    assert anna.send().tree() == ("mixed", [("alternative", ["text/plain", "text/html"]), "text/plain"])


@pytest.mark.parametrize("text,words", [("#!/bin/sh\nexit 3\n", "status 3"), ("#!/bin/sh\necho nonsense\n", "no type"), (None, "names no command")])
def test_a_filter_that_fails_keeps_the_message(anna, text, words):
    anna.change("set send_multipart_alternative=yes")
    if text:
        anna.change(f'set send_multipart_alternative_filter="{anna.script("html", text)}"')
    anna.compose()
    anna.screen.type("y", words)
    anna.give_up()


def test_the_other_form_is_looked_at(anna):
    anna.change(f'set send_multipart_alternative_filter="{anna.script("html", FILTER)}"')
    anna.command("bind compose v view-alt", "bind compose V view-alt-text", "bind compose W view-alt-pager")
    anna.compose()
    for key in "vVW":
        anna.screen.keys(key)
        anna.screen.wait(lambda text: "typed" in text and "-- Attachments" not in text)
        anna.screen.keys("q")
        anna.menu()
    anna.file(".mailcap", 'text/html; cat %s >"$HOME/seen"\n')
    anna.change(f'set mailcap_path="{anna.home.path}/.mailcap"')
    anna.command("bind compose X view-alt-mailcap")
    anna.screen.keys("X")
    anna.screen.wait(lambda _text: (anna.home.path / "seen").exists() and "<b>text" in (anna.home.path / "seen").read_text())
    anna.menu()
    anna.give_up()


# ---- forwards ----

CODED = (b"From: bob@example.net\nTo: anna@example.org\nSubject: coded\nDate: Mon, 02 Nov 2026 10:00:00 +0000\n"
         b"MIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: base64\n\n0L/RgNC40LLQtdGCCg==\n")


def forward(anna, *commands):
    anna.change(*commands)
    anna.screen.keys("fcarl@example.net\r")
    anna.menu()
    return anna.send()


@pytest.mark.parametrize("commands,wanted", [
    ([], r"----- Forwarded message from Bob Builder <bob@example.net> -----\n\n(?s:.*)Hi Anna,\nпривет\n+----- End forwarded message -----\n"),
    (["set forward_quote"], r"\n> Hi Anna,\n> привет\n"),
    (['set forward_attribution_intro="Look, %n:"'], r"Look, Bob Builder:\n\n"),
    (['set forward_attribution_trailer="so %n"'], r"\nso Bob Builder\n"),
])
def test_what_is_forwarded(anna, commands, wanted):
    assert re.search(wanted, forward(anna, "set forward_edit=no mime_forward=no", *commands).body())


def test_the_fields_of_a_forward(anna):
    letter = forward(anna)
    assert letter.mail["Subject"] == "[bob@example.net: hello]" and letter.mail["References"] is None
    letter = forward(anna, 'set forward_format="Fwd: %s" forward_references')
    assert letter.mail["Subject"] == "Fwd: hello" and letter.mail["References"] == letter.mail["In-Reply-To"] == "<parent@example.net>"


def test_forward_decode():
    with writer("set fast_reply mime_forward=no", [CODED]) as anna:
        anna.change = anna.command
        assert "привет" in forward(anna).body()
        body = forward(anna, "set noforward_decode").body()
        assert "0L/RgNC40LLQtdGCCg==" in body and "Content-Transfer-Encoding: base64" in body and "привет" not in body


def test_forward_edit_is_asked_for(anna):
    anna.change("set forward_edit=ask-yes mime_forward=no")
    for answer, typed in (("n", False), ("y", True)):
        anna.screen.keys("fcarl@example.net\r")
        anna.screen.wait("Edit forwarded message?")
        anna.screen.keys(answer)
        anna.menu()
        assert ("typed text" in anna.send().body()) == typed
