# SPDX-License-Identifier: GPL-3.0-or-later
"""Messages whose headers alone are here: the newest of a big mailbox at first, and what the rules leave at the
server. Whatever happens to such a file, no text is lost and no header is taken for a message."""

import email
import os
import random
import shutil
import sqlite3
import time

import pytest
from desk import letter
from imapd import Box
from odddesk import NOTICE, big
from pace import deadline
from wire import Refused

EVERY = int(os.environ.get("CUR_TEST_EVERY", "10"))


def synced(desk, wire, done):
    """Sync until it is done, a few times at most."""
    end = deadline(20)
    while not done() and time.monotonic() < end:
        wire.ask("SYNC", [], True)
    assert done(), desk.log()[-4000:]


def stops(steps):
    """Every tenth step of a file (CUR_TEST_EVERY), from a random one on, as (number, name)."""
    names = steps.read_text().splitlines()
    return list(enumerate(names, 1))[random.randrange(EVERY)::EVERY]


def is_header(path):
    return NOTICE in path.read_text()


# ---- the newest first ----

def test_the_newest_of_a_big_mailbox_are_here_before_it_is_listed(odd):
    desk = odd({"INBOX": [letter(i) for i in range(700)]}, once=False)
    seen = []

    def look(talk, tag, words):
        if words[1] == "1:*":
            wait = deadline(10)
            while not seen and time.monotonic() < wait:
                files = desk.files()
                seen.extend(path.read_text() for path in files if len(files) == 100)

    desk.imapd.odd["UID FETCH"] = look
    desk.once()
    assert len(seen) == 100
    assert sorted(text.partition("Message-ID: <letter-")[2].partition("@")[0] for text in seen) == [str(i) for i in range(600, 700)]
    assert all(NOTICE in text and "X-Cur-Text: not here; size=" in text for text in seen)
    assert desk.ids() == sorted(f"<letter-{i}@example.net>" for i in range(700))
    assert not desk.headers() and not list((desk.folder() / "tmp").iterdir())


def test_a_small_mailbox_is_fetched_without_that_detour(odd):
    desk = odd({"INBOX": [letter(i) for i in range(30)]})
    assert not any("HEADER]" in line for line in desk.imapd.asked)


def test_killed_after_each_step_of_a_first_sync_nothing_is_lost_or_doubled(odd, tmp_path):
    def fresh():
        return odd({"INBOX": [letter(i) for i in range(502)]}, once=False)

    steps = tmp_path / "steps"
    fresh().once(env={"CUR_TEST_STEPS": str(steps)})
    assert "fetch-texts-visible" in steps.read_text()
    for stop, name in stops(steps):
        desk = fresh()
        desk.once(status=None, env={"CUR_TEST_STOP": str(stop)})
        desk.once()
        assert desk.ids() == sorted(f"<letter-{i}@example.net>" for i in range(502)), name
        assert not desk.headers(), name
        assert desk.rows() == 502
        desk.close()


# ---- what is kept ----

def test_a_message_over_the_size_is_here_as_a_header_until_it_is_wanted(partial):
    wire = partial.start()
    inbox = wire.open(partial.home.url + "INBOX")
    lids = dict(partial.numbers())
    wire.ask("TEXT", inbox, [lids[5]])
    assert len(partial.headers()) == 2
    [whole] = [path for path in partial.files() if b"the long text of 1\n" in path.read_bytes()]
    assert whole.read_bytes() == big(1)
    assert [line.split()[2] for line in partial.texts_asked()] == ["5"]
    wire.ask("TEXT", inbox, [lids[5]])
    assert len(partial.texts_asked()) == 1
    wire.close()


def test_a_rule_for_a_folder_counts_more_than_the_variable(odd):
    desk = odd({"INBOX": [big(0)], "Archive": [big(1)], "Lists/a": [big(2)]}, once=False)
    desk.add("set imap_keep_size=1", "keep =Archive", "keep -size 2K Lists/*")
    desk.once()
    assert [len(desk.headers(folder)) for folder in ("INBOX", "Archive", "Lists/a")] == [1, 0, 1]


def test_what_a_changed_rule_wants_is_fetched_and_a_removed_one_drops_nothing(partial):
    partial.add("set imap_keep_size=0")
    partial.once()
    assert not partial.headers()
    assert sorted(path.read_bytes() for path in partial.files()) == sorted([letter(i) for i in range(3)] + [big(i) for i in range(3)])


