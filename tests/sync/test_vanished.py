# SPDX-License-Identifier: GPL-3.0-or-later
"""What is gone at the server: a little of it goes here, too; a folder that was emptied, or listed no more, is asked about."""

import pytest
from desk import letter, wanted
from imapd import Box, Imapd
from odddesk import OddDesk
from wire import Wire

CONDSTORE = "IMAP4rev1 UIDPLUS UNSELECT MOVE CONDSTORE"
QRESYNC = CONDSTORE + " ENABLE QRESYNC"
PLAIN = "IMAP4rev1 UIDPLUS UNSELECT MOVE"


@pytest.fixture(params=[PLAIN, CONDSTORE, QRESYNC], ids=["plain", "condstore", "qresync"])
def desk(certificate, request):
    """Thirty messages in INBOX, three in Work, none in Archive; synced."""
    desk = OddDesk(certificate, Imapd({"INBOX": [letter(i) for i in range(30)], "Work": [letter(i) for i in range(50, 53)], "Archive": []},
                                      capabilities=request.param))
    desk.once()
    yield desk
    desk.close()


def lose(desk, uids, folder="INBOX"):
    """Another client expunges them."""
    box = desk.imapd.boxes[folder]
    for uid in list(uids):
        box.remove(uid)


def move(desk, uids, to="Archive", folder="INBOX"):
    box = desk.imapd.boxes[folder]
    for uid in list(uids):
        desk.imapd.boxes[to].add(*box.messages[uid][:2])
    lose(desk, uids, folder)


def asked(desk):
    """What `cur sync` says when it leaves something undecided."""
    done = desk.home.run("sync")
    assert done.returncode == 1 and "--accept-deletions" in done.stderr, done
    return done.stderr


def test_half_of_a_folder_goes_without_a_word(desk):
    lose(desk, range(1, 16))
    desk.home.run("sync", check=True)
    assert desk.ids() == wanted(*range(15, 30))


def test_more_than_half_of_a_big_folder_is_kept_and_asked_about(desk):
    lose(desk, range(1, 17))
    said = asked(desk)
    assert "16 of 30 messages of INBOX are gone at the server" in said and said.count("\n") == 1
    assert desk.ids() == wanted(*range(30))
    assert asked(desk) == said, "each sync says so until there is an answer"


def test_who_stays_is_told_once_what_the_syncs_of_others_ask_again(desk):
    lose(desk, range(1, 17))
    watcher = desk.home.start("sync", "--watch", cols=200)
    watcher.wait("16 of 30 messages of INBOX")
    asked(desk)
    asked(desk)
    desk.inbox().add(letter(40))
    asked(desk)
    assert watcher.wait("1 new in mailbox").count("16 of 30 messages of INBOX") == 1


def test_a_folder_that_was_emptied_is_kept_and_what_comes_new_comes(desk):
    lose(desk, range(1, 31))
    asked(desk)
    desk.inbox().add(letter(40))
    asked(desk)
    assert desk.ids() == wanted(*range(30), 40)


def test_few_messages_that_were_all_are_asked_about_from_three_on(desk):
    lose(desk, [1, 2, 3], "Work")
    assert "3 of 3 messages of Work" in asked(desk)
    desk.imapd.boxes["Work"].add(letter(53))
    desk.imapd.boxes["Work"].add(letter(54))
    desk.home.run("sync", "--accept-deletions", "=Work", check=True)
    assert desk.ids("Work") == wanted(53, 54)
    lose(desk, [4, 5], "Work")
    desk.home.run("sync", check=True)
    assert desk.ids("Work") == []


def test_what_is_allowed_goes_and_the_answer_is_for_that_set_alone(desk):
    lose(desk, range(1, 17))
    asked(desk)
    lose(desk, [17])
    desk.home.run("sync", "--accept-deletions", "=INBOX", check=True)
    assert desk.ids() == wanted(*range(17, 30))
    for i in range(60, 70):
        desk.inbox().add(letter(i))
    desk.home.run("sync", check=True)
    lose(desk, list(desk.inbox().messages))
    assert "23 of 23 messages of INBOX" in asked(desk)
    assert len(desk.ids()) == 23


def test_what_is_kept_stays_and_is_not_asked_about_again(desk):
    lose(desk, range(1, 31))
    asked(desk)
    desk.home.run("sync", "--keep", "=INBOX", check=True)
    desk.inbox().add(letter(40))
    desk.home.run("sync", check=True)
    assert desk.ids() == wanted(*range(30), 40)
    assert sorted(desk.inbox().messages) == [31], "and nothing is put there"
    lose(desk, [31])
    desk.home.run("sync", check=True)
    assert desk.ids() == wanted(*range(30))


def test_without_a_question_there_is_nothing_to_keep(desk):
    done = desk.home.run("sync", "--keep", "=INBOX")
    assert done.returncode == 1 and "nothing is asked" in done.stderr


