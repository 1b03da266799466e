# SPDX-License-Identifier: GPL-3.0-or-later
"""Writing: questions, the editor, the compose menu, the outbox, postponing, and what survives a crash."""

import email
import email.policy
import os
import re
import signal
import stat
import time

import pytest
from letters import message
from pace import deadline
from terminal import queued

EDITOR = '#!/bin/sh\nprintf "%s\\n" "$1" >"$HOME/edited"\nprintf "typed text\\n" >>"$1"\n'


def script(home, name, text):
    path = home.path / name
    path.write_text(text)
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return path


@pytest.fixture
def writer(home):
    """Start in a local Maildir; mail goes to a sendmail that is never reached (the outbox is looked at)."""
    def start(messages=(), more="", editor=EDITOR, args=()):
        box = home.maildir("Mail", list(messages) or [message("hello", body="Hi Anna,\nhow are you?\n")])
        home.maildir("Drafts")
        path = script(home, "editor", editor)
        sendmail = script(home, "sendmail", "#!/bin/sh\nexit 75\n")
        home.muttrc(f'set spoolfile="{box}" folder="{home.path}" postponed="{home.path}/Drafts" record=""\n'
                    f'set from="anna@example.org" realname="Anna" editor="{path}" sendmail="{sendmail}" sleep_time=0\n'
                    f'set hostname=example.org signature="" wait_key=no\n{more}\n')
        screen = home.start(*args)
        screen.settle()
        return screen
    return start


def outbox(home, count=1, seconds=5):
    """The outbox files, each as (envelope lines, message)."""
    end = deadline(seconds)
    while True:
        # By name: the engine moves them from one to the other.
        files = list({p.name: p for d in ("new", "work") for p in sorted((home.data / "outbox" / d).glob("*"))}.values())
        if len(files) >= count or time.monotonic() > end:
            break
        time.sleep(0.05)
    assert len(files) == count, files
    split = [p.read_bytes().split(b"\n\n", 1) for p in files]
    return [(head.decode().split("\n"), email.message_from_bytes(body, policy=email.policy.default)) for head, body in split]


def drafts(home):
    return [p for p in (home.data / "drafts").glob("*") if (p / "draft").exists()]


def compose(screen, to="bob@example.net", subject="news"):
    screen.type("m", "To:")
    screen.type(f"{to}\r", "Subject:")
    return screen.type(f"{subject}\r", "-- Attachments")


def test_a_new_message_goes_to_the_outbox(writer, home):
    screen = writer()
    text = compose(screen)
    assert "bob@example.net" in text and "news" in text
    screen.type("y", queued)
    envelope, mail = outbox(home)[0]
    assert "To: bob@example.net" in envelope and "From: anna@example.org" in envelope
    assert mail["Subject"] == "news" and mail["From"] == "Anna <anna@example.org>"
    assert mail.get_content() == "typed text\n"
    assert not drafts(home)


def test_the_editor_works_in_a_private_file(writer, home):
    screen = writer()
    compose(screen)
    path = (home.path / "edited").read_text().strip()
    assert path.startswith(str(home.data / "drafts")) and path.endswith(".eml")
    assert stat.S_IMODE(os.stat(path).st_mode) == 0o600
    assert stat.S_IMODE((home.data / "drafts").stat().st_mode) == 0o700


def test_a_reply_quotes_with_attribution_and_threads(writer, home):
    screen = writer([message("hello", body="Hi Anna,\nhow are you?\n", ident="<parent@example.net>")],
                    "set include=yes fast_reply")
    screen.wait("hello")
    screen.type("r", "-- Attachments")
    screen.type("y", queued)
    _envelope, mail = outbox(home)[0]
    assert mail["To"] == "Bob <bob@example.net>" and mail["Subject"] == "Re: hello"
    assert mail["In-Reply-To"] == "<parent@example.net>" and mail["References"] == "<parent@example.net>"
    body = mail.get_content()
    assert re.search(r"^On .*2026.*, Bob wrote:$", body, re.M)
    assert "> Hi Anna,\n> how are you?\n" in body and "typed text" in body


def test_bcc_is_in_the_envelope_alone(writer, home):
    screen = writer()
    compose(screen)
    screen.type("b", "Bcc:")
    screen.type("secret@example.net\r", "secret@example.net")
    screen.type("y", queued)
    envelope, mail = outbox(home)[0]
    assert "To: secret@example.net" in envelope
    assert b"secret" not in mail.as_bytes()


