# SPDX-License-Identifier: GPL-3.0-or-later
"""The engine against a server that does what no server should (P30–P48): nothing is lost, nothing doubled, and
whoever asked is told."""

import re
import resource
import threading
import time

import pytest
from desk import letter, wanted
from fake import Fake
from imapd import Box
from pace import SLOW, patience
from wire import Refused, Wire

CONDSTORE = "IMAP4rev1 UIDPLUS UNSELECT MOVE CONDSTORE"


# ---- what no line may hold (P10, P17–P19) ----

def test_p10_an_alert_is_shown_as_the_servers_words_without_its_controls(odd):
    desk = odd(once=False)
    desk.imapd.odd["SELECT"] = lambda talk, tag, words: talk.say("* OK [ALERT] \x1b[31mfire\x9b1m \u202e in the house" + "!" * 100000)
    done = desk.home.run("sync", check=True)
    assert "the server says: " in done.stderr and "fire" in done.stderr and "in the house" in done.stderr
    assert not set("\x1b\x9b\u202e") & set(done.stderr) and len(done.stderr) < 5000


def test_p17_p18_a_line_without_an_end_is_given_up_in_little_memory(odd):
    desk = odd(once=False)

    def endless(talk, tag, words):
        while True:
            talk.connection.sendall(b"x" * 1000000)

    desk.imapd.odd["LIST"] = endless
    before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    done = desk.once(status=1)
    assert resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss < before + 16 * 1024 * max(1, SLOW ** 2)
    assert "without an end" in done.stderr + desk.log()


@pytest.mark.parametrize("size", ["4294967296", "18446744073709551616", "-1", "+5", "", "5a"])
def test_p19_a_literal_of_no_size_ends_the_session_and_stores_nothing(odd, size):
    desk = odd(once=False)

    def lie(talk, tag, words):
        if "BODY" not in " ".join(words):
            return False
        talk.say(f"* 1 FETCH (UID 1 FLAGS () BODY[] {{{size}}}", "Subject: x", "", ")", f"{tag} OK done")
        return True

    desk.imapd.odd["UID FETCH"] = lie
    assert desk.once(status=None).returncode != 0
    assert desk.here()["INBOX"] == [] and desk.rows() == 0
    desk.imapd.odd.clear()
    desk.once()
    assert desk.ids() == wanted(0, 1, 2, 3, 4)


# ---- numbers that change (P30–P34) ----

@pytest.mark.parametrize("capabilities", ["IMAP4rev1 UIDPLUS UNSELECT MOVE", CONDSTORE], ids=["plain", "condstore"])
def test_p30_a_deletion_for_the_old_uidvalidity_hits_no_message_of_the_new(odd, capabilities):
    desk = odd(capabilities=capabilities)
    desk.age()
    next(path for path in desk.files() if re.search(",U=2(:|$)", path.name)).unlink()
    fresh = Box([letter(i) for i in (10, 11, 12)], uidvalidity=2000)
    for uid in (1, 3, 4, 5):
        fresh.add(desk.inbox().messages[uid][0])
    desk.imapd.odd["UID STORE"] = lambda talk, tag, words: talk.say(f"{tag} NO not now") or True
    desk.once(status=None)
    del desk.imapd.odd["UID STORE"]
    desk.imapd.boxes["INBOX"] = fresh
    for _ in range(3):
        desk.age()
        desk.once(status=None)
    assert desk.ids() == wanted(0, 2, 3, 4, 10, 11, 12)
    assert len(fresh.messages) == 7


def test_p32_without_uidvalidity_nothing_is_touched_and_it_is_told(odd):
    desk = odd({"INBOX": [letter(1)], "Odd": Box([letter(2)], uidvalidity=0)}, once=False)
    done = desk.once(status=1)
    assert "UIDVALIDITY" in desk.log() and "Odd" in desk.log(), done.stderr
    assert desk.ids() == wanted(1)
    assert not any(line.startswith("UID") and "Odd" in line for line in desk.imapd.asked)


def test_p33_a_uidnext_that_falls_deletes_nothing_and_fetches_nothing_twice(odd):
    desk = odd()
    before = {p.stat().st_ino for p in desk.files()}
    box = desk.inbox()
    first = {uid - 2: box.messages[uid] for uid in (3, 4, 5)}
    box.messages, box.uidnext = first, 4
    desk.once()
    desk.once()
    assert desk.ids() == wanted(0, 1, 2, 3, 4)
    assert {p.stat().st_ino for p in desk.files()} == before
    assert len(box.messages) == 5  # what the server has lost goes back to it


