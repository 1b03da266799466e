# SPDX-License-Identifier: GPL-3.0-or-later
"""A program whose disk fails (tests/lab/faulty.c): which calls count, which of them is spoilt, and how.

    disk = FaultyDisk(home)
    home.run("--once", program="curd", env=disk.listing())        # what there is to spoil …
    home.run("--once", program="curd", env=disk.spoil(7, "EIO"))  # … and now the seventh fails
"""

from home import BUILD

LIBRARY = BUILD / "lab/faulty.so"
CHANGES = ("write", "fsync", "ftruncate", "create", "rename", "link", "unlink", "mkdir")
OPENS = ("open", "reopen", "create", "opendir")
LOOKS = ("open", "opendir", "readdir", "read", "stat")


class FaultyDisk:
    """Spoils the calls of programs that run in `home`. What they log does not count, but fails with the rest."""

    def __init__(self, home, calls=CHANGES, spare="cur.log"):
        self.home, self.calls, self.spare, self.below = home, calls, spare, home.path
        self.list = home.path / "calls"

    def _env(self, **more):
        self.list.unlink(missing_ok=True)
        sanitizer = self.home.env["ASAN_OPTIONS"] + ":verify_asan_link_order=0"
        return {"LD_PRELOAD": str(LIBRARY), "ASAN_OPTIONS": sanitizer, "CUR_FAULT_BELOW": str(self.below),
                "CUR_FAULT_CALLS": ",".join(self.calls), "CUR_FAULT_SPARE": self.spare, "CUR_FAULT_LIST": str(self.list), **more}

    def listing(self):
        return self._env()

    def spoil(self, n, how, on=False):
        """The n-th call from 1, or with `on` each from there, is spoilt: kill, tear, short, lose or the name of an errno."""
        return self._env(CUR_FAULT_AT=str(n), CUR_FAULT_HOW=how, **({"CUR_FAULT_ON": "1"} if on else {}))

    def passed(self):
        """The calls that counted since then: [(call, path)]; what was spoilt has a "!" before its call."""
        lines = self.list.read_text(errors="replace").splitlines() if self.list.exists() else []
        return [tuple(line.split(" ", 1)) for line in lines]

    def spoilt(self):
        return [row for row in self.passed() if row[0].startswith("!")]
