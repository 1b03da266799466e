# SPDX-License-Identifier: GPL-3.0-or-later
"""What a user types in good faith, or pastes by mistake, does not hold the screen."""

import time

import pytest
from letters import message
from pace import patience

HARD = "a" * 60 + "!"  # (a+)+$ tries every way to part them
LONG = 1 << 20
BOUND = 64 << 10  # characters of a line that is edited


@pytest.fixture
def screen(home):
    home.maildir("Mail/INBOX", [message(subject=f"{HARD}{i}", body=f"{HARD}\n" * (2000 if i in (0, 39) else 9)) for i in range(40)])
    home.muttrc(f"set folder={home.path}/Mail spoolfile=+INBOX sleep_time=0\n")
    screen = home.start("-n")
    screen.wait("Msgs:40")
    return screen


def test_u23_an_expression_without_end_has_one(screen):
    """Each of these took seconds, the search in a message a quarter of a minute."""
    begun = time.monotonic()
    screen.type("l~s '(a+)+$'\r", "Msgs:0/40")
    screen.type("lall\r", "Msgs:40")
    screen.type("/~s '(a+)+$'\r", "Not found")
    screen.type("\r", "MIME-Version")
    screen.type("/(a+)+$\r", "Not found")
    screen.type(":color body red default '(a+)+$'\r", lambda text: ":color" not in text and "MIME-Version" in text)
    screen.type(" ", lambda text: "MIME-Version" not in text and HARD in text)
    screen.type("i", "Msgs:40")
    screen.type("l~b '(a+)+$'\r", "Msgs:0/40")
    assert time.monotonic() - begun < patience(8)
    # And one that does end still finds what it finds.
    screen.type("l~s '(a+)+!39$'\r", "Msgs:1/40")


@pytest.mark.parametrize("prompt", [":", "l", "m"], ids=["command", "pattern", "address"])
def test_u24_a_megabyte_that_is_pasted_into_a_question_is_cut(screen, home, prompt):
    screen.type(prompt, lambda text: text.splitlines()[-1].startswith((":", "Limit", "To")))
    screen.keys("\x1b[200~" + "x" * LONG + "\ny\x1b[201~")
    screen.wait(lambda text: text.splitlines()[-1].endswith("x" * 40), seconds=20)
    screen.type("\x01", lambda text: text.splitlines()[-1].count("x") > 20)
    screen.type("\x07", lambda text: "xxx" not in text, seconds=5)
    with open(f"/proc/{screen.pid}/status") as status:
        kilobytes = next(int(line.split()[1]) for line in status if line.startswith("VmHWM"))
    assert kilobytes < 150_000
    assert not (home.path / "history").exists() or (home.path / "history").stat().st_size < 2 * BOUND
    screen.type("j", "Msgs:40")
