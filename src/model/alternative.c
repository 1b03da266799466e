/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The text in a second form. */
#include "cur/model/alternative.h"

#include <string.h>

#include "cur/base/child.h"
#include "cur/base/error.h"
#include "cur/base/text.h"
#include "cur/conf/conf.h"

enum { OUTPUT_MAX = 64 << 20 };

/* The first line: "text/html", or "text/html; charset=…". */
static gboolean take_type(struct draft_part *part, const char *line)
{
	g_auto(GStrv) words = g_strsplit(line, ";", 2);
	const char *slash = *words ? strchr(g_strstrip(*words), '/') : NULL;
	const char *charset = *words && words[1] ? strstr(words[1], "charset=") : NULL;

	if (!slash || slash == *words || !slash[1] || strpbrk(*words, " \t"))
		return FALSE;
	part->type = g_strdup(*words);
	if (charset) {
		charset += strlen("charset=");
		charset += *charset == '"';
		part->charset = g_strndup(charset, strcspn(charset, "\"; \t"));
	}
	return TRUE;
}

/* The output of the filter: the type, an empty line, the content. */
static struct draft_part *part_of(GBytes *output, GError **error)
{
	gsize n;
	const char *text = g_bytes_get_data(output, &n);
	const char *blank = n ? g_strstr_len(text, (gssize)n, "\n\n") : NULL;
	g_autofree char *line = blank ? text_make_valid(text, blank - text) : NULL;
	struct draft_part *part = draft_part_new_bytes(NULL, NULL, NULL);

	if (!line || !take_type(part, line)) {
		draft_part_free(part);
		error_set(error, CUR_ERROR_USAGE,
			  "$send_multipart_alternative_filter printed no type and empty line");
		return NULL;
	}
	blank += 2;
	part->bytes =
	    g_bytes_new_from_bytes(output, (gsize)(blank - text), n - (gsize)(blank - text));
	part->disposition = g_strdup("inline");
	return part;
}

struct draft_part *alternative_new(const struct conf *conf, const struct draft *draft,
				   const struct patience *patience, GError **error)
{
	const char *command = conf_settings(conf)->send_multipart_alternative_filter;
	struct child_input input = {.limit = OUTPUT_MAX, .patience = patience};
	g_autofree char *text = NULL;
	struct draft_part *part = NULL;
	struct child_result result = {0};

	if (!*command) {
		error_set(error, CUR_ERROR_USAGE,
			  "$send_multipart_alternative_filter names no command");
		return NULL;
	}
	text = draft_body(draft, &input.n_stdin, error);
	input.stdin_bytes = text;
	if (!text || !child_shell(command, NULL, &input, &result, error))
		return NULL;
	if (result.status != 0 || result.cut)
		error_set(error, CUR_ERROR_REFUSED, "'%s' ended with status %d", command,
			  result.status);
	else
		part = part_of(result.out, error);
	child_result_clear(&result);
	return part;
}

gboolean alternative_add(struct draft *draft, struct draft_part *part, GError **error)
{
	g_autoptr(GPtrArray) members = g_ptr_array_new();
	g_autoptr(GArray) entries = NULL;

	draft_place_text(draft);
	entries = draft_entries(draft);
	for (guint i = 0; i < entries->len; i++) {
		const struct draft_entry *entry = &g_array_index(entries, struct draft_entry, i);

		if (!entry->part->is_text)
			continue;
		g_ptr_array_add(members, entry->part);
		g_ptr_array_add(members, part);
		g_ptr_array_insert(entry->siblings, (gint)entry->index + 1, part);
		break;
	}
	return draft_group(draft, members, "multipart/alternative", error);
}
