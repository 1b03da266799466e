# SPDX-License-Identifier: GPL-3.0-or-later
"""Servers whose packages cannot be installed beside Dovecot's: contrib/servers.sh unpacks them into a folder."""

import os
import pathlib
import pwd
import shutil

import pytest

ROOT = pathlib.Path(os.environ.get("CUR_TEST_SERVERS", pathlib.Path(__file__).resolve().parents[2] / "build/servers")).resolve()


def program(path, package):
    """A program of an unpacked package; skips the test where it is not there."""
    if not (ROOT / path).exists():
        pytest.skip(f"needs {package} in {ROOT}: contrib/servers.sh {ROOT}")
    if os.geteuid() == 0 and not all(parent.stat().st_mode & 1 for parent in ROOT.parents):
        pytest.skip(f"{package} runs as {owner().pw_name}, who may not look into {ROOT}")
    return str(ROOT / path)


def environment(**more):
    """What such a program needs to find its libraries."""
    libraries = ":".join(f"{ROOT}{folder}{kind}" for folder in ("/usr/lib", "/lib") for kind in (f"/{os.uname().machine}-linux-gnu", ""))
    return {"PATH": f"{ROOT}/usr/bin:{ROOT}/usr/sbin:/usr/bin:/bin:/usr/sbin:/sbin", "LD_LIBRARY_PATH": libraries, **more}


def owner():
    """Who owns the mail: servers that become somebody else need somebody, and refuse root."""
    return pwd.getpwnam("mail") if os.geteuid() == 0 else pwd.getpwuid(os.geteuid())


def hand_over(folder):
    """Give a folder with all that is in it to that owner."""
    if os.geteuid() == 0:
        for top, folders, files in os.walk(folder):
            for name in (".", *folders, *files):
                shutil.chown(os.path.join(top, name), owner().pw_uid, owner().pw_gid)