@pytest.mark.parametrize("capabilities", ["IMAP4rev1 UIDPLUS UNSELECT MOVE", CONDSTORE], ids=["plain", "condstore"])
def test_p34_a_uid_that_is_another_message_now_keeps_both(odd, capabilities):
    desk = odd(capabilities=capabilities)
    box = desk.inbox()
    box.messages[3] = [letter(77, body="quite another\n").replace(b"\n", b"\r\n"), set(), 0]
    box.touch(3)
    for _ in range(2):
        desk.once(status=None)
    assert desk.ids() == wanted(0, 1, 2, 3, 4, 77)
    assert sorted(box.messages) == [1, 2, 3, 4, 5], "nothing is put there that was gone there"


def test_d47_what_cannot_be_kept_aside_is_not_deleted(odd):
    desk = odd()
    (desk.home.data / "lost+found").write_text("in the way")
    [path] = [path for path in desk.files() if re.search(",U=2(:|$)", path.name)]
    path.rename(desk.folder() / "cur" / (path.name.partition(":2,")[0] + ":2,F"))
    desk.inbox().remove(2)
    desk.imapd.odd["UID STORE"] = lambda talk, tag, words: talk.say(f"{tag} NO not now") or True
    desk.once(status=1)
    assert desk.ids() == wanted(0, 1, 2, 3, 4)
    del desk.imapd.odd["UID STORE"]
    (desk.home.data / "lost+found").unlink()
    desk.once()
    assert desk.ids() == wanted(0, 2, 3, 4)
    assert len(list((desk.home.data / "lost+found/cur").iterdir())) == 1


def test_d47_what_is_expunged_while_its_flag_is_on_the_way_lies_in_lost_and_found(odd):
    desk = odd()
    desk.imapd.odd["UID STORE"] = lambda talk, tag, words: desk.inbox().remove(2)
    [path] = [path for path in desk.files() if re.search(",U=2(:|$)", path.name)]
    path.rename(desk.folder() / "cur" / (path.name.partition(":2,")[0] + ":2,F"))
    desk.once()
    desk.imapd.odd.clear()
    desk.once()
    assert desk.ids() == wanted(0, 2, 3, 4)
    assert len(list((desk.home.data / "lost+found/cur").iterdir())) == 1
    assert desk.steps() == []


def test_d47_a_server_that_does_not_show_the_flags_it_stored_is_asked(odd):
    desk = odd()
    store = desk.imapd.uid_store
    desk.imapd.odd["UID STORE"] = lambda talk, tag, words: store(talk, tag, [*words[:2], words[2] + ".SILENT", *words[3:]]) or True
    for path in desk.files():
        path.rename(desk.folder() / "cur" / (path.name.partition(":2,")[0] + ":2,F"))
    desk.once()
    assert all("\\Flagged" in flags for _text, flags, _modseq in desk.inbox().messages.values())
    assert desk.steps() == []
    del desk.imapd.asked[:]
    desk.once()
    assert not [line for line in desk.imapd.asked if "STORE" in line]


# ---- answers that lie (P35–P39) ----

@pytest.mark.parametrize("uid", ["0", "4294967296", "99999999999999999999"])
def test_p35_a_uid_that_is_none_is_told_and_no_success(odd, uid):
    desk = odd(once=False)

    def lie(talk, tag, words):
        talk.say(f"* 1 FETCH (UID {uid} FLAGS ())")
        return False

    desk.imapd.odd["UID FETCH"] = lie
    desk.once(status=1)
    assert "UID" in desk.log()
    assert desk.ids() == wanted(0, 1, 2, 3, 4)


@pytest.mark.parametrize("times, status", [(1, 0), (2, 1)], ids=["once", "twice"])
def test_p35_uids_that_come_backwards_are_taken_and_what_comes_twice_is_told(odd, times, status):
    desk = odd(once=False)

    def backwards(talk, tag, words):
        for uid in reversed(talk.box.chosen(words[1]) * times):
            talk.say(desk.imapd.items(talk, uid, " ".join(words[2:])))
        talk.say(f"{tag} OK done")
        return True

    desk.imapd.odd["UID FETCH"] = backwards
    desk.once(status=status)
    assert desk.ids() == wanted(0, 1, 2, 3, 4) and desk.rows() == 5
    before = {p.stat().st_ino for p in desk.files()}
    desk.imapd.odd.clear()
    desk.once()
    assert desk.ids() == wanted(0, 1, 2, 3, 4) and {p.stat().st_ino for p in desk.files()} == before


