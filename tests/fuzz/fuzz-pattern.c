/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any text as a pattern, asked of a message without callbacks: no crash, no endless work. */
#include <stddef.h>
#include <stdint.h>

#include "cur/query/pattern.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char text[] = "f\0Re: lunch\0Ann <ann@x>, \"B, C\" <b@x>\0";
	const struct pattern_options options = {
	    .simple_search = "~f %s | ~s %s", .now = 1710428400, .current = 3, .last = 9};
	g_autofree char *pattern_text = g_strndup((const char *)data, size);
	auto_ptr(pattern) pattern = pattern_compile(pattern_text, &options, NULL);
	struct row row = {.date_sent = 1710428400, .size_bytes = 5000};
	struct envelope env;
	struct pattern_subject subject = {.row = &row, .env = &env, .number = 3};
	guint8 answer;

	envelope_init(&env, text, sizeof(text));
	if (!pattern)
		return 0;
	pattern_match_rows(pattern, &row, &subject.mark, 1, &answer);
	/* The two ways to ask must agree. */
	if (answer != PATTERN_ASK)
		g_assert_cmpint(answer, ==, pattern_match(pattern, &subject));
	else
		pattern_match(pattern, &subject);
	return 0;
}
