# SPDX-License-Identifier: GPL-3.0-or-later
"""Big mail services as far as their public transcripts tell: what they offer before and after login, how they list
mailboxes, which flags they keep, and what they do that no RFC says. Each is an Imapd to be played.

    desk = OddDesk(certificate, Vendor(VENDORS["Yahoo"], {"INBOX": [letter(1)]}))
"""

import dataclasses
import re

from imapd import Box, Imapd

KEPT = "\\Answered \\Flagged \\Deleted \\Seen \\Draft"


@dataclasses.dataclass
class Habits:
    offers: str  # after login
    first: str = "IMAP4rev1 AUTH=PLAIN"  # before it
    greeting: str = "* OK ready"
    boxes: dict = dataclasses.field(default_factory=lambda: {"Drafts": "\\Drafts", "Sent": "\\Sent", "Trash": "\\Trash"})  # to what LIST says of them
    inbox: str = "INBOX"  # as LIST spells it
    delimiter: str = "/"
    permanent: str = KEPT + " \\*"
    flags: str = KEPT  # in the FLAGS response
    success: str = "OK Success"
    labels: bool = False  # folders are labels, and what is marked deleted goes at once
    numbers_unasked: bool = False  # HIGHESTMODSEQ without an offer of CONDSTORE
    enables: bool = True  # ENABLE is answered by ENABLED


