# SPDX-License-Identifier: GPL-3.0-or-later
"""The printer, the shell, the key that is waited for, and what the prompts remember."""

import pytest
from home import Home
from letters import message
from pace import until

MUTTRC = """set folder=~/Mail spoolfile=~/Mail sleep_time=0 index_format='%s' sort=date resolve=no
set print=yes print_command='cat >>$HOME/printed; echo END >>$HOME/printed' shell=~/sh
set history=3 save_history=10 history_file=~/remembered history_remove_dups=yes
ignore *
unignore from subject
"""


@pytest.fixture(scope="module")
def desk():
    home = Home(MUTTRC)
    home.maildir("Mail", [message("one", body="caf=C3=A9\n").replace(b"8bit", b"quoted-printable"),
                          message("two", date="Tue, 03 Nov 2026 10:00:00 +0000")])
    (home.path / "sh").write_text('#!/bin/sh\necho "shell of mine"\n')
    (home.path / "sh").chmod(0o755)
    home.screen = home.start()
    home.screen.wait("two")
    home.screen.keys("=")
    yield home
    home.close()


def printed(home, ends):
    """What went to the printer, once that many jobs did."""
    path = home.path / "printed"
    until(lambda: path.exists() and path.read_text().count("END\n") == ends, tell=home.screen.text)
    text = path.read_text()
    path.unlink()
    return text


PRINTS = [
    ("", "p", 1, ["café", "Subject: one"], ["MIME-Version", "Message-ID"]),
    ("set print_decode_weed=no", "p", 1, ["café", "MIME-Version"], []),
    ("set print_decode=no", "p", 1, ["caf=C3=A9", "MIME-Version"], ["café"]),
    ("set print_decode=yes", "tjt=;p", 1, ["Subject: one", "Subject: two"], []),
    ("set print_split=yes", "tjt=;p", 2, ["Subject: one", "Subject: two"], []),
]


@pytest.mark.parametrize("change,keys,jobs,there,missing", PRINTS)
def test_printing(desk, change, keys, jobs, there, missing):
    desk.screen.keys(f":reset print_decode print_decode_weed print_split\r:{change}\r{keys}")
    text = printed(desk, jobs)
    assert all(word in text for word in there) and not any(word in text for word in missing), text
    desk.screen.keys("=")
    if "t" in keys:
        desk.screen.keys("tjt=")


@pytest.mark.parametrize("value,answers", [("ask-no", "(yes/[no])"), ("ask-yes", "([yes]/no)")])
def test_printing_is_asked_for(desk, value, answers):
    desk.screen.keys(f":set print={value}\rp")
    desk.screen.wait(lambda text: "rint message?" in text and answers in text)
    desk.screen.keys("n")
    desk.screen.wait(lambda text: "rint message?" not in text)
    assert not (desk.path / "printed").exists()
    desk.screen.keys(":set print=yes\r")


def test_the_shell_and_the_key_after_it(desk):
    desk.screen.keys(":set wait_key=yes\r!")
    desk.screen.wait("Shell command:")
    desk.screen.keys("\r")
    desk.screen.wait(lambda text: "shell of mine" in text and "Press any key" in text)
    desk.screen.keys(" ")
    desk.screen.wait("two")
    desk.screen.keys(":set wait_key=no\r!")
    desk.screen.wait("Shell command:")
    desk.screen.keys("echo told >$HOME/told\r")
    desk.screen.wait(lambda text: (desk.path / "told").exists() and "two" in text and "Press any key" not in text)


def test_what_a_prompt_remembers(desk):
    """Three at most, none twice, and all of it in the file."""
    for word in ("alpha", "beta", "alpha", "gamma", "delta"):
        desk.screen.keys(f"/{word}\r")
    desk.screen.keys("/")
    for word in ("delta", "gamma", "alpha"):
        desk.screen.keys("\x1b[A")
        desk.screen.wait(lambda text: desk.screen.lines()[-1].endswith(f" {word}"))
    desk.screen.keys("\x1b[A\x07")
    desk.screen.wait(lambda text: "Search" not in desk.screen.lines()[-1])
    kept = [line.partition(":")[2] for line in (desk.path / "remembered").read_text().splitlines()]
    assert [line for line in kept if line in ("alpha|", "beta|", "gamma|", "delta|")] == ["alpha|", "gamma|", "delta|"]
