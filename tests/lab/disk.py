# SPDX-License-Identifier: GPL-3.0-or-later
"""A small file system over a folder, in a mount namespace of its own: the machine's mounts stay as they are."""

import os
import pathlib
import shutil
import subprocess
import unittest


class SmallDisk:
    """Mounted until close(). Skips the test where nobody may mount."""

    def __init__(self, folder, size):
        self.folder = pathlib.Path(folder)
        if os.geteuid() or not shutil.which("unshare") or not shutil.which("nsenter"):
            raise unittest.SkipTest("mounts a small file system, which only root may")
        script = 'mount -t tmpfs -o size="$1",mode=700 tmpfs "$2" && echo mounted && exec sleep 1000'
        self.holder = subprocess.Popen(["unshare", "--mount", "--propagation", "private", "sh", "-c", script, "sh", size, folder],
                                       stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        if self.holder.stdout.readline() != b"mounted\n":
            self.close()
            raise unittest.SkipTest("file systems cannot be mounted here")
        self.seen = pathlib.Path(f"/proc/{self.holder.pid}/root{self.folder}")

    def inside(self, folder):
        """What stands in front of a command that shall see it."""
        return ["nsenter", f"--target={self.holder.pid}", "--mount", f"--wd={folder}"]

    def resize(self, size):
        subprocess.run([*self.inside("/"), "mount", "-o", f"remount,size={size}", self.folder], check=True)

    def fill(self):
        """No byte more fits, until empty()."""
        with open(self.seen / "ballast", "wb") as ballast:
            for chunk in (1 << 16, 1):
                try:
                    while True:
                        os.write(ballast.fileno(), b"x" * chunk)
                except OSError:
                    pass

    def empty(self):
        (self.seen / "ballast").unlink()

    def close(self):
        self.holder.kill()
        self.holder.wait()
        self.holder.stdout.close()
        self.holder.stderr.close()