VENDORS = {
    "Gmail": Habits(
        "IMAP4rev1 UNSELECT IDLE NAMESPACE QUOTA ID XLIST CHILDREN X-GM-EXT-1 UIDPLUS COMPRESS=DEFLATE ENABLE MOVE CONDSTORE ESEARCH "
        "UTF8=ACCEPT LIST-EXTENDED LIST-STATUS LITERAL- SPECIAL-USE APPENDLIMIT=35651584",
        "IMAP4rev1 UNSELECT IDLE NAMESPACE QUOTA ID XLIST CHILDREN X-GM-EXT-1 XYZZY SASL-IR AUTH=XOAUTH2 AUTH=PLAIN AUTH=PLAIN-CLIENTTOKEN "
        "AUTH=OAUTHBEARER AUTH=XOAUTH",
        "* OK Gimap ready for requests from 192.0.2.7 x2mb241876667wmk",
        {"[Gmail]": "\\HasChildren \\Noselect", "[Gmail]/All Mail": "\\All \\HasNoChildren", "[Gmail]/Drafts": "\\Drafts \\HasNoChildren",
         "[Gmail]/Important": "\\HasNoChildren \\Important", "[Gmail]/Sent Mail": "\\HasNoChildren \\Sent", "[Gmail]/Spam": "\\HasNoChildren \\Junk",
         "[Gmail]/Starred": "\\Flagged \\HasNoChildren", "[Gmail]/Trash": "\\HasNoChildren \\Trash"},
        permanent=KEPT + " $NotPhishing $Phishing \\*", success="OK Success [THROTTLED]", labels=True),
    "Yahoo": Habits(
        "IMAP4rev1 ID MOVE NAMESPACE X-ID-ACLID UIDPLUS LITERAL+ XAPPLEPUSHSERVICE XYMHIGHESTMODSEQ",
        "IMAP4rev1 ID MOVE NAMESPACE X-ID-ACLID UIDPLUS LITERAL+ CHILDREN XAPPLEPUSHSERVICE XYMHIGHESTMODSEQ AUTH=PLAIN AUTH=LOGIN AUTH=XOAUTH2 "
        "AUTH=XYMCOOKIE AUTH=XYMECOOKIE",
        "* OK [CAPABILITY IMAP4rev1 ID MOVE NAMESPACE X-ID-ACLID UIDPLUS LITERAL+ CHILDREN AUTH=PLAIN AUTH=LOGIN AUTH=XOAUTH2] IMAP4rev1 imapgate-1.8.1",
        {"Bulk Mail": "\\Junk \\HasNoChildren", "Draft": "\\Drafts \\HasNoChildren", "Sent": "\\Sent \\HasNoChildren", "Trash": "\\Trash \\HasNoChildren"},
        inbox="Inbox", permanent=KEPT + " $Forwarded $Junk $NotJunk", numbers_unasked=True),
    "iCloud": Habits(
        "XAPPLEPUSHSERVICE IMAP4 IMAP4rev1 CONDSTORE ENABLE QRESYNC QUOTA NAMESPACE UIDPLUS CHILDREN BINARY UNSELECT SORT CATENATE URLAUTH LANGUAGE "
        "ESEARCH ESORT WITHIN SASL-IR SEARCHRES METADATA ID XMSEARCH X-SUN-SORT IDLE LIST-STATUS",
        "XAPPLEPUSHSERVICE IMAP4 IMAP4rev1 SASL-IR AUTH=ATOKEN AUTH=PLAIN",
        "* OK [CAPABILITY XAPPLEPUSHSERVICE IMAP4 IMAP4rev1 SASL-IR AUTH=ATOKEN AUTH=PLAIN] (2109B29-d3afe4d5aba6) iscream021",
        {"Archive": "", "Deleted Messages": "", "Drafts": "", "Junk": "", "Sent Messages": ""}, enables=False, success="OK Completed"),
    "Zoho": Habits(
        "IMAP4rev1 UNSELECT CHILDREN XLIST NAMESPACE IDLE MOVE ID SASL-IR UIDPLUS ESEARCH LIST-EXTENDED LIST-STATUS WITHIN LITERAL+ ACL CONDSTORE",
        "IMAP4rev1 UNSELECT CHILDREN XLIST NAMESPACE IDLE MOVE ID AUTH=PLAIN SASL-IR UIDPLUS",
        "* OK svwall IMAP4 Server (IMAP4rev1 Server version 1.0)",
        {"Drafts": "\\Noinferiors", "Templates": "\\Noinferiors", "Sent": "\\Noinferiors", "Spam": "\\Noinferiors", "Trash": "\\HasNoChildren"},
        flags=KEPT + " \\*"),
    "Yandex": Habits(
        "IMAP4rev1 CHILDREN UNSELECT LITERAL+ NAMESPACE XLIST UIDPLUS ENABLE ID IDLE MOVE",
        "IMAP4rev1 CHILDREN UNSELECT LITERAL+ NAMESPACE XLIST UIDPLUS ENABLE ID AUTH=PLAIN AUTH=XOAUTH2 IDLE MOVE",
        "* OK IMAP4 server ready", {"Drafts": "\\Unmarked \\HasNoChildren \\Drafts", "Outbox": "\\Unmarked \\NoInferiors", "Sent": "\\Unmarked \\Sent",
                                    "Spam": "\\Unmarked \\Junk", "Trash": "\\Unmarked \\Trash", "Drafts|template": "\\Unmarked \\HasNoChildren"},
        delimiter="|", permanent=KEPT + " $Forwarded \\*"),
    "Fastmail": Habits(
        "IMAP4rev1 LITERAL+ ID ENABLE ACL RIGHTS=kxten QUOTA NAMESPACE UIDPLUS NO_ATOMIC_RENAME UNSELECT CHILDREN MULTIAPPEND BINARY CONDSTORE ESEARCH "
        "SORT MODSEQ THREAD=REFERENCES LIST-EXTENDED LIST-STATUS LIST-MYRIGHTS WITHIN QRESYNC SPECIAL-USE CREATE-SPECIAL-USE MOVE STATUS=SIZE OBJECTID "
        "SAVEDATE PREVIEW XAPPLEPUSHSERVICE COMPRESS=DEFLATE IDLE",
        "IMAP4rev1 LITERAL+ ID ENABLE AUTH=PLAIN AUTH=OAUTHBEARER SASL-IR",
        "* OK [CAPABILITY IMAP4rev1 LITERAL+ ID ENABLE AUTH=PLAIN AUTH=OAUTHBEARER SASL-IR] IMAP4 ready",
        {"Archive": "\\HasNoChildren \\Archive", "Drafts": "\\HasNoChildren \\Drafts", "Sent": "\\HasNoChildren \\Sent", "Spam": "\\HasNoChildren \\Junk",
         "Trash": "\\HasNoChildren \\Trash"}, success="OK Completed"),
    "Outlook.com": Habits(
        "IMAP4 IMAP4rev1 AUTH=PLAIN AUTH=XOAUTH2 SASL-IR UIDPLUS MOVE ID UNSELECT CLIENTACCESSRULES CLIENTNETWORKPRESENCELOCATION BACKENDAUTHENTICATE "
        "CHILDREN IDLE NAMESPACE LITERAL+",
        "IMAP4 IMAP4rev1 AUTH=PLAIN AUTH=XOAUTH2 SASL-IR UIDPLUS ID UNSELECT CHILDREN IDLE NAMESPACE LITERAL+",
        "* OK The Microsoft Exchange IMAP4 service is ready. [RgBSADMA]",
        {"Calendar": "\\HasNoChildren", "Contacts": "\\HasNoChildren", "Conversation History": "\\HasNoChildren", "Deleted Items": "\\HasNoChildren \\Trash",
         "Drafts": "\\HasNoChildren \\Drafts", "Junk Email": "\\HasNoChildren \\Junk", "Sent Items": "\\HasNoChildren \\Sent"},
        permanent="\\Seen \\Answered \\Flagged \\Deleted \\Draft $MDNSent", success="OK completed."),
    "Exchange 2010": Habits(
        "IMAP4 IMAP4rev1 AUTH=PLAIN IDLE NAMESPACE LITERAL+", "IMAP4 IMAP4rev1 AUTH=PLAIN IDLE NAMESPACE LITERAL+",
        "* OK The Microsoft Exchange IMAP4 service is ready.", {"Calendar": "\\HasNoChildren", "Sent Items": "\\HasNoChildren"},
        permanent="\\Seen \\Answered \\Flagged \\Deleted \\Draft $MDNSent", success="OK completed."),
}


