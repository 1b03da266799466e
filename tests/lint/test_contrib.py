# SPDX-License-Identifier: GPL-3.0-or-later
"""What contrib/ offers: units that systemd takes, a cron line that is silent when it should be."""

import os
import pathlib
import shutil
import subprocess

import pytest

CONTRIB = pathlib.Path(__file__).resolve().parents[2] / "contrib"


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="no systemd-analyze")
def test_the_units_are_as_systemd_wants_them(tmp_path):
    programs = tmp_path / "bin"
    programs.mkdir()
    for name in ("cur", "curd"):
        (programs / name).symlink_to("/bin/true")
    units = []
    for unit in sorted((CONTRIB / "systemd").iterdir()):
        units.append(tmp_path / unit.name)
        units[-1].write_text(unit.read_text().replace("/usr/local/bin", str(programs)).replace("Documentation=man:", "# "))
    done = subprocess.run(["systemd-analyze", "--user", "verify", *units], capture_output=True, text=True,
                          env={**os.environ, "XDG_RUNTIME_DIR": str(tmp_path)})
    assert (done.returncode, done.stderr) == (0, ""), done.stderr
    assert len(units) == 3


def cron(tmp_path, status):
    program = tmp_path / "cur"
    program.write_text(f"#!/bin/sh\necho it says this >&2\nexit {status}\n")
    program.chmod(0o755)
    [line] = [line for line in (CONTRIB / "cron.example").read_text().splitlines() if line[0] != "#"]
    command = line.split(None, 5)[5]
    return subprocess.run(["/bin/sh", "-c", command], capture_output=True, text=True,
                          env={"PATH": f"{tmp_path}:/bin:/usr/bin"}).stdout


@pytest.mark.parametrize("status, mailed", [(0, ""), (75, ""), (1, "it says this\n")])
def test_the_cron_line_speaks_only_of_what_went_wrong(tmp_path, status, mailed):
    assert cron(tmp_path, status) == mailed


@pytest.mark.parametrize("action, state, started", [
    ("up", "", True), ("vpn-up", "", True), ("down", "", False), ("connectivity-change", "FULL", True),
    ("connectivity-change", "PORTAL", False)])
def test_the_dispatcher_starts_a_sync_for_who_enabled_it(tmp_path, action, state, started):
    for name, text in {"loginctl": "echo 1000 anna; echo 1001 bob",
                       "systemctl": f'case "$*" in *is-enabled*) case "$*" in *anna*) exit 0;; *) exit 1;; esac;; esac; echo "$*" >>{tmp_path}/done'
                       }.items():
        (tmp_path / name).write_text(f"#!/bin/sh\n{text}\n")
        (tmp_path / name).chmod(0o755)
    subprocess.run([CONTRIB / "networkmanager/90-cur", "wlan0", action], check=True,
                   env={"PATH": f"{tmp_path}:/bin:/usr/bin", "CONNECTIVITY_STATE": state})
    done = (tmp_path / "done").read_text() if (tmp_path / "done").exists() else ""
    assert done == ("--user --machine=anna@.host --no-block start cur-sync.service\n" if started else "")


COMPLETE = r"""
source "$1"; line=$2
COMP_LINE=$line COMP_POINT=${#line} COMP_WORDS=($3) COMP_CWORD=2
_cur
printf '%s\n' "${COMPREPLY[@]}"
"""


@pytest.mark.parametrize("line, words, offered", [
    ("cur list imaps://a@h/I", "cur list a@h/I", ["a@h/INBOX"]),
    ("cur sync =x imaps://a@h/T", "cur sync a@h/T", ["a@h/Two\\ words"]),
    ("cur list imaps://a@h/$", "cur list a@h/$", []),
    ("cur list /home/a/x", "cur list /home/a/x", [r"/home/a/x\$\(touch\ owned\)", r"/home/a/x\`touch\ owned\`"]),
    ("cur sync --dr", "cur sync --dr", ["--dry-run"])])
def test_c17_completion_offers_names_of_folders_and_runs_none(tmp_path, line, words, offered):
    (tmp_path / "cur").write_text("""#!/bin/sh
cat <<'END'
     1      2  imaps://a@h/INBOX
     0    312  imaps://a@h/Two words
     0      0  /home/a/x$(touch owned)
     0      0  /home/a/x`touch owned`
END
""")
    (tmp_path / "cur").chmod(0o755)
    words = words.replace("a@h", "//a@h")
    done = subprocess.run(["bash", "-c", COMPLETE, "bash", CONTRIB / "completion/cur.bash", line, words], text=True,
                          capture_output=True, cwd=tmp_path, env={"PATH": f"{tmp_path}:/bin:/usr/bin"})
    assert (done.stdout.split("\n")[:-1], done.stderr) == ([name.replace("a@h", "//a@h") for name in offered] or [""], "")
    assert not (tmp_path / "owned").exists()
