# SPDX-License-Identifier: GPL-3.0-or-later
"""Virtual mailboxes over the database that the user's own notmuch keeps: its tags, its Maildirs."""

import shutil
import subprocess

import pytest
from letters import message

pytestmark = pytest.mark.skipif(not shutil.which("notmuch"), reason="notmuch is not here")


@pytest.fixture
def theirs(home):
    """A Maildir in a notmuch database, tagged, that cur was never told of."""
    home.maildir("Mail/inbox")
    home.maildir("Store/kept", [message(subject=name, ident=f"<{name}@x>") for name in ("apple", "pear", "plum")])
    home.config = home.path / "notmuch-config"
    home.config.write_text(f"[database]\npath={home.path}/Store\n[user]\nname=A\nprimary_email=a@example.org\n[new]\ntags=inbox\n")
    notmuch(home, "new")
    notmuch(home, "tag", "+fruit", "+red", "--", "subject:apple or subject:plum")
    return home


def notmuch(home, *args):
    subprocess.run(["notmuch", f"--config={home.config}", *args], env=home.env, check=True, capture_output=True)


@pytest.mark.parametrize("lines", ["set nm_default_url=notmuch://~/Store", "set nm_config_file=~/notmuch-config",
                                   "set nm_config_profile=mine"])
def test_a_query_is_asked_of_it(theirs, lines):
    if "profile" in lines:
        place = theirs.path / "config/notmuch/mine"
        place.mkdir(parents=True)
        shutil.copy(theirs.config, place / "config")
    lines = lines.replace("~", str(theirs.path))
    theirs.muttrc(f'set folder=~/Mail spoolfile=+inbox index_format="%s [%g]."\nmailboxes =inbox\n{lines}\n'
                  'virtual-mailboxes "fruit" "notmuch://?query=tag:fruit"\n')
    terminal = theirs.start("-f", "fruit")
    terminal.wait(lambda text: all(f"{name} [fruit inbox red]." in text for name in ("apple", "plum")) and "pear" not in text)
