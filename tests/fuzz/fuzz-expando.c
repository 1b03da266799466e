/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any text as a format: what comes out is safe for a terminal and as wide as it says. */
#include <stddef.h>
#include <stdint.h>

#include "cur/base/text.h"
#include "cur/format/of-index.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char text[] = "f\0Re: \033[2J\xff lunch\0Ann <ann@x>, \"B, C\" <b@x>\0";
	static const struct index_context context = {.mailbox_name = "in\nbox"};
	struct row row = {.date_sent = 1710428400, .size_bytes = 5000};
	struct envelope env;
	struct index_subject subject = {
	    .context = &context, .row = &row, .env = &env, .number = 3, .tree = "└─>"};
	struct expando_source source = index_source(&subject);
	int cols = size > 0 ? data[0] : 0;
	g_autofree char *format = g_strndup((const char *)data + (size > 0), size - (size > 0));
	auto_ptr(expando) expando = expando_compile(EXPANDO_INDEX, format, NULL);
	struct expando_line line;

	envelope_init(&env, text, sizeof(text));
	expando_line_init(&line, TRUE);
	expando_render(expando, cols, &source, &line);
	g_assert_true(text_is_safe(line.text->str, (gssize)line.text->len, TEXT_SAFE_LINE));
	g_assert_cmpint(line.cols, <=, cols);
	for (guint i = 0; i < line.spans->len; i++)
		g_assert_cmpuint(g_array_index(line.spans, struct expando_span, i).end, <=,
				 line.text->len);
	expando_line_clear(&line);
	return 0;
}
