# SPDX-License-Identifier: GPL-3.0-or-later
"""Every object of `color`, seen in the cells of the screen where it is drawn."""

import os

from letters import message
from listing import lay, letter
from reading import multipart

# As muttrc names them, and as the screen does.
SEEN = {"yellow": "brown"}
FOREGROUNDS = ["red", "green", "yellow", "blue", "magenta", "cyan", "black"]
BACKGROUNDS = ["blue", "cyan", "green", "red", "magenta"]
PAIRS = [(fg, bg) for bg in BACKGROUNDS for fg in FOREGROUNDS if fg != bg]


def painted(objects):
    """Two colours for each object, no two alike."""
    assert len(objects) <= len(PAIRS)
    return dict(zip(objects, PAIRS))


def rules(colors, selectors=()):
    """The commands that give them; selectors: object to what stands behind its colours."""
    return [f"color {name} {fg} {bg} {dict(selectors).get(name, '')}" for name, (fg, bg) in colors.items()]


def wanted(pair):
    return tuple(SEEN.get(color, color) for color in pair)


def cell(screen, text, column=0):
    """The cell where the text begins, or so many columns behind; None when it is not shown."""
    for y, line in enumerate(screen.screen.display):
        if text in line:
            return screen.screen.buffer[y][line.index(text) + column]
    return None


def sees(screen, name, pair, text, column=0):
    """Wait until the text is shown in these colours."""
    def shown(_):
        at = cell(screen, text, column)
        return at is not None and (at.fg, at.bg) == wanted(pair)
    try:
        screen.wait(shown)
    except AssertionError as error:
        raise AssertionError(f"{name} at {text!r} is {cell(screen, text, column)}, not {pair}: {error}") from None


# object: the text where it is seen, and how far behind its beginning
IN_INDEX = {
    "index": ("<r>", 0), "index_flags": ("<r>", 1), "index_number": ("   2|", 3), "index_date": ("2019|Carl", 0), "index_author": ("Carl Cook|", 0),
    "index_size": ("2.2K|", 0), "index_label": ("{to do}", 1), "index_tags": ("(todo)", 1), "index_subject": ("second", 0),
    "index_collapsed": ("=2=", 1), "tree": ("`->child", 0), "indicator": ("   1|", 0), "status": ("status of", 0), "normal": ("   3|", 0),
}
INDEX = """set index_format='<%S>%4C|%d|%n|%c|{%y}(%g)=%M=%s' date_format='!%Y' status_format='status of %f, %m' sort=threads ascii_chars
set sleep_time=0 beep=no cursor_overlay=no
"""


def test_objects_of_the_index(home):
    box = home.path / "Mail"
    box.mkdir()
    (box / "dovecot-keywords").write_text("0 todo\n")
    lay(box, 1, letter("first", date="Mon, 04 Mar 2019 10:00:00 +0000"))
    lay(box, 2, letter("second", sender="Carl Cook <carl@example.net>", date="Tue, 05 Mar 2019 10:00:00 +0000",
                       body="x" * 70 + "\n" * 2200, extra="X-Label: to do\n"), "RSa")
    lay(box, 3, letter("root"))
    lay(box, 4, letter("child", "root"))
    colors = painted(IN_INDEX)
    chosen = {name: "'~s second'" for name in IN_INDEX if name.startswith("index")}
    home.muttrc(INDEX + "\n".join(rules(colors, {**chosen, "index_collapsed": "~A", "index_subject": "~A"})))
    screen = home.start("-f", str(box), cols=120)
    screen.wait("`->child")
    screen.keys(":exec first-entry\r")
    for name, place in IN_INDEX.items():
        if name != "index_collapsed":
            sees(screen, name, colors[name], *place)
    sees(screen, "index_subject", colors["index_subject"], "`->child", 3)
    screen.keys(":exec last-entry\r:exec collapse-thread\r:exec first-entry\r")
    sees(screen, "index_collapsed", colors["index_collapsed"], *IN_INDEX["index_collapsed"])


def test_the_bottom_line(home):
    colors = painted(["message", "error", "prompt"])
    home.muttrc(INDEX + "\n".join(rules(colors)))
    screen = home.start("-f", str(home.maildir("Mail", [message()])))
    screen.wait("<")
    screen.keys(":no-such-command\r")
    sees(screen, "error", colors["error"], "no-such-command")
    screen.keys(":exec limit\r")
    sees(screen, "prompt", colors["prompt"], "Limit to messages matching:")
    screen.keys("\x15all\r:exec show-version\r")
    sees(screen, "message", colors["message"], "cur ")


def test_how_far_a_search_is(home):
    box = home.path / "Mail"
    source = lay(box, 0, letter("long", body="x" * 300_000 + "\n"))
    for number in range(1, 400):
        os.link(source, box / "cur" / f"{1700000000 + 60 * number}.M{number}.home:2,S")
    colors = painted(["progress", "message"])
    home.muttrc(INDEX + "\n".join(rules(colors)))
    screen = home.start("-f", str(box))
    screen.wait(", 400")
    screen.keys("l~b never\r")
    sees(screen, "progress", colors["progress"], "Limiting... ")
    screen.wait("No messages matched", seconds=60)