@pytest.mark.parametrize("answer", ["another", "none", "unknown"])
def test_p36_an_answer_for_another_uid_is_a_message_that_is_missing(odd, answer):
    desk = odd(once=False)

    def lie(talk, tag, words):
        if "BODY" not in " ".join(words):
            return False
        for uid in talk.box.chosen(words[1]):
            line = desk.imapd.items(talk, uid, " ".join(words[2:]))
            if uid == 3:
                line = {"another": line.replace(b"UID 3 ", b"UID 4 "), "unknown": line.replace(b"UID 3 ", b"UID 77 "), "none": b""}[answer]
            if line:
                talk.say(line)
        talk.say(f"{tag} OK done")
        return True

    desk.imapd.odd["UID FETCH"] = lie
    desk.once(status=1)
    assert "messages of INBOX could not be fetched" in desk.log()
    assert "<letter-2@example.net>" not in dict(desk.here()["INBOX"]) or answer == "another"
    del desk.imapd.odd["UID FETCH"]
    desk.once()
    assert desk.ids() == wanted(0, 1, 2, 3, 4)


def test_p37_an_expunge_in_the_middle_of_a_fetch_shifts_nothing(odd):
    desk = odd(once=False)

    def expunge(talk, tag, words):
        if "BODY" in " ".join(words) and 2 in talk.box.messages:
            talk.say(desk.imapd.items(talk, 1, " ".join(words[2:])), "* 2 EXPUNGE")
            del talk.box.messages[2]
            words[1] = "3:*"
        return False

    desk.imapd.odd["UID FETCH"] = expunge
    desk.once()
    assert desk.ids() == wanted(0, 2, 3, 4)
    desk.once()
    assert desk.ids() == wanted(0, 2, 3, 4)


@pytest.mark.parametrize("capabilities", ["IMAP4rev1 UIDPLUS UNSELECT MOVE", CONDSTORE], ids=["plain", "condstore"])
def test_p38_messages_left_out_of_the_list_are_not_gone(odd, capabilities):
    desk = odd(capabilities=capabilities)
    desk.inbox().add(letter(5))

    def forgetful(talk, tag, words):
        talk.say(f"{tag} OK that is all I remember")
        return True

    desk.imapd.odd["UID FETCH"] = forgetful
    desk.imapd.odd["UID SEARCH"] = lambda talk, tag, words: talk.say("* SEARCH", f"{tag} OK done") or True
    desk.once(status=1)
    assert desk.ids() == wanted(0, 1, 2, 3, 4)
    assert "lists 0 of 6 messages" in desk.log()
    desk.imapd.odd.clear()
    desk.once()
    assert desk.ids() == wanted(0, 1, 2, 3, 4, 5)


def test_p38_exists_that_falls_deletes_nothing(odd):
    desk = odd()

    def shrink(talk, tag, words):
        talk.say("* 2 EXISTS")
        return False

    desk.imapd.odd["UID FETCH"] = shrink
    desk.once()
    assert desk.ids() == wanted(0, 1, 2, 3, 4)


def test_p39_a_modseq_that_falls_means_all_flags_are_asked_for(odd):
    desk = odd(capabilities=CONDSTORE)
    desk.inbox().modseq -= 3
    desk.inbox().messages[2][1].add("\\Flagged")
    desk.once()
    assert ("<letter-1@example.net>", "F") in desk.here()["INBOX"]


# ---- what happens meanwhile ----

def test_p40_what_is_moved_while_the_server_lists_is_not_fetched_again(odd):
    desk = odd({"INBOX": [letter(i) for i in range(5)], "Archive": []})
    wire = desk.start()
    user = Wire(desk.home.data)
    inbox = wire.open(desk.url + "INBOX")
    wire.ask("SYNC", [], True)
    [lid] = [lid for uid, lid in desk.numbers() if uid == 2]

    def meanwhile(talk, tag, words):
        if "BODY" not in " ".join(words):
            del desk.imapd.odd["UID FETCH"]
            desk.imapd.uid_fetch(talk, "* OK", words)
            user.ask("MOVE", inbox, [lid], desk.url + "Archive")
            talk.say(f"{tag} OK done")
            return True
        return False

    desk.imapd.odd["UID FETCH"] = meanwhile
    for _ in range(2):
        wire.ask("SYNC", [], True)
    user.close()
    wire.close()
    assert desk.ids() == wanted(0, 2, 3, 4) and desk.ids("Archive") == wanted(1)
    assert sorted(desk.inbox().messages) == [1, 3, 4, 5]
    assert not any("BODY" in line and "FETCH 2 " in line for line in desk.imapd.asked)


