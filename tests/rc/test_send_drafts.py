# SPDX-License-Identifier: GPL-3.0-or-later
"""Draft files of the command line: begun like a new message, or gone on with like a postponed one."""

import pytest
from writer import writer

DRAFT = "To: pals\nSubject: my draft\n{}\nwritten before\n"
EDITED = "X-Mutt-Resume-Draft: 1\n"


@pytest.fixture(scope="module")
def anna():
    with writer('alias pals carl@example.net, dora@example.net\nmy_hdr X-Mine: yes\nsend-hook . "my_hdr X-Hook: yes"\nset record="=Copies"') as anna:
        yield anna


CASES = [("", "", False), ("set resume_draft_files", "", True), ("", EDITED, True), ("set noresume_edited_draft_files", EDITED, False)]


@pytest.mark.parametrize("command,header,resumed", CASES)
def test_a_script_s_draft_file(anna, command, header, resumed):
    path = anna.file("draft", DRAFT.format(header))
    anna.home.run("--wait", "-e", command or "set beep", "-H", path, check=True)
    letter = anna.sent()
    assert letter.mail["X-Mine"] == letter.mail["X-Hook"] == (None if resumed else "yes")
    assert letter.mail["To"] == ("pals" if resumed else "carl@example.net, dora@example.net") and letter.mail["Subject"] == "my draft"
    assert letter.mail["X-Mutt-Resume-Draft"] is None and letter.body() == "written before\n"


@pytest.mark.parametrize("command,header,resumed", CASES)
def test_a_draft_file_in_the_interface(anna, command, header, resumed):
    path = anna.file("draft", DRAFT.format(header).replace("pals", "eve@example.net"))
    screen = anna.screen
    anna.screen = anna.home.start("-e", f"set signature='echo mine|' {command.removeprefix('set ')}", "-H", path)
    if not resumed:
        anna.screen.wait(lambda text: text.split("\n")[-1].startswith("To: eve"))
        anna.screen.keys("\r")
        anna.screen.wait("Subject: my draft")
        anna.screen.keys("\r")
    anna.menu()
    anna.screen.keys("y")
    letter = anna.sent()
    assert anna.screen.finish() == 0
    anna.screen = screen
    assert ("mine" in letter.body()) == ("typed text" in letter.body()) == (not resumed)
    assert letter.mail["X-Mine"] == (None if resumed else "yes")
