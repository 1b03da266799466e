# SPDX-License-Identifier: GPL-3.0-or-later
"""Variables beside the writing: how threads and senders look, what is remembered, who logs in to send."""

import email

import pytest
from letters import message
from pace import until
from writer import writer

DATE = "Mon, 02 Nov 2026 10:0{}:00 +0000"
LETTERS = [
    message("talk", sender="Bob <bob@example.net>", to="Anna <anna@example.org>", ident="<1@x>", date=DATE.format(0)),
    message("Re: talk", sender="Anna <anna@example.org>", to="Bob <bob@example.net>", ident="<2@x>", date=DATE.format(1),
            extra="In-Reply-To: <1@x>\nReferences: <1@x>\n"),
    message("other", sender="Anna <anna@example.org>", to="", extra="Cc: Carl <carl@example.net>\n", ident="<3@x>", date=DATE.format(2)),
    message("third", sender="Eve <eve@example.net>", to="Anna <anna@example.org>", ident="<4@x>", date=DATE.format(3)),
]


@pytest.fixture(scope="module")
def desk():
    with writer('set sort=date index_format="%F|%s"', LETTERS) as anna:
        yield anna


@pytest.fixture
def anna(desk):
    yield desk
    desk.command("reset all", f"source {desk.home.path}/config/cur/muttrc")


def rows(text):
    return [line for line in text.split("\n") if "|" in line]


@pytest.mark.parametrize("commands,wanted", [
    ([], ["Bob|talk", "To Bob|Re: talk", "Cc Carl|other", "Eve|third"]),
    (["set use_threads=threads"], ["Bob|talk", "To Bob|└─>", "Cc Carl|other", "Eve|third"]),
    (["set use_threads=yes sort=reverse-date"], ["Eve|third", "Cc Carl|other", "Bob|talk", "To Bob|└─>"]),
    (["set use_threads=reverse"], ["Eve|third", "Cc Carl|other", "To Bob|┌─>Re: talk", "Bob|talk"]),
    (["set sort=threads use_threads=flat"], ["Bob|talk", "To Bob|Re: talk", "Cc Carl|other", "Eve|third"]),
    (["set sort=threads use_threads=no"], ["Bob|talk", "To Bob|Re: talk", "Cc Carl|other", "Eve|third"]),
    (["set use_threads=threads ascii_chars"], ["Bob|talk", "To Bob|`->", "Cc Carl|other", "Eve|third"]),
    (['set from_chars="→©b."'], [". Bob|talk", "→ Bob|Re: talk", "© Carl|other", ". Eve|third"]),
    (['set from_chars="→"'], ["  Bob|talk", "→ Bob|Re: talk", "  Carl|other", "  Eve|third"]),
])
def test_how_the_index_looks(anna, commands, wanted):
    anna.command(*commands)
    anna.screen.wait(lambda text: rows(text) == wanted)


def test_errors_are_remembered_as_many_as_error_history(anna):
    anna.command("bind generic X error-history", "bind index X error-history", "set error_history=2")
    for name in ("first_wrong", "second_wrong", "third_wrong"):
        anna.screen.type(f":set {name}\r", lambda text: name in text.split("\n")[-1] and not text.split("\n")[-1].startswith(":"))
    anna.screen.type("X", lambda text: "second_wrong" in text and "third_wrong" in text and "first_wrong" not in text)
    anna.screen.type("q", lambda text: "second_wrong" not in text)


@pytest.mark.parametrize("entries,kept", [(2, ["echo two", "echo three"]), (0, [])])
def test_lines_are_remembered_for_the_next_start(entries, kept):
    with writer(f'set history=10 save_history={entries} history_file="~/history"') as anna:
        for word in ("one", "two", "three"):
            anna.screen.type(f":echo {word}\r", lambda text: text.split("\n")[-1] == word)
        anna.screen.keys("q")
        anna.screen.finish()
        history = anna.home.path / "history"
        assert [line for line in ("echo one", "echo two", "echo three") if history.exists() and line in history.read_text()] == kept
        screen = anna.home.start()
        screen.settle()
        screen.type(":", lambda text: text.split("\n")[-1].startswith(":"))
        screen.type("\x1b[A", lambda text: text.split("\n")[-1] == (":echo three" if kept else ":"))


def test_smtp_user_logs_in_where_the_url_names_nobody(lab, home):
    sink = lab.submission()
    home.muttrc(f'set from=anna@example.org record="" folder="{home.path}" ssl_ca_certificates_file="{lab.certificate.ca}"\n'
                f'set smtp_url="smtp://localhost:{sink.port}/" smtp_user=anna smtp_pass=secret\n')
    home.run("--wait", "-s", "news", "bob@example.net", stdin="text\n", check=True)
    assert email.message_from_bytes(sink.messages()[-1])["Subject"] == "news"
