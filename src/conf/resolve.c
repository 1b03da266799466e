/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Names of mailboxes: mutt's shortcuts, canonical names, and what a screen shows. */
#include <string.h>

#include "cur/base/error.h"
#include "cur/base/path.h"
#include "cur/conf/accounts.h"
#include "cur/conf/virtual.h"
#include "inside.h"
#include "server.h"

gboolean conf_is_url(const char *name)
{
	return g_str_has_prefix(name, "imap://") || g_str_has_prefix(name, "imaps://") ||
	       g_str_has_prefix(name, "pop://") || g_str_has_prefix(name, "pops://");
}

/* ---- shortcuts ------------------------------------------------------------------------- */

static char *below(const char *folder, const char *rest)
{
	return g_strconcat(folder, g_str_has_suffix(folder, "/") ? "" : "/", rest, NULL);
}

/* The folder a message to that alias would be saved in: its local part. */
static char *alias_folder(const struct conf *conf, const char *key)
{
	const struct alias *alias = conf_alias(conf, key);
	const char *start = alias ? strrchr(alias->addresses, '<') : NULL;
	g_autofree char *local = NULL;
	g_autofree char *safe = NULL;

	if (!alias)
		return NULL;
	start = start ? start + 1 : alias->addresses;
	local = g_strndup(start, strcspn(start, "@>, \t"));
	safe = path_safe_name(local, -1);
	return below(conf->settings->folder, safe);
}

/* What the first character stands for; NULL when it stands for nothing here. *used is its length.
 */
static const char *shortcut_target(const struct conf *conf, const char *text, gsize *used)
{
	const struct settings *s = conf->settings;

	*used = 1;
	if (!strcmp(text, "-"))
		return conf->previous_mailbox;
	if (g_str_has_prefix(text, "!!")) {
		*used = 2;
		return conf->previous_mailbox;
	}
	switch (*text) {
	case '!':
		return s->spoolfile;
	case '>':
		return s->mbox;
	case '<':
		return s->record;
	case '^':
		return conf->current_mailbox;
	default:
		return NULL;
	}
}

char *conf_expand_path(const struct conf *conf, const char *text, GError **error)
{
	const char *target;
	gsize used;
	char *path;

	if (*text == '=' || *text == '+')
		return below(conf->settings->folder, text + 1);
	if (*text == '~')
		return path_home_expand(text);
	if (*text == '@') {
		path = alias_folder(conf, text + 1);
		if (!path)
			error_set(error, CUR_ERROR_USAGE, "no alias '%s'", text + 1);
		return path;
	}
	if (!strchr("!><^", *text) && strcmp(text, "-"))
		return g_strdup(text);
	if (!*text)
		return g_strdup("");
	target = shortcut_target(conf, text, &used);
	if (!target || !*target) {
		error_set(error, CUR_ERROR_USAGE, "'%.*s' stands for no mailbox here", (int)used,
			  text);
		return NULL;
	}
	return g_strconcat(target, text + used, NULL);
}

/* ---- canonical names ---------------------------------------------------------------------- */

/* Levels by single slashes, INBOX in capitals, and the one %XX that people write: a blank. */
static char *clean_folder(const char *path)
{
	g_auto(GStrv) levels = g_strsplit(path, "/", -1);
	GString *out = g_string_new(NULL);

	for (char **l = levels; *l; l++) {
		g_autofree char *escaped = g_strdup(*l);
		g_auto(GStrv) pieces = g_strsplit(escaped, "%20", -1);
		g_autofree char *level = g_strjoinv(" ", pieces);

		if (!*level)
			continue;
		if (out->len > 0)
			g_string_append_c(out, '/');
		else if (!g_ascii_strcasecmp(level, "inbox"))
			memcpy(level, "INBOX", 5);
		g_string_append(out, level);
	}
	return g_string_free(out, FALSE);
}

char *conf_other_levels(const char *name, const char *delim_chars)
{
	const char *authority = strstr(name, "://");
	const char *path = authority ? strchr(authority + 3, '/') : NULL;
	g_autofree char *levels = path ? g_strdelimit(g_strdup(path + 1), delim_chars, '/') : NULL;
	g_autofree char *folder = levels ? clean_folder(levels) : NULL;

	if (!folder || !*folder || g_str_equal(folder, path + 1))
		return NULL;
	return g_strdup_printf("%.*s/%s", (int)(path - name), name, folder);
}

static char *canonical_url(struct conf *conf, const char *url, GError **error)
{
	auto_ptr(account) account = conf_account_of(conf, url, error);
	struct server s;
	g_autofree char *folder = NULL;

	if (!account || !server_parse(url, &s, error))
		return NULL;
	folder = clean_folder(s.path);
	server_clear(&s);
	return g_strconcat(account->url, "/", *folder ? folder : "INBOX", NULL);
}

/*
 * mutt would also take a bare word as a file in the working folder; so do we, but
 * "INBOX" alone, which nobody has there, is the inbox.
 */
char *conf_resolve_mailbox(struct conf *conf, const char *text, const char *current,
			   const char *previous, GError **error)
{
	const char *current_before = conf->current_mailbox;
	const char *previous_before = conf->previous_mailbox;
	g_autofree char *path = NULL;

	conf->current_mailbox = current;
	conf->previous_mailbox = previous;
	path = conf_expand_path(conf, g_ascii_strcasecmp(text, "inbox") ? text : "!", error);
	conf->current_mailbox = current_before;
	conf->previous_mailbox = previous_before;
	if (!path)
		return NULL;
	if (conf_mailbox_labelled(conf, path)) {
		char *named = g_strdup(conf_mailbox_labelled(conf, path));

		g_free(path);
		path = named;
	}
	if (!*path) {
		error_set(error, CUR_ERROR_USAGE, "no mailbox named");
		return NULL;
	}
	if (conf_is_virtual(path))
		return g_steal_pointer(&path);
	if (strstr(path, "://"))
		return canonical_url(conf, path, error);
	return path_absolute(path);
}

static char *canonical_root(const struct conf *conf)
{
	const char *folder = conf->settings->folder;
	g_autofree char *inbox = NULL;

	if (!conf_is_url(folder))
		return path_absolute(folder);
	/* Account hooks change settings and put them back: to a reader nothing happened. */
	inbox = canonical_url((struct conf *)conf, folder, NULL);
	if (!inbox)
		return g_strdup(folder);
	if (g_str_has_suffix(inbox, "/INBOX"))
		inbox[strlen(inbox) - strlen("/INBOX")] = 0;
	return g_steal_pointer(&inbox);
}

char *conf_mailbox_display(const struct conf *conf, const char *name)
{
	g_autofree char *root = *conf->settings->folder ? canonical_root(conf) : g_strdup("");
	gsize n = strlen(root);

	if (conf_is_virtual(name))
		return conf_virtual_display(conf, name);
	if (n > 1 && !strncmp(name, root, n) && name[n] == '/')
		return g_strconcat("=", name + n + 1, NULL);
	return path_home_shorten(name);
}
