# SPDX-License-Identifier: GPL-3.0-or-later
"""What variables and commands do to the message in the pager, one case after the other in one running cur."""

import pytest
from letters import message
from reading import Reading, mime, multipart

USUAL = ("default", "white", "black")  # a terminal's own colours, as TERM=linux writes them
LONG = "word " * 30 + "\n"
TEXTS = {
    "plain": message("plain", body="just a text :-) here\n> a quote\n>> deeper\nfrom me\n-- \nEve\n"),
    "ansi": message("ansi", body="a \x1b[1;31mred\x1b[0m \x1b[44mblue\x1b[m\nno \x1b]0;owned\x07\x1b[2J more\n"),
    "long": message("long", body=LONG),
    "paged": message("paged", body="".join(f"line {i}\n" for i in range(60))),
    "flowed": mime("flowed", "text/plain; format=flowed", "a paragraph that was \nbroken here and goes \non for a while\n"
                   "> quoted text that \n> goes on\n>> deep\n"),
    "smile": message("smile", body=":-) is a smiley\n> is a quote\n"),
    "alternative": multipart("alternative", "alternative", "Content-Type: text/plain\n\nthe plain words\n",
                             "Content-Type: text/html\n\n<p>the <b>html</b> words</p>\n"),
    "tongues": multipart("tongues", "multilingual", "Content-Type: text/plain\n\nin many languages\n",
                         "Content-Type: text/plain\nContent-Language: en\n\nin English\n",
                         "Content-Type: text/plain\nContent-Language: de\n\nauf Deutsch\n"),
    "disposed": multipart("disposed", "mixed", "Content-Type: text/plain\n\nsee it\n",
                          "Content-Type: text/plain\nContent-Disposition: attachment; filename=note.txt\n\nthe note\n"),
    "fields": message("fields", extra="X-Mailer: carrier pigeon\nX-Colour: blue sky\n", body="text\n"),
    "assumed": mime("assumed", "text/plain", "caf\xe9 \xa4\n".encode("latin-1")),
}


@pytest.fixture(scope="module")
def running():
    reading = Reading(TEXTS, "color header red default 'blue'\ncolor search black yellow\ncolor quoted green default\n"
                             "color quoted1 cyan default\nignore *\nunignore date from to subject x-mailer x-colour")
    yield reading
    reading.close()


@pytest.fixture
def reading(running):
    yield running
    running.leave()


def rows(text):
    return [line.rstrip() for line in text.split("\n")]


# muttrc lines, the message, keys in the pager, what the screen shows and what it does not
CASES = {
    "wrap": (["set wrap=40"], "long", "", lambda t: "word word word word word word word word" in rows(t), None),
    "wrap negative": (["set wrap=-60"], "long", "", lambda t: "+word word word" in rows(t), None),
    "wrapmargin": (["set wrapmargin=60"], "long", "", lambda t: "+word word word" in rows(t), None),
    "wrap goes before wrapmargin": (["set wrapmargin=60 wrap=40"], "long", "",
                                    lambda t: "word word word word word word word word" in rows(t), None),
    "markers": (["set wrap=40"], "long", "", "\n+word", None),
    "no markers": (["set wrap=40 nomarkers"], "long", "", "\nword word", "+word"),
    "smart_wrap": (["set wrap=23 nomarkers"], "long", "", lambda t: "word word word word" in rows(t), None),
    "no smart_wrap": (["set wrap=23 nomarkers nosmart_wrap"], "long", "", lambda t: "word word word word wor" in rows(t), None),
    "tilde": (["set tilde"], "plain", "", "\n~\n~", None),
    "no tilde": ([], "plain", "", "from me", "~"),
    "pager_context": (["set pager_context=3"], "paged", " ", lambda t: rows(t)[1] == "line 13", None),
    "no pager_context": ([], "paged", " ", lambda t: rows(t)[1] == "line 16", None),
    "pager_format": (["set pager_format='<%s|%P>'"], "plain", "", "<plain|all>", None),
    "reflow_text": ([], "flowed", "", "a paragraph that was broken here and goes on for a while", None),
    "no reflow_text": (["set noreflow_text"], "flowed", "", "\na paragraph that was\nbroken here and goes\n", None),
    "reflow_wrap": (["set reflow_wrap=22"], "flowed", "", "\na paragraph that was\nbroken here and goes\non for a while", None),
    "reflow_space_quotes": ([], "flowed", "", "\n> > deep", None),
    "no reflow_space_quotes": (["set noreflow_space_quotes"], "flowed", "", "\n>> deep", None),
    "toggle-quoted": ([], "plain", "T", "from me", "> a quote"),
    "toggle_quoted_show_levels": (["set toggle_quoted_show_levels=1"], "plain", "T",
                                  lambda t: "> a quote" in t and ">> deeper" not in t, None),
    "show_multipart_alternative": ([], "alternative", "", "the plain words", "html words"),
    "show_multipart_alternative info": (["set show_multipart_alternative=info"], "alternative", "",
                                        lambda t: "the plain words" in t and "Type #2: text/html" in t, "html words"),
    "show_multipart_alternative inline": (["set show_multipart_alternative=inline"], "alternative", "",
                                          lambda t: "the plain words" in t and "the html words" in t, None),
    "alternative_order": (["alternative_order text/html"], "alternative", "", "the html words", "the plain words"),
    "alternative_order of a major type": (["unalternative_order *", "alternative_order image/* text/*"], "alternative", "",
                                          "the html words", "the plain words"),
    "alternative_order of anything": (["unalternative_order *", "alternative_order *"], "alternative", "",
                                      "the html words", "the plain words"),
    "unalternative_order": (["alternative_order text/html", "unalternative_order *"], "alternative", "",
                            "the plain words", "the html words"),
    "no preferred_languages": ([], "tongues", "", lambda t: "in English" in t and "auf Deutsch" in t, None),
    "preferred_languages": (["set preferred_languages='fr,de'"], "tongues", "", "auf Deutsch", "in English"),
    "preferred_languages, none there": (["set preferred_languages=fr"], "tongues", "", "in many languages", "in English"),
    "honor_disposition": (["set honor_disposition"], "disposed", "", "This is an attachment", "the note"),
    "no honor_disposition": ([], "disposed", "", "the note", "This is an attachment"),
    "weed": (["ignore x-mailer"], "fields", "", "X-Colour: blue", "X-Mailer"),
    "no weed": (["ignore x-mailer", "set noweed"], "fields", "", "X-Mailer: carrier pigeon", None),
    "display_filter": (["set display_filter='sed s/just/only/'"], "plain", "", "only a text", "just a text"),
    "skip-quoted": ([], "paged", "S", "No more unquoted text", None),
    "skip-headers": ([], "paged", "H", lambda t: "line 0" in t and "Subject:" not in t, None),
    "bottom": ([], "paged", ":exec bottom\r", "line 59", "line 0\n"),
    "top": ([], "paged", ":exec bottom\r^", "line 0\n", "line 59"),
    "next-part": ([], "disposed", ":exec next-part\r:exec next-part\r", lambda t: "see it" not in t and "the note" in t, None),
    "previous-part": ([], "disposed", ":exec next-part\r:exec next-part\r:exec previous-part\r:exec previous-part\r",
                      lambda t: "Subject:" in t, None),
    "assumed_charset": (["set assumed_charset=iso-8859-5"], "assumed", "", "cafщ", None),
    "no assumed_charset": ([], "assumed", "", "café", None),
}
UNDO = ("wrap wrapmargin markers smart_wrap tilde pager_context pager_format reflow_text reflow_wrap reflow_space_quotes "
        "toggle_quoted_show_levels show_multipart_alternative preferred_languages honor_disposition weed display_filter "
        "assumed_charset allow_ansi header_color_partial quote_regexp smileys pager_read_delay")


