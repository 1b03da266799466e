# SPDX-License-Identifier: GPL-3.0-or-later
"""Charsets, encoded words, host names: how they are read, by the pager, the attachment menu and the engine."""

import pytest
from reading import Reading, mime, multipart

MESSAGES = {
    "alias": mime("alias", "text/plain; charset=x-odd-name", b"\xe9\xd0\n"),
    "cyrillic": mime("cyrillic", "text/plain; charset=iso-8859-1", b"\xd2\xc5\xda\n"),
    "named": multipart("named", "mixed", "Content-Type: text/plain\n\nsee the file\n",
                       'Content-Type: application/pdf; name="=?utf-8?Q?caf=C3=A9.pdf?="\n\nxx\n'),
    "spaced": mime("spaced", "text/plain", "text\n", extra="X-Words: before    =?utf-8?Q?caf=C3=A9?=     after\n"),
    "host": mime("host", "text/plain", "text\n", extra="X-Reply: <a@xn--bcher-kva.example>\n").replace(
        b"eve@example.net", b"eve@xn--mnchen-3ya.example"),
}
UNDO = "reset rfc2047_parameters ignore_linear_white_space idn_decode"

# muttrc lines, message, keys, what is shown, what is not
CASES = {
    "charset-hook": (["charset-hook ^x-odd- iso-8859-5"], "alias", "\r", "ща", None),
    "no charset-hook": ([], "alias", "\r", "éÐ", None),
    "iconv-hook": (["iconv-hook ^iso-8859-1$ KOI8-R"], "cyrillic", "\r", "рез", None),
    "no iconv-hook": ([], "cyrillic", "\r", "ÒÅÚ", None),
    "rfc2047_parameters": ([], "named", "v", "café.pdf", None),
    "no rfc2047_parameters": (["set norfc2047_parameters"], "named", "v", "=?utf-8?Q?caf=C3=A9.pdf?=", None),
    "ignore_linear_white_space": (["set ignore_linear_white_space"], "spaced", "\r", "before café after", None),
    "no ignore_linear_white_space": ([], "spaced", "\r", "before    café     after", None),
    "idn_decode": ([], "host", "\r", "<eve@münchen.example>", None),
    "no idn_decode": (["set noidn_decode"], "host", "\r", "<eve@xn--mnchen-3ya.example>", None),
    "idn_decode in the index": (["set index_format='%C <%a>'"], "host", "", "5 <eve@münchen.example>", None),
    "no idn_decode in the index": (["set index_format='%C <%a>' noidn_decode"], "host", "",
                                   "5 <eve@xn--mnchen-3ya.example>", None),
}


@pytest.fixture(scope="module")
def running():
    reading = Reading(MESSAGES, "unignore x-words")
    yield reading
    reading.close()


@pytest.fixture
def reading(running):
    running.command(UNDO, "reset index_format", "unhook charset-hook", "unhook iconv-hook")
    yield running
    running.leave()


@pytest.mark.parametrize("case", CASES)
def test_bytes_are_read_as_the_configuration_says(reading, case):
    lines, name, keys, shown, absent = CASES[case]
    reading.command(*lines)
    reading.at(name)
    reading.screen.keys(keys)
    reading.screen.wait(lambda text: shown in text and (not absent or absent not in text))


def test_a_charset_hook_holds_for_the_subjects_that_the_engine_reads():
    subject = "=?x-odd-name?Q?=E9=D0?="
    reading = Reading({"one": mime(subject, "text/plain", "text\n")}, "charset-hook ^x-odd- iso-8859-5")
    try:
        assert "ща" in reading.index()
    finally:
        reading.close()
