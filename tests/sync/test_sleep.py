# SPDX-License-Identifier: GPL-3.0-or-later
"""The machine sleeps and wakes up (tests/lab/asleep.c): connections that died meanwhile without a word are left at once."""

import pytest
from desk import letter
from home import BUILD
from imapd import Imapd
from odddesk import OddDesk
from pace import patience

LIBRARY = BUILD / "lab/asleep.so"
SILENCE = 5  # seconds that are borne after waking up (net/link.h)


class Sleeper(OddDesk):
    """An account whose server waits in IDLE, or is deaf there: it hears and says nothing any more."""

    def __init__(self, certificate):
        super().__init__(certificate, Imapd({"INBOX": [letter(1)]}, capabilities="IMAP4rev1 UIDPLUS IDLE"))
        self.idlers, self.deaf = [], True
        self.imapd.odd["IDLE"] = self.idle
        self.slept = self.home.path / "slept"
        self.slept.write_text("0")
        sanitizer = self.home.env["ASAN_OPTIONS"] + ":verify_asan_link_order=0"
        self.wire = self.start({"LD_PRELOAD": str(LIBRARY), "CUR_SLEPT": str(self.slept), "ASAN_OPTIONS": sanitizer})
        self.wire.ask("SYNC", [], True)
        self.until(lambda: self.idlers)

    def idle(self, talk, tag, _words):
        deaf = self.deaf
        talk.say("+ idling")
        self.idlers.append(talk)
        if deaf:
            talk.silence()
        elif talk.hear():
            talk.say(f"{tag} OK done")
        return True

    def sleep(self, seconds):
        (self.home.path / "slept.new").write_text(str(seconds))
        (self.home.path / "slept.new").rename(self.slept)

    def close(self):
        self.wire.close()
        super().close()


@pytest.fixture
def sleeper(certificate):
    desk = Sleeper(certificate)
    yield desk
    desk.close()


def test_p54_d19_a_connection_that_died_in_the_machine_s_sleep_is_replaced_when_it_wakes(sleeper):
    sleeper.inbox().add(letter(2))
    sleeper.deaf = False
    sleeper.sleep(3600)
    took = sleeper.until(lambda: len(sleeper.ids()) == 2)
    assert took < patience(SILENCE + 5)
    assert sleeper.fake.connections == 2
