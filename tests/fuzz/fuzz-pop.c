/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any bytes as all that a POP3 server says: numbers ascend, UIDLs are single and printable. */
#include <stddef.h>
#include <stdint.h>

#include "cur/imap/pop.h"
#include "memory-link.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static gboolean begun(const struct pop_message *m, void *data, GError **error)
{
	return m->number % 7 != 6;
}

static gboolean bytes_came(const char *bytes, gsize n, void *data, GError **error)
{
	return TRUE;
}

static gboolean ended(const struct pop_message *m, void *data, GError **error)
{
	return TRUE;
}

static gboolean refused(const struct pop_message *m, const char *words, void *data, GError **error)
{
	g_assert_true(g_utf8_validate(words, -1, NULL));
	return TRUE;
}

static void check_list(const GPtrArray *list)
{
	g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);
	guint32 last = 0;

	for (guint i = 0; i < list->len; i++) {
		const struct pop_message *m = g_ptr_array_index(list, i);

		g_assert_cmpuint(m->number, >, last);
		last = m->number;
		if (m->uidl)
			g_assert_true(g_hash_table_add(seen, m->uidl));
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct pop_account account = {
	    .server = {.protocol = LINK_POP3, .host = "localhost"},
	    .auth = {.user = "anna", .password = "secret"}};
	static const struct pop_message_ops ops = {begun, bytes_came, ended, refused};
	struct pop *p;

	memory_link_set(data, size);
	p = pop_open(&account, NULL, NULL);
	if (p) {
		struct pop_count count;
		g_autoptr(GPtrArray) list = pop_look(p, &count, NULL);
		g_autoptr(GPtrArray) marked = g_ptr_array_new();

		if (list && pop_sizes(p, list, NULL)) {
			check_list(list);
			pop_fetch(p, list, &ops, NULL, NULL);
			pop_delete(p, list, marked, NULL);
			g_assert_cmpuint(marked->len, <=, list->len);
		}
		pop_quit(p, NULL);
		pop_close(p);
	}
	return 0;
}
