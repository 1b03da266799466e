# SPDX-License-Identifier: GPL-3.0-or-later
"""What happens on one side happens on the other: curd against Dovecot."""

import os
import re
import time

import pytest
from desk import Desk, letter
from far import Far
from pace import deadline, patience
from wire import Refused

SEEN, FLAGGED, ANSWERED = 1 << 4, 1 << 1, 1 << 3


def ids(desk, folder="INBOX"):
    return [i for i, _flags in desk.here()[folder]]


def deliver(desk, message, folder="INBOX", letters="S"):
    """What another program does: a file without a UID appears."""
    name = f"{time.time():.6f}.{os.getpid()}.test"
    path = desk.folder(folder) / "tmp" / name
    path.write_bytes(message)
    path.rename(desk.folder(folder) / "cur" / f"{name}:2,{letters}")


def flag(desk, path, letters):
    """What another program does: a new name with other letters."""
    base = path.name.partition(":2,")[0]
    path.rename(desk.folder() / "cur" / f"{base}:2,{letters}")


# ---- from the server

def test_first_sync_brings_all_messages_with_flags_and_dates(filled):
    assert len(filled.agree()["INBOX"]) == 10
    assert {p.stat().st_mode & 0o777 for p in filled.files()} == {0o600}
    assert all(b"\r" not in p.read_bytes() for p in filled.files())
    stamps = [p.stat().st_mtime for p in sorted(filled.files(), key=lambda p: int(p.name.partition(",U=")[2].partition(":")[0]))]
    assert stamps == sorted(stamps) and stamps[-1] - stamps[0] == 90


def test_second_sync_fetches_nothing(filled):
    before = [(p.name, p.stat().st_ino) for p in filled.files()]
    asked = filled.log().count("UID FETCH")
    filled.once()
    assert [(p.name, p.stat().st_ino) for p in filled.files()] == before
    assert filled.log().count("UID FETCH") == asked


def test_new_mail_flags_and_expunges_there_come_here(filled):
    filled.server.deliver("anna", letter(11))
    filled.server.doveadm("flags", "add", "-u", "anna", "\\Flagged", "mailbox", "INBOX", "uid", "3")
    filled.server.doveadm("flags", "remove", "-u", "anna", "\\Seen", "mailbox", "INBOX", "uid", "2")
    filled.server.doveadm("expunge", "-u", "anna", "mailbox", "INBOX", "uid", "5")
    filled.once()
    assert len(filled.agree()["INBOX"]) == 10
    assert ("<letter-2@example.net>", "F") in filled.here()["INBOX"]


def test_folders_made_there_come_here(filled):
    for name in ("Lists/mutt", "Größe", "a&b"):
        filled.server.doveadm("mailbox", "create", "-u", "anna", name)
    filled.once()
    assert (filled.folder("Größe") / "cur").is_dir()
    assert (filled.folder("Lists") / "mutt" / "cur").is_dir()


# ---- from here: other programs at work in the Maildir

def test_d43_what_a_killed_program_left_in_tmp_goes_after_36_hours(filled):
    old, young = filled.folder() / "tmp/1.old", filled.folder() / "tmp/2.young"
    old.write_bytes(b"half a mess")
    young.write_bytes(b"half a mess")
    os.utime(old, (time.time() - 37 * 3600,) * 2)
    deliver(filled, letter(20))
    filled.once()
    assert not old.exists() and young.exists()


def test_flags_set_by_another_program_go_there(filled):
    path = filled.files()[-1]
    flag(filled, path, "FRS")
    filled.once()
    assert any(flags == "FRS" for _i, flags in filled.agree()["INBOX"])


def test_d46_flags_changed_on_both_sides_are_merged(filled):
    path = next(p for p in filled.files() if ",U=1" in p.name and not ",U=10" in p.name)
    flag(filled, path, "F")
    filled.server.doveadm("flags", "add", "-u", "anna", "\\Seen", "mailbox", "INBOX", "uid", "1")
    filled.once()
    assert ("<letter-0@example.net>", "FS") in filled.agree()["INBOX"]


def test_a_message_born_here_is_appended_once_with_its_date(filled):
    deliver(filled, letter(50))
    filled.once()
    assert ("<letter-50@example.net>", "S") in filled.agree()["INBOX"]
    filled.once()
    assert len(filled.agree()["INBOX"]) == 11


def test_a_folder_made_here_is_made_there_with_what_is_in_it(filled):
    for part in ("cur", "new", "tmp"):
        (filled.folder("Neu") / part).mkdir(parents=True)
    deliver(filled, letter(60), "Neu")
    filled.once()
    filled.once()
    assert filled.agree()["Neu"] == [("<letter-60@example.net>", "S")]


