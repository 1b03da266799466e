# SPDX-License-Identifier: GPL-3.0-or-later
"""Histories need no disk: thousands of them are played in memory where there is some. In the end it is said how many were."""

import os
import pathlib
import tempfile

if not os.environ.get("TMPDIR") and os.access("/dev/shm", os.W_OK):
    tempfile.tempdir = str(pathlib.Path("/dev/shm"))


def pytest_terminal_summary(terminalreporter):
    reports = [report for reports in terminalreporter.stats.values() for report in reports if getattr(report, "when", None) == "call"]
    for name in sorted({report.location[2].partition("[")[0] for report in reports}):
        noted = [note for report in reports if report.location[2].startswith(name) for note in report.user_properties]
        played, bad = (sorted(seed for what, seed in noted if what == which) for which in ("played", "bad"))
        if played:
            terminalreporter.write_line(f"{name}: {len(played)} histories, seeds {played[0]} to {played[-1]}, bad: {bad or 'none'}")
