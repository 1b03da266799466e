# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads the rows of include/cur/*.def."""

import pathlib
import re

TREE = pathlib.Path(__file__).resolve().parents[2]
TABLES = TREE / "include/cur"
CELL = re.compile(r"\"(?:[^\"\\]|\\.)*\"|'(?:[^'\\]|\\.)'|[^,()\"']+")


def rows(table):
    """(kind, [cells]) of each row; strings keep their quotes."""
    for line in (TABLES / table).read_text().splitlines():
        if match := re.match(r"([A-Z]+)\((.*)\)$", line):
            yield match[1], [cell.strip() for cell in CELL.findall(match[2]) if cell.strip()]