def test_flagged_messages_are_kept_whole(partial):
    partial.inbox().messages[4][1].add("\\Flagged")
    partial.once()
    [whole] = [path for path in partial.files() if b"the long text of 0\n" in path.read_bytes()]
    assert whole.read_bytes() == big(0) and len(partial.headers()) == 2


def old_and_unread(desk):
    """All files as if fetched and read long ago."""
    for path in desk.files():
        status = path.stat()
        os.utime(path, (time.time() - 8 * 86400, status.st_mtime))


def test_what_grew_too_old_loses_its_text_again_when_the_server_has_it(odd):
    desk = odd({"INBOX": [letter(i) for i in range(4)]})
    desk.inbox().messages[2][1].add("\\Flagged")
    desk.add("set imap_keep_days=1")
    desk.once()
    assert not desk.headers()
    old_and_unread(desk)
    desk.add("set imap_keep_days=2")
    del desk.inbox().messages[1]
    desk.once()
    assert len(desk.headers()) == 2 and len(desk.files()) == 3
    [flagged] = [path for path in desk.files() if not is_header(path)]
    assert flagged.read_bytes() == letter(1)


def test_killed_while_texts_are_dropped_or_fetched_again_nothing_is_lost(odd, tmp_path):
    def fresh():
        desk = odd({"INBOX": [letter(i) for i in range(4)]})
        old_and_unread(desk)
        desk.add("set imap_keep_days=1")
        return desk

    steps = tmp_path / "steps"
    desk = fresh()
    desk.once(env={"CUR_TEST_STEPS": str(steps)})
    assert len(desk.headers()) == 4
    for stop, name in stops(steps):
        desk = fresh()
        desk.once(status=None, env={"CUR_TEST_STOP": str(stop)})
        desk.add("set imap_keep_days=0")
        desk.once()
        assert sorted(path.read_bytes() for path in desk.files()) == sorted(letter(i) for i in range(4)), name
        assert set(desk.inbox().messages) == {1, 2, 3, 4}
        desk.close()


# ---- such a file is no message to be sent anywhere ----

def test_moved_and_copied_within_the_account_by_the_server(partial):
    wire = partial.start()
    inbox, lids = wire.open(partial.home.url + "INBOX"), dict(partial.numbers())
    wire.ask("MOVE", inbox, [lids[4]], partial.home.url + "Archive")
    wire.ask("COPY", inbox, [lids[5]], partial.home.url + "Archive")
    synced(partial, wire, lambda: not partial.steps())
    assert sorted(m[0] for m in partial.imapd.boxes["Archive"].messages.values()) == sorted(m.replace(b"\n", b"\r\n") for m in (big(0), big(1)))
    assert len(partial.headers("Archive")) == 2 and not any("APPEND" in line for line in partial.imapd.asked)


def test_g1_a_mailbox_stays_until_the_texts_that_were_moved_out_of_it_are_elsewhere(partial):
    partial.imapd.boxes["Work"] = Box([big(7)])
    partial.once()
    wire = partial.start()
    work = wire.open(partial.home.url + "Work")
    wire.ask("SYNC", [], True)
    partial.fake.away()
    wire.ask("MOVE", work, [1], partial.home.url + "Archive")
    with pytest.raises(Refused, match="sync first"):
        wire.ask("DELETE", partial.home.url + "Work")
    partial.fake.away(False)
    synced(partial, wire, lambda: not partial.steps())
    wire.ask("DELETE", partial.home.url + "Work")
    synced(partial, wire, lambda: "Work" not in partial.imapd.boxes)
    assert [m[0] for m in partial.imapd.boxes["Archive"].messages.values()] == [big(7).replace(b"\n", b"\r\n")]
    wire.close()


def test_to_a_local_mailbox_goes_the_text_and_the_source_only_after_it(partial):
    local = partial.home.maildir("Mail")
    wire = partial.start()
    inbox, lids = wire.open(partial.home.url + "INBOX"), dict(partial.numbers())
    wire.open(str(local))
    wire.ask("MOVE", inbox, [lids[4]], str(local))
    synced(partial, wire, lambda: 4 not in partial.inbox().messages)
    [path] = [*(local / "new").iterdir(), *(local / "cur").iterdir()]
    assert path.read_bytes() == big(0)


