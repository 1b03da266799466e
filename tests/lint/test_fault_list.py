# SPDX-License-Identifier: GPL-3.0-or-later
"""Each fault that must not lose mail has a test that names it (tests/faults.tsv)."""

import pathlib
import re

TESTS = pathlib.Path(__file__).resolve().parents[1]
IDS = [f"P{n:02}" for n in range(1, 80)] + [f"D{n:02}" for n in range(1, 58)] + [f"G{n}" for n in range(1, 7)] + [f"C{n:02}" for n in range(1, 24)] + ["U23", "U24"]
ROWS = [line.split("\t") for line in (TESTS / "faults.tsv").read_text().splitlines() if line and not line.startswith("#")]
FUNCTION = {".py": r"^def {}\(.*?(?=^\S|\Z)", ".c": r"(?:^/\*(?:(?!\*/).)*\*/\n)?^static void {}\(.*?^\}}"}
REASON_MIN = 30


def test_each_fault_has_its_row():
    assert [row[0] for row in ROWS] == IDS
    assert all(len(row) == 3 and all(row) for row in ROWS)


def beginning(where):
    """Name and first comment of the test that a row names: a function of Python or C, or a whole file."""
    file, _, name = where.partition("::")
    path = TESTS / file
    assert path.is_file(), f"there is no tests/{file}"
    text = path.read_text(errors="replace")
    if not name:
        return file + "\n" + text.partition("\n\n")[0]
    found = re.search(FUNCTION[path.suffix].format(name), text, re.M | re.S)
    assert found, f"there is no {name} in tests/{file}"
    return "\n".join(found.group(0).splitlines()[:6])


def test_each_test_that_is_listed_names_its_fault():
    for ident, what, tests in ROWS:
        if tests.startswith("- "):
            assert len(tests) > REASON_MIN, f"{ident}: why has it no test?"
            continue
        for where in tests.split(" "):
            assert re.search(rf"\b{ident}\b|(?<![a-z0-9]){ident.lower()}(?![a-z0-9])", beginning(where)), f"{where} does not name {ident} ({what})"
