# SPDX-License-Identifier: GPL-3.0-or-later
"""The muttrc that comes along, and what people have already, load; mistakes are named."""

import pathlib

TREE = pathlib.Path(__file__).resolve().parents[2]


def test_the_example_loads_without_a_complaint(home):
    done = home.run("-F", TREE / "muttrc.example", "-D", check=True)
    assert done.stderr == ""
    assert 'realname="Anna Müller"' in done.stdout


def test_check_finds_nothing_wrong_with_the_example(home):
    done = home.run("check", TREE / "muttrc.example")
    assert done.returncode == 0, done.stdout + done.stderr


def test_a_mistake_is_named_with_its_place_and_the_nearest_name(home):
    home.muttrc("set realname=Anna\nset idnex_format=%s\n")
    done = home.run("-D")
    assert "muttrc:2:5: unknown variable 'idnex_format'" in done.stderr
    assert "index_format" in done.stderr


def test_names_without_effect_are_told_apart(home):
    home.muttrc("set mixmaster=mix\n")
    done = home.run("-D", check=True)
    assert "mixmaster" in done.stdout
