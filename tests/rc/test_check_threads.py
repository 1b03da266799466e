# SPDX-License-Identifier: GPL-3.0-or-later
"""How $use_threads, $sort and $sort_aux go together, by the examples of NeoMutt's manual; what decides between equals."""

import pytest
from listing import LOOK, Listing, lay, letter

THREADS = [  # minute, subject, the one it answers
    (1, "t1", None), (2, "t1-1", "t1"), (3, "t1-2", "t1"), (4, "t1-3", "t1"), (5, "t2", None), (6, "t3", None), (7, "re t1-2", "t1-2"), (8, "re t2", "t2"),
]
DOWN = ["t1", "t1-1", "t1-2", "re t1-2", "t1-3", "t2", "re t2", "t3"]
ORDERS = {
    "use_threads=no sort=date sort_aux=date": ["t1", "t1-1", "t1-2", "t1-3", "t2", "t3", "re t1-2", "re t2"],
    "use_threads=yes sort=date sort_aux=date": DOWN,
    "use_threads=threads sort=reverse-date sort_aux=date": ["t3", "t2", "re t2", "t1", "t1-1", "t1-2", "re t1-2", "t1-3"],
    "use_threads=reverse sort=date sort_aux=date": DOWN[::-1],
    "use_threads=reverse sort=reverse-date sort_aux=date": ["t1-3", "re t1-2", "t1-2", "t1-1", "t1", "re t2", "t2", "t3"],
    "use_threads=unset sort=threads sort_aux=date": DOWN,
    "use_threads=unset sort=reverse-threads sort_aux=date": DOWN[::-1],
    "use_threads=threads sort=reverse-last-date sort_aux=reverse-last-date": ["t2", "re t2", "t1", "t1-2", "re t1-2", "t1-3", "t1-1", "t3"],
    "use_threads=threads sort=last-date sort_aux=date": ["t3", "t1", "t1-1", "t1-2", "re t1-2", "t1-3", "t2", "re t2"],
}


@pytest.fixture(scope="module")
def listing():
    from home import Home
    home = Home()
    for minute, name, parent in THREADS:
        lay(home.path / "Mail", minute, letter(name, parent, date=f"Mon, 02 Nov 2026 12:0{minute}:00 +0000"))
    home.muttrc(LOOK + f"set spoolfile={home.path}/Mail strict_threads index_format='%Z[%s]' hide_thread_subject=no\n")
    yield Listing(home, home.path / "Mail", "-n", wanted="[re t2]")
    home.close()


def names(listing):
    """Subjects from top to bottom, without the tree before them."""
    return [name.lstrip(" |`-,>&") for name in listing.shown()]


@pytest.mark.parametrize("settings", ORDERS)
def test_orders_of_threads(listing, settings):
    listing.command(f"set {settings}")
    listing.until(lambda: names(listing) == ORDERS[settings], settings)


def test_the_order_of_the_mailbox_is_its_servers(lab, home):
    """By the numbers the server gave, whatever came here first and however old it is there."""
    server = lab.dovecot()
    with server.client() as client:
        for n in range(1, 7):
            client.append("INBOX", None, f'"02-Nov-2026 12:0{6 - n // 2}:00 +0000"', letter(f"nr {n}", date="Mon, 02 Nov 2026 12:00:00 +0000"))
    home.account(server, more=LOOK + "set sort=mailbox-order\n")
    home.sync()
    listing = Listing.__new__(Listing)
    listing.terminal = home.start("-n")
    listing.until(lambda: listing.shown() == [f"nr {n}" for n in range(1, 7)])
    listing.command("set sort=reverse-mailbox-order")
    listing.until(lambda: listing.shown() == [f"nr {n}" for n in range(6, 0, -1)])
