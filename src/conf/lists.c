/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Lists of words: ignore, hdr_order, auto_view, my_hdr and the like. */
#include "cur/conf/lists.h"

#include <string.h>

#include "cur/base/error.h"
#include "inside.h"

static void add_word(GPtrArray *list, const char *word)
{
	for (guint i = 0; i < list->len; i++)
		if (!g_ascii_strcasecmp(g_ptr_array_index(list, i), word))
			return;
	g_ptr_array_add(list, g_strdup(word));
}

static void remove_word(GPtrArray *list, const char *word)
{
	for (guint i = list->len; i-- > 0;)
		if (!g_ascii_strcasecmp(g_ptr_array_index(list, i), word))
			g_ptr_array_remove_index(list, i);
}

void lists_init(struct conf *conf)
{
	static const char *const mailto[] = {"body", "subject", "cc", "in-reply-to", "references"};

	for (guint i = 0; i < WORDS_N; i++)
		conf->words[i] = g_ptr_array_new_with_free_func(g_free);
	for (guint i = 0; i < G_N_ELEMENTS(mailto); i++)
		add_word(conf->words[WORDS_MAILTO_ALLOW], mailto[i]);
}

void lists_clear(struct conf *conf)
{
	for (guint i = 0; i < WORDS_N; i++)
		g_ptr_array_unref(conf->words[i]);
}

/* ---- questions about words ---------------------------------------------------------- */

static gboolean has_prefix_word(const GPtrArray *list, const char *text)
{
	for (guint i = 0; i < list->len; i++) {
		const char *word = g_ptr_array_index(list, i);

		if (!strcmp(word, "*") || !g_ascii_strncasecmp(text, word, strlen(word)))
			return TRUE;
	}
	return FALSE;
}

gboolean conf_is_ignored(const struct conf *conf, const char *header)
{
	/* `unignore from:` leaves the field in, `ignore "from "` an mbox line out. */
	g_autofree char *field = g_strconcat(header, ":", NULL);

	return has_prefix_word(conf->words[WORDS_IGNORE], field) &&
	       !has_prefix_word(conf->words[WORDS_UNIGNORE], field);
}

/* "text", "text/" and "text/" with a star mean every subtype. */
static gboolean type_matches(const char *pattern, const char *type)
{
	gsize major = strcspn(pattern, "/");
	const char *minor = pattern[major] ? pattern + major + 1 : "*";

	if (!strcmp(pattern, "*"))
		return TRUE;
	if (g_ascii_strncasecmp(pattern, type, major) || strcspn(type, "/") != major)
		return FALSE;
	return !*minor || !strcmp(minor, "*") || !g_ascii_strcasecmp(pattern, type);
}

static gboolean has_type(const GPtrArray *list, const char *type)
{
	for (guint i = 0; i < list->len; i++)
		if (type_matches(g_ptr_array_index(list, i), type))
			return TRUE;
	return FALSE;
}

gboolean conf_auto_view(const struct conf *conf, const char *type)
{
	return has_type(conf->words[WORDS_AUTO_VIEW], type);
}

gboolean conf_mime_lookup(const struct conf *conf, const char *type)
{
	return has_type(conf->words[WORDS_MIME_LOOKUP], type);
}

const GPtrArray *conf_mailto_allow(const struct conf *conf)
{
	return conf->words[WORDS_MAILTO_ALLOW];
}

const GPtrArray *conf_header_order(const struct conf *conf)
{
	return conf->words[WORDS_HDR_ORDER];
}

const GPtrArray *conf_my_headers(const struct conf *conf)
{
	return conf->words[WORDS_MY_HDR];
}

const GPtrArray *conf_alternative_order(const struct conf *conf)
{
	return conf->words[WORDS_ALTERNATIVE_ORDER];
}

const GPtrArray *conf_sidebar_pins(const struct conf *conf)
{
	return conf->words[WORDS_SIDEBAR_PIN];
}

/* ---- commands --------------------------------------------------------------------- */

static gboolean run_add_words(struct command *c, GError **error)
{
	if (command_names_nothing(c))
		return TRUE;
	do {
		g_autofree char *word = command_word(c, 0, error);

		if (!word)
			return FALSE;
		add_word(c->conf->words[c->data], word);
	} while (!words_at_end(c->words));
	return TRUE;
}