def test_d02_a_file_that_is_gone_is_deleted_there_only_after_two_scans(filled):
    filled.age()
    filled.files()[0].unlink()
    filled.once()
    assert len(filled.agree()["INBOX"]) == 9


@pytest.fixture
def massacred(desk):
    """Sixty messages, synced; then forty of the files are removed."""
    desk.server.fill([letter(i) for i in range(60)])
    desk.once()
    for path in desk.files()[:40]:
        path.unlink()
    desk.age()
    return desk


def test_d06_a_massacre_stops_the_folder_and_deletes_nothing(massacred):
    massacred.once(status=None)
    massacred.once(status=None)
    assert len(massacred.there()["INBOX"]) == 60
    assert "nothing is deleted at the server" in massacred.log()


def test_d06_what_the_user_confirms_is_deleted_there(massacred):
    home = massacred.home
    stopped = home.run("sync")
    assert stopped.returncode == 1
    assert "cur sync --accept-deletions" in stopped.stderr and stopped.stderr.count("\n") == 1
    assert len(massacred.there()["INBOX"]) == 60
    home.run("sync", "--accept-deletions", home.url + "INBOX", check=True)
    assert len(massacred.agree()["INBOX"]) == 20
    home.run("sync", check=True)


def test_d06_a_word_is_for_what_was_asked(massacred):
    home = massacred.home
    assert home.run("sync").returncode == 1
    for path in massacred.files()[:10]:
        path.unlink()
    massacred.age()
    assert home.run("sync", "--accept-deletions", home.url + "INBOX").returncode == 1
    assert len(massacred.there()["INBOX"]) == 60
    home.run("sync", "--accept-deletions", home.url + "INBOX", check=True)
    assert len(massacred.agree()["INBOX"]) == 10


def test_d06_a_word_that_nobody_asked_for_is_not_kept_for_a_later_accident(odd):
    desk = odd({"INBOX": [letter(i) for i in range(120)]}, capabilities="IMAP4rev1 UIDPLUS UNSELECT MOVE CONDSTORE")
    desk.home.run("sync", check=True)
    end = deadline(15)
    while not desk.query("SELECT * FROM meta WHERE name GLOB 'rest.*'"):
        assert time.monotonic() < end
        desk.home.run("sync", check=True)
    for _ in range(2):
        done = desk.home.run("sync", "--accept-deletions", desk.url + "INBOX")
        assert done.returncode and "nothing is asked" in done.stderr
    for path in desk.files()[:50]:
        path.unlink()
    desk.age()
    assert desk.home.run("sync").returncode == 1
    assert len(desk.inbox().messages) == 120


def test_d06_a_massacre_in_a_maildir_of_nobody_gives_no_success(odd):
    desk = odd()
    here = desk.home.path / "Here"
    for part in ("cur", "new", "tmp"):
        (here / part).mkdir(parents=True)
    for i in range(60):
        (here / "cur" / f"1793613600.M{i}.here:2,S").write_bytes(letter(i))
    desk.add(f"mailboxes {here}")
    desk.home.run("sync", check=True)
    for path in list((here / "cur").iterdir())[:40]:
        path.unlink()
    for part in ("cur", "new"):
        os.utime(here / part, (time.time() - 10,) * 2)
    done = desk.home.run("sync")
    assert done.returncode == 1 and "40 of 60 messages are missing" in done.stderr
    desk.home.run("sync", "--accept-deletions", str(here), check=True)
    desk.home.run("sync", check=True)


def test_d06_a_maildir_that_vanished_deletes_nothing(filled):
    filled.folder().rename(filled.home.path / "away")
    filled.once(status=1)
    assert len(filled.there()["INBOX"]) == 10
    (filled.home.path / "away").rename(filled.folder())
    filled.once()
    assert len(filled.agree()["INBOX"]) == 10


def test_d57_a_foreign_uid_in_a_name_is_no_uid(filled):
    path = filled.folder() / "cur" / "1700000000.M1.other,U=4:2,S"
    path.write_bytes(letter(70))
    filled.once()
    filled.once()
    assert ("<letter-70@example.net>", "S") in filled.agree()["INBOX"]
    assert len(filled.here()["INBOX"]) == 11


def test_g4_a_sync_that_has_ended_has_told_the_server_what_went_here(filled):
    filled.files()[0].unlink()
    filled.home.sync()
    assert len(filled.agree()["INBOX"]) == 9