def test_a_header_that_another_program_moved_takes_its_text_along(partial):
    for i, path in enumerate(partial.headers()):
        name = path.name.partition(",U=")[0] + ":2,S" if i else path.name
        path.rename(partial.folder("Archive") / "cur" / name)
    for _ in range(4):
        partial.age()
        partial.once()
    assert sorted(m[0] for m in partial.imapd.boxes["Archive"].messages.values()) == sorted(big(i).replace(b"\n", b"\r\n") for i in range(3))
    assert set(partial.inbox().messages) == {1, 2, 3}
    assert not any("APPEND" in line for line in partial.imapd.asked)


@pytest.mark.parametrize("capabilities", ["IMAP4rev1 UIDPLUS UNSELECT MOVE", "IMAP4rev1 UNSELECT"])
@pytest.mark.parametrize("how", ["renamed", "child of a renamed one", "made in the same round"])
def test_g1_a_header_that_another_program_moves_out_of_a_mailbox_that_is_new_by_name_takes_its_text_along(odd, how, capabilities):
    desk = odd({"INBOX": [letter(0)], "Work": [], "Work/2026": [], "Archive": []}, capabilities=capabilities, once=False)
    was, now = {"renamed": ("Work", "Job"), "child of a renamed one": ("Work/2026", "Job/2026"), "made in the same round": ("INBOX", "New")}[how]
    desk.imapd.boxes[was].add(big(7))
    desk.add("set imap_keep_size=1")
    desk.once()
    wire = desk.start()
    wire.ask("SYNC", [], True)
    if how == "made in the same round":
        desk.fake.away()
        wire.ask("CREATE", desk.url + now)
        wire.ask("MOVE", wire.open(desk.url + was), [dict(desk.numbers())[2]], desk.url + now)
        desk.fake.away(False)
    else:
        wire.ask("RENAME", desk.url + "Work", desk.url + "Job")
    synced(desk, wire, lambda: all(kind == "left" for kind, *_ in desk.steps()))
    wire.close()
    desk.stop()
    [path] = desk.headers(now)
    assert path.read_text().count("Content-Disposition") == 1
    path.rename(desk.folder("Archive") / "cur" / "1700000099.M1.test:2,S")
    for _ in range(4):
        desk.age()
        desk.once()
    assert [m[0] for m in desk.imapd.boxes["Archive"].messages.values()] == [big(7).replace(b"\n", b"\r\n")]
    assert [path.read_text().count("mailbox=" + desk.url.rstrip("/")) for path in desk.headers("Archive")] == [1]


def test_g1_a_header_in_a_renamed_mailbox_is_known_by_itself(odd):
    desk = odd({"INBOX": [letter(0)], "Work": [big(7)]}, once=False)
    desk.add("set imap_keep_size=1")
    desk.once()
    wire = desk.start()
    wire.ask("RENAME", desk.url + "Work", desk.url + "Job")
    synced(desk, wire, lambda: not desk.steps())
    wire.close()
    desk.stop()
    db = sqlite3.connect(desk.home.data / "state.db")
    db.execute("DELETE FROM messages")
    db.commit()
    db.close()
    desk.imapd.asked.clear()
    desk.once()
    assert len(desk.headers("Job")) == 1 and len(desk.files("Job")) == 1
    assert not any("COPY" in line for line in desk.imapd.asked) and not desk.texts_asked()


def test_a_header_that_another_program_copied_out_gets_its_text(partial):
    local = partial.home.maildir("Mail")
    source = partial.headers()[0]
    shutil.copy(source, local / "cur" / "1700000099.M1.test:2,S")
    wire = partial.start()
    wire.open(str(local))
    synced(partial, wire, lambda: not is_header(local / "cur" / "1700000099.M1.test:2,S"))
    assert (local / "cur" / "1700000099.M1.test:2,S").read_bytes() in [big(i) for i in range(3)]
    assert set(partial.inbox().messages) == {1, 2, 3, 4, 5, 6}


def test_a_header_deleted_by_another_program_is_a_message_deleted(partial):
    partial.headers()[0].unlink()
    for _ in range(3):
        partial.age()
        partial.once()
    assert len(partial.inbox().messages) == 5


def test_a_header_given_to_the_engine_as_a_message_is_refused(partial):
    wire = partial.start()
    copy = partial.home.path / "copy"
    shutil.copy(partial.headers()[0], copy)
    with pytest.raises(Refused, match="only the header"):
        wire.ask("APPEND", partial.home.url + "Archive", str(copy), 0, 0)
    assert copy.exists()


