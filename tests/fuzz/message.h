/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Everything that reads a message, run over any bytes: for the fuzzer, and for
 * the unit test that mutilates the corpus.
 */
#ifndef FUZZ_MESSAGE_H
#define FUZZ_MESSAGE_H

#include "cur/base/regex.h"
#include "cur/mail/address.h"
#include "cur/mail/display.h"
#include "cur/mail/html.h"
#include "cur/mail/scan.h"

static inline void fuzz_check_utf8(const char *text)
{
	if (!g_utf8_validate(text, -1, NULL))
		g_error("not UTF-8: %s", text);
}

static inline void fuzz_scan(const char *bytes, gsize n)
{
	struct row row;
	struct envelope env;
	char *text;
	gsize text_n;
	scan_header(bytes, n, NULL, &row, &text, &text_n);
	envelope_init(&env, text, text_n);
	if (!row.id_hash)
		g_error("a row without an id");
	for (int i = 0; i < ENV_N_FIELDS; i++)
		fuzz_check_utf8(env.field[i]);
	g_autoptr(GPtrArray) list = address_parse(env.field[ENV_FROM]);
	g_autofree char *header = address_format_header(list);
	fuzz_check_utf8(header);
	g_free(text);
}

static inline void fuzz_parts(struct message *m)
{
	for (guint i = 0; i < message_n_parts(m); i++) {
		struct part *p = message_part(m, i);
		gsize n;
		g_autofree char *name = part_filename_safe(p);
		g_autofree char *text = part_text(p, &n);
		auto_ptr(rich) html = html_render(text, n, NULL);
		fuzz_check_utf8(name);
		fuzz_check_utf8(text);
		fuzz_check_utf8(html->text->str);
	}
}

static inline void fuzz_display(struct message *m, gboolean weed)
{
	static const char *const ignore[] = {"*", NULL}, *const unignore[] = {"from", "subject",
									      NULL};
	auto_ptr(regex) quotes = regex_new("^([ \t]*[|>:}#])+", REGEX_SMART_CASE, NULL);
	struct display_options options = {.weed = weed,
					  .ignore = ignore,
					  .unignore = unignore,
					  .raw_headers = !weed,
					  .quote_regexp = quotes,
					  .reflow_text = TRUE};
	auto_ptr(display) d = display_new(m, &options);
	struct display_line line;
	for (guint i = 0; display_line(d, i, &line); i++) {
		fuzz_check_utf8(line.text);
		for (guint k = 0; k < line.n_spans; k++)
			if (line.spans[k].start + line.spans[k].n > line.n)
				g_error("a span beyond its line");
	}
}

static inline void fuzz_message(const char *bytes, gsize n)
{
	fuzz_scan(bytes, n);
	g_autoptr(GBytes) copy = g_bytes_new(bytes, n);
	auto_ptr(message) m = message_new(copy);
	fuzz_parts(m);
	fuzz_display(m, TRUE);
	fuzz_display(m, FALSE);
}

#endif
