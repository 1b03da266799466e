# SPDX-License-Identifier: GPL-3.0-or-later
"""What lies in the outbox is sent once, filed, and asked about when nobody can tell."""

import os
import random
import sqlite3
import time

import pace
import pytest
from desk import Desk, letter
from pace import patience
from wire import Refused

SEEN = 1 << 4
EVERY = int(os.environ.get("CUR_TEST_EVERY", "10"))  # as in test_kill.py
SEED = int(os.environ.get("CUR_TEST_SEED", time.time()))
FIRST = 1 + random.Random(SEED).randrange(EVERY)


@pytest.fixture(autouse=True)
def say_where():
    print(f"CUR_TEST_EVERY={EVERY} CUR_TEST_SEED={SEED}: from step {FIRST}")


@pytest.fixture
def office(lab):
    """A desk with a submission server, whose next answers stand in `script`."""
    desk = Desk(lab)
    desk.script = desk.home.path / "script"
    desk.sink = lab.submission(dovecot=desk.server, script=desk.script)
    desk.home.account(desk.server, desk.sink)
    desk.server.fill([letter(1)])
    desk.once()
    yield desk
    desk.close()


def put(desk, i=1, to="bob@example.net", more="", head=b""):
    """What a program does: a finished file appears in outbox/new."""
    outbox = desk.home.data / "outbox"
    for part in ("tmp", "new", "work"):
        (outbox / part).mkdir(parents=True, exist_ok=True)
    envelope = (f"Cur-Outbox: 1\nAccount: \nTransport: smtp://anna@localhost:{desk.sink.port}\n"
                f"From: anna@example.org\nTo: {to}\nFcc: {desk.home.url}Sent\nSubject: out {i}\n{more}\n")
    (outbox / "tmp" / f"id{i}").write_bytes(envelope.encode() + head + letter(i, "out"))
    os.rename(outbox / "tmp" / f"id{i}", outbox / "new" / f"id{i}")
    return f"id{i}"


def queue(desk):
    """What `cur queue` tells: id and state."""
    return {row[0]: row[1] for row in desk.wire.ask("QUEUE", "")}


@pytest.fixture
def sending(office):
    office.wire = office.start()
    office.wire.ask("SYNC", [], True)
    yield office
    office.wire.close()


def test_a_message_is_sent_filed_and_its_parent_marked(sending):
    inbox = sending.wire.open(sending.home.url + "INBOX")
    ident = put(sending, more=f"Answered: {inbox}.1\n")
    sending.wire.ask("SUBMITTED", ident, True)
    state = sending.settle()
    assert len(sending.sink.messages()) == 1
    assert state["Sent"] == [("<out-1@example.net>", "S")]
    assert {"R", "S"} <= set(state["INBOX"][0][1])
    assert queue(sending) == {} and not list((sending.home.data / "outbox/work").iterdir())


def test_p66_a_refused_recipient_stops_all_and_the_message_stays(sending):
    ident = put(sending, to="nobody@example.net")
    with pytest.raises(Refused, match="no such user"):
        sending.wire.ask("SUBMITTED", ident, True)
    assert queue(sending) == {ident: "refused"} and sending.sink.messages() == []
    sending.wire.ask("DROP", [ident])
    assert queue(sending) == {}


def test_p60_a_lost_answer_is_unknown_and_not_sent_again(sending):
    sending.script.write_text("close\n")
    ident = put(sending)
    with pytest.raises(Refused):
        sending.wire.ask("SUBMITTED", ident, True)
    sending.wire.ask("FLUSH", [])
    assert queue(sending) == {ident: "unknown"} and len(sending.sink.messages()) == 1


def test_p60_a_message_to_oneself_that_has_arrived_was_sent(sending):
    sending.script.write_text("close\n")
    ident = put(sending, to="anna@example.org")
    sending.wire.ask("SUBMITTED", ident, True)
    state = sending.settle()
    assert queue(sending) == {} and len(sending.sink.messages()) == 1, sending.log()[-3000:]
    assert [m for m, _ in state["INBOX"]].count("<out-1@example.net>") == 1
    assert state["Sent"] == [("<out-1@example.net>", "S")]


def test_p60_a_copy_that_the_server_filed_proves_that_it_was_sent(sending):
    sending.script.write_text("close\n")
    sending.server.fill([letter(1, "out")], "Sent", flags=lambda i: "S")
    ident = put(sending)
    sending.wire.ask("SUBMITTED", ident, True)
    assert sending.settle()["Sent"] == [("<out-1@example.net>", "S")]
    assert queue(sending) == {} and len(sending.sink.messages()) == 1


