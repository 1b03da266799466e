# SPDX-License-Identifier: GPL-3.0-or-later
"""Parts: what counts as an attachment, what mailcap does with them, where they are saved."""

import pytest
from letters import message
from reading import Reading, mime, multipart

PNG = "Content-Type: image/png; name=shot.png\nContent-Disposition: attachment\n\nPNGDATA\n"
TEXT = "Content-Type: text/plain\n\nwords\n"
INNER = "Content-Type: message/rfc822\n\n" + message("inner subject", body="inner\n").decode()
MESSAGES = {
    "alone": message("alone"),
    "mixed": multipart("mixed", "mixed", TEXT, PNG, "Content-Type: text/x-vcard\nContent-Disposition: attachment\n\nVCARD\n"),
    "hidden": multipart("hidden", "alternative", TEXT, PNG),
    "forwarded": multipart("forwarded", "mixed", TEXT, INNER),
    "digest": multipart("digest", "mixed", TEXT, "Content-Type: multipart/digest; boundary=d\n\n--d\n\n" +
                        multipart("first issue", "mixed", TEXT, PNG).decode() + "\n--d--\n"),
    "web": mime("web", "text/html", "<h1>Big</h1><p>page</p>\n"),
    "octets": multipart("octets", "mixed", TEXT,
                        "Content-Type: application/octet-stream; name=notes.odd\nContent-Disposition: attachment\n\nODD\n"),
    "latin": multipart("latin", "mixed", TEXT, "Content-Type: text/plain; charset=iso-8859-1; name=old.txt\n"
                       "Content-Disposition: attachment\nContent-Transfer-Encoding: 8bit\n\n".encode() + b"caf\xe9\n"),
    "long": mime("long", "application/x-long", "x\n"),
    "pictures": multipart("pictures", "mixed", TEXT, PNG, PNG.replace("shot", "other").replace("PNGDATA", "OTHERDATA")),
}
MAILCAP = """image/png; cat %s >>@/seen; echo >>@/seen; print=cat %s >>@/printed
image/png; echo A PICTURE; copiousoutput
text/html; echo "\x1b[31mHTML\x1b[0m $COLUMNS"; copiousoutput; nametemplate=%s.html
application/x-odd; echo THE ODD TYPE %t; copiousoutput
application/x-long; echo aaaa aaaa aaaa aaaa aaaa aaaa aaaa; copiousoutput; x-neomutt-nowrap
"""


@pytest.fixture(scope="module")
def running():
    reading = Reading(MESSAGES, "set index_format='%C %s <%?X?%X&none?>' print_command='cat >>printed' print=yes\n"
                                "set attach_format='%n:%d:%m/%M:%Q%X' mime_forward=no")
    home = reading.home.path
    (home / "mailcap").write_text(MAILCAP.replace("@", str(home)))
    (home / ".mime.types").write_text("# mine\napplication/x-odd odd odder\n")
    reading.command(f"set mailcap_path={home}/mailcap")
    yield reading
    reading.close()


@pytest.fixture
def reading(running):
    running.command("unattachments *", "unmime_lookup *", "unauto_view *",
                    "reset count_alternatives implicit_autoview digest_collapse message_format attach_save_dir "
                    "attach_save_without_prompting attach_save_charset_convert attach_split attach_sep pipe_decode allow_ansi wrap")
    yield running
    running.leave()


DEFAULTS = ["attachments +A */.*", "attachments -A text/x-vcard application/pgp.*", "attachments +I text/plain"]

# muttrc lines, message, what the index says of it
COUNTS = {
    "no rules": ([], "mixed", "<2>"),
    "no rules, no parts": ([], "alone", "<none>"),
    "the sample of the manual": (DEFAULTS, "mixed", "<1>"),
    "an alternative is not searched": (DEFAULTS, "hidden", "<none>"),
    "count_alternatives": ([*DEFAULTS, "set count_alternatives"], "hidden", "<1>"),
    "the first part": (["attachments +R text/plain"], "mixed", "<1>"),
    "a message of one part": (["attachments +root text/plain"], "alone", "<1>"),
    "a container": (["attachments +I message/.*"], "forwarded", "<1>"),
    "a major type, and an expression": (["attachments +A image/(gif|png) any/x-vcard"], "mixed", "<2>"),
    "unattachments": ([*DEFAULTS, "unattachments -A text/x-vcard"], "mixed", "<2>"),
    "unattachments of all": ([*DEFAULTS, "unattachments *"], "alone", "<none>"),
}


@pytest.mark.parametrize("case", COUNTS)
def test_attachments_are_counted_by_the_rules(reading, case):
    lines, name, count = COUNTS[case]
    reading.command(*lines)
    reading.screen.wait(lambda text: f"{name} {count}" in text)


def test_messages_are_found_by_their_attachments(reading):
    reading.command(*DEFAULTS)
    reading.screen.keys("l~X 1\r")
    reading.screen.wait(lambda text: "mixed <1>" in text and "alone" not in text and "hidden" not in text)
    reading.screen.keys("lall\r")
    reading.command("attachments ?")
    reading.screen.wait("attachments +A */.*; attachments -A text/x-vcard;")