# ---- silence and farewells (P08, P52, P54) ----

@pytest.mark.parametrize("scheme", ["imaps", "imap", "pops", "pop"])
def test_p52_a_server_that_says_nothing_holds_nobody_longer_than_connect_timeout(odd, certificate, scheme):
    desk = odd(once=False)
    desk.fake.close()
    desk.fake = Fake(lambda talk: talk.silence(), certificate if scheme.endswith("s") else None)
    url = f"{scheme}://anna@localhost:{desk.fake.port}/"
    account = f'set pop_host="{url}" pop_pass=secret' if "pop" in scheme else f'set folder="{url}" imap_pass=secret'
    desk.home.muttrc(f'set from=anna@example.org connect_timeout=2 ssl_ca_certificates_file="{certificate.ca}"\n{account}\n')
    begun = time.monotonic()
    done = desk.home.run("sync")
    assert time.monotonic() - begun < patience(8), "two seconds, and what a busy machine takes"
    assert done.returncode == 75 and str(desk.fake.port) in done.stderr, done


@pytest.mark.parametrize("command", ["LIST", "SELECT", "UID FETCH", "CAPABILITY"])
def test_p54_a_farewell_in_the_middle_ends_the_session_at_once_with_its_words(odd, command):
    desk = odd(once=False)

    def farewell(talk, tag, words):
        talk.say("* BYE shutting down for tea")
        talk.silence()
        return True

    desk.imapd.odd[command] = farewell
    begun = time.monotonic()
    done = desk.home.run("sync")
    assert time.monotonic() - begun < patience(8)
    assert done.returncode == 75 and "shutting down for tea" in done.stderr, done


@pytest.mark.parametrize("capabilities", ["IMAP4rev1 UIDPLUS IDLE", "IMAP4rev1 UIDPLUS"], ids=["idle", "no idle"])
def test_p54_a_farewell_while_nothing_is_done_makes_the_engine_come_back(odd, capabilities):
    desk = odd(once=False, capabilities=capabilities)
    went, talks = threading.Event(), []

    def idle(talk, tag, words):
        talk.say("+ idling")
        if not went.is_set():
            went.set()
            desk.inbox().add(letter(6))
            talk.say("* BYE shutting down for tea")
            talk.silence()
        else:
            talk.hear()
            talk.say(f"{tag} OK done")
        return True

    def heard(talk, tag, words):
        talks.append(talk)
        return False

    desk.imapd.odd.update({"IDLE": idle, "LSUB": heard})
    wire = desk.start()
    wire.ask("SYNC", [], True)
    if "IDLE" not in capabilities:
        desk.inbox().add(letter(6))
        talks[0].say("* BYE shutting down for tea")
    desk.until(lambda: wanted(6)[0] in desk.ids())
    wire.close()
    assert desk.fake.connections == 2 and "shutting down for tea" in desk.log()


# ---- refusals (P42) ----

def refuse(words):
    return lambda talk, tag, _words: talk.say(f"{tag} NO {words}") or True


@pytest.fixture
def refusing(odd):
    """A move, a flag and a new message that the server refuses, and the engine that has tried."""
    desk = odd({"INBOX": [letter(i) for i in range(5)], "Archive": []})
    wire = desk.start()
    inbox = wire.open(desk.url + "INBOX")
    lids = dict(desk.numbers())
    for command in ("UID MOVE", "UID STORE"):
        desk.imapd.odd[command] = refuse("[OVERQUOTA] no room for that")
    wire.ask("MOVE", inbox, [lids[1], lids[2]], desk.url + "Archive")
    wire.ask("MARK", inbox, [lids[3]], 1 << 1, 0)
    with pytest.raises(Refused):
        wire.ask("SYNC", [], True)
    wire.close()
    return desk


