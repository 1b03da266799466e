# SPDX-License-Identifier: GPL-3.0-or-later
"""`account` blocks: several in one muttrc, and the folder one is in decides who one is, where copies stay, how mail leaves."""

import pathlib

import pytest
from letters import message
from pace import until
from terminal import queued

TREE = pathlib.Path(__file__).resolve().parents[2]

TWO = ('account home folder=~/home sendmail="{home}/post home" from="Anna <anna@home.example>" \\\n'
       '    archive=Old spam=Junk\n'
       'account work folder=~/work sendmail="{home}/post work" \\\n'
       '    from = "Dr. A. <anna@work.example>" identities=am@work.example sent="Sent Items"\n'
       'set sleep_time=0 editor=true abort_unmodified=no abort_nosubject=no confirmappend=no\n')


@pytest.fixture
def two(home):
    """Two accounts on this machine; what leaves is kept, by the way it took."""
    (home.path / "post").write_text(f"#!/bin/sh\ncat > {home.path}/left.$1.tmp && mv {home.path}/left.$1.tmp {home.path}/left.$1\n")
    (home.path / "post").chmod(0o700)
    home.muttrc(TWO.format(home=home.path))
    for root in ("home", "work"):
        home.maildir(f"{root}/INBOX", [message(subject=f"to {root}", to="am@work.example")])
        for folder in ("Sent", "Sent Items", "Drafts", "Trash", "Old", "Junk"):
            home.maildir(f"{root}/{folder}")
    return home


def go(screen, folder):
    screen.keys(f"c{folder}\n")


def letters_in(home, folder):
    return [path for part in ("cur", "new") for path in (home.path / folder / part).iterdir()]


def ask(screen, variable, value):
    screen.type(f":set ?{variable}\n", f'{variable}="{value}"')


def test_the_folder_decides_and_what_one_account_says_the_other_does_not_keep(two):
    screen = two.start("-n")
    screen.wait("to home")
    ask(screen, "from", "Anna <anna@home.example>")
    ask(screen, "archive", "~/home/Old")
    go(screen, "~/work/INBOX")
    screen.wait("to work")
    ask(screen, "from", "Dr. A. <anna@work.example>")
    ask(screen, "record", "~/work/Sent Items")
    ask(screen, "postponed", "~/work/Drafts")
    ask(screen, "trash", "~/work/Trash")
    ask(screen, "archive", "")
    go(screen, "~/home/INBOX")
    screen.wait("to home")
    ask(screen, "record", "~/home/Sent")
    ask(screen, "archive", "~/home/Old")
    # The functions of the folders by role.
    screen.type(":bind index A archive-message\n:bind index J junk-message\n")
    screen.keys("A")
    until(lambda: len(letters_in(two, "home/Old")) == 1, tell=screen.text)
    screen.type(":exec undo\n", "to home")
    screen.keys("J")
    until(lambda: len(letters_in(two, "home/Junk")) == 1, tell=screen.text)
    go(screen, "~/work/INBOX")
    screen.wait("to work")
    screen.type("J", "$junk names no mailbox")


def test_a_letter_leaves_and_is_kept_where_its_sender_belongs(two):
    screen = two.start("-n", rows=40)
    screen.wait("to home")
    # A letter of one's own is of the account one is in.
    screen.type("m", "To:")
    screen.type("bob@example.net\r", "Subject:")
    screen.type("mine\r", lambda text: "-- Attachments" in text and "From: Anna <anna@home.example>" in text)
    screen.type("y", queued)
    # An answer comes from the address that was written to, here the other account's.
    screen.type(":set include=no fast_reply=yes reverse_name=yes\n")
    screen.type("r", lambda text: "-- Attachments" in text and " <am@work.example>" in text and "=~/" not in text)
    screen.type("y", queued)
    for way, sender, folder in (("home", "anna@home.example", "home/Sent"), ("work", "am@work.example", "work/Sent Items")):
        until((two.path / f"left.{way}").exists, tell=screen.text)
        assert sender in (two.path / f"left.{way}").read_text()
        until(lambda folder=folder: len(letters_in(two, folder)) == 1, tell=screen.text)
        assert sender in letters_in(two, folder)[0].read_text()


def test_a_dump_tells_what_the_blocks_stand_for(two):
    dumped = two.run("-n", "-D", check=True).stdout
    assert "# account work" in dumped and "# folder-hook '^" in dumped
    assert "# alternates '^(anna@work\\.example|am@work\\.example)$'" in dumped
    screen = two.start("-n", rows=50, cols=160)
    screen.wait("to home")
    screen.type(":account work\n", lambda text: "# account work" in text and "folder-hook" in text)


@pytest.mark.parametrize("scheme", ["imap", "pop3"])
def test_the_engine_asks_the_command_for_the_password_and_nobody_sees_it(lab, home, scheme):
    server = lab.dovecot()
    sink = lab.submission(dovecot=server)
    asked = home.path / "asked"
    port, key = getattr(server, f"{scheme}s"), scheme.strip("3")
    home.muttrc(f'account a {key}={key}s://localhost:{port} user=anna smtp=smtp://localhost:{sink.port} from=anna@example.org \\\n'
                f'  pass_command="echo x >> {asked}; printf \'%s\\\\nnotes\\\\n\' \'{server.users["anna"]}\'"\n'
                f'set ssl_ca_certificates_file="{server.certificate.ca}"\n')
    home.run("-n", "-D", check=True)
    home.run("-n", "check", check=True)
    assert not asked.exists()
    home.sync()
    assert asked.read_text().count("x") >= 1
    home.run("--wait", "-s", "hello", "bob@example.net", stdin="text\n", check=True)
    assert len(sink.messages()) == 1
    assert server.users["anna"] not in (home.data / "cur.log").read_text()
    assert "INBOX" in home.run("folders", check=True).stdout


@pytest.mark.parametrize("command, words", [("exit 3", "exit status 3"), ("true", "did not print a password"),
                                            ("head -c 1000000 /dev/zero | tr '\\\\0' x", "did not print a password")])
def test_a_password_command_that_fails_is_told(lab, home, command, words):  # C04
    server = lab.dovecot()
    home.muttrc(f'account a imap=imaps://localhost:{server.imaps} user=anna pass_command="{command}"\n'
                f'set ssl_ca_certificates_file="{server.certificate.ca}"\n')
    done = home.run("sync")
    assert done.returncode and words in done.stderr, done.stderr


def test_the_examples_blocks_load_as_they_stand(home):
    text = (TREE / "muttrc.example").read_text().partition("# account home")
    block = "account home" + text[2].partition("# ---- who I am")[0].replace("\n# ", "\n")
    home.muttrc(block)
    home.run("-n", "check", check=True)
    assert 'from="Anna Müller <anna@example.org>"' in home.run("-Q", "from", check=True).stdout
