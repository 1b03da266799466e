# SPDX-License-Identifier: GPL-3.0-or-later
"""A mailbox to try things on: over 300 messages in many languages, charsets and shapes.

samples(now) gives (mailbox, flags, bytes) in order of age, the same for the same `now`: threads, a
mailing list, HTML, attachments, an invitation, koi8-r and windows-1251 beside UTF-8, Russian, Kazakh,
Uzbek, Arabic, Chinese, Japanese, Korean, emoji, and messages that are broken in ways that real ones are.
"""

import email.utils
import random
from email.message import EmailMessage
from email.header import Header

ME = ("Anna Müller", "anna@example.org")
PEOPLE = {
    "en": [("Bob Ashworth", "bob@example.net"), ("Maeve O'Connor", "maeve@example.com"), ("Tunde Bello", "tunde@example.net")],
    "ru": [("Иван Петров", "ivan@example.ru"), ("Ольга Смирнова", "olga@example.ru"), ("Пётр Щукин", "petr@example.ru")],
    "kk": [("Айгүл Әбенова", "aigul@example.kz"), ("Нұрлан Қасымов", "nurlan@example.kz")],
    "uz": [("Дилшод Ўринов", "dilshod@example.uz"), ("Gulnora Yoʻldosheva", "gulnora@example.uz")],
    "ar": [("ليلى حداد", "layla@example.com"), ("عمر ناصر", "omar@example.com")],
    "zh": [("王小明", "wang@example.cn"), ("李华", "lihua@example.cn")],
    "ja": [("山田太郎", "yamada@example.jp"), ("佐藤花子", "sato@example.jp")],
    "ko": [("김민수", "kim@example.kr")],
    "de": [("Jürgen Groß", "juergen@example.de"), ("Zoë Weiß", "zoe@example.de")],
}
SENTENCES = {
    "en": ["The ferry leaves at seven, so let us meet at the pier by half past six.", "I have put the minutes on the shared drive.",
           "Could you look at the second table again? The totals do not add up.", "Rain is forecast for Thursday; bring boots.",
           "That works for me.", "The printer on the third floor is out of toner once more.", "Thanks, that was quick."],
    "ru": ["Посылаю исправленный черновик, посмотрите третий раздел.", "Встречаемся в среду в половине четвёртого у входа.",
           "Счёт оплачен, квитанция во вложении.", "Спасибо, всё получил.", "Ёлки у подъезда наконец убрали.",
           "Перезвоните, пожалуйста, когда будете на месте."],
    "kk": ["Жиналыс дүйсенбіге ауыстырылды.", "Құжаттарды ертең жіберемін, қол қойып қайтарыңыз.", "Рақмет, бәрі түсінікті.",
           "Әуежайға сағат алтыда жету керек."],
    "uz": ["Ertaga soat oʻnda koʻrishamiz, hujjatlarni unutmang.", "Ҳисоботни текшириб чиқдим, хатолар йўқ.",
           "Rahmat, hammasi joyida.", "Ғалаба куни муносабати билан идора ёпиқ."],
    "ar": ["سنلتقي غدًا في الساعة العاشرة أمام المكتبة.", "أرفقت لك النسخة الأخيرة من العقد.", "شكرًا جزيلًا على المساعدة."],
    "zh": ["会议改到下周二上午十点。", "附件是最新的报价单，请查收。", "收到，谢谢。"],
    "ja": ["来週の打ち合わせは水曜日に変更になりました。", "資料を添付しますので、ご確認ください。", "承知しました。"],
    "ko": ["회의는 금요일 오후 세 시로 옮겼습니다.", "자료를 첨부합니다. 확인 부탁드립니다."],
    "de": ["Der Zug fällt aus, ich komme eine Stunde später.", "Können Sie mir die Maße für das große Fenster schicken?",
           "Herzlichen Dank für die schnelle Antwort!"],
}
# subject, language, charset, messages in the thread
THREADS = [
    ("Trip to the islands", "en", "utf-8", 14), ("Minutes of the board", "en", "us-ascii", 6), ("Broken totals in table 2", "en", "utf-8", 9),
    ("Черновик отчёта за квартал", "ru", "koi8-r", 12), ("Встреча в среду", "ru", "windows-1251", 7), ("Ёлка, снег и каток", "ru", "utf-8", 11),
    ("Жиналыс туралы", "kk", "utf-8", 8), ("Құжаттар", "kk", "utf-8", 5), ("Hisobot boʻyicha savol", "uz", "utf-8", 6),
    ("Ҳисобот ва ҳужжатлар", "uz", "utf-8", 5), ("اجتماع الغد", "ar", "utf-8", 6), ("报价单", "zh", "gb18030", 5), ("會議 — 会议", "zh", "utf-8", 4),
    ("打ち合わせの件", "ja", "iso-2022-jp", 6), ("見積書 📎", "ja", "utf-8", 3), ("회의 일정", "ko", "euc-kr", 4),
    ("Fenster im Großraumbüro", "de", "iso-8859-1", 7), ("Weekend 🎉🥾 hike", "en", "utf-8", 10), ("Invoice 2026-117", "en", "utf-8", 3),
    ("Garden party", "en", "utf-8", 18),
]
LIST_THREADS = [("[PATCH 0/3] index: draw only what is seen", 9), ("threading across folders", 24), ("release candidate 2", 15),
                ("[RFC] flags as letters", 30), ("build fails with musl", 12), ("manual: a chapter on offline use", 8)]
