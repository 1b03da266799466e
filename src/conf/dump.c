/* SPDX-License-Identifier: GPL-3.0-or-later */
/* All settings as a muttrc that would make them again. */
#include "cur/conf/dump.h"

#include <string.h>

#include "cur/base/error.h"
#include "cur/conf/accounts.h"
#include "inside.h"
#include "server.h"
#include "show.h"

static gboolean is_secret(const struct variable *v)
{
	return g_str_has_suffix(v->name, "_pass");
}

static char *format(const struct settings *s, const struct variable *v, enum dump_flags flags)
{
	const char *text = settings_string(s, v);
	g_autofree char *shown = NULL;
	g_autofree char *quoted = NULL;

	if (!(flags & DUMP_HIDE_SECRETS) || (!is_secret(v) && !strstr(text, "://")))
		return settings_format(s, v);
	shown = !is_secret(v) ? server_shown(text) : g_strdup(*text ? "***" : "");
	quoted = words_quote(shown);
	return g_strconcat(v->name, "=", quoted, NULL);
}

char *settings_show(const struct settings *s, const struct variable *v)
{
	return format(s, v, DUMP_HIDE_SECRETS);
}

static void append_state(GString *out, const struct variable *v)
{
	g_autofree char *state = show_state(v->state, v->help);

	if (state)
		g_string_append_printf(out, "  # %s", state);
}

static void append_variable(GString *out, const struct settings *s, const struct variable *v,
			    enum dump_flags flags)
{
	gboolean changed = !settings_is_default(s, v);
	g_autofree char *line = format(s, v, flags);

	if ((flags & DUMP_CHANGED) && !changed)
		return;
	if ((flags & DUMP_HELP) && *v->help)
		g_string_append_printf(out, "# %s\n", v->help);
	g_string_append_printf(out, "set %s", line);
	if (changed)
		append_state(out, v);
	else if (s->dialect == DIALECT_NEOMUTT && dialect_default(v))
		g_string_append(out, "  # NeoMutt's default");
	g_string_append_c(out, '\n');
}

static void append_my(GString *out, const struct conf *conf, enum dump_flags flags)
{
	g_autoptr(GList) names = g_hash_table_get_keys(conf->my);

	names = g_list_sort(names, (GCompareFunc)strcmp);
	for (const GList *n = names; n; n = n->next) {
		gboolean hidden = flags & DUMP_HIDE_SECRETS && strstr(n->data, "pass");
		g_autofree char *quoted =
		    words_quote(hidden ? "***" : conf_my_variable(conf, n->data));

		g_string_append_printf(out, "set %s=%s\n", (const char *)n->data, quoted);
	}
}

/* What `account` blocks did, as comments: read again, their settings alone stand above. */
static void append_accounts(GString *out, const struct conf *conf)
{
	g_autofree char *text = conf_account_blocks(conf);
	g_auto(GStrv) lines = g_strsplit(text, "\n", -1);

	for (char **line = lines; *line && **line; line++)
		g_string_append_printf(out, "%s%s\n", **line == '#' ? "" : "# ", *line);
}

char *conf_dump(const struct conf *conf, enum dump_flags flags)
{
	GString *out = g_string_new(NULL);
	const struct variable *v;

	for (guint i = 0; (v = variable_at(i)); i++)
		append_variable(out, conf->settings, v, flags);
	append_my(out, conf, flags);
	append_accounts(out, conf);
	return g_string_free(out, FALSE);
}

char *conf_query(const struct conf *conf, const char *name, enum dump_flags flags, GError **error)
{
	const struct variable *v = variable_find(name);
	GString *out;
	g_autofree char *line = NULL;
	g_autofree char *hint = NULL;

	if (!v) {
		hint = nearest_variable(name);
		error_set(error, CUR_ERROR_USAGE, "unknown variable '%s'%s", name, hint);
		return NULL;
	}
	out = g_string_new(NULL);
	line = format(conf->settings, v, flags);
	if ((flags & DUMP_HELP) && *v->help)
		g_string_append_printf(out, "# %s\n", v->help);
	g_string_append(out, line);
	return g_string_free(out, FALSE);
}
