/* SPDX-License-Identifier: GPL-3.0-or-later */
/* NAMESPACE (RFC 9051 6.3.10, RFC 2342): where a user's own mailboxes may be made. */
#include <string.h>

#include "cur/imap/mailbox.h"
#include "private.h"

enum { NAMESPACES_MAX = 100 };

/* One "(prefix delimiter extension…)", behind its '('. */
static gboolean description(struct imap *s, GPtrArray *prefixes, GError **error)
{
	g_autoptr(GString) prefix = g_string_new(NULL);

	if (!lex_string(&s->lx, prefix, NULL, error) || strlen(prefix->str) != prefix->len)
		return FALSE;
	spelling_from_wire(s, prefix);
	if (prefixes->len < NAMESPACES_MAX)
		g_ptr_array_add(prefixes, g_strdup(prefix->str));
	for (;;) {
		lex_blanks(&s->lx);
		if (lex_accept(&s->lx, ')'))
			return TRUE;
		if (!lex_skip_value(&s->lx, error))
			return FALSE;
	}
}

/* One of the three: NIL or a list of descriptions. */
static gboolean descriptions(struct imap *s, GPtrArray *prefixes, GError **error)
{
	lex_blanks(&s->lx);
	if (!lex_accept(&s->lx, '('))
		return lex_skip_value(&s->lx, error);
	for (;;) {
		lex_blanks(&s->lx);
		if (lex_accept(&s->lx, ')'))
			return TRUE;
		if (!lex_accept(&s->lx, '(') || !description(s, prefixes, error))
			return FALSE;
	}
}

/* The user's own come first, then those of others and the shared ones. */
gboolean response_namespace(struct imap *s, GError **error)
{
	g_autoptr(GPtrArray) prefixes = g_ptr_array_new_with_free_func(g_free);

	for (int i = 0; i < 3; i++)
		if (!descriptions(s, prefixes, error))
			return FALSE;
	g_clear_pointer(&s->namespaces, g_ptr_array_unref);
	s->namespaces = g_steal_pointer(&prefixes);
	return TRUE;
}

char *imap_name_to_make(struct imap *s, const char *name, GError **error)
{
	if (!s->namespaces && s->has[IMAP_NAMESPACE] &&
	    !command_run(s, "cannot ask for the namespaces", error, "NAMESPACE"))
		return NULL;
	if (!s->namespaces || !s->namespaces->len)
		return g_strdup(name);
	for (guint i = 0; i < s->namespaces->len; i++) {
		const char *prefix = s->namespaces->pdata[i];

		if (*prefix && g_str_has_prefix(name, prefix))
			return g_strdup(name);
	}
	return g_strconcat(s->namespaces->pdata[0], name, NULL);
}
