# SPDX-License-Identifier: GPL-3.0-or-later
"""Keywords as a user meets them: modify-labels, %g and %J in the index, ~Y, and Dovecot's file beside a local Maildir."""

import pathlib
import re

import pytest


@pytest.fixture
def box(home, make_message):
    """Three messages, the second an answer to the first; letter c is 'known' to Dovecot, z to nobody."""
    ids = [f"<{i}@example.net>" for i in range(3)]
    path = home.maildir(messages=[make_message(subject=f"message {i}", ident=ids[i], date=f"Mon, 02 Nov 2026 10:0{i}:00 +0000",
                                               extra=f"In-Reply-To: {ids[0]}\n" if i == 1 else "") for i in range(3)])
    (path / "dovecot-keywords").write_text("2 known\n")
    last = sorted((path / "cur").iterdir())[2]
    last.rename(last.with_name(last.name.partition(":2,")[0] + ":2,Scz"))
    home.muttrc(f'set index_format="[%g] [%J] %s" sort=threads ascii_chars noresolve\nbind index,pager y modify-labels\nmailboxes {path}\n'
                "color index_tags red default\n")
    home.box = path
    return home


def shown(terminal, number, wanted):
    terminal.wait(wanted)
    return next(line for line in terminal.lines() if f"message {number}" in line).strip()


def test_labels_are_shown_changed_and_searched_for(box):
    terminal = box.start("-f", str(box.box))
    terminal.wait("[known] [known] message 2")
    terminal.type("=y", "Add/remove labels:")
    terminal.type("todo +later\r", "[later todo] [later todo] message 0")
    terminal.type("jy", "Add/remove labels:")
    terminal.type("todo later\r")
    assert "[later todo] [] " in shown(terminal, 1, "[later todo] []"), "the same as those of the parent"
    terminal.type("=y", "Add/remove labels:")
    terminal.type("-later -unheard\r", "[todo] [todo] message 0")
    terminal.type("l", "Limit to messages matching:")
    terminal.type("~Y known\r", "Msgs:1/3")
    terminal.type("l", "Limit to messages matching:")
    terminal.type("all\r", "message 1")
    terminal.type("=\r", "Subject: message 0")
    terminal.type("y", "Add/remove labels:")
    terminal.type("paged\r")
    terminal.type("i", "[paged todo] [paged todo] message 0")
    terminal.type("q")
    assert terminal.finish() == 0
    names = sorted(path.name.partition(":2,")[2] for path in (box.box / "cur").iterdir())
    assert names[-1] == "Scz" and (box.box / "dovecot-keywords").read_text().startswith("0 todo\n1 later\n2 known\n")
    assert [sorted(row["tags"]) for row in box.json("list", str(box.box))] == [["known"], ["later", "todo"], ["paged", "todo"]]


def test_what_cannot_be_a_label_is_said_and_nothing_is_changed(box):
    terminal = box.start("-f", str(box.box))
    terminal.wait("[known] [known] message 2")
    terminal.type("=y", "Add/remove labels:")
    terminal.type("good b(ad\r", "'b(ad' cannot be a keyword")
    assert re.search(r"\[\] \[\] .*message 0", terminal.text())
    terminal.type("y", "Add/remove labels:")
    terminal.type(" \r")
    terminal.type("q")
    assert terminal.finish() == 0


def test_tagged_messages_get_a_label_together(box):
    terminal = box.start("-f", str(box.box))
    terminal.wait("[known] [known] message 2")
    terminal.type("T", "Tag messages matching:")
    terminal.type("~s 'message [02]'\r", "Tag:2")
    terminal.type(";y", "Add/remove labels:")
    terminal.type("both\r", "[both] [both] message 0")
    terminal.wait("[both known] [both known] message 2")
    assert "[] [] " in shown(terminal, 1, "message 1")
    terminal.type("q")
    assert terminal.finish() == 0


def test_hidden_tags_are_not_shown_but_found(box):
    box.muttrc(pathlib.Path(box.path / "config/cur/muttrc").read_text() + "set hidden_tags=NonJunk,KNOWN\n")
    terminal = box.start("-f", str(box.box))
    terminal.wait("[] [] message 2")
    terminal.type("=y", "Add/remove labels:")
    terminal.type("nonjunk seen\r", "[seen] [seen] message 0")
    terminal.type("l", "Limit to messages matching:")
    terminal.type("~Y nonjunk\r", "Msgs:1/3")
    terminal.type("q")
    assert terminal.finish() == 0
