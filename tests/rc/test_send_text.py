# SPDX-License-Identifier: GPL-3.0-or-later
"""What the text of a letter is sent as: seen in what $sendmail gets from a script's letter."""

import email
import email.policy

import pytest

SENDMAIL = '#!/bin/sh\ncat >"$HOME/sent"\n'


@pytest.fixture
def sent(home):
    def send(settings, text):
        program = home.path / "sendmail"
        program.write_text(SENDMAIL)
        program.chmod(0o700)
        home.muttrc(f'set from=anna@example.org hostname=example.org record="" sendmail="{program}"\n{settings}\n')
        home.run("--wait", "-s", "words", "--", "bob@example.net", stdin=text, check=True)
        return email.message_from_bytes((home.path / "sent").read_bytes(), policy=email.policy.default)
    return send


@pytest.mark.parametrize("settings, charset", [("", "utf-8"), ("set send_charset=us-ascii:windows-1251:utf-8", "windows-1251"),
                                               ("set send_charset=us-ascii:iso-8859-1:utf-8", "utf-8")])
def test_send_charset_is_the_first_that_can_say_it(sent, settings, charset):
    letter = sent(settings, "привет\n")
    assert letter.get_content_charset() == charset and letter.get_content() == "привет\n"


@pytest.mark.parametrize("settings, encoding", [("", "8bit"), ("set allow_8bit", "8bit"), ("unset allow_8bit", "quoted-printable")])
def test_allow_8bit_or_text_is_encoded(sent, settings, encoding):
    letter = sent(settings, "grün\n")
    assert letter["Content-Transfer-Encoding"].lower() == encoding and letter.get_content() == "grün\n"


@pytest.mark.parametrize("settings, flowed", [("", None), ("set text_flowed", "flowed")])
def test_text_flowed_is_said_and_lines_are_stuffed(sent, settings, flowed):
    letter = sent(settings, "From here\nto there\n")
    assert letter["Content-Type"].params.get("format") == flowed
    assert letter.get_payload().startswith(" From" if flowed else "From")
