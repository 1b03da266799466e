#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Install the Debian packages that a purpose needs: packages.sh build|demo|check|bench
#
# Does nothing when they are there. Uses apt-get as root, else sudo, and asks first
# when there is a terminal to ask at. Servers that come with them are not started.
set -eu

build="build-essential pkg-config libglib2.0-dev libgmime-3.0-dev libgpgme-dev libcurl4-gnutls-dev libgnutls28-dev libgsasl-dev
zlib1g-dev liblmdb-dev libsqlite3-dev libnotmuch-dev libpcre2-dev libunistring-dev libidn2-dev libncurses-dev"
lab="python3 python3-pexpect python3-pyte python3-aiosmtpd dovecot-imapd dovecot-pop3d openssl"
check="gnupg gpgsm isync offlineimap3 libcmocka-dev notmuch python3-pytest python3-pytest-xdist python3-gi gir1.2-glib-2.0 strace mutt neomutt man-db clang-format locales"
bench="mutt neomutt isync offlineimap3 mpop getmail6 msmtp postfix"

case ${1:-} in
build) want="$build" ;;
demo) want="$build $lab" ;;
check) want="$build $lab $check" ;;
bench) want="$build $lab $bench" ;;
*)
	echo "usage: packages.sh build|demo|check|bench" >&2
	exit 2
	;;
esac

missing=
for package in $want; do
	state=$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null || true)
	[ "$state" = installed ] || missing="$missing $package"
done
[ -n "$missing" ] || exit 0

if ! command -v apt-get >/dev/null; then
	echo "packages.sh: this is not Debian; install what corresponds to:$missing" >&2
	exit 1
fi
sudo=
if [ "$(id -u)" != 0 ]; then
	if ! command -v sudo >/dev/null; then
		echo "packages.sh: not root and no sudo; install these, then try again:$missing" >&2
		exit 1
	fi
	sudo=sudo
	if [ -t 0 ] && [ -t 1 ]; then
		printf 'These packages are missing:%s\nInstall them with sudo apt-get? [Y/n] ' "$missing"
		read -r answer
		case $answer in
		[nN]*) exit 1 ;;
		esac
	fi
fi

# Keep a freshly installed Dovecot or Postfix from starting: the lab starts its own.
policy=/usr/sbin/policy-rc.d
if [ ! -e $policy ]; then
	printf '#!/bin/sh\nexit 101\n' | $sudo tee $policy >/dev/null
	$sudo chmod 755 $policy
	trap '$sudo rm -f $policy' EXIT
fi
echo "installing:$missing"
export DEBIAN_FRONTEND=noninteractive
log=$(mktemp)
if ! { $sudo apt-get update -q && $sudo env DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends $missing; } >"$log" 2>&1; then
	cat "$log" >&2
	rm -f "$log"
	exit 1
fi
rm -f "$log"
