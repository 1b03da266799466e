/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any bytes behind "mailto:": no file is named, no second header is made, what is built is safe. */
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "cur/mail/build.h"
#include "cur/mail/mailto.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct build_options options = {.default_from = "me@x", .hostname = "h"};
	g_autofree char *tail = g_strndup((const char *)data, size);
	g_autofree char *url = g_strconcat("mailto:", tail, NULL);
	auto_ptr(draft) draft = mailto_parse(url, NULL, NULL, NULL);
	struct built_message built;
	gsize n;
	const char *bytes;

	if (!draft)
		return 0;
	g_assert_cmpuint(draft->parts->len + draft->fcc->len + draft->headers->len, ==, 0);
	g_assert_null(draft->bcc);
	g_assert_null(draft->subject ? strpbrk(draft->subject, "\r\n") : NULL);
	if (!draft_build(draft, &options, &built, NULL))
		return 0;
	bytes = g_bytes_get_data(built.message, &n);
	g_assert_null(memchr(bytes, '\r', n));
	g_assert_null(memchr(bytes, '\0', n));
	built_message_clear(&built);
	return 0;
}
