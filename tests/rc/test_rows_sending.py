# SPDX-License-Identifier: GPL-3.0-or-later
"""The order of a composition, as mutt's manual has it: my_hdr, questions, hooks, text, the copy."""

import pytest
from letters import message
from pace import until
from writer import writer

PARENT = message("hello", sender="Bob Builder <bob@example.net>", to="Anna <sales@example.org>", body="Hi\n")


@pytest.fixture(scope="module")
def desk():
    with writer("alternates sales@example.org\nset include=no fast_reply index_format='%s.'", [PARENT]) as anna:
        yield anna


@pytest.fixture
def anna(desk):
    yield desk
    desk.go_home()
    desk.command("reset all", "unhook *", "unmy_hdr *", f"source {desk.home.path}/config/cur/muttrc")


# what is set, whether a letter is answered, the fields of what is sent then
HOOKS = {
    "send-hooks see who would send it": (["send-hook '~f anna@' 'my_hdr X-Me: yes'"], False, {"X-Me": "yes"}),
    "and know that it is me": (["send-hook ~P 'my_hdr X-Me: yes'"], False, {"X-Me": "yes"}),
    "and may make it another": (["send-hook '~f anna@' 'set from=else@example.org'"], False, {"From": "Anna <else@example.org>"}),
    "or nobody": (["send-hook '~f anna@' 'set nouse_from'"], False, {"From": None}),
    "reverse_name is chosen before them": (["set reverse_name", "send-hook '~f sales@' 'my_hdr X-Me: sales'"], True,
                                           {"From": "Anna <sales@example.org>", "X-Me": "sales"}),
    "a reply is marked as one": (["send-hook ~Q 'my_hdr X-Kind: reply'", "send-hook '! ~Q' 'my_hdr X-Kind: new'"], True, {"X-Kind": "reply"}),
    "a new letter is not": (["send-hook ~Q 'my_hdr X-Kind: reply'", "send-hook '! ~Q' 'my_hdr X-Kind: new'"], False, {"X-Kind": "new"}),
    "reply-hooks come before send-hooks": (["send-hook . 'my_hdr X-Order: send'", "reply-hook . 'my_hdr X-Order: reply'"], True, {"X-Order": "send"}),
    "and after the questions": (["reply-hook . 'set nofast_reply askcc'"], True, {"To": "Bob Builder <bob@example.net>"}),
    "recipients of my_hdr are there when they are asked for": (["my_hdr Cc: carl@example.net", "send-hook '~c carl@' 'my_hdr X-Cc: seen'"], False,
                                                               {"Cc": "carl@example.net", "X-Cc": "seen"}),
    "those that a hook adds are for the next one": (["send-hook . 'my_hdr Cc: carl@example.net'"], False, {"Cc": None}),
    "send2-hooks know the sender for certain": (["send-hook . 'set from=else@example.org'", "send2-hook '~f else@' 'set use_envelope_from'"], False,
                                                {"-f": "else@example.org"}),
}


@pytest.mark.parametrize("name", HOOKS)
def test_the_order_of_hooks(anna, name):
    commands, answers, fields = HOOKS[name]
    anna.command(*commands)
    if answers:
        anna.screen.keys("r")
        anna.menu()
    else:
        anna.compose()
    letter = anna.send()
    fields = dict(fields)
    assert "-f" not in fields or letter.args[:2] == ["-f", fields.pop("-f")]
    assert {field: letter.mail[field] for field in fields} == fields


def test_a_subject_of_my_hdr_is_offered(anna):
    anna.command("my_hdr Subject: weekly news")
    anna.screen.keys("mbob@example.net\r")
    anna.screen.wait("Subject: weekly news")
    anna.screen.keys("\r")
    anna.menu()
    assert anna.send().mail["Subject"] == "weekly news"


def test_a_send_hook_says_how_it_is_forwarded(anna):
    anna.command("set forward_edit=no mime_forward=no", "send-hook carl@ 'set mime_forward=yes'")
    anna.screen.type("f", "To:")
    anna.screen.keys("carl@example.net\r")
    anna.menu()
    assert anna.send().tree() == ("mixed", ["text/plain", "message/rfc822"])


