# SPDX-License-Identifier: GPL-3.0-or-later
"""Fixtures of the whole-program tests: real servers, a home with a muttrc, the real programs."""

import os
import pathlib
import sys
import time

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent / "lab"))

from home import Home  # noqa: E402
from letters import message  # noqa: E402
from servers import Lab  # noqa: E402

# Of the random histories (tests/model); all workers of one run play parts of one series.
os.environ["CUR_MODEL_SEED"] = os.environ.get("CUR_MODEL_SEED") or str(int(time.time()))


@pytest.fixture
def lab():
    """A fresh set of servers: lab.dovecot(), lab.submission(dovecot=…)."""
    with Lab() as lab:
        yield lab


@pytest.fixture
def home():
    """An empty home; home.muttrc(text) or home.account(dovecot, submission) configures it."""
    home = Home()
    yield home
    home.close()


@pytest.fixture
def server(lab):
    """A Dovecot with the user anna."""
    return lab.dovecot()


@pytest.fixture
def account(lab, server, home):
    """A home with an IMAP account and submission on private servers: account.server, account.sink."""
    home.server, home.sink = server, lab.submission(dovecot=server)
    return home.account(server, home.sink)


@pytest.fixture
def make_message():
    return message


def pytest_sessionfinish(session):
    """Fail when any program, whoever started it, left a sanitizer's report (make check-asan)."""
    if hasattr(session.config, "workerinput") or "CUR_TEST_REPORTS" not in os.environ:
        return
    reports = sorted(pathlib.Path(os.environ["CUR_TEST_REPORTS"]).glob("report*"))
    for report in reports:
        print(f"\n---- {report}\n{report.read_text(errors='replace')}")
    if reports:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
