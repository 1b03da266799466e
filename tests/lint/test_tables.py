# SPDX-License-Identifier: GPL-3.0-or-later
"""The tables tell the truth: what says ACTS is read by code, what code reads says ACTS, and every
row that acts has a help text."""

import pathlib
import re

import pytest

TREE = pathlib.Path(__file__).resolve().parents[2]
TABLES = TREE / "include/cur"
CELL = re.compile(r"\"(?:[^\"\\]|\\.)*\"|'(?:[^'\\]|\\.)'|[^,()\"']+")


def rows(table):
    """(kind, [cells]) of each row; strings keep their quotes."""
    for line in (TABLES / table).read_text().splitlines():
        if match := re.match(r"([A-Z]+)\((.*)\)$", line):
            yield match[1], [cell.strip() for cell in CELL.findall(match[2]) if cell.strip()]


def sources(*folders):
    return "\n".join(path.read_text() for folder in folders for path in sorted((TREE / "src" / folder).rglob("*.c")))


def acting(table, name_cell=0):
    return {cells[name_cell].strip('"') for kind, cells in rows(table) if kind != "SYNONYM" and "ACTS" in cells}


@pytest.mark.parametrize("table", ["variables.def", "commands.def", "functions.def", "patterns.def", "colors.def", "wire.def", "errors.def"])
def test_every_row_that_acts_has_a_help_text(table):
    bare = [cells[0] for kind, cells in rows(table) if kind != "SYNONYM" and ("ACTS" in cells or table in ("wire.def", "errors.def")) and cells[-1] == '""']
    assert not bare


@pytest.mark.parametrize("table", ["variables.def", "commands.def", "functions.def", "colors.def", "wire.def"])
def test_no_name_stands_twice(table):
    names = [cells[0] for _kind, cells in rows(table)]
    assert sorted(names) == sorted(set(names))


def used_variables():
    """Fields of struct settings that code outside the table's own reader uses."""
    code = sources(".").replace("\n", " ")
    holder = r"(?:\b\w*settings|\bset|\bs|settings\([^()]*\)|conf_settings\([^;{}]*?\)|app_settings\([^;{}]*?\))"
    return set(re.findall(holder + r"\s*->\s*([a-z][a-z0-9_]+)", code))


def test_variables_act_as_the_table_says():
    names = {cells[0] for kind, cells in rows("variables.def") if kind != "SYNONYM"}
    used, acts = used_variables() & names, acting("variables.def")
    assert not sorted(used - acts), "read by code, but the table says that they do not act"
    assert not sorted(acts - used), "the table says that they act, but no code reads them"


def test_functions_act_as_the_table_says():
    used = set(re.findall(r"\bFN_([A-Z0-9_]+)", sources("ui"))) | set(re.findall(r"\b(?:HANDLER|FN|ON)\(([A-Z0-9_]+),", sources("ui")))
    names = {cells[0] for _kind, cells in rows("functions.def")}
    acts = acting("functions.def")
    assert not sorted(acts - used), "the table says that they act, but nothing in ui handles them"
    assert names >= acts


def test_synonyms_lead_somewhere():
    names = {cells[0] for kind, cells in rows("variables.def") if kind != "SYNONYM"}
    astray = [cells for kind, cells in rows("variables.def") if kind == "SYNONYM" and cells[1] not in names]
    assert not astray