def test_d02_a_file_that_is_missing_in_a_folder_at_rest_is_given_up_at_once(filled):
    filled.files()[0].unlink()
    filled.age()
    began = time.monotonic()
    filled.once()
    assert time.monotonic() - began < patience(1.5)
    assert len(filled.agree()["INBOX"]) == 9


# ---- numbers that change

def test_p30_uidvalidity_changed_nothing_is_lost_doubled_or_fetched_again(filled):
    box = filled.server.folder / "mail/anna/Maildir"
    time.sleep(1.1)  # UIDVALIDITY is a second
    for path in box.glob("dovecot*"):
        path.unlink()
    before = {p.stat().st_ino for p in filled.files()}
    filled.once()
    assert len(filled.agree()["INBOX"]) == 10
    assert {p.stat().st_ino for p in filled.files()} == before
    assert "made anew" in filled.log()


def test_d57_a_uid_in_the_name_of_a_moved_file_proves_nothing(filled):
    """Another program moves a message to a folder where its UID is that of another one, as long and as old."""
    filled.server.doveadm("mailbox", "create", "-u", "anna", "Work")
    filled.once()
    path = filled.files()[0]
    uid = int(path.name.partition(",U=")[2].partition(":")[0])
    filled.server.fill([letter(i, "wayfa") if i == uid else letter(i, "other") for i in range(1, uid + 1)], "Work",
                       times=lambda i: int(path.stat().st_mtime))
    path.rename(filled.folder("Work") / "cur" / path.name)
    for _ in range(3):
        filled.age()
        filled.once()
    both = filled.agree()
    assert len(both["INBOX"]) == 9 and len(both["Work"]) == uid + 1


def test_d57_a_file_that_bears_the_uid_of_a_removed_message_is_not_removed(filled):
    """The server has not heard of the removal yet when another program moves a message there, its name as it was."""
    filled.server.fill([letter(1, "moved")], "Sent")
    filled.once()
    [moved] = filled.files("Sent")
    assert moved.name.partition(":")[0].endswith(",U=1")
    filled.server.stop()
    wire = filled.start()
    wire.ask("REMOVE", wire.open(filled.home.url + "INBOX"), [dict(filled.numbers())[1]])
    wire.close()
    filled.stop()
    moved.rename(filled.folder() / "cur" / moved.name)
    filled.server.start()
    for _ in range(3):
        filled.age()
        filled.once()
    inbox = [ident for ident, _flags in filled.agree()["INBOX"]]
    assert "<moved-1@example.net>" in inbox and len(inbox) == 10 and not filled.files("Sent")


def test_p30_what_the_new_mailbox_lacks_goes_back_to_it(filled):
    box = filled.server.folder / "mail/anna/Maildir"
    time.sleep(1.1)  # UIDVALIDITY is a second
    for path in [*box.glob("dovecot*"), *sorted(box.glob("cur/*"))[:2]]:
        path.unlink()
    filled.once()
    assert len(filled.agree()["INBOX"]) == 10


def test_p31_uidvalidity_changed_and_empty_keeps_what_is_here(filled):
    box = filled.server.folder / "mail/anna/Maildir"
    for path in [*box.glob("dovecot*"), *box.glob("cur/*")]:
        path.unlink()
    filled.once()
    assert len(filled.here()["INBOX"]) == 10
    filled.once()
    assert len(filled.here()["INBOX"]) == 10
    assert filled.there()["INBOX"] == []


def test_p46_a_folder_made_anew_under_its_name_is_not_all_deleted(filled):
    filled.server.doveadm("mailbox", "create", "-u", "anna", "Work")
    filled.server.fill([letter(i, "work") for i in range(5)], "Work")
    filled.once()
    filled.server.doveadm("mailbox", "delete", "-u", "anna", "Work")
    time.sleep(1.1)  # UIDVALIDITY is a second
    filled.server.doveadm("mailbox", "create", "-u", "anna", "Work")
    filled.server.fill([letter(i, "work") for i in range(5)], "Work")
    filled.once()
    assert len(filled.agree()["Work"]) == 5


def test_p45_a_folder_deleted_there_keeps_its_files_here(filled):
    filled.server.doveadm("mailbox", "create", "-u", "anna", "Old")
    filled.server.fill([letter(i, "old") for i in range(3)], "Old")
    filled.once()
    filled.server.doveadm("mailbox", "delete", "-u", "anna", "Old")
    filled.once(status=1)
    assert len(filled.here()["Old"]) == 3
    assert "not at the server any more" in filled.log()


