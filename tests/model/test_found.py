# SPDX-License-Identifier: GPL-3.0-or-later
"""What random histories found, each as a short one of its own."""

import pytest
from sides import Sides
from world import ALL


def letter(i):
    return (f"From: Bob <bob@example.net>\r\nTo: anna@example.org\r\nSubject: letter {i}\r\n"
            f"Date: Mon, 02 Nov 2026 10:00:00 +0000\r\nMessage-ID: <m{i}@example.net>\r\n\r\ntext {i}\r\n").encode()


@pytest.fixture
def sides():
    sides = Sides()
    sides.world.create("Archive")
    yield sides
    sides.close()


def settle(sides):
    for _ in range(4):
        done = sides.sync()
    assert done.returncode == 0, done.stderr
    assert sides.here() == sides.there(), sides.log()[-3000:]
    return {name: [ident for ident, _flags, _bytes in rows] for name, rows in sides.here().items()}


def test_d57_p41_a_message_that_comes_back_where_it_was_left_marked_deleted_is_kept(sides):
    """Its old self is still there, \\Deleted, with the UID that the file's name happens to say."""
    sides.world.capabilities = set(ALL) - {"UIDPLUS", "MOVE"}
    sides.world.boxes["INBOX"].add(letter(1))
    sides.sync()
    for folder, other in (("INBOX", "Archive"), ("Archive", "INBOX")):
        [path] = sides.files(folder)
        sides.move(path, sides.boxes_here()[other], with_uid=folder == "Archive")
        settle(sides)
    assert settle(sides) == {"Archive": [], "INBOX": ["<m1@example.net>"]}
