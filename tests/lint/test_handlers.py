# SPDX-License-Identifier: GPL-3.0-or-later
"""A function that a menu's default key calls is done in that menu: a key of mutt's never says "Not available"."""

import re

import pytest
from tables import TREE, rows

# The view that is a menu, by its file and the name of its struct view_ops.
VIEWS = {
    "ALIAS": ("people.c", "alias_ops"), "ATTACH": ("attachments.c", "ops"), "BROWSER": ("folders.c", "ops"),
    "COMPOSE": ("compose-menu.c", "ops"), "INDEX": ("index.c", "ops"), "LIST": ("lists.c", "ops"),
    "PAGER": ("pager.c", "message_ops"), "POSTPONE": ("postponed.c", "ops"), "QUERY": ("people.c", "query_ops"),
}
# Nothing there for it to act on.
NOT_THERE = {
    ("BROWSER", "CATCHUP"): "of news groups",
}


def sources():
    return {path.name: path.read_text() for path in sorted((TREE / "src/ui").glob("*.c"))}


def body(text, name):
    """What stands in the braces of a definition `… name = {…};` or `… name[] = {…};`."""
    match = re.search(rf"\b{name}(?:\[\])? = \{{(.*?)\n?\}};", text, re.S)
    return match[1] if match else None


def functions_of(files, file, name):
    """The FN_ names of a table: of this file, else of the one that exports it."""
    here = body(files[file], name)
    if here is None:
        here = next(found for text in files.values() if (found := body(text, name)) is not None)
    return set(re.findall(r"\{FN_(\w+)", here))


def done_in(menu):
    files = sources()
    file, ops = VIEWS[menu]
    tables = re.search(r"\.handlers = (\w+)", body(files[file], ops))[1]
    done = functions_of(files, "functions.c", "view_handlers")
    for table in re.findall(r"\w+", body(files[file], tables)):
        if table != "NULL":
            done |= functions_of(files, file, table)
    return done


def acting(menu):
    """Functions of a menu's key table that say they act."""
    acts = {cells[0] for _, cells in rows("functions.def") if "ACTS" in cells}
    return acts & {cells[1] for kind, cells in rows("bindings.def") if kind == "BINDING" and cells[0] == menu}


@pytest.mark.parametrize("menu", VIEWS)
def test_each_function_of_a_menu_is_done_there(menu):
    missing = {fn for fn in acting(menu) - done_in(menu) if (menu, fn) not in NOT_THERE}
    assert not missing, f"{menu}: no fn_handler for {', '.join(sorted(missing))}"


def test_each_function_of_the_editor_is_done_there():
    """Of a line that is typed: in a switch of these files."""
    text = "".join(sources()[name] for name in ("prompt.c", "line-edit.c"))
    missing = acting("EDITOR") - set(re.findall(r"\bFN_(\w+)", text))
    assert not missing, f"EDITOR: nobody does {', '.join(sorted(missing))}"