# muttrc lines, message, keys (from the index), what is shown, what is not
VIEWS = {
    "auto_view": (["auto_view text/html"], "web", "\r", "[0m 80", "page"),
    "no auto_view": ([], "web", "\r", "page", "HTML"),
    "unauto_view": (["auto_view text/html", "unauto_view text/html"], "web", "\r", "page", "HTML"),
    "implicit_autoview": (["set implicit_autoview"], "mixed", "\r", "A PICTURE", None),
    "no implicit_autoview": ([], "mixed", "\r", "This is an attachment", "A PICTURE"),
    "allow_ansi of a viewer": (["auto_view text/html", "set allow_ansi"], "web", "\r", "HTML 80", "[31m"),
    "view-pager": ([], "mixed", "vj:exec view-pager\r", "A PICTURE", None),
    "view-text": ([], "web", "vT", "<h1>Big</h1>", None),
    "view-mailcap": ([], "web", "vm", "[0m 80", None),
    "view-attach without an entry": ([], "octets", "vj\r", "ODD", None),
    "mime_lookup": (["mime_lookup application/octet-stream"], "octets", "vj\r", "THE ODD TYPE application/x-odd", None),
    "mime_lookup and auto_view": (["mime_lookup application/*", "auto_view application/x-odd"], "octets", "\r",
                                  "THE ODD TYPE application/x-odd", None),
    "unmime_lookup": (["mime_lookup application/octet-stream", "unmime_lookup application/octet-stream"], "octets", "vj\r",
                      "ODD", "TYPE"),
    "digest_collapse": ([], "digest", "v", "first issue", "shot.png"),
    "no digest_collapse": (["set nodigest_collapse"], "digest", "v", "shot.png", None),
    "collapse-parts": ([], "digest", "vj:exec next-entry\r:exec collapse-parts\r", "shot.png", None),
    "message_format": (["set message_format='<%s> of %n'"], "forwarded", "v", "<inner subject> of Bob", None),
    "%Q and %X": ([*DEFAULTS], "mixed", "v", lambda t: "image/png:Q1" in t or "image/png:11" in t, None),
}


@pytest.mark.parametrize("case", VIEWS)
def test_parts_are_shown_as_the_configuration_wants(reading, case):
    lines, name, keys, shown, absent = VIEWS[case]
    reading.command(*lines)
    reading.at(name)
    reading.screen.keys(keys)
    seen = shown if callable(shown) else lambda text: shown in text
    reading.screen.wait(lambda text: seen(text) and (not absent or absent not in text))


def test_output_that_is_wrapped_is_not_wrapped_again(reading):
    reading.command("set wrap=20", "auto_view application/x-long application/x-odd")
    reading.open("long")
    reading.screen.wait("aaaa aaaa aaaa aaaa aaaa aaaa aaaa\n")


def test_a_viewer_gets_the_file_and_the_file_goes_with_cur(reading):
    home = reading.home.path
    reading.at("mixed")
    reading.screen.keys("vj\r")
    reading.until(lambda: (home / "seen").exists() and b"PNGDATA" in (home / "seen").read_bytes())


def test_parts_are_printed_by_mailcap_or_by_the_print_command(reading):
    printed = reading.home.path / "printed"
    reading.at("mixed")
    reading.screen.keys("vjp")
    reading.screen.wait("Printed.")
    assert printed.read_text().strip() == "PNGDATA"
    printed.unlink()
    reading.screen.keys(":exec first-entry\rp")
    reading.until(lambda: printed.exists() and printed.read_text() == "words\n")
    reading.screen.keys("jjp")
    reading.until(lambda: "VCARD" in printed.read_text())


def test_texts_are_saved_as_they_are_or_in_the_charset_of_the_terminal(reading):
    home = reading.home.path
    reading.at("latin")
    reading.screen.keys("vjs")
    reading.screen.wait("Convert attachment from iso-8859-1 to UTF-8?")
    reading.screen.keys("y")
    reading.screen.wait("Save to file: old.txt")
    reading.screen.keys("\r")
    reading.until(lambda: (home / "old.txt").exists())
    assert (home / "old.txt").read_text() == "café\n"
    reading.command("set attach_save_charset_convert=no", "set attach_save_without_prompting", f"set attach_save_dir={home}/Mail")
    reading.screen.keys("s")
    reading.until(lambda: (home / "Mail/old.txt").exists())
    assert (home / "Mail/old.txt").read_bytes() == b"caf\xe9\n"


def test_several_parts_go_through_pipes_together_or_one_by_one(reading):
    piped = reading.home.path / "piped"
    reading.at("pictures")
    reading.screen.keys(f"vjtt;|cat >>{piped}; echo + >>{piped}\r")
    reading.until(lambda: piped.exists() and piped.read_text().count("+") == 2)
    assert piped.read_text() == "PNGDATA\n+\nOTHERDATA\n+\n"
    piped.unlink()
    reading.command("set noattach_split", "set attach_sep='=next='")
    reading.screen.keys(f";|cat >>{piped}; echo + >>{piped}\r")
    reading.until(lambda: piped.exists() and "+" in piped.read_text())
    assert piped.read_text() == "PNGDATA\n=next=OTHERDATA\n=next=+\n"