@pytest.mark.parametrize("which", ["older", "bounced"])
def test_p60_what_was_there_before_proves_nothing(sending, which):
    sending.script.write_text("close\n")
    sending.server.fill([letter(1, "out")], "Sent", times=lambda i: int(time.time()) - (3600 if which == "older" else 0))
    ident = put(sending, head=b"Resent-From: anna@example.org\n" if which == "bounced" else b"")
    with pytest.raises(Refused):
        sending.wire.ask("SUBMITTED", ident, True)
    assert queue(sending) == {ident: "unknown"}


def test_p60_a_copy_that_arrives_later_settles_what_was_unknown(sending):
    sending.script.write_text("close\n")
    ident = put(sending)
    with pytest.raises(Refused):
        sending.wire.ask("SUBMITTED", ident, True)
    sending.server.fill([letter(1, "out")], "Sent", flags=lambda i: "S")
    sending.wire.ask("SYNC", [], True)
    sending.wire.wait("SENT")
    assert sending.settle()["Sent"] == [("<out-1@example.net>", "S")]
    assert queue(sending) == {} and len(sending.sink.messages()) == 1


def test_p62_a_temporary_refusal_is_tried_again(sending):
    sending.script.write_text("451 later\n")
    ident = put(sending)
    sending.wire.ask("SUBMITTED", ident, False)
    until(sending, {ident: "retry"})
    sending.wire.ask("FLUSH", [ident])
    sending.wire.wait("SENT")
    assert len(sending.sink.messages()) == 1 and b"Message-ID: <out-1@example.net>" in sending.sink.messages()[0]


@pytest.mark.parametrize("to", ["bob@example.net", "anna@example.org"])
def test_p61_killed_after_each_step_it_is_sent_at_most_once_and_then_filed_once(lab, to):
    for stop in range(1, 14):
        desk = Desk(lab)
        try:
            desk.sink = lab.submission(dovecot=desk.server)
            desk.home.account(desk.server, desk.sink)
            desk.once()
            put(desk, to=to)
            desk.once(status=None, env={"CUR_TEST_STOP": str(stop)})
            desk.once(status=None)
            desk.once(status=None)
            sent = len(desk.sink.messages())
            unknown = "may or may not have been sent" in desk.log()
            assert sent <= 1, stop
            assert (unknown and (not sent or to.startswith("bob"))) or (sent == 1 and len(desk.agree()["Sent"]) == 1), (stop, desk.log()[-3000:])
        finally:
            desk.close()


def test_p61_a_crash_that_undoes_the_adoption_sends_nothing_twice(office):
    """The folders are synced when the message goes: until then its file may be in new/ again."""
    for stop in range(2, 14, 3):
        ident = put(office, stop)
        office.once(status=None, env={"CUR_TEST_STOP": str(stop)})
        outbox = office.home.data / "outbox"
        for file in (outbox / "work").iterdir():
            file.rename(outbox / "new" / file.name)
        office.once(status=None)
        office.once(status=None)
        sent = subjects(office)
        assert len(sent) == len(set(sent)), stop
        assert f"<out-{stop}@example.net>" in str(sent) or "may or may not have been sent" in office.log(), (stop, ident)


def subjects(desk):
    return sorted(line for m in desk.sink.messages() for line in m.split(b"\n") if line.startswith(b"Message-ID"))


@pytest.mark.parametrize("n,most", [(3, 1), (12, 8)], ids=["few", "in_flight"])
def test_p61_a_queue_that_is_killed_after_each_step_is_sent_at_most_once(lab, n, most):
    for stop in range(FIRST, 90, EVERY):
        desk = Desk(lab)
        try:
            desk.sink = lab.submission(dovecot=desk.server)
            desk.home.account(desk.server, desk.sink)
            desk.once()
            for i in range(1, n + 1):
                put(desk, i)
            desk.once(status=None, env={"CUR_TEST_STOP": str(stop)})
            desk.once(status=None)
            desk.once(status=None)
            sent = subjects(desk)
            unknown = desk.log().count("may or may not have been sent")
            assert len(sent) == len(set(sent)) and unknown <= most and len(sent) + unknown >= n, (stop, sent, desk.log()[-3000:])
            assert len(desk.agree()["Sent"]) >= n - unknown, stop
        finally:
            desk.close()


def refusals(sending, *answers):
    """Three messages at once, and what the server says to each."""
    sending.script.write_text("".join(line + "\n" for line in answers))
    ids = [put(sending, i) for i in range(1, len(answers) + 1)]
    sending.wire.ask("SUBMITTED", ids[0], False)
    return ids


def until(sending, want):
    pace.until(lambda: queue(sending) == want, tell=lambda: f"{queue(sending)}\n{sending.log()[-3000:]}")


