# SPDX-License-Identifier: GPL-3.0-or-later
"""What the documents point at exists: file:function anchors, files, and rows of the tables."""

import pathlib
import re

import pytest

TREE = pathlib.Path(__file__).resolve().parents[2]
ANCHOR = re.compile(r"`(src/[a-z/-]+\.c):([a-z_0-9]+)`")
ANCHORS = sorted({match for doc in (TREE / "doc").glob("*.md") for match in ANCHOR.findall(doc.read_text())})


def test_there_are_anchors():
    assert len(ANCHORS) > 15


@pytest.mark.parametrize("file, function", ANCHORS, ids=lambda v: v)
def test_a_document_names_a_function_that_exists(file, function):
    text = (TREE / file).read_text()
    assert re.search(rf"^[A-Za-z][^;=]*\b{function}\(", text, re.M), f"{file} has no function {function}"


@pytest.mark.parametrize("doc", sorted((TREE / "doc").glob("*.md")), ids=lambda d: d.name)
def test_links_to_files_lead_somewhere(doc):
    for target in re.findall(r"\]\(([^)#:]+)\)", doc.read_text()):
        assert (doc.parent / target).exists(), target
