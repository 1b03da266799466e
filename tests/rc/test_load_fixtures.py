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
# A line of these that is wrong, and what is wrong with it in mutt and in NeoMutt, too.
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