@pytest.mark.parametrize("case", CASES)
def test_a_message_is_shown_as_the_configuration_wants(reading, case):
    lines, name, keys, shown, absent = CASES[case]
    screen = reading.screen
    reading.command(f"reset {UNDO}", "unalternative_order *", "unignore x-mailer", *lines)
    reading.open(name)
    screen.wait(f"Subject: {name}" if "pager_format" not in case else "<plain")
    screen.keys(keys)
    seen = shown if callable(shown) else lambda text: shown in text
    screen.wait(lambda text: seen(text) and (not absent or absent not in text))


def test_colours_of_a_text_are_shown_when_they_are_wanted_and_nothing_else_of_it(reading):
    reading.command(f"reset {UNDO}", "set allow_ansi")
    reading.open("ansi")
    text = reading.screen.wait("a red blue")
    assert "[1;31m" not in text
    assert reading.style("red blue").fg == "red" and reading.style("red blue").bold
    assert reading.style(" blue").fg in USUAL
    assert reading.style("blue").bg != reading.style("a red").bg
    assert "]0;owned" in text and b"\x1b]0;owned" not in bytes(reading.screen.raw)
    reading.command("set noallow_ansi")
    reading.screen.wait("[1;31mred")


def test_a_rule_for_headers_colours_the_field_or_what_it_matches(reading):
    reading.command(f"reset {UNDO}")
    reading.open("fields")
    reading.screen.wait("X-Colour: blue sky")
    assert reading.style("X-Colour").fg == "red"
    reading.command("set header_color_partial")
    reading.screen.wait(lambda text: reading.style("X-Colour").fg == reading.style("Subject:").fg)
    assert reading.style("blue sky").fg == "red"
    assert reading.style("blue sky", 5).fg == reading.style("Subject:").fg


def test_quotes_are_what_the_expressions_say(reading):
    reading.command(f"reset {UNDO}")
    reading.open("smile")
    reading.screen.wait("> is a quote")
    assert reading.style("> is").fg == "green" and reading.style(":-) is").fg in USUAL
    reading.command("set smileys=never")
    reading.screen.wait(lambda text: reading.style(":-) is").fg == "green")
    reading.command("set quote_regexp='^@'")
    reading.screen.wait(lambda text: reading.style("> is").fg in USUAL)


def test_search_hits_are_shown_or_not(reading):
    reading.command(f"reset {UNDO}")
    reading.open("paged")
    reading.screen.wait("line 0")
    reading.screen.keys("/line 3\r")
    reading.screen.wait(lambda text: "line 3\n" in text and reading.style("line 3").bg in ("brown", "yellow"))
    reading.screen.keys("\\")
    reading.screen.wait(lambda text: reading.style("line 3").bg in USUAL)