def test_aliases_are_opened_and_shown_before_sending(writer, home):
    screen = writer(more="alias pals carl@example.net, Dora <dora@example.net>")
    text = compose(screen, to="pals")
    assert "carl@example.net" in text and "Dora <dora@example.net>" in text
    screen.type("y", queued)
    envelope, _mail = outbox(home)[0]
    assert "To: carl@example.net" in envelope and "To: dora@example.net" in envelope


def test_a_file_is_attached(writer, home):
    (home.path / "photo.txt").write_text("pixels\n")
    screen = writer()
    compose(screen)
    screen.type("a", "Attach file")
    screen.type(f"{home.path}/photo.txt\r", "photo.txt")
    screen.type("y", queued)
    _envelope, mail = outbox(home)[0]
    part = list(mail.iter_attachments())[0]
    assert part.get_filename() == "photo.txt" and part.get_content().strip() in ("pixels", b"pixels")


def test_a_forgotten_attachment_and_subject_are_asked_about(writer, home):
    screen = writer(more="set abort_noattach=ask-yes", editor='#!/bin/sh\necho "see the attached file" >>"$1"\n')
    screen.type("m", "To:")
    screen.type("bob@example.net\r", "Subject:")
    screen.type("\r", "No subject, abort?")
    screen.type("n", "-- Attachments")
    screen.type("y", "No subject, abort sending?")
    screen.type("n", "No attachments, cancel sending?")
    screen.type("y", "missing")
    screen.type("s", "Subject:")
    screen.type("file\r")
    screen.type("y", "No attachments, cancel sending?")
    screen.type("n", queued)
    assert len(outbox(home)) == 1


def test_an_unmodified_message_is_given_up(writer, home):
    screen = writer(editor="#!/bin/sh\nexit 0\n")
    screen.type("m", "To:")
    screen.type("bob@example.net\r", "Subject:")
    screen.type("x\r", "Aborted unmodified message.")
    assert not drafts(home)


def test_an_editor_that_fails_or_is_missing_keeps_the_message(writer, home):
    # C19
    screen = writer(editor='#!/bin/sh\necho half >>"$1"\nexit 3\n')
    screen.type("m", "To:")
    screen.type("bob@example.net\r", "Subject:")
    screen.type("x\r", "status 3")
    assert "-- Attachments" in screen.text() and "bob@example.net" in screen.text()
    screen.type(":set editor=/nonexistent/editor\r")
    screen.type("e", "status 127")
    (draft,) = drafts(home)
    assert "half" in (draft / "text.eml").read_text()


def test_postpone_and_recall(writer, home):
    screen = writer()
    compose(screen, subject="for later")
    screen.type("b", "Bcc:")
    screen.type("secret@example.net\r", "secret@example.net")
    screen.type("P", "Message postponed.")
    kept = [p for d in ("cur", "new") for p in (home.path / "Drafts" / d).iterdir()]
    assert len(kept) == 1 and b"for later" in kept[0].read_bytes() and not drafts(home)
    text = screen.type("R", "-- Attachments")
    assert "for later" in text and "secret@example.net" in text and "bob@example.net" in text
    # It stays in the mailbox until it is on its way.
    assert [p for d in ("cur", "new") for p in (home.path / "Drafts" / d).iterdir()]
    screen.type("y", queued)
    _envelope, mail = outbox(home)[0]
    assert mail.get_content() == "typed text\n"
    end = deadline(5)
    while [p for d in ("cur", "new") for p in (home.path / "Drafts" / d).iterdir()]:
        assert time.monotonic() < end, "the recalled draft is still there"
        time.sleep(0.05)


def test_leaving_asks_and_no_throws_away(writer, home):
    screen = writer()
    compose(screen)
    screen.type("q", "Save (postpone) draft message?")
    screen.type("n", "Mail not sent.")
    assert not drafts(home) and not list((home.data / "outbox").glob("*/*"))