def test_send2_hooks_are_tried_before_and_after_the_editor(anna):
    """Before: it may be another editor; after: the editor may have changed the header."""
    other = anna.script("other", '#!/bin/sh\nsed -i "s/^Subject:.*/Subject: changed/" "$1"\necho other >>"$1"\n')
    anna.command("set edit_headers", f"send2-hook '~s news' 'set editor={other}'", "send2-hook '~s changed' 'set use_envelope_from'")
    anna.compose()
    letter = anna.send()
    assert letter.mail["Subject"] == "changed" and letter.body() == "other\n" and letter.args[0] == "-f"


def test_send2_hooks_are_tried_when_the_text_was_edited_again(anna):
    anna.compose()
    anna.command("send2-hook . 'set use_envelope_from'")
    anna.screen.keys("e")
    anna.screen.wait("typed text")
    assert anna.send().args[0] == "-f"


def test_the_copy_goes_where_the_recipients_of_the_editor_say(anna):
    anna.script("writing", '#!/bin/sh\nprintf "To: carl@example.net\\nSubject: from the editor\\n\\nbody\\n" >"$1"\n')
    anna.command("set autoedit edit_headers record=", "fcc-hook carl@ =Copies", f"set editor={anna.home.path}/writing")
    before = len(anna.copies())
    anna.screen.keys("m")
    anna.menu()
    anna.send()
    until(lambda: len(anna.copies()) == before + 1, tell=anna.screen.text)


def test_a_letter_sent_again_has_a_copy_and_no_send_hooks(anna):
    anna.command("set record==Copies", "send-hook . 'my_hdr X-Hook: yes'", "set editor=true")
    before = len(anna.copies())
    anna.screen.keys(":exec resend-message\r")
    anna.menu()
    anna.screen.wait("Fcc: =Copies")
    letter = anna.send()
    assert letter.mail["X-Hook"] is None and letter.mail["Subject"] == "hello"
    until(lambda: len(anna.copies()) == before + 1, tell=anna.screen.text)


# Commands, what is sent of them
SCRIPTS = [
    ("send2-hook '~s report' 'set use_envelope_from'", {"-f": "anna@example.org"}),
    ("send-hook '~f anna@' 'my_hdr X-Me: yes'", {"X-Me": "yes"}),
    ("my_hdr Cc: carl@example.net; my_hdr Subject: other", {"Cc": "carl@example.net", "Subject": "report"}),
    ("send2-hook . 'fcc-hook . =Copies'", {"copies": 1}),
]


@pytest.mark.parametrize("line,wanted", SCRIPTS)
def test_a_script_s_letter_is_hooked_as_well(anna, line, wanted):
    wanted, before = dict(wanted), len(anna.copies())
    anna.home.run("--wait", "-e", line, "-s", "report", "--", "bob@example.net", stdin="body\n", check=True)
    letter = anna.sent()
    assert "-f" not in wanted or letter.args[:2] == ["-f", wanted.pop("-f")]
    if wanted.pop("copies", 0):
        until(lambda: len(anna.copies()) == before + 1)
    assert {field: letter.mail[field] for field in wanted} == wanted


@pytest.mark.parametrize("wait,command,asks", [("wait_key", "true", True), ("nowait_key", "true", False), ("nowait_key", "false", True)])
def test_a_key_is_waited_for(anna, wait, command, asks):
    """$wait_key; without it after a command that failed, whose words would be gone else."""
    anna.command(f"set {wait}")
    for key, question in (("!", "Shell command:"), ("|", "Pipe to command:")):
        anna.screen.type(key, question)
        anna.screen.keys(f"cat >/dev/null </dev/null; echo said; {command}\r")
        anna.screen.wait("Press any key to continue" if asks else "hello.")
        if asks:
            anna.screen.type("x", "hello.")