def test_d14_state_deleted_by_the_user_gives_no_duplicates(filled):
    before = {p.stat().st_ino for p in filled.files()}
    for path in filled.home.data.glob("state.db*"):
        path.unlink()
    filled.once()
    assert len(filled.agree()["INBOX"]) == 10
    assert {p.stat().st_ino for p in filled.files()} == before


# ---- what a script sees

def test_g4_a_mailbox_that_fails_is_told_and_gives_1(filled):
    filled.folder().rename(filled.home.path / "away")
    for _ in range(2):
        done = filled.home.run("sync")
        assert done.returncode == 1
        assert "INBOX" in done.stderr and "localhost" in done.stderr
    (filled.home.path / "away").rename(filled.folder())
    assert filled.home.run("sync").returncode == 0


def test_g4_no_server_gives_75_and_names_the_account(filled):
    filled.server.stop()
    done = filled.home.run("sync")
    assert done.returncode == 75
    assert "anna@localhost" in done.stderr and "cannot connect" in done.stderr
    filled.server.start()
    assert filled.home.run("sync").returncode == 0


@pytest.fixture
def far_desk(lab):
    """Its server is so far away that a first fetch takes a while."""
    desk = Desk(lab)
    far = Far(desk.server.imaps, 0.05)
    desk.home.account(desk.server, port=far.port)
    yield desk
    far.close()
    desk.close()


def test_what_the_user_does_passes_a_long_first_fetch(far_desk):
    far_desk.server.fill([letter(1)])
    far_desk.once()
    far_desk.server.fill([letter(i, "many") for i in range(5000)], "Many")
    wire = far_desk.start()
    inbox = wire.open(far_desk.home.url + "INBOX")
    wire.wait("PROGRESS")
    wire.ask("MARK", inbox, [1], FLAGGED, 0)
    wire.ask("SYNC", [], True)
    wire.close()
    said = far_desk.log()
    assert said.index("UID STORE") < said.rindex("BODY.PEEK")
    assert len(far_desk.agree()["Many"]) == 5000


# ---- programs

@pytest.fixture
def open_desk(filled):
    filled.server.doveadm("mailbox", "create", "-u", "anna", "Archive")
    wire = filled.start()
    wire.ask("SYNC", [], True)
    filled.wire = wire
    filled.inbox = wire.open(filled.home.url + "INBOX")
    yield filled
    wire.close()


def test_marks_are_durable_at_once_and_pushed(open_desk):
    open_desk.wire.ask("MARK", open_desk.inbox, [1, 2, 3], FLAGGED | SEEN, 0)
    assert sum(flags == "FS" for _i, flags in open_desk.here()["INBOX"]) == 3
    assert sum(flags == "FS" for _i, flags in open_desk.settle()["INBOX"]) == 3


def test_move_copy_and_remove_go_there(open_desk):
    wire, archive = open_desk.wire, open_desk.home.url + "Archive"
    wire.ask("MARK", open_desk.inbox, [1], ANSWERED, 0)
    wire.ask("MOVE", open_desk.inbox, [1, 2], archive)
    wire.ask("COPY", open_desk.inbox, [3], archive)
    wire.ask("REMOVE", open_desk.inbox, [4])
    assert len(open_desk.here()["Archive"]) == 3 and len(open_desk.here()["INBOX"]) == 7
    state = open_desk.settle()
    assert len(state["Archive"]) == 3 and len(state["INBOX"]) == 7
    assert sum("R" in flags for _i, flags in state["Archive"]) == 1


def test_new_mail_is_told_while_idle(open_desk):
    time.sleep(0.5)
    open_desk.server.deliver("anna", letter(80))
    mailbox, n = open_desk.wire.wait("NEWMAIL")
    assert (mailbox, n) == (open_desk.inbox, 1)


def test_what_was_done_offline_is_there_after_the_server_returns(open_desk):
    wire, archive = open_desk.wire, open_desk.home.url + "Archive"
    open_desk.server.stop()
    wire.ask("MARK", open_desk.inbox, [5], FLAGGED, 0)
    wire.ask("MOVE", open_desk.inbox, [5, 6], archive)
    wire.ask("REMOVE", open_desk.inbox, [7])
    wire.ask("CREATE", open_desk.home.url + "Offline")
    draft = open_desk.home.path / "draft"
    draft.write_bytes(letter(90))
    wire.ask("APPEND", open_desk.home.url + "Offline", str(draft), SEEN, 1700000000)
    assert not draft.exists()
    open_desk.server.start()
    wire.ask("SYNC", [], True)
    state = open_desk.settle()
    assert state["Offline"] == [("<letter-90@example.net>", "S")]
    assert len(state["Archive"]) == 2 and any("F" in flags for _i, flags in state["Archive"])