FLOWED = ("This paragraph is format=flowed: it was written as one long line, and soft line \nbreaks let every "
          "reader wrap it to the width at hand, be it a phone \nor a wide terminal.\n\n> It was quoted text that \n> "
          "flows as well.\n\nRegards\n")
HTML = """<html><head><style>p {{ color: #333 }}</style><title>{title}</title></head><body>
<h1>{title}</h1><p>Dear <b>Anna</b>, the <a href="https://shop.example.com/news?id=7">autumn catalogue</a> is here.</p>
<table border="1"><tr><th>Article</th><th>Price</th></tr><tr><td>Tent, two persons</td><td>120&nbsp;&euro;</td></tr>
<tr><td>Stove &amp; fuel</td><td>35&nbsp;&euro;</td></tr></table>
<ul><li>free delivery until Sunday</li><li>thirty days to return</li></ul>
<p><img src="https://tracker.example.com/pixel.gif" alt=""><a href="https://evil.example/">https://shop.example.com/unsubscribe</a></p>
</body></html>"""
INVITATION = """BEGIN:VCALENDAR\r
VERSION:2.0\r
PRODID:-//example//planner//EN\r
METHOD:REQUEST\r
BEGIN:VEVENT\r
UID:planning-2026-11@example.com\r
DTSTAMP:20261101T090000Z\r
DTSTART;TZID=Europe/Berlin:20261130T140000\r
DTEND;TZID=Europe/Berlin:20261130T153000\r
SUMMARY:Planning for 2027\r
LOCATION:Room 4\\, second floor\r
ORGANIZER;CN=Maeve O'Connor:mailto:maeve@example.com\r
ATTENDEE;CN=Anna Müller;PARTSTAT=NEEDS-ACTION;RSVP=TRUE:mailto:anna@example.org\r
DESCRIPTION:Bring the figures of the last quarter.\\nCoffee will be there.\r
END:VEVENT\r
END:VCALENDAR\r
"""
# The smallest PNG there is: one pixel.
PNG = bytes.fromhex("89504e470d0a1a0a0000000d4948445200000001000000010806000000" "1f15c4890000000d49444154789c6360606060000000050001a5f645400000000049454e44ae426082")