@pytest.mark.parametrize("sig", [signal.SIGKILL, signal.SIGHUP])
def test_killed_in_the_editor_the_text_is_offered_at_the_next_start(writer, home, sig):
    # D50
    screen = writer(editor='#!/bin/sh\necho "precious words" >>"$1"\ntouch "$HOME/ready"\nsleep 30\n')
    screen.type("m", "To:")
    screen.type("bob@example.net\r", "Subject:")
    screen.keys("rescue me\r")
    end = deadline(10)
    while not (home.path / "ready").exists():
        assert time.monotonic() < end
        time.sleep(0.02)
    os.kill(screen.pid, sig)
    screen.close()
    script(home, "editor", EDITOR)
    screen = home.start()
    screen.wait("rescue me")
    text = screen.type("r", "-- Attachments")
    assert "bob@example.net" in text and "rescue me" in text
    screen.type("y", queued)
    assert "precious words" in outbox(home)[0][1].get_content()
    assert not drafts(home)


def test_killed_in_the_menu_the_message_is_offered(writer, home):
    screen = writer()
    compose(screen, subject="in the menu")
    os.kill(screen.pid, signal.SIGKILL)
    screen.close()
    screen = home.start()
    screen.wait("in the menu")
    screen.type("d")
    screen.settle()
    assert not drafts(home)


def test_a_mailto_link_takes_nothing_but_what_is_allowed(writer, home):
    # C10
    url = ("mailto:bob@example.net?subject=from%20a%20link&attach=/etc/passwd&attachment=/etc/passwd"
           "&fcc=/etc/x&x-evil=1&bcc=eve@example.net&body=hello%0aAttach:%20/etc/passwd")
    screen = writer(args=(url,), editor='#!/bin/sh\necho typed >>"$1"\n')
    screen.wait("To:")
    screen.type("\r", "Subject:")
    text = screen.type("\r", "-- Attachments")
    menu = text.partition("-- Preview")[0]  # the text may speak of whatever it likes
    assert "from a link" in menu and "passwd" not in menu and "/etc/x" not in text and "eve@" not in text
    screen.type("y")
    _envelope, mail = outbox(home)[0]
    assert not mail.is_multipart() and "x-evil" not in mail
    assert "Attach: /etc/passwd" in mail.get_content()


def test_forward_and_bounce(writer, home):
    screen = writer([message("hello", body="the original text\n")])
    screen.wait("hello")
    screen.type("f", "To:")
    screen.type("carl@example.net\r", "Subject:")
    screen.type("\r", "-- Attachments")
    screen.type("y", queued)
    _envelope, mail = outbox(home)[0]
    assert "the original text" in mail.get_content() and "Forwarded message from" in mail.get_content()
    screen.type("b", "Bounce message to:")
    screen.type("dora@example.net\r", "Bounce message to dora@example.net?")
    screen.type("y", "bounced")
    bounced = [m for e, m in outbox(home, 2) if "To: dora@example.net" in e][0]
    assert bounced["Resent-To"] == "dora@example.net" and bounced["Subject"] == "hello"


def test_an_alias_is_made_and_kept(writer, home):
    aliases = home.path / "aliases"
    screen = writer([message("hello", sender='"Bob; set x=`id`" <bob@example.net>')], f'set alias_file="{aliases}"')
    screen.wait("hello")
    screen.type("a", "Alias as:")
    screen.type("\r", "Address:")
    screen.type("\r", "Personal name:")
    screen.type("\r", "Accept?")
    screen.type("y", "Save to file")
    screen.type("\r", "Alias added.")
    assert aliases.read_text().startswith("alias bob ") and "\\;" in aliases.read_text()
    screen.type(f":source {aliases}\r")
    assert "uid=" not in screen.text()
    text = compose(screen, to="bob")
    assert "bob@example.net" in text


def test_addresses_come_from_query_command(writer, home):
    script(home, "ask", '#!/bin/sh\necho found\nprintf "quinn@example.net\\tQuinn $1\\tx\\n"\n')
    screen = writer(more=f'set query_command="{home.path}/ask %s"')
    screen.type("Q", "Query:")
    screen.type("o'x;id\r", lambda text: "quinn@example.net" in text and "o'x;id" in text)


def test_a_draft_from_the_server_is_copied_where_we_say(account):
    """M43: what a server wrote about the copy is not believed, but there is one."""
    account.server.fill([message(subject="for later", extra="X-Cur-Fcc: /tmp/evil\nX-Mutt-Fcc: /tmp/evil\n")], "Drafts")
    account.sync()
    screen = account.start()
    screen.wait("INBOX")
    text = screen.type("R", "-- Attachments")
    assert "for later" in text and "Fcc: =Sent" in text and "evil" not in text
