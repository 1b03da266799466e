# SPDX-License-Identifier: GPL-3.0-or-later
"""The tables tell the truth: what says ACTS is read by code, what code reads says ACTS, and every
row that acts has a help text."""

import re

import pytest
from tables import TABLES, TREE, rows


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


def functions_of(path):
    """The pieces of a C file: what stands between two closing braces in the first column."""
    return re.split(r"^}", path.read_text(), flags=re.M)


def used_variables():
    """Fields of struct settings that code reads, through a pointer declared so or from a function that returns one."""
    used = set()
    for path in sorted((TREE / "src").rglob("*.c")):
        if path.name in ("settings.c", "variables.c"):
            continue
        for piece in functions_of(path):
            names = re.findall(r"struct settings \*(\w+)\b(?!\()", piece)
            holder = "|".join([rf"(?<![>.])\b{name}" for name in names] + [r"(?:->|\.)settings", r"(?:conf|app)_settings\([^;{}]*?\)"])
            used |= set(re.findall(rf"(?:{holder})\s*->\s*([a-z][a-z0-9_]+)", piece))
    return used


def states(table):
    return {cells[0]: next((c for c in cells if c in ("ACTS", "LATER", "REPLACED", "MEANINGLESS")), None)
            for kind, cells in rows(table) if kind != "SYNONYM"}


def test_variables_act_as_the_table_says():
    state, used = states("variables.def"), used_variables()
    assert not sorted(name for name in used if state.get(name) == "LATER"), "read by code, but the table says that they do not act"
    assert not sorted(acting("variables.def") - used), "the table says that they act, but no code reads them"


def lies(table, name_cell, acts_in_code, only_acts=False):
    """Rows whose state and code differ: (name, state). With only_acts, LATER ones may have code that keeps their value."""
    wrong = []
    for kind, cells in rows(table):
        state = next((c for c in cells if c in ("ACTS", "LATER", "REPLACED", "MEANINGLESS")), None)
        has_code = bool(acts_in_code(cells))
        if (state == "ACTS" and not has_code) or (state == "LATER" and has_code and not only_acts):
            wrong.append((cells[name_cell], state))
    return wrong


def test_functions_act_as_the_table_says():
    code = sources("ui")
    assert not lies("functions.def", 0, lambda cells: re.search(rf"\bFN_{cells[0]}\b", code))


def test_commands_that_act_have_a_handler():
    handled = set(re.findall(r"\{(\"[a-z0-9_-]+\"),\s*run_\w+", sources("conf")))
    assert not lies("commands.def", 1, lambda cells: cells[1] in handled, only_acts=True)


def test_patterns_act_as_the_table_says():
    code = sources("query")
    assert not lies("patterns.def", 1, lambda cells: re.search(rf"\bPATTERN_{cells[1]}\b", code), only_acts=True)


def test_expandos_act_as_the_table_says():
    code = sources("format", "ui", "model")
    assert not lies("expandos.def", 2, lambda cells: re.search(rf"\bEXPANDO_{cells[0]}_{cells[2]}\b", code), only_acts=True)


def test_colours_act_as_the_table_says():
    code = sources("ui")
    assert not lies("colors.def", 0, lambda cells: re.search(rf"\bCOLOR_{cells[0]}\b", code))


def test_synonyms_lead_somewhere():
    names = {cells[0] for kind, cells in rows("variables.def") if kind != "SYNONYM"}
    astray = [cells for kind, cells in rows("variables.def") if kind == "SYNONYM" and cells[1] not in names]
    assert not astray