def test_p42_what_the_server_refuses_is_shown_with_its_words_and_the_source_is_untouched(refusing):
    assert sorted(refusing.inbox().messages) == [1, 2, 3, 4, 5]
    status = refusing.home.run("status", check=True).stdout.splitlines()
    assert len([line for line in status if "refused" in line]) == 2, status
    assert any("2 'move' in Archive refused" in line and "no room for that" in line for line in status), status
    assert any("1 'flags' in INBOX refused" in line and "no room for that" in line for line in status), status
    rows = refusing.home.json("status")
    assert [row["count"] for row in rows if row.get("refused") == "move"] == [2]
    done = refusing.home.run("sync")
    assert done.returncode == 75 and "'move' in Archive" in done.stderr and "'flags' in INBOX" in done.stderr, done.stderr


def test_p42_what_was_refused_is_done_by_a_later_sync(refusing):
    refusing.imapd.odd.clear()
    refusing.home.run("sync", check=True)
    assert refusing.ids("Archive") == wanted(0, 1) and sorted(refusing.inbox().messages) == [3, 4, 5]
    assert refusing.inbox().messages[3][1] == {"\\Flagged"}
    assert "refused" not in refusing.home.run("status", check=True).stdout
    assert refusing.steps() == []


def test_p42_what_is_given_up_leaves_both_sides_as_they_are(refusing):
    name = refusing.home.json("status")[0]["account"]
    refusing.home.run("sync", "--give-up", name, check=True)
    assert refusing.steps() == []
    assert sorted(refusing.ids() + refusing.ids("Archive")) == wanted(0, 0, 1, 1, 2, 3, 4), "moved here, not moved there: both are kept"
    assert dict(refusing.here()["INBOX"])["<letter-2@example.net>"] == ""
    refusing.home.run("sync", check=True)
    assert sorted(refusing.inbox().messages) == [1, 2, 3, 4, 5] and not refusing.imapd.boxes["Archive"].messages


# ---- folders (P45–P49) ----

MANY = {"INBOX": [letter(1)], **{f"Box{i}": [letter(10 + i)] for i in range(6)}}


@pytest.mark.parametrize("listed", [[], ["INBOX"], ["INBOX", "Box1"]], ids=["empty", "one", "two of seven"])
def test_p45_a_list_that_is_empty_or_much_shorter_removes_nothing_and_is_told(odd, listed):
    desk = odd(MANY)
    desk.imapd.odd["LIST"] = lambda talk, tag, words: talk.say(*(f'* LIST () "/" {name}' for name in listed), f"{tag} OK done") or True
    done = desk.home.run("sync")
    assert done.returncode == 1 and "mailboxes" in done.stderr, done
    assert sorted(desk.here()) == sorted(MANY)
    desk.home.stop_engine()
    desk.imapd.odd.clear()
    desk.once()
    assert all(len(box) == 1 for box in desk.here().values())


def test_p47_hostile_names_stay_in_the_account_and_come_back_as_they_were(odd):
    names = ["..", "../x", "../../../etc", "/etc", "a//b", "~", "~root", "x" * 5000, "cur", "new", "tmp", ".notmuch", "inbox", "Inbox", "INBOX/cur",
             "a/../../b", ".", "Box/new", "con", " ", "a\\b", "%2e%2e"]
    desk = odd({"INBOX": [letter(1)], **{name: [letter(100 + i)] for i, name in enumerate(names) if name.upper() != "INBOX"}}, once=False)
    boxes = desk.imapd.boxes

    def every(talk, tag, words):
        for name in names + ["INBOX", "INBOX"]:
            quoted = name.replace("\\", "\\\\")
            talk.say(f'* LIST () "/" "{quoted}"')
        talk.say(f"{tag} OK done")
        return True

    desk.imapd.odd["LIST"] = every
    top = {p for p in desk.home.path.rglob("*") if "data" not in p.parts}
    desk.once(status=None)
    account = desk.account()
    assert {p for p in desk.home.path.rglob("*") if "data" not in p.parts and "cache" not in p.parts} <= top
    assert not [p for p in account.rglob("*") if p.name in ("..", ".", "~")]
    found = {}
    for cur in account.rglob("cur"):
        if cur.is_dir() and (cur.parent / "tmp").is_dir():
            for path in [*cur.iterdir(), *(cur.parent / "new").iterdir()]:
                if path.is_file():
                    found.setdefault(path.read_bytes(), []).append(path)
    here = [one[0] for box in boxes.values() for one in box.messages.values()]
    kept = [m for m in here if m.replace(b"\r\n", b"\n") in found]
    assert all(len(paths) == 1 for paths in found.values())
    lost = [name for name, box in boxes.items() for one in box.messages.values() if one[0] not in kept]
    assert [len(name) for name in lost] == [5000], "only what is too long may be left out"
    assert "left out" in desk.log()
    asked = {line for line in desk.imapd.asked if line.startswith("SELECT")}
    desk.once(status=None)
    assert {line for line in desk.imapd.asked if line.startswith("SELECT")} == asked


