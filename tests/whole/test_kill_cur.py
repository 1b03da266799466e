# SPDX-License-Identifier: GPL-3.0-or-later
"""`cur` killed (SIGKILL) in the middle of a user's work: the next one starts and works, and in the end no
message is lost, doubled or half on the disk, at the IMAP server or at the SMTP server.

CUR_TEST_SEED chooses what is done and when the blow falls; it is printed when the test fails."""

import collections
import email
import os
import random
import re
import signal
import threading
import time

import pytest
from desk import Desk, letter
from pace import deadline
from terminal import queued

SEED = int(os.environ.get("CUR_TEST_SEED", time.time()))
KILLS = int(os.environ.get("CUR_TEST_KILLS", 10))
LETTERS = 60
EDITOR = '#!/bin/sh\nprintf "written by hand\\n" >>"$1"\n'
OFFER = "Unsent message '"


class Killed(Exception):
    """The blow has fallen."""


class User:
    """Works at a terminal until the program is killed, and remembers what was promised."""

    def __init__(self, desk, chance):
        self.desk, self.chance = desk, chance
        self.tried, self.queued, self.postponed = [], set(), set()
        self.screen = None

    # ---- keys and what they show

    def see(self, wanted, seconds=10):
        """Until it is on the screen; Killed when the program is gone."""
        end = deadline(seconds)
        seen = wanted if callable(wanted) else (lambda text: wanted in text)
        while not seen(self.screen.text()):
            if not self.screen.pump() and not self.screen.child.isalive():
                raise Killed
            assert time.monotonic() < end, f"never saw {wanted!r}:\n{self.screen.text()}"
        return self.screen.text()

    def press(self, keys, wanted):
        try:
            self.screen.keys(keys)
        except OSError as error:
            raise Killed from error
        return self.see(wanted)

    def start(self, env=None):
        self.screen = self.desk.home.start(rows=30, cols=100, env=env)
        text = self.see(lambda text: OFFER in text or "---Cur: =INBOX" in text, 20)
        self.answer_offers(self.screen.settle(0.1) if OFFER not in text else text)

    def answer_offers(self, text):
        """What a kill left in the making is taken up again and sent."""
        while OFFER in text:
            subject = re.search(r"Unsent message '([^']*)'", text)[1]
            self.press("r", "-- Attachments")
            self.send(subject)
            self.leave()
            self.screen = self.desk.home.start(rows=30, cols=100)
            self.see(lambda text: OFFER in text or "---Cur: =INBOX" in text, 20)
            text = self.screen.settle(0.1)

    def leave(self):
        self.screen.keys("q")
        assert self.screen.finish() == 0

    # ---- what a user does

    def send(self, subject):
        self.press("y", queued)
        self.queued.add(subject)

    def begin(self, subject):
        self.tried.append(subject)
        self.press("m", "To:")
        self.press("bob@example.net\r", "Subject:")
        self.press(f"{subject}\r", "-- Attachments")

    def write(self):
        subject = f"mine {len(self.tried)}"
        self.begin(subject)
        self.send(subject)

    def go(self):
        self.press(f"{self.chance.randrange(1, LETTERS)}\r", "---Cur: =INBOX")

    def read(self):
        self.go()
        self.press("\r", "Message-ID:")
        self.press("i", "---Cur: =INBOX")

    def flag(self):
        self.go()
        self.press("F", "---Cur: =INBOX")

    def move(self):
        self.go()
        self.press("s", "Save to mailbox")
        self.press("\x15=Archive\r", "saved to =Archive")

    def delete(self):
        self.go()
        self.press("d", "---Cur: =INBOX")
        self.press("$", "deleted.")

    def reply(self):
        subject = f"answer {len(self.tried)}"
        self.tried.append(subject)
        self.go()
        self.press("r", "To:")
        self.press("\r", "Subject:")
        self.press(f"\x15{subject}\r", "-- Attachments")
        self.send(subject)

    def postpone(self):
        subject = f"later {len(self.tried)}"
        self.begin(subject)
        self.press("P", "postponed")
        self.postponed.add(subject)

    def work_until_killed(self):
        acts = [self.write, self.read, self.flag, self.move, self.delete, self.reply, self.postpone]
        timer = threading.Timer(self.chance.uniform(0.02, 1.5), self.kill)
        try:
            self.start()
            timer.start()
            while True:
                self.chance.choice(acts)()
        except Killed:
            pass
        finally:
            timer.cancel()
            if timer.ident:
                timer.join()
            self.screen.close()

    def kill(self):
        os.kill(self.screen.pid, signal.SIGKILL)


