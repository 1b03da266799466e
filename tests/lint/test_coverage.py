# SPDX-License-Identifier: GPL-3.0-or-later
"""Every row of include/cur/*.def that says it acts has a test that sees it do so, named in tests/coverage/."""

import coverage_list
import pytest
from tables import rows

def told(kind, name):
    return (f"{kind} '{name}' acts, and no test sees it: write one in tests/rc/ and name it in a file of tests/coverage/, as\n"
            f"    {kind}\t{name}\ttests/rc/test_….py::test_…")


def test_the_list_names_what_is_there():
    assert not list(coverage_list.unknown())


def test_each_row_that_acts_has_a_test():
    missing = [told(*row) for row in coverage_list.untested()]
    assert not missing, "\n" + "\n".join(missing)


@pytest.mark.parametrize("table", sorted({table for table, *_ in coverage_list.NAMES.values()}))
def test_no_row_is_left_for_later(table):
    """It acts, or another thing does it (REPLACED), or it means nothing here (MEANINGLESS): its help says which."""
    later = [cells for _, cells in rows(f"{table}.def") if "LATER" in cells]
    assert not later, f"{table}.def: say what becomes of " + ", ".join(cells[0] + " " + cells[1] for cells in later)