IN_SIDEBAR = {"sidebar_indicator": "open", "sidebar_highlight": "chosen", "sidebar_new": "new", "sidebar_unread": "unread",
              "sidebar_flagged": "flagged", "sidebar_ordinary": "ordinary"}
BOXES = {"open": "S", "chosen": "S", "new": "new", "unread": "", "flagged": "FS", "ordinary": "S", "inbox": "S"}


def test_objects_of_the_sidebar(home):
    for name, flags in BOXES.items():
        lay(home.path / "Mail" / name, 1, message(), "" if flags == "new" else flags, new=flags == "new")
    colors = painted([*IN_SIDEBAR, "sidebar_divider", "sidebar_background"])
    both = painted(["", "sidebar_spool_file", "sidebar_spoolfile"])
    home.muttrc(INDEX + "set folder=~/Mail spoolfile=+inbox sidebar_visible sidebar_width=20 sidebar_format='%B' sidebar_divider_char='|'\n"
                f"mailboxes {' '.join('=' + name for name in BOXES)}\n" + "\n".join(rules(colors)))
    screen = home.start("-f", "=open")
    screen.wait("inbox")
    screen.keys(":exec sidebar-next\r")
    for name, text in IN_SIDEBAR.items():
        sees(screen, name, colors[name], text)
    sees(screen, "sidebar_divider", colors["sidebar_divider"], "|")
    below = lambda: screen.screen.buffer[15][0]
    screen.wait(lambda _: (below().fg, below().bg) == wanted(colors["sidebar_background"]))
    for name in ("sidebar_spool_file", "sidebar_spoolfile"):
        screen.keys(f":{rules(both)[list(both).index(name)]}\r")
        sees(screen, name, both[name], "inbox")


def test_labels_of_the_compose_menu(home):
    colors = painted(["compose_header"])
    home.muttrc("set editor=true abort_unmodified=no from=anna@example.org sleep_time=0\n" + "\n".join(rules(colors)))
    screen = home.start("-s", "a subject", "bob@example.net")
    screen.wait("To: bob@example.net")
    screen.type("\r", "Subject: a subject")
    screen.keys("\r")
    screen.wait("-- Attachments")
    sees(screen, "compose_header", colors["compose_header"], "Subject:")


# ---- the pager ------------------------------------------------------------------------------

DEPTHS = [f"quoted{i}" for i in range(10)]
QUOTES = "".join(f"{'>' * (i + 1)} depth {i}\n" for i in range(10))
BODY = f"plain words\n{QUOTES}a wanted word\n\x1b[3mslanted\x1b[0m\n{'long ' * 18}behind\n-- \nGus\n"
OVERSTRUCK = "Content-Type: text/plain\n\nb\bbo\bol\bld\bd\n_\bl_\bi_\bn_\be\n"
PICTURE = "Content-Type: image/png\nContent-Disposition: attachment; filename=a.png\nContent-Transfer-Encoding: base64\n\niVBORw0K\n"
IN_PAGER = {
    "normal": ("plain words", 0), "body": ("wanted", 0), "italic": ("slanted", 0), "bold": ("bold", 0), "underline": ("line", 0),
    "markers": ("+long", 0), "signature": ("Gus", 0), "tilde": ("~", 0), "hdrdefault": ("Date:", 0), "header": ("X-Colour:", 0),
    "attachment": ("[-- Attachment #2", 0), "search": ("plain", 0),
}


def test_objects_of_the_pager(home):
    letters = [multipart("colours", "mixed", f"Content-Type: text/plain\n\n{BODY}", OVERSTRUCK, PICTURE, extra="X-Colour: blue\n")]
    colors, quotes = painted(IN_PAGER), painted(["quoted", *DEPTHS])
    home.muttrc("set tilde allow_ansi sleep_time=0 pager_index_lines=0\nunignore *\n" + "\n".join(
        [*rules(colors, {"body": "wanted", "header": "^X-Colour"}), rules(quotes)[0]]))
    screen = home.start("-f", str(home.maildir("Mail", letters)), rows=50)
    screen.wait("colours")
    screen.keys("\r")
    for name, place in IN_PAGER.items():
        if name != "search":
            sees(screen, name, colors[name], *place)
    for depth in (0, 9):
        sees(screen, "quoted", quotes["quoted"], f"> depth {depth}")
    screen.keys("".join(f":{rule}\r" for rule in rules(quotes)[1:]) + "/plain\r")
    for depth, name in enumerate(DEPTHS):
        sees(screen, name, quotes[name], f"> depth {depth}")
    sees(screen, "search", colors["search"], *IN_PAGER["search"])