def test_p48_names_that_are_no_utf7_are_asked_for_byte_by_byte(odd):
    names = ["&", "&-&", "&AA", "&2AA-", "&AGE-", "R&AOk-sum&AOk-", "plain&-too", "tr%41p"]
    desk = odd({"INBOX": [letter(1)], **{name: [letter(100 + i)] for i, name in enumerate(names)}})
    assert sum(len(box) for box in desk.here().values()) == 1 + len(names)
    asked = {line.split('"')[1] for line in desk.imapd.asked if line.startswith("SELECT")}
    assert asked == {"INBOX", *names}
    assert "Résumé" in desk.here()


def test_p49_many_mailboxes_are_listed_in_time(odd):
    """A hundred thousand, a thousand levels, a delimiter that has to be quoted, and none."""
    desk = odd({"INBOX": [letter(1)]})
    lines = b"".join(b'* LIST (\\NoSelect) "/" "%d/%d"\r\n' % (i % 300, i) for i in range(100000))

    def many(talk, tag, words):
        talk.say('* LIST () "/" INBOX', '* LIST () NIL "' + "/".join("d" * 1000) + '"', '* LIST () "\\"" "quoted\\"level"',
                 '* LIST (\\NoSelect) "/" "' + "/".join("e" * 1000) + '"')
        talk.connection.sendall(lines)
        talk.say(f"{tag} OK done")
        return True

    desk.imapd.odd["LIST"] = many
    desk.once(timeout=20, status=None)
    assert desk.ids() == wanted(1)
    assert any("quoted" in line for line in desk.imapd.asked), "the one that is odd is asked for as any other"


# ---- keywords ----

def tags(desk):
    """{Message-ID: tags}."""
    return {row["message_id"]: row["tags"] for row in desk.home.json("list", desk.url + "INBOX")}


def test_hostile_keywords_are_bounded_and_nothing_of_them_reaches_a_terminal(odd):
    desk = odd()
    messages = desk.inbox().messages
    messages[1][1] |= {f"word{i:05}" for i in range(10000)}
    messages[2][1] |= {"k" * 1000, "ok"}
    messages[3][1] |= {"bad\x01byte", "\x1b[31mred", "gr\xfc\xdfe", "\\Odd", "a%b", "c]d"}
    messages[4][1] |= {"ok", "OK", "\\Seen"}
    for uid in (1, 2, 3, 4):
        desk.inbox().touch(uid)
    desk.once(status=None)
    found = tags(desk)
    assert len(found) == 5, "whatever it says of keywords, the mail is there"
    assert all(name.isascii() and name.isprintable() and len(name) <= 100 for names in found.values() for name in names)
    assert len({name for names in found.values() for name in names}) <= 23
    assert desk.log().count("different keywords") == 1
    desk.once(status=None)
    assert tags(desk) == found and desk.log().count("different keywords") == 1
    state = sum(path.stat().st_size for path in desk.home.data.glob("state.db*"))
    assert state < 2 << 20


@pytest.mark.parametrize("capabilities", ["IMAP4rev1 UIDPLUS UNSELECT MOVE", CONDSTORE], ids=["plain", "condstore"])
def test_keywords_that_a_server_does_not_keep_stay_here_and_are_told_once(odd, capabilities):
    desk = odd(capabilities=capabilities)
    desk.imapd.permanent = "\\Seen \\Flagged $Label1"
    for add in ("todo $label1", "more"):
        wire = desk.start()
        inbox = wire.open(desk.url + "INBOX")
        lids = dict(desk.numbers())
        wire.ask("TAG", inbox, [lids[1]], add, "")
        wire.ask("MARK", inbox, [lids[1]], 1 << 1, 0)
        wire.ask("SYNC", [], True)
        wire.close()
        desk.stop()
    desk.inbox().messages[1][1].add("\\Seen")
    desk.inbox().touch(1)
    desk.once()
    desk.once()
    assert sorted(tags(desk)["<letter-0@example.net>"]) == ["$label1", "more", "todo"]
    assert {flag.lower() for flag in desk.inbox().messages[1][1]} == {"\\flagged", "\\seen", "$label1"}
    assert desk.log().count("they stay here only") == 1
    assert desk.steps() == []