class Vendor(Imapd):
    """A service: its habits, and mailboxes of its own besides those given."""

    def __init__(self, habits, boxes=None):
        super().__init__(boxes, habits.offers, habits.greeting)
        self.habits, self.permanent = habits, habits.permanent
        for name in habits.boxes:
            if "\\Noselect" not in habits.boxes[name]:
                self.boxes.setdefault(name, Box())

    # ---- how it says things

    def __call__(self, talk):
        talk.known = False
        super().__call__(talk)

    def agree(self, talk, tag, _words):
        talk.say(f"{tag} {self.habits.success}")

    def counts(self):
        return self.habits.numbers_unasked or super().counts()

    def capability(self, talk, tag, _words):
        talk.say(f"* CAPABILITY {self.habits.offers if talk.known else self.habits.first}", f"{tag} {self.habits.success}")

    def authenticate(self, talk, tag, words):
        if len(words) < 3:
            talk.say("+ ")
            talk.hear()
        talk.known = True
        talk.say(f"{tag} {self.habits.success}")

    def login(self, talk, tag, _words):
        talk.known = True
        talk.say(f"{tag} {self.habits.success}")

    def enable(self, talk, tag, words):
        if self.habits.enables:
            super().enable(talk, tag, words)
        else:
            self.agree(talk, tag, words)

    def compress(self, talk, tag, _words):
        talk.say(f"{tag} NO not now")

    def namespace(self, talk, tag, _words):
        talk.say(f'* NAMESPACE (("" "{self.habits.delimiter}")) NIL NIL', f"{tag} {self.habits.success}")

    def idle(self, talk, tag, _words):
        talk.say("+ idling")
        talk.hear()
        talk.say(f"{tag} {self.habits.success}")

    # ---- mailboxes

    def shown(self, name):
        return self.habits.inbox if name == "INBOX" else name

    def list(self, talk, tag, words):
        asked = re.search(r"STATUS \(([^)]*)\)", " ".join(words))
        for name in {**dict.fromkeys(self.boxes), **self.habits.boxes}:
            talk.say(f'* LIST ({self.habits.boxes.get(name, chr(92) + "HasNoChildren")}) "{self.habits.delimiter}" "{self.shown(name)}"')
            if asked and name in self.boxes and "LIST-STATUS" in self.capabilities:
                talk.say(self.counted(name, asked.group(1)))
        talk.say(f"{tag} {self.habits.success}")

    def counted(self, name, items):
        box = self.find(name)
        values = {"MESSAGES": len(box.messages), "UIDNEXT": box.uidnext, "UIDVALIDITY": box.uidvalidity, "HIGHESTMODSEQ": box.modseq, "UNSEEN": 0}
        return f'* STATUS "{self.shown(name)}" ({" ".join(f"{item} {values[item]}" for item in items.split() if item in values)})'

    def status(self, talk, tag, words):
        if not self.find(words[1]):
            talk.say(f"{tag} NO [NONEXISTENT] no such mailbox")
            return
        talk.say(self.counted(words[1], " ".join(words[2:]).strip("()")), f"{tag} {self.habits.success}")

    def select(self, talk, tag, words):
        say = talk.say
        talk.say = lambda *lines: say(*(re.sub(r"^\* FLAGS .*", lambda _: f"* FLAGS ({self.habits.flags})", line) if isinstance(line, str) else line
                                        for line in lines))
        super().select(talk, tag, words)
        talk.say = say

    # ---- messages

    def take_over(self, talk, tag, words, move):
        if not self.habits.labels or not self.find(words[2]):
            super().take_over(talk, tag, words, move)
            return
        to, pairs = self.find(words[2]), []
        for uid in talk.box.chosen(words[1]):
            message = talk.box.messages[uid]
            there = [u for u, m in to.messages.items() if m[0] == message[0]]
            pairs.append((uid, there[0] if there else to.add(message[0], message[1])))
            if move:
                talk.box.remove(uid)
        talk.say(f"{tag} OK [COPYUID {to.uidvalidity} {','.join(str(a) for a, _ in pairs)} {','.join(str(b) for _, b in pairs)}] (Success)")

    def uid_store(self, talk, tag, words):
        if not self.habits.labels or "\\Deleted" not in " ".join(words[3:]) or not words[2].startswith("+"):
            super().uid_store(talk, tag, words)
            return
        for uid in reversed(talk.box.chosen(words[1])):
            talk.say(f"* {sorted(talk.box.messages).index(uid) + 1} EXPUNGE")
            talk.box.remove(uid)
        self.agree(talk, tag, words)

    def uid_search(self, talk, tag, words):
        if "RETURN" not in words:
            super().uid_search(talk, tag, words)
            return
        said, say = [], talk.say
        talk.say = lambda *lines: said.extend(lines)
        super().uid_search(talk, tag, words)
        talk.say = say
        found = said[0].removeprefix("* SEARCH").split()
        say(f'* ESEARCH (TAG "{tag}") UID{f" ALL {chr(44).join(found)}" if found else ""}', f"{tag} {self.habits.success}")