@pytest.fixture
def desk(lab):
    print(f"CUR_TEST_SEED={SEED}")
    desk = Desk(lab)
    desk.sink = lab.submission()
    editor = desk.home.path / "editor"
    editor.write_text(EDITOR)
    editor.chmod(0o755)
    desk.home.account(desk.server, desk.sink, more=f'set editor="{editor}" confirmappend=no include=yes\nmailboxes =Archive\n'
                      'unignore message-id\nset reply_self\n')
    desk.server.doveadm("mailbox", "create", "-u", "anna", "-s", "Archive")
    desk.server.fill([letter(i) for i in range(LETTERS)])
    desk.home.sync()
    yield desk
    desk.close()


def idents(state):
    """How often each Message-ID is there; drafts have none yet."""
    return collections.Counter(ident for folder in state.values() for ident, _flags in folder if ident)


def subjects(raw):
    return collections.Counter(email.message_from_bytes(message)["Subject"] for message in raw)


def settle_outbox(desk):
    end = deadline(20)
    while desk.home.json("queue"):
        assert time.monotonic() < end, desk.home.json("queue")
        time.sleep(0.1)


def left_over(desk):
    """What is half done on the disk."""
    found = [path for name in ("drafts", "handover", "outbox/new", "outbox/work", "outbox/tmp")
             for path in (desk.home.data / name).glob("*")]
    return found + list((desk.home.data / "mail").glob("*/*/tmp/*"))


def test_killed_at_any_moment_nothing_is_lost_doubled_or_half_there(desk):
    user = User(desk, random.Random(SEED))
    for _kill in range(KILLS):
        user.work_until_killed()
    user.start()
    user.leave()
    settle_outbox(desk)
    state = desk.settle(30)

    sent = subjects(desk.sink.messages())
    filed = subjects(path.read_bytes() for path in desk.files("Sent"))
    kept = subjects(path.read_bytes() for path in desk.files("Drafts"))
    assert filed == sent
    written = sent + kept
    assert set(written.values()) == {1}, written
    assert user.queued <= set(sent) and user.postponed <= set(written) <= set(user.tried)
    count = idents(state)
    assert all(count[f"<letter-{i}@example.net>"] == 1 for i in range(LETTERS)), count
    assert len(count) == LETTERS + len(sent) == sum(count.values()), count
    assert left_over(desk) == []


@pytest.mark.parametrize("stop,step", enumerate(["outbox-written", "manuscript-offered", "outbox-renamed", "outbox-durable"], 1))
def test_d50_killed_between_the_steps_of_sending_it_is_sent_once_or_offered(desk, stop, step):
    user = User(desk, random.Random(SEED))
    user.start({"CUR_TEST_STOP": str(stop)})
    with pytest.raises(Killed):
        user.write()
    user.screen.close()
    user.start()
    assert user.queued == ({"mine 0"} if stop <= 2 else set()), step
    user.leave()
    settle_outbox(desk)
    assert subjects(desk.sink.messages()) == {"mine 0": 1}
    assert left_over(desk) == []


def test_d50_killed_while_the_engine_takes_a_draft_it_is_kept_once(desk):
    """The recalled draft, too, has one successor."""
    user = User(desk, random.Random(SEED))
    user.start()
    user.postpone()
    user.press("R", "-- Attachments")
    user.screen.keys("y")
    user.see(queued)
    user.leave()
    settle_outbox(desk)
    assert desk.settle()["Drafts"] == []
    user.start({"CUR_TEST_STOP": "1"})
    with pytest.raises(Killed):
        user.postpone()
    user.screen.close()
    user.start()
    assert user.queued == {"later 1"}