def test_p62_in_a_queue_each_message_has_its_own_fate(sending):
    ids = refusals(sending, "250", "554 spam", "250", "451 later", "250")
    for ident in ids:
        sending.wire.ask("SUBMITTED", ident, False)
    until(sending, {ids[1]: "refused", ids[3]: "retry"})
    assert len(sending.sink.messages()) == 3


def test_p60_in_a_queue_only_the_message_without_an_answer_is_unknown(sending):
    ids = refusals(sending, "250", "close", "250")
    for ident in ids:
        sending.wire.ask("SUBMITTED", ident, False)
    until(sending, {ids[1]: "unknown"})
    assert len(sending.sink.messages()) == 3


def sessions(desk):
    return [path.stem.rpartition("-")[2] for path in desk.sink.received.glob("*.eml")]


def fly(sending, *answers):
    """Twelve messages, enough to go several in flight, of which the first few are answered so."""
    sending.script.write_text("".join(line + "\n" for line in answers))
    ids = [put(sending, i) for i in range(1, 13)]
    for ident in ids:
        sending.wire.ask("SUBMITTED", ident, False)
    return ids


def test_p60_in_flight_what_was_not_answered_is_unknown_and_nothing_else(sending):
    ids = fly(sending, "250", "250", "250", "close")
    end = time.monotonic() + patience(20)
    while set(queue(sending).values()) != {"unknown"} and time.monotonic() < end:
        time.sleep(0.02)
    unknown, sent = queue(sending), subjects(sending)
    assert set(unknown.values()) == {"unknown"} and 1 <= len(unknown) <= 8, sending.log()[-3000:]
    assert len(sent) == len(set(sent)) and len(sent) + len(unknown) == len(ids) + 1  # the server kept one of them


def test_p62_in_flight_a_tired_server_is_asked_again_and_nothing_is_sent_twice(sending):
    fly(sending, "250", "250", "last", "554 spam", "last", "250")
    end = time.monotonic() + patience(20)
    while list(queue(sending).values()) != ["refused"] and time.monotonic() < end:
        time.sleep(0.02)
    assert list(queue(sending).values()) == ["refused"], sending.log()[-3000:]
    assert len(subjects(sending)) == len(set(subjects(sending))) == 11


def test_an_engine_that_is_asked_to_end_waits_for_what_is_in_flight(sending):
    fly(sending, "250", "stall 0.5")
    pace.until(lambda: subjects(sending), tell=sending.log)
    sending.wire.ask("STOP")
    sending.engine.wait(patience(20))
    assert "unknown" not in sending.log() and "may or may not" not in sending.log()


def test_a_session_waits_a_moment_for_the_next_message(sending):
    for i in range(1, 4):
        sending.wire.ask("SUBMITTED", put(sending, i), True)
    assert len(sessions(sending)) == 3 and len(set(sessions(sending))) == 1


def test_what_an_old_session_does_not_take_a_fresh_one_is_asked_at_once(sending):
    sending.script.write_text("250\nlast\n250\n")
    for i in range(1, 4):
        sending.wire.ask("SUBMITTED", put(sending, i), True)
    assert queue(sending) == {} and len(sessions(sending)) == 3 and len(set(sessions(sending))) == 2


def test_p61_nobody_to_send_to_is_never_unknown(lab):
    """A kill at any step while the server cannot be reached leaves nothing in doubt."""
    for stop in range(1 + FIRST % 3, 12, min(EVERY, 3)):
        desk = Desk(lab)
        try:
            desk.sink = lab.submission(dovecot=desk.server)
            desk.home.account(desk.server, desk.sink)
            desk.once()
            desk.sink.stop()
            put(desk)
            desk.once(status=None, env={"CUR_TEST_STOP": str(stop)})
            desk.wire = desk.start()
            assert queue(desk)["id1"] in ("queued", "retry"), (stop, desk.log()[-2000:])
            desk.wire.close()
        finally:
            desk.close()


def test_d33_a_clock_that_is_set_back_delays_no_mail(sending):
    sending.script.write_text("451 later\n")
    ident = put(sending)
    with pytest.raises(Refused):
        sending.wire.ask("SUBMITTED", ident, True)
    assert queue(sending) == {ident: "retry"}
    sending.wire.close()
    sending.stop()
    db = sqlite3.connect(sending.home.data / "state.db")
    with db:  # as if the clock had been a year ahead when the wait began
        db.execute("UPDATE outbox SET next_try = next_try + 365 * 86400")
    db.close()
    sending.wire = sending.start()
    until(sending, {})
    assert len(sending.sink.messages()) == 1