def test_p30_a_mailbox_made_anew_is_matched_without_fetching_texts(partial):
    partial.inbox().make_anew(100)
    partial.once()
    assert not partial.texts_asked() and len(partial.headers()) == 3
    assert sorted(uid for uid, _lid in partial.numbers()) == [101, 102, 103, 104, 105, 106]


def test_g1_a_header_that_another_program_moves_out_of_a_mailbox_made_anew_is_not_lost(partial):
    partial.inbox().make_anew(100)
    partial.once()
    assert all("uidvalidity=1001; uid=10" in path.read_text() for path in partial.headers())
    partial.headers()[0].rename(partial.folder("Archive") / "cur" / "1700000099.M1.test:2,S")
    for _ in range(3):
        partial.age()
        partial.once()
    assert len(partial.inbox().messages) == 5 and len(partial.imapd.boxes["Archive"].messages) == 1
    assert partial.steps() == []


def test_without_its_record_a_header_is_known_by_itself(partial):
    db = sqlite3.connect(partial.home.data / "state.db")
    db.execute("DELETE FROM messages")
    db.commit()
    db.close()
    partial.once()
    assert len(partial.inbox().messages) == 6 and len(partial.files()) == 6
    assert not partial.texts_asked() and len(partial.headers()) == 3


def test_a_text_that_the_server_does_not_give_is_told(partial):
    partial.imapd.odd["UID FETCH"] = lambda talk, tag, words: "BODY.PEEK[]" in words[-1] and not talk.say(f"{tag} OK nothing")
    wire = partial.start()
    inbox, lids = wire.open(partial.home.url + "INBOX"), dict(partial.numbers())
    with pytest.raises(Refused, match="does not give the text"):
        wire.ask("TEXT", inbox, [lids[4]])
    assert len(partial.headers()) == 3


def test_the_plan_of_a_dry_run_tells_texts_from_messages(partial):
    partial.add("set imap_keep_size=0")
    partial.inbox().add(letter(9))
    [plan] = partial.home.json("sync", "--dry-run")
    assert (plan["fetch"], plan["texts"]) == (1, 3)
    partial.add("set imap_keep_size=1")
    partial.inbox().add(big(9))
    [plan] = partial.home.json("sync", "--dry-run")
    assert (plan["fetch"], plan["headers"]) == (1, 1) and "texts" not in plan


# ---- other programs, and a server of every day ----

@pytest.fixture
def dovecot(desk):
    """The same of a Dovecot: a small letter, and two big ones that are here as headers."""
    rc = desk.home.path / "config/cur/muttrc"
    rc.write_text(rc.read_text() + "set imap_keep_size=1\n")
    desk.server.fill([letter(0), big(0), big(1).replace(b"\n\n", b"\nContent-Type: multipart/mixed; boundary=b\n\n", 1)])
    desk.once()
    return desk


def test_dovecot_gives_headers_and_then_texts(dovecot):
    assert sum(is_header(path) for path in dovecot.files()) == 2
    wire = dovecot.start()
    wire.ask("TEXT", wire.open(dovecot.home.url + "INBOX"), [lid for _uid, lid in dovecot.numbers()])
    assert big(0) in [path.read_bytes() for path in dovecot.files()] and not any(map(is_header, dovecot.files()))


def test_other_programs_read_a_message_with_a_notice(dovecot):
    for path in filter(is_header, dovecot.files()):
        read = email.message_from_bytes(path.read_bytes())
        assert read["Subject"].startswith("big") and read["Message-ID"] and read.get_content_type() == "text/plain"
        assert read.get_payload().startswith(NOTICE)


def test_a_text_that_came_is_found_by_searching(dovecot):
    def hits(query):
        return dovecot.home.run("search", query).stdout

    wire = dovecot.start()
    inbox = wire.open(dovecot.home.url + "INBOX")
    end = deadline(20)
    while "big 0" not in hits("subject:big") and time.monotonic() < end:
        time.sleep(0.1)
    assert not hits("body:long")
    wire.ask("TEXT", inbox, [lid for _uid, lid in dovecot.numbers()])
    while "big 0" not in hits("body:long") and time.monotonic() < end:
        time.sleep(0.1)
    assert "big 0" in hits("body:long")
