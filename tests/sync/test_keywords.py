# SPDX-License-Identifier: GPL-3.0-or-later
"""IMAP keywords are kept and merged as flags are: server, Maildir letters, `cur list`, the full-text index."""

import shutil
import sqlite3
import time

import pytest
from desk import letter
from pace import deadline
from wire import Refused

FLAGGED = 1 << 1


def tags(desk, folder="INBOX"):
    """{subject: sorted tags} as `cur list` gives them."""
    return {row["subject"]: sorted(row["tags"]) for row in desk.home.json("list", desk.home.url + folder)}


def flag(desk, how, words, uid, folder="INBOX"):
    desk.server.doveadm("flags", how, "-u", "anna", words, "mailbox", folder, "uid", str(uid))


def there(desk, folder="INBOX"):
    """{uid: keywords} of the messages at the server that have some."""
    every = {uid: sorted(flag for flag in flags if not flag.startswith("\\")) for uid, flags in desk.uids_there(folder).items()}
    return {uid: words for uid, words in every.items() if words}


@pytest.fixture
def pair(desk):
    """Two messages at the server, synced once."""
    desk.server.fill([letter(0), letter(1)])
    desk.server.doveadm("mailbox", "create", "-u", "anna", "Archive")
    desk.once()
    desk.lids = dict(desk.numbers())
    return desk


class at_work:
    """The engine with its INBOX open; at the end everything is pushed and it is stopped."""

    def __init__(self, desk):
        self.desk = desk

    def __enter__(self):
        self.wire = self.desk.start()
        self.inbox = self.wire.open(self.desk.home.url + "INBOX")
        return self

    def tag(self, lid, add, remove=""):
        self.wire.ask("TAG", self.inbox, [lid], add, remove)

    def __exit__(self, *error):
        if error == (None, None, None):
            self.wire.ask("SYNC", [], True)
        self.wire.close()
        self.desk.stop()


def test_a_keyword_set_there_is_a_tag_here_and_goes_when_it_goes_there(pair):
    flag(pair, "add", "todo $Junk", 1)
    pair.once()
    assert tags(pair) == {"letter 0": ["$Junk", "todo"], "letter 1": []}
    pair.home.stop_engine()
    assert sorted((pair.folder() / "dovecot-keywords").read_text().splitlines()) in (["0 $Junk", "1 todo"], ["0 todo", "1 $Junk"])
    assert [path.name.endswith(":2,ab") for path in pair.files()].count(True) == 1
    flag(pair, "remove", "todo", 1)
    pair.once()
    assert tags(pair)["letter 0"] == ["$Junk"]


def test_new_mail_comes_with_its_keywords_and_is_still_new(desk):
    desk.server.fill([letter(0), letter(1)])
    flag(desk, "add", "NonJunk", 2)
    desk.once()
    rows = {row["subject"]: row for row in desk.home.json("list", desk.home.url + "INBOX")}
    assert [rows["letter 1"][key] for key in ("tags", "new", "flags")] == [["NonJunk"], True, []]
    assert rows["letter 0"]["tags"] == []


def test_a_keyword_set_here_is_there_and_goes_there_when_it_goes_here(pair):
    with at_work(pair) as engine:
        engine.tag(pair.lids[2], "todo later")
    assert there(pair) == {2: ["later", "todo"]}
    with at_work(pair) as engine:
        engine.tag(pair.lids[2], "done", "LATER unknown")
    assert there(pair) == {2: ["done", "todo"]}
    assert tags(pair)["letter 1"] == ["done", "todo"]
    assert pair.steps() == []


def test_changes_on_both_sides_are_merged(pair):
    flag(pair, "add", "one two", 1)
    pair.once()
    flag(pair, "add", "theirs \\Answered", 1)
    flag(pair, "remove", "one", 1)
    with at_work(pair) as engine:
        engine.tag(pair.lids[1], "ours", "two")
        engine.wire.ask("MARK", engine.inbox, [pair.lids[1]], FLAGGED, 0)
    pair.once()
    assert there(pair) == {1: ["ours", "theirs"]}
    assert tags(pair)["letter 0"] == ["ours", "theirs"]
    assert {"\\Answered", "\\Flagged"} <= set(pair.uids_there()[1])


