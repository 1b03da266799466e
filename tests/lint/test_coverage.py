# SPDX-License-Identifier: GPL-3.0-or-later
"""The list of tests in tests/coverage/ speaks of rows and tests that are there."""

import coverage_list


def test_the_list_names_what_is_there():
    assert not list(coverage_list.unknown())
