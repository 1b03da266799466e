/* SPDX-License-Identifier: GPL-3.0-or-later */
/* variables.def as rows that can be found by name. */
#include <stdbool.h>
#include <string.h>

#include "cur/conf/settings.h"
#include "quad.h"

#define ROW(name, KIND, text, values, origin, state, help)                                         \
	{#name,                                                                                    \
	 VARIABLE_##KIND,                                                                          \
	 ORIGIN_##origin,                                                                          \
	 STATE_##state,                                                                            \
	 help,                                                                                     \
	 values,                                                                                   \
	 text,                                                                                     \
	 offsetof(struct settings, name)},

/* clang-format off */
static const struct variable variables[] = {
#define BOOL(n, d, o, s, h) ROW(n, BOOL, (d) ? "yes" : "no", NULL, o, s, h)
#define QUAD(n, d, o, s, h) ROW(n, QUAD, QUAD_TEXT(d), NULL, o, s, h)
#define NUMBER(n, d, o, s, h) ROW(n, NUMBER, #d, NULL, o, s, h)
#define STRING(n, d, o, s, h) ROW(n, STRING, d, NULL, o, s, h)
#define PATH(n, d, o, s, h) ROW(n, PATH, d, NULL, o, s, h)
#define MAILBOX(n, d, o, s, h) ROW(n, MAILBOX, d, NULL, o, s, h)
#define COMMAND(n, d, o, s, h) ROW(n, COMMAND, d, NULL, o, s, h)
#define FORMAT(n, d, o, s, h) ROW(n, FORMAT, d, NULL, o, s, h)
#define CHARSET(n, d, o, s, h) ROW(n, CHARSET, d, NULL, o, s, h)
#define SLIST(n, d, o, s, h) ROW(n, SLIST, d, NULL, o, s, h)
#define ADDRESS(n, d, o, s, h) ROW(n, ADDRESS, d, NULL, o, s, h)
#define MBTABLE(n, d, o, s, h) ROW(n, MBTABLE, d, NULL, o, s, h)
#define REGEX(n, d, o, s, h) ROW(n, REGEX, d, NULL, o, s, h)
#define SORT(n, d, v, o, s, h) ROW(n, SORT, d, v, o, s, h)
#define ENUM(n, d, v, o, s, h) ROW(n, ENUM, d, v, o, s, h)
#define SYNONYM(...)
#include "cur/conf/variables-end.def"
};

static const struct {
	const char *name, *target;
	enum conf_origin origin;
} synonyms[] = {
#define BOOL(...)
#define QUAD(...)
#define NUMBER(...)
#define STRING(...)
#define PATH(...)
#define MAILBOX(...)
#define COMMAND(...)
#define FORMAT(...)
#define CHARSET(...)
#define SLIST(...)
#define ADDRESS(...)
#define MBTABLE(...)
#define REGEX(...)
#define SORT(...)
#define ENUM(...)
#define SYNONYM(n, target, o) {#n, #target, ORIGIN_##o},
#include "cur/conf/variables-end.def"
};
/* clang-format on */

static gpointer build_index(gpointer unused)
{
	GHashTable *index = g_hash_table_new(g_str_hash, g_str_equal);

	for (guint i = 0; i < G_N_ELEMENTS(variables); i++)
		g_hash_table_insert(index, (char *)variables[i].name, (void *)&variables[i]);
	for (guint i = 0; i < G_N_ELEMENTS(synonyms); i++) {
		const struct variable *v = g_hash_table_lookup(index, synonyms[i].target);

		if (v)
			g_hash_table_insert(index, (char *)synonyms[i].name, (void *)v);
	}
	return index;
}

const struct variable *variable_find(const char *name)
{
	static GOnce once = G_ONCE_INIT;

	g_once(&once, build_index, NULL);
	return g_hash_table_lookup(once.retval, name);
}

enum conf_origin variable_name_origin(const char *name)
{
	const struct variable *v = variable_find(name);

	for (guint i = 0; v && strcmp(v->name, name) && i < G_N_ELEMENTS(synonyms); i++)
		if (!strcmp(synonyms[i].name, name))
			return synonyms[i].origin;
	return v ? v->origin : ORIGIN_BOTH;
}

const struct variable *variable_at(guint i)
{
	return i < G_N_ELEMENTS(variables) ? &variables[i] : NULL;
}

const char *variable_synonym_at(guint i, const struct variable **target)
{
	if (i >= G_N_ELEMENTS(synonyms))
		return NULL;
	if (target)
		*target = variable_find(synonyms[i].target);
	return synonyms[i].name;
}