def test_mailboxes_are_renamed_and_deleted_there(open_desk):
    wire, url = open_desk.wire, open_desk.home.url
    wire.ask("CREATE", url + "Eins")
    open_desk.settle()
    wire.ask("RENAME", url + "Eins", url + "Zwei")
    assert "Zwei" in open_desk.settle()
    wire.ask("DELETE", url + "Zwei")
    assert "Zwei" not in open_desk.settle()


def test_an_unknown_mailbox_is_refused_and_a_local_one_is_indexed(open_desk):
    with pytest.raises(Refused):
        open_desk.wire.open(open_desk.home.url + "Nowhere")
    box = open_desk.home.maildir("Mail", [letter(i, "local") for i in range(5)])
    number = open_desk.wire.open(str(box))
    while open_desk.wire.wait("CHANGED")[0] != number:
        pass
    open_desk.wire.ask("SYNC", [str(box)], True)
    assert open_desk.rows() == 15


def test_a_move_to_a_local_maildir_leaves_the_server_after_the_file_is_here(open_desk):
    box = open_desk.home.maildir("Mail")
    open_desk.wire.open(str(box))
    open_desk.wire.ask("MOVE", open_desk.inbox, [1, 2], str(box))
    assert len(open_desk.settle()["INBOX"]) == 8
    assert len(list(box.glob("cur/*")) + list(box.glob("new/*"))) == 2


def test_p55_a_wrong_password_is_tried_once_and_asked_for(lab):
    desk = Desk(lab)
    try:
        text = (desk.home.path / "config/cur/muttrc").read_text()
        desk.home.muttrc(text.replace('imap_pass="secret"', 'imap_pass="wrong"'))
        desk.server.fill([letter(1)])
        assert desk.once(status=None).returncode == 1
        assert desk.log().count("AUTHENTICATE") + desk.log().count("> A2 LOGIN") <= 2
        wire = desk.start()
        serial, question, secret = wire.wait("PROMPT")
        assert secret and "localhost" in question
        wire.ask("ANSWER", serial, "secret", True)
        wire.ask("SYNC", [], True)
        assert len(desk.agree()["INBOX"]) == 1
        assert "secret" not in desk.log()
        wire.close()
    finally:
        desk.close()


def test_d17_a_second_engine_leaves_with_a_text(open_desk):
    done = open_desk.once(status=75)
    assert "curd:" in done.stderr and str(open_desk.engine.pid) in done.stderr


def test_no_network_is_temporary(filled):
    filled.server.stop()
    filled.once(status=75)
    filled.server.start()
    filled.once()


def test_a_mailbox_is_renamed_with_what_is_below_it_also_while_the_server_is_away(open_desk):
    wire, url = open_desk.wire, open_desk.home.url
    for name in ("Work", "Work/Old", "Work/Old/Older", "Gone"):
        open_desk.server.doveadm("mailbox", "create", "-u", "anna", name)
        open_desk.server.fill([letter(100 + len(name))], name)
    wire.ask("SYNC", [], True)
    before = wire.open(url + "Work/Old")
    open_desk.server.stop()
    wire.ask("RENAME", url + "Work", url + "Job")
    wire.ask("DELETE", url + "Gone")
    old = wire.open(url + "Job/Old")
    assert old == before, "it is the same mailbox under another name"
    wire.ask("MARK", old, [1], FLAGGED, 0)
    open_desk.server.start()
    wire.ask("SYNC", [], True)
    state = open_desk.settle()
    assert {"Job", "Job/Old", "Job/Old/Older"} <= set(state) and not {"Work", "Work/Old", "Gone"} & set(state)
    assert [flags for _i, flags in state["Job/Old"]] == ["F"]
    open_desk.server.fill([letter(200)], "Job/Old/Older")
    wire.ask("SYNC", [], True)
    assert len(open_desk.settle()["Job/Old/Older"]) == 2


def test_an_engine_that_ends_does_not_first_wait_for_news(desk):
    """--once: who waits for the end does not wait for SELECT, NOTIFY and IDLE."""
    desk.server.fill([letter(i) for i in range(3)])
    desk.server.fill([letter(i, "work") for i in range(2)], "Work")
    desk.once()
    first = len(desk.log())
    desk.once()
    log = desk.log()
    assert " LIST " in log[first:] and not [word for word in ("NOTIFY", "IDLE") if re.search(rf" > A\d+ {word}", log)], log
    assert " SELECT " not in log[first:], log[first:]