def test_keywords_go_with_a_message_that_is_moved_or_copied(pair):
    flag(pair, "add", "filler", 2)
    flag(pair, "add", "first second", 1)
    pair.once()
    (pair.folder("Archive") / "dovecot-keywords").write_text("0 other\n1 letters\n2 here\n")
    pair.once()
    archive = pair.home.url + "Archive"
    with at_work(pair) as engine:
        engine.tag(pair.lids[1], "third")
        engine.wire.ask("COPY", engine.inbox, [pair.lids[1]], archive)
        engine.wire.ask("MOVE", engine.inbox, [pair.lids[2]], archive)
    pair.once()
    assert sorted(there(pair, "Archive").values()) == [["filler"], ["first", "second", "third"]]
    assert tags(pair, "Archive") == {"letter 0": ["first", "second", "third"], "letter 1": ["filler"]}
    assert tags(pair) == {"letter 0": ["first", "second", "third"]}


def test_a_folder_that_held_keywords_goes_whole_when_it_is_deleted(pair):
    with at_work(pair) as engine:
        engine.tag(pair.lids[1], "todo")
        engine.wire.ask("COPY", engine.inbox, [pair.lids[1]], pair.home.url + "Archive")
        assert (pair.folder("Archive") / "dovecot-keywords").exists()
        engine.wire.ask("DELETE", pair.home.url + "Archive")
        assert not pair.folder("Archive").exists()


def test_keywords_go_with_a_new_message(pair):
    """Set before the server has heard of the message."""
    with at_work(pair) as engine:
        pair.server.stop()
        draft = pair.home.path / "draft"
        draft.write_bytes(letter(9))
        engine.wire.ask("APPEND", pair.home.url + "INBOX", str(draft), 0, 1700000000)
        engine.tag(max(pair.lids.values()) + 1, "born-here")
        pair.server.start()
    pair.once()
    assert list(there(pair).values()) == [["born-here"]]


def test_p30_keywords_stay_when_the_mailbox_is_made_anew(pair):
    flag(pair, "add", "agreed", 1)
    pair.once()
    with at_work(pair) as engine:
        engine.tag(pair.lids[2], "ours")
    pair.server.stop()
    for old in (pair.server.folder / "mail/anna/Maildir").glob("dovecot*"):
        if old.name != "dovecot-keywords":
            old.unlink()
    pair.server.start()
    flag(pair, "add", "theirs", 1)
    pair.once()
    pair.once()
    assert tags(pair) == {"letter 0": ["agreed", "theirs"], "letter 1": ["ours"]}
    assert sorted(there(pair).values()) == [["agreed", "theirs"], ["ours"]]


def test_letters_that_another_program_set_reach_the_server(pair):
    flag(pair, "add", "todo", 1)
    pair.once()
    [path] = [path for path in pair.files() if ",U=2" in path.name]
    keywords = pair.folder() / "dovecot-keywords"
    keywords.write_text(keywords.read_text() + "1 theirs\n24 beyond\n")
    path.rename(path.parent.parent / "cur" / (path.name.partition(":2,")[0] + ":2,abhz"))
    pair.age()
    pair.once()
    assert there(pair) == {1: ["todo"], 2: ["theirs", "todo"]}, "a letter without a name is nobody's keyword"
    assert [name for name in (file.name for file in pair.files()) if name.endswith(":2,abhz")]
    with at_work(pair) as engine:
        engine.tag(pair.lids[1], "c d e f g h")
    lines = keywords.read_text().splitlines()
    assert "24 beyond" in lines and "7 h" not in lines, "the letter that is in use is not given to another name"
    assert there(pair)[2] == ["theirs", "todo"]


def test_a_file_that_another_program_moves_keeps_its_keywords(pair):
    """A letter means the same in all folders of an account, as long as there are letters enough."""
    flag(pair, "add", "first", 2)
    flag(pair, "add", "second", 1)
    pair.once()
    [path] = [path for path in pair.files() if ",U=1" in path.name]
    path.rename(pair.folder("Archive") / "cur" / path.name.replace(",U=1", ""))
    for _ in range(3):
        pair.age()
        pair.once()
    assert list(there(pair, "Archive").values()) == [["second"]]
    assert tags(pair, "Archive") == {"letter 0": ["second"]}


# What the schema's steps from version 1 on made.
BACK_TO_1 = ("DROP TRIGGER messages_text; DROP INDEX messages_partial; ALTER TABLE messages DROP COLUMN partial; DROP TABLE act_items; DROP TABLE acts; DROP TABLE vanished; DROP INDEX messages_by_object; ALTER TABLE messages DROP COLUMN object;"
             "ALTER TABLE uidls DROP COLUMN size_bytes; ALTER TABLE uidls DROP COLUMN header_only; DROP TRIGGER messages_retag; DROP TABLE retag; ALTER TABLE mailboxes DROP COLUMN keywords;")


