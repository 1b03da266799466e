/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any bytes as a message whose sealed parts are looked for; GnuPG itself is not asked. */
#include "cur/crypt/open.h"
#include "cur/mail/display.h"

int LLVMFuzzerTestOneInput(const guint8 *data, gsize n);

int LLVMFuzzerTestOneInput(const guint8 *data, gsize n)
{
	const struct unseal_options options = {.verify = TRUE, .inline_pgp = TRUE};
	g_autoptr(GBytes) bytes = g_bytes_new(data, n);
	auto_ptr(unsealed) u = unseal(NULL, bytes, &options);
	struct display_options show = {.opened = unsealed_table(u)};
	auto_ptr(display) display = display_new(unsealed_message(u), &show);
	g_autoptr(GBytes) plain = unsealed_plain(u);

	g_free(display_to_text(display));
	return 0;
}