class Writer:
    def __init__(self, now, seed=7):
        self.now, self.random, self.count, self.out = now, random.Random(seed), 0, []

    def ident(self):
        self.count += 1
        return f"<{self.count:04d}.{self.random.getrandbits(40):010x}@example.net>"

    def header(self, who, to, subject, when, charset="utf-8", parent=None):
        message = EmailMessage()
        message["From"] = email.utils.formataddr(who)
        message["To"] = ", ".join(email.utils.formataddr(t) for t in to)
        message["Subject"] = subject
        message["Date"] = email.utils.format_datetime(email.utils.datetime.datetime.fromtimestamp(
            when, email.utils.datetime.timezone(email.utils.datetime.timedelta(hours=self.random.choice([-5, 0, 1, 3, 5, 6, 9])))))
        message["Message-ID"] = self.ident()
        if parent:
            message["In-Reply-To"] = parent["Message-ID"]
            chain = (parent["References"] or "").split() + [parent["Message-ID"]]
            message["References"] = " ".join(chain)
        return message

    def text(self, language, n=3):
        pool = SENTENCES[language]
        return "\n".join(self.random.choice(pool) for _ in range(n)) + "\n"

    def add(self, when, raw, mailbox="INBOX", flags="S"):
        self.out.append((when, mailbox, flags, raw if isinstance(raw, bytes) else raw.as_bytes()))

    def legacy(self, message, body, charset):
        """As a program of the nineties sends it: 8-bit body, encoded words in the same charset."""
        lines = []
        for name in ("From", "To"):
            parts = []
            for shown, address in email.utils.getaddresses([str(message[name])]):
                try:
                    shown.encode(charset)
                    parts.append(f"{Header(shown, charset).encode()} <{address}>")
                except UnicodeEncodeError:
                    parts.append(f"{Header(shown, 'utf-8').encode()} <{address}>")
            lines.append(f"{name}: {', '.join(parts)}")
        lines.append(f"Subject: {Header(str(message['Subject']), charset).encode()}")
        for name in ("Date", "Message-ID", "In-Reply-To", "References"):
            if message[name]:
                lines.append(f"{name}: {message[name]}")
        lines += ["MIME-Version: 1.0", f"Content-Type: text/plain; charset={charset}", "Content-Transfer-Encoding: 8bit", ""]
        return "\n".join(lines).encode("ascii") + b"\n" + body.encode(charset, "replace")

    def thread(self, subject, language, charset, n, age_days):
        people = PEOPLE[language] + [ME]
        when, sent = self.now - age_days * 86400, []
        for i in range(n):
            parent = self.random.choice(sent[-4:]) if sent else None
            who = people[0] if not i else self.random.choice(people)
            to = [p for p in people if p != who][:3]
            shown = subject if not parent else f"Re: {subject}"
            message = self.header(who, to, shown, when, charset, parent)
            body = self.text(language, self.random.randint(1, 4))
            if parent:
                quoted = "".join(f"> {line}\n" for line in self.text(language, 2).splitlines())
                body = f"{parent['From'].addresses[0].display_name} wrote:\n{quoted}\n{body}"
            body += f"\n-- \n{who[0]}\n"
            if charset in ("utf-8", "us-ascii"):
                message.set_content(body, charset="utf-8")
                raw = message.as_bytes()
            else:
                raw = self.legacy(message, body, charset)
            flags = "S" if when < self.now - 3 * 86400 else ""
            if parent is not None and who == ME:
                flags = "S"
            if i == 2:
                flags = "FS"
            self.add(when, raw, "Sent" if who == ME and i % 2 else "INBOX", flags)
            sent.append(message)
            when += self.random.randint(1200, 86400)
            when = min(when, self.now - 60 * (n - i))

    def list_thread(self, subject, n, age_days):
        people = [p for group in PEOPLE.values() for p in group]
        when, sent = self.now - age_days * 86400, []
        for i in range(n):
            parent = self.random.choice(sent[-6:]) if sent else None
            message = self.header(self.random.choice(people), [("", "cur-devel@lists.example.org")],
                                  subject if not parent else f"Re: {subject}", when, parent=parent)
            message["List-Id"] = "Development of cur <cur-devel.lists.example.org>"
            message["List-Post"] = "<mailto:cur-devel@lists.example.org>"
            message["Precedence"] = "list"
            body = self.text("en", 4)
            if "PATCH" in subject and i % 3 == 0:
                body += "\n---\n src/ui/index.c | 4 ++--\n\n-\tdraw_all(list);\n+\tdraw_seen(list, top, bottom);\n"
            message.set_content(body, charset="utf-8")
            self.add(when, message, "Lists/cur-devel", "S" if when < self.now - 5 * 86400 else "")
            sent.append(message)
            when = min(when + self.random.randint(600, 40000), self.now - 60 * (n - i))

    def specials(self):
        day, now = 86400, self.now
        shop = ("Outdoor Shop", "news@shop.example.com")
        for i, title in enumerate(["Autumn catalogue", "Winter sale", "Your parcel is on its way"]):
            m = self.header(shop, [ME], title, now - (9 - 2 * i) * day)
            m.set_content(HTML.format(title=title), subtype="html", charset="utf-8")
            self.add(now - (9 - 2 * i) * day, m, flags="")
        m = self.header(shop, [ME], "Order confirmed ✔", now - 2 * day)
        m.set_content("Your order 4711 is confirmed.\n\nhttps://shop.example.com/orders/4711\n")
        m.add_alternative(HTML.format(title="Order confirmed"), subtype="html")
        self.add(now - 2 * day, m, flags="")
        m = self.header(PEOPLE["en"][1], [ME], "Invitation: Planning for 2027", now - 30 * 3600)
        m.set_content("Anna, can you make it?\n\nMaeve\n")
        m.add_alternative(INVITATION, subtype="calendar", params={"method": "REQUEST"})
        self.add(now - 30 * 3600, m, flags="")
        m = self.header(PEOPLE["en"][0], [ME], "Photos and the spreadsheet", now - 26 * 3600)
        m.set_content("Two attachments, as promised.\n\nBob\n")
        m.add_attachment(PNG, maintype="image", subtype="png", filename="pier at dawn.png")
        m.add_attachment("name;days\nferry;2\nhut;3\n", subtype="csv", filename="план поездки.csv")
        self.add(now - 26 * 3600, m, flags="")
        m = self.header(PEOPLE["de"][1], [ME], "Soft line breaks", now - 20 * 3600)
        m.set_content(FLOWED)
        m.replace_header("Content-Type", 'text/plain; charset="utf-8"; format=flowed')
        self.add(now - 20 * 3600, m, flags="")
        inner = self.header(PEOPLE["ru"][0], [PEOPLE["en"][0]], "Оригинал письма", now - 5 * day)
        inner.set_content(self.text("ru"), charset="utf-8")
        m = self.header(PEOPLE["en"][0], [ME], "Fwd: Оригинал письма", now - 18 * 3600)
        m.set_content("See below.\n")
        m.add_attachment(inner)
        self.add(now - 18 * 3600, m, flags="")
        m = self.header(("Family 👩‍👩‍👧‍👦 & friends", "family@example.com"), [ME], "🎂 Birthday 🇰🇿 on the 12th 👍🏽", now - 15 * 3600)
        m.set_content("Cake 🍰 at four. Bring the dog 🐕 and your brother 🧔🏻‍♂️.\n", charset="utf-8")
        self.add(now - 15 * 3600, m, flags="F")
        # Broken, as met in the wild: nothing here may hide a message or touch the terminal.
        self.add(now - 14 * 3600, b"just text, no header at all\n\nsecond paragraph\n", flags="")
        self.add(now - 13 * 3600, b"From: spammer@example.com\nSubject: \x1b]0;owned\x07\x1b[31mred\x1b[0m title\n"
                 b"Date: 32 Foo 2026 99:99:99 +9999\nTo: anna@example.org\n\n\x1b[2J\x1b]52;c;ZXZpbA==\x07 nothing happens\n", flags="")
        self.add(now - 12 * 3600, b"From: =?koi8-r?Q?=F2=C1=CE=CF?= <early@example.ru>\nTo: anna@example.org\n"
                 b"Subject: \xf0\xd2\xc9\xd7\xc5\xd4 (raw koi8-r, no MIME)\nDate: Thu, 19 Nov 2026 08:00:00 +0300\n"
                 b"Message-ID: <raw8bit@example.ru>\n\n\xf0\xd2\xc9\xd7\xc5\xd4!\n", flags="")
        self.add(now - 11 * 3600, b"From: broken@example.com\nTo: anna@example.org\nSubject: boundary that never comes\n"
                 b"Date: Fri, 20 Nov 2026 08:00:00 +0000\nMessage-ID: <noboundary@example.com>\nMIME-Version: 1.0\n"
                 b"Content-Type: multipart/mixed; boundary=\"lost\"\n\nThis text stands where a part should be.\n", flags="")
        self.add(now - 10 * 3600, b"From: \"\xe2\x80\xaemoc.knab\" <who@example.com>\nTo: anna@example.org\n"
                 b"Subject: right-to-left override in a name\nDate: Fri, 20 Nov 2026 09:00:00 +0000\n"
                 b"Message-ID: <rlo@example.com>\nMIME-Version: 1.0\nContent-Type: text/plain; charset=x-unknown\n\n"
                 b"unknown charset: caf\xe9\n", flags="")


def samples(now):
    writer = Writer(now)
    for i, (subject, language, charset, n) in enumerate(THREADS):
        writer.thread(subject, language, charset, n, 3 + 4 * i % 60)
    for i, (subject, n) in enumerate(LIST_THREADS):
        writer.list_thread(subject, n, 4 + 9 * i)
    years = random.Random(11)
    for i in range(60):
        language = years.choice(sorted(SENTENCES))
        when = now - years.randint(60, 900) * 86400
        m = writer.header(years.choice(PEOPLE[language]), [ME], writer.text(language, 1).strip().rstrip(".。"), when)
        m.set_content(writer.text(language, 5), charset="utf-8")
        writer.add(when, m, years.choice(["INBOX", "INBOX", "Архив"]), "S")
    writer.specials()
    return [entry[1:] + (entry[0],) for entry in sorted(writer.out, key=lambda e: e[0])]


if __name__ == "__main__":
    import sys
    import time
    boxes = {}
    for mailbox, _flags, _raw, _when in samples(int(sys.argv[1]) if len(sys.argv) > 1 else int(time.time())):
        boxes[mailbox] = boxes.get(mailbox, 0) + 1
    print(sum(boxes.values()), boxes)