def test_d54_an_older_state_is_kept_brought_up_to_date_and_learns_the_keywords(pair):
    pair.home.stop_engine()
    db = sqlite3.connect(pair.home.data / "state.db")
    db.executescript(f"{BACK_TO_1} PRAGMA user_version = 1;")
    before = db.execute("SELECT mailbox, lid, uid, agreed, base FROM messages").fetchall()
    db.close()
    flag(pair, "add", "todo", 1)
    flag(pair, "remove", "todo", 1)
    pair.once()
    db = sqlite3.connect(pair.home.data / "state.db")
    assert db.execute("SELECT mailbox, lid, uid, agreed, base FROM messages").fetchall() == before
    assert db.execute("PRAGMA user_version").fetchone() == (4,)
    assert sqlite3.connect(pair.home.data / "state.db.v1").execute("PRAGMA user_version").fetchone() == (1,)


def test_keywords_of_a_state_that_did_not_keep_them_are_listed(pair):
    flag(pair, "add", "todo", 1)
    pair.once()
    pair.home.stop_engine()
    db = sqlite3.connect(pair.home.data / "state.db")
    db.executescript(BACK_TO_1 +
                     "UPDATE messages SET agreed = agreed & 63, mark = mark & 511; PRAGMA user_version = 1;")
    db.close()
    for kept in (pair.folder() / "dovecot-keywords", *pair.home.path.rglob("headers.mdb*")):
        kept.unlink()
    [path] = [path for path in pair.files() if path.name.endswith(":2,a")]
    path.rename(path.with_name(path.name[:-1]))
    pair.age()
    pair.once()
    assert tags(pair)["letter 0"] == ["todo"]


@pytest.mark.parametrize("name", ["two words", "with\x1b[31m", "p(aren", "k" * 1000, "\\Recent", "ünïcode", "$Forwarded"])
def test_what_cannot_be_a_keyword_is_refused(pair, name):
    with at_work(pair) as engine:
        if " " in name:
            engine.tag(pair.lids[1], name)
        else:
            with pytest.raises(Refused) as refused:
                engine.tag(pair.lids[1], name)
            assert "cannot be a keyword" in str(refused.value) and "\x1b" not in str(refused.value)
    assert there(pair) == ({1: ["two", "words"]} if " " in name else {})


def test_p42_a_keyword_that_the_server_refuses_is_shown_and_holds_up_nothing_else(pair):
    """Dovecot takes 50 bytes."""
    wire = pair.start()
    inbox = wire.open(pair.home.url + "INBOX")
    wire.ask("TAG", inbox, [pair.lids[1]], "k" * 80, "")
    wire.ask("TAG", inbox, [pair.lids[2]], "good", "")
    for lid in pair.lids.values():
        wire.ask("MARK", inbox, [lid], FLAGGED, 0)
    with pytest.raises(Refused):
        wire.ask("SYNC", [], True)
    wire.close()
    there = pair.uids_there()
    assert there[1] == ["\\Flagged"] and sorted(there[2]) == ["\\Flagged", "good"]
    status = pair.home.run("status").stdout
    assert "1 'flags' in INBOX refused" in status and "too long" in status
    assert tags(pair) == {"letter 0": ["k" * 80], "letter 1": ["good"]}


def notmuch(home, query):
    done = home.run("search", "--output=messages", query, program="/usr/bin/notmuch",
                    env={"NOTMUCH_CONFIG": str(home.data / "index/config")})
    return sorted(done.stdout.split())


def test_keywords_are_tags_of_the_full_text_index(pair):
    if not shutil.which("notmuch"):
        pytest.skip("notmuch is not here")
    flag(pair, "add", "todo", 1)

    def finds(query, *ids):
        end = deadline(20)
        while (found := notmuch(pair.home, query)) != [f"id:letter-{i}@example.net" for i in ids] and time.monotonic() < end:
            time.sleep(0.1)
        return found == [f"id:letter-{i}@example.net" for i in ids]

    with at_work(pair) as engine:
        engine.wire.ask("SYNC", [], True)
        assert finds("tag:todo", 0)
        pair.home.run("tag", "+mine", "--", "id:letter-0@example.net", program="/usr/bin/notmuch",
                      env={"NOTMUCH_CONFIG": str(pair.home.data / "index/config")}, check=True)
        engine.tag(pair.lids[2], "todo")
        assert finds("tag:todo", 0, 1)
        engine.tag(pair.lids[1], "later", "todo")
        assert finds("tag:todo", 1) and finds("tag:later", 0)
        assert finds("tag:mine", 0), "a tag of the user's own stays"
