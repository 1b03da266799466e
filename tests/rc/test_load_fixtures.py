# SPDX-License-Identifier: GPL-3.0-or-later
"""Whatever people write into a muttrc is read without an error: every name of the tables, in each form it has."""

import gzip
import json
import pathlib
import re
import sys

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "lint"))
from tables import rows  # noqa: E402

FIXTURES = pathlib.Path(__file__).resolve().parent / "fixtures"
NAMED = {path.stem: path.read_text() for path in FIXTURES.glob("*.muttrc")}
ALL = "\n".join(NAMED.values())
# Called like a muttrc, and written for Vim and for mailcap.
FAULTY = {"sample.vimrc-sidebar", "sample.mailcap"}


def errors(home, path):
    """What `cur check` calls an error in the file, and in what it sources."""
    done = home.run("-n", "-F", path, "check", "--json")
    found = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
    assert found or done.returncode == 0, done.stderr
    return [row for row in found if row.get("severity") == "error"]


@pytest.mark.parametrize("name", sorted(NAMED))
def test_a_fixture_is_read_without_an_error(home, name):
    assert not errors(home, FIXTURES / f"{name}.muttrc")


def test_an_error_would_be_seen(home):
    (home.path / "bad").write_text("set beep\nset nothing_such\n")
    assert len(errors(home, home.path / "bad")) == 1


@pytest.mark.parametrize("table, cell, form", [
    ("variables.def", 0, r"\b(?:no|inv|[?&])?{}\b"), ("commands.def", 1, r"^{}\b"), ("functions.def", 1, r"(?:^bind \S+ \S+ |<|^exec .*){}\b"),
    ("colors.def", 1, r"^color {}\b"),
])
def test_the_fixtures_have_every_name(table, cell, form):
    names = [cells[cell].strip('"') for _, cells in rows(table)]
    assert not [name for name in names if not re.search(form.format(re.escape(name)), ALL, re.M)]


# ---- what people write ----

LOCAL, PROGRAM = r"['\"]?[~/]", r"['\"][^'\"]*\|['\"]"
WAYS = {  # of writing, and what shows them
    "set var = value (spaces)": r"^set \w+ = ", "bind/macro in several menus (a,b)": r"^(bind|macro) \w+,\w+ ", "source ~/…": r"^source ~/", "source /…": r"^source /",
    "source $…": r"^source \$", "source relative": r"^source \w", "source program|": rf"^source {PROGRAM}", "command inside a hook": r"^\w+-hook \S+ ['\"]\w+ ",
    "macro with a description": r'^macro \S+ \S+ ".*" "', "macro runs a configuration command": r"^macro .*<enter-command>", "macro runs a shell command": r"^macro .*<shell-escape>",
    "$variable in a value": r"^\w+ .*\$\w", "backtick": r"^\w+ .*`", "set novar": r"^set no\w+$", "set ?var": r"^set \?", "set invvar": r"^set inv\w+$",
    "color with a 4th argument or more": r'^color \w+ \w+ \w+ "[^"]*" \d',
}


def parts(name):
    """An expression for a name in which … stands for anything."""
    return re.escape(name).replace("…", r"[^|]*")


def value_form(name):
    variable, _, value = name.partition("=")
    if variable == "source|":
        return rf"^source \"{value}\b.*\|\""
    return rf"^set .*\b{variable} *= *" + {"(local)": LOCAL, "(program)": PROGRAM}.get(value, rf"['\"]?{re.escape(value)}")


def key_form(name):
    if number := re.match(r"\(sequence of (\d) characters\)", name):
        return rf"^(bind|macro) \S+ [^\s<>\\'\"]{{{number[1]}}} "
    return r"^(bind|macro) \S+ .*<esc>\w" if name == "<esc>+key" else rf"^(bind|macro) \S+ .*{re.escape(name)}"


FORMS = {  # kinds of names, and where one of them stands in a fixture
    "variable": lambda name: r"^set .*\bmy_\w+=" if name == "my_*" else rf"^(set|unset|toggle|reset) .*\b(no|inv)?{name}\b",
    "command": lambda name: rf"^{name}\b", "function": lambda name: rf"(^bind \S+ .* |<){name}\b", "function-bind": lambda name: rf"^bind \S+ .* {name}$",
    "function-macro": lambda name: rf"^macro .*<{name}>", "menu": lambda name: rf"^(bind|macro) (\S+,)?{name}[ ,]", "key": key_form, "key-in-macro": lambda name: rf"^macro .*{name}",
    "color-object": lambda name: rf"^color {name}\b", "mono-object": lambda name: rf"^mono {name}\b", "color-name": lambda name: rf"^color .*\b{name.replace('N', '[0-9]+')}\b",
    "color-attr": lambda name: rf"^(color|mono) \S+ .*\b{name}\b", "pattern": re.escape, "expando-any": parts, "variable-value": value_form, "hook-default": lambda name: rf"^{name} \. ",
    "expando": lambda name: rf"^set .*\b{name.split(' ')[0]} *=.*{parts(name.split(' ')[1])}", "my_hdr-header": lambda name: rf"^my_hdr {name}: ",
    "mailboxes-form": lambda name: r"^mailboxes \w+$" if name == "word" else r"^mailboxes `" if "program" in name else rf"^mailboxes {re.escape(name.rstrip('…'))}",
    "syntax": lambda name: WAYS.get(name, "^" + re.escape(name)),
    **{kind: lambda name, command=kind.split("-")[0]: rf"^{command} .*{re.escape(name)}( |$)"
       for kind in ("auto_view", "alternative_order", "mime_lookup", "hdr_order-header", "ignore-header", "unignore-header")},
}


def test_the_fixtures_have_every_name_that_people_write():
    """names.tsv: what occurs in the files that people have published, typing mistakes left out."""
    names = [line.split("\t") for line in (FIXTURES / "names.tsv").read_text().splitlines() if not line.startswith("#")]
    assert len(names) > 1500 and {kind for kind, _ in names} == set(FORMS)
    assert not [(kind, name) for kind, name in names if not re.search(FORMS[kind](name), ALL, re.M | re.I)]


# ---- what the packages ship ----

def samples():
    """The configuration files of Debian's mutt and neomutt: the system's, samples, colour schemes, keys."""
    for top in ("/etc/Muttrc", "/etc/neomuttrc"):
        yield from (path for path in [pathlib.Path(top), *sorted(pathlib.Path(f"{top}.d").glob("*.rc"))] if path.is_file())
    for package in ("mutt", "neomutt"):
        for path in sorted(pathlib.Path(f"/usr/share/doc/{package}").rglob("*")):
            name = path.name.removesuffix(".gz")
            is_rc = re.search(r"(\.rc|rc(-\w+)?)$", name, re.I) or name.startswith("colors.")
            if path.is_file() and is_rc and name not in FAULTY:
                yield path


SAMPLES = list(samples())


@pytest.mark.skipif(not SAMPLES, reason="neither mutt nor neomutt is installed here: their samples are read where they are")
def test_the_samples_of_the_packages_are_read_without_an_error(home):
    wrong = []
    for path in SAMPLES:
        text = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
        (home.path / "sample").write_bytes(text)
        wrong += [f"{path}: {row['line']}: {row['text']}" for row in errors(home, home.path / "sample")]
    assert not wrong, wrong