def test_what_was_moved_to_another_folder_needs_no_word(desk):
    move(desk, range(1, 31))
    desk.home.run("sync", check=True)
    assert desk.ids() == [] and desk.ids("Archive") == wanted(*range(30))


def test_one_that_is_nowhere_else_is_enough_for_a_question(desk):
    move(desk, range(1, 30))
    lose(desk, [30])
    asked(desk)
    assert desk.ids() == wanted(*range(30))


def test_what_is_gone_from_two_folders_at_once_is_not_proved_by_each_other(desk):
    for i in range(30):
        desk.imapd.boxes["Archive"].add(letter(i))
    desk.home.run("sync", check=True)
    lose(desk, range(1, 31))
    lose(desk, range(1, 31), "Archive")
    asked(desk)
    assert len({*desk.ids(), *desk.ids("Archive")}) == 30


def test_an_emptied_trash_is_no_accident(desk):
    desk.imapd.boxes["Trash"] = Box([letter(i) for i in range(80, 110)])
    desk.imapd.odd["LIST"] = lambda talk, tag, words: talk.say(
        *(f'* LIST ({chr(92) + "Trash" if name == "Trash" else ""}) "/" {name}' for name in desk.imapd.boxes), f"{tag} OK done") or True
    desk.home.run("sync", check=True)
    assert len(desk.ids("Trash")) == 30
    lose(desk, range(1, 31), "Trash")
    desk.home.run("sync", check=True)
    assert desk.ids("Trash") == []


def test_p45_a_folder_that_is_listed_no_more_is_kept_until_it_is_allowed(desk):
    del desk.imapd.boxes["Work"]
    assert "Work is not at the server any more, with 3 messages" in asked(desk)
    asked(desk)
    assert desk.ids("Work") == wanted(50, 51, 52)
    desk.home.run("sync", "--accept-deletions", "=Work", check=True)
    desk.home.run("sync", check=True)
    assert not desk.folder("Work").exists() and "Work" not in desk.imapd.boxes


def test_p45_a_folder_that_is_kept_is_not_asked_about_again(desk):
    del desk.imapd.boxes["Work"]
    asked(desk)
    desk.home.run("sync", "--keep", "=Work", check=True)
    desk.home.run("sync", check=True)
    assert desk.ids("Work") == wanted(50, 51, 52)
    desk.imapd.boxes["Work"] = Box([letter(i) for i in range(50, 54)], uidvalidity=3000)
    desk.home.run("sync", check=True)
    assert desk.ids("Work") == wanted(50, 51, 52, 53)


def test_p45_a_folder_with_nothing_in_it_goes_without_a_word(desk):
    assert desk.folder("Archive").exists()
    del desk.imapd.boxes["Archive"]
    desk.home.run("sync", check=True)
    assert not desk.folder("Archive").exists()


def test_p45_a_folder_renamed_there_is_renamed_here(desk):
    desk.imapd.boxes["Job"] = desk.imapd.boxes.pop("Work")
    desk.home.run("sync", check=True)
    assert desk.ids("Job") == wanted(50, 51, 52) and not desk.folder("Work").exists()


def test_json_tells_a_program_what_is_asked(desk):
    lose(desk, range(1, 31))
    desk.home.run("sync", "=INBOX", "--json")
    done = desk.home.run("sync", "--json")
    assert done.returncode == 1
    assert f'{{"event":"vanished","mailbox":"{desk.url}INBOX","gone":30,"of":30}}' in done.stdout.replace('": ', '":').replace(', "', ',"')


def test_what_is_gone_while_somebody_looks_is_asked_of_him_and_of_who_comes_later(desk):
    wire = desk.start()
    wire.open(desk.url + "INBOX")
    lose(desk, range(1, 31))
    desk.home.run("sync")
    assert wire.wait("VANISHED")[:3] == (desk.url + "INBOX", 30, 30)
    wire.close()
    wire = Wire(desk.home.data)
    wire.open(desk.url + "INBOX")
    assert wire.wait("VANISHED")[:3] == (desk.url + "INBOX", 30, 30)
    wire.ask("CONFIRM", desk.url + "INBOX", True)
    assert desk.ids() == []
    wire.close()


def test_files_missing_here_are_asked_about_first_and_one_word_is_for_one_question(desk):
    lose(desk, range(1, 17))
    asked(desk)
    desk.home.stop_engine()
    desk.age()
    for path in desk.files()[:25]:
        path.unlink()
    desk.age()
    assert "nothing is deleted at the server" in asked(desk)
    desk.home.run("sync", "--keep", "=INBOX")
    assert len(desk.inbox().messages) == 14, "the word was not for these"


def test_killed_after_each_step_nothing_goes_that_was_not_allowed(desk):
    lose(desk, range(1, 31))
    for stop in range(1, 30):
        if desk.once(status=None, env={"CUR_TEST_STOP": str(stop)}).returncode == 1:
            break
        assert len(desk.ids()) == 30
    assert stop > 1
    asked(desk)
    desk.home.run("sync", "--accept-deletions", "=INBOX", check=True)
    assert desk.ids() == []
