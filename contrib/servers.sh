#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Unpack the mail servers that Debian does not let stand beside Dovecot: servers.sh FOLDER
#
# Nothing is installed, started or configured: the packages of Cyrus and Courier, with what they
# need and this machine lacks, are downloaded and unpacked into FOLDER, for the tests.
set -eu

target=${1:?usage: servers.sh FOLDER}
[ ! -d "$target" ] || exit 0
if ! command -v apt-get >/dev/null || ! command -v dpkg-deb >/dev/null; then
	echo "servers.sh: this is not Debian: no Cyrus and no Courier to test with" >&2
	exit 1
fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
chmod 755 "$work"
mkdir "$work/root" "$work/debs"

# Each set as apt would install it, were it not for the other.
for set in "cyrus-imapd" "courier-imap courier-pop"; do
	if ! apt-get install -s -q --no-install-recommends $set >>"$work/plan" 2>"$work/log"; then
		cat "$work/log" >&2
		exit 1
	fi
done
sed -n 's/^Inst \([^ ]*\).*/\1/p' "$work/plan" | sort -u >"$work/packages"
echo "unpacking:" $(cat "$work/packages")
if ! (cd "$work/debs" && apt-get download -q $(cat "$work/packages")) >"$work/log" 2>&1; then
	cat "$work/log" >&2
	exit 1
fi
for deb in "$work"/debs/*.deb; do
	dpkg-deb -x "$deb" "$work/root"
done
chmod -R a+rX "$work/root"
mkdir -p "$(dirname "$target")"
mv "$work/root" "$target"