static gboolean run_remove_words(struct command *c, GError **error)
{
	if (command_names_nothing(c))
		return TRUE;
	do {
		g_autofree char *word = command_word(c, 0, error);

		if (!word)
			return FALSE;
		if (!strcmp(word, "*"))
			g_ptr_array_set_size(c->conf->words[c->data], 0);
		else
			remove_word(c->conf->words[c->data], word);
	} while (!words_at_end(c->words));
	return TRUE;
}

/* ignore and unignore take back what the other one said. */
static gboolean run_ignore(struct command *c, GError **error)
{
	int other = c->data == WORDS_IGNORE ? WORDS_UNIGNORE : WORDS_IGNORE;

	if (command_names_nothing(c))
		return TRUE;
	do {
		g_autofree char *word = command_word(c, 0, error);

		if (!word)
			return FALSE;
		if (!strcmp(word, "*") && c->data == WORDS_UNIGNORE)
			g_ptr_array_set_size(c->conf->words[other], 0);
		else
			add_word(c->conf->words[c->data], word);
		remove_word(c->conf->words[other], word);
	} while (!words_at_end(c->words));
	return TRUE;
}

static gboolean is_header(const char *line, const char *name)
{
	gsize n = strcspn(name, ":");

	return !g_ascii_strncasecmp(line, name, n) && line[n] == ':';
}

static void remove_header(GPtrArray *list, const char *name)
{
	for (guint i = list->len; i-- > 0;)
		if (is_header(g_ptr_array_index(list, i), name))
			g_ptr_array_remove_index(list, i);
}

static gboolean run_my_hdr(struct command *c, GError **error)
{
	GPtrArray *list = c->conf->words[WORDS_MY_HDR];
	g_autofree char *line = command_word(c, WORDS_SPACE | WORDS_QUOTES, error);
	gsize name = line ? strcspn(line, ": \t") : 0;

	if (!line)
		return FALSE;
	if (name == 0 || line[name] != ':')
		return error_set(error, CUR_ERROR_USAGE, "my_hdr: no 'Name:' in '%s'", line);
	if (strpbrk(line, "\r\n"))
		return error_set(error, CUR_ERROR_USAGE, "my_hdr: a header is one line");
	remove_header(list, line);
	g_ptr_array_add(list, g_strchomp(g_steal_pointer(&line)));
	return TRUE;
}

static gboolean run_unmy_hdr(struct command *c, GError **error)
{
	do {
		g_autofree char *name = command_word(c, 0, error);

		if (!name)
			return FALSE;
		if (!strcmp(name, "*"))
			g_ptr_array_set_size(c->conf->words[WORDS_MY_HDR], 0);
		else
			remove_header(c->conf->words[WORDS_MY_HDR], name);
	} while (!words_at_end(c->words));
	return TRUE;
}

const struct command_row list_commands[] = {
    {"ignore", run_ignore, WORDS_IGNORE},
    {"unignore", run_ignore, WORDS_UNIGNORE},
    {"hdr_order", run_add_words, WORDS_HDR_ORDER},
    {"unhdr_order", run_remove_words, WORDS_HDR_ORDER},
    {"auto_view", run_add_words, WORDS_AUTO_VIEW},
    {"unauto_view", run_remove_words, WORDS_AUTO_VIEW},
    {"mime_lookup", run_add_words, WORDS_MIME_LOOKUP},
    {"unmime_lookup", run_remove_words, WORDS_MIME_LOOKUP},
    {"alternative_order", run_add_words, WORDS_ALTERNATIVE_ORDER},
    {"unalternative_order", run_remove_words, WORDS_ALTERNATIVE_ORDER},
    {"mailto_allow", run_add_words, WORDS_MAILTO_ALLOW},
    {"unmailto_allow", run_remove_words, WORDS_MAILTO_ALLOW},
    {"sidebar_pin", run_add_words, WORDS_SIDEBAR_PIN},
    {"sidebar_whitelist", run_add_words, WORDS_SIDEBAR_PIN},
    {"sidebar_unpin", run_remove_words, WORDS_SIDEBAR_PIN},
    {"unsidebar_whitelist", run_remove_words, WORDS_SIDEBAR_PIN},
    {"my_hdr", run_my_hdr, 0},
    {"unmy_hdr", run_unmy_hdr, 0},
    {NULL, NULL, 0},
};
