#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which test sees the effect of which row of include/cur/*.def: tests/coverage/*.tsv names them.

Each line is `kind<TAB>name<TAB>path::test[ path::test...]`. Run alone it prints the rows that have no test."""

import re
import sys

from tables import TREE, rows

# kind: its table, and the cells of a row that make its name
NAMES = {
    "variable": ("variables", 0),
    "command": ("commands", 1),
    "function": ("functions", 1),
    "pattern": ("patterns", 0),
    "expando": ("expandos", 0, 1),
    "color": ("colors", 1),
}


def acting():
    """(kind, name) of each row that says it acts; an expando's is `DOMAIN %letters`."""
    for kind, (table, *cells_of_name) in NAMES.items():
        for row, cells in rows(f"{table}.def"):
            if row != "SYNONYM" and "ACTS" in cells:
                yield kind, " %".join(cells[i].strip("\"'") for i in cells_of_name)


def listed():
    """(file, kind, name, tests) of each line of the list."""
    for path in sorted((TREE / "tests/coverage").glob("*.tsv")):
        for number, line in enumerate(path.read_text().splitlines(), 1):
            if line and not line.startswith("#"):
                kind, name, tests = line.split("\t")
                yield f"{path.name}:{number}", kind, name, tests.split()


def defined(test, seen={}):
    """Whether `path::name` is a test of the tree."""
    path, _, name = test.partition("::")
    if path not in seen:
        file = TREE / path
        text = file.read_text() if file.is_file() else ""
        seen[path] = set(re.findall(r"^\s*(?:def|static void) (test_\w+)\(", text, re.M))
    return name in seen[path]


def names_of(kind, name):
    """A function's row may begin with the menu it is tested in."""
    return name.split()[-1] if kind == "function" else name


def untested():
    have = {(kind, names_of(kind, name)) for _, kind, name, _ in listed()}
    return [row for row in acting() if row not in have]


def unknown():
    """Lines that name a test, or a row, that is not there."""
    rows = set(acting())
    for where, kind, name, tests in listed():
        if (kind, names_of(kind, name)) not in rows:
            yield f"{where}: no row of {kind} '{name}' acts"
        for test in tests:
            if not defined(test):
                yield f"{where}: no test {test}"


if __name__ == "__main__":
    for fault in unknown():
        print(fault)
    for kind, name in untested():
        print(f"{kind}\t{name}")
    sys.exit(0)
