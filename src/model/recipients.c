/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Aliases opened, bare names completed, and who I am. */
#include "cur/model/recipients.h"

#include <string.h>
#include <unistd.h>

#include "cur/conf/conf.h"
#include "cur/conf/lists.h"
#include "cur/mail/address.h"

/* Aliases that are being opened: an alias that leads to itself is left as a name. */
struct expansion {
	const struct conf *conf;
	const struct alias *open[RECIPIENTS_ALIAS_DEPTH];
	guint depth;
	GPtrArray *out;
};

static gboolean is_open(const struct expansion *ex, const struct alias *alias)
{
	for (guint i = 0; i < ex->depth; i++)
		if (ex->open[i] == alias)
			return TRUE;
	return FALSE;
}

static void expand_list(struct expansion *ex, const char *text);

/* What is added to a bare name: $hidden_host leaves the host's own name out. Yours. */
static char *own_domain(const struct conf *conf)
{
	g_autofree char *host = recipients_hostname(conf);
	const char *dot = conf_settings(conf)->hidden_host ? strchr(host, '.') : NULL;

	/* example.org has no host in front that could be left out. */
	return dot && strchr(dot + 1, '.') ? g_strdup(dot + 1) : g_steal_pointer(&host);
}

static void expand_one(struct expansion *ex, const struct address *a)
{
	const struct alias *alias = NULL;
	struct address *copy;

	if (a->kind == ADDRESS_MAILBOX && !*a->host && !*a->name)
		alias = conf_alias(ex->conf, a->local);
	if (alias && ex->depth < RECIPIENTS_ALIAS_DEPTH && !is_open(ex, alias)) {
		ex->open[ex->depth++] = alias;
		expand_list(ex, alias->addresses);
		ex->depth--;
		return;
	}
	copy = address_copy(a);
	if (a->kind == ADDRESS_MAILBOX && !*a->host && conf_settings(ex->conf)->use_domain) {
		g_free(copy->host);
		copy->host = own_domain(ex->conf);
	}
	g_ptr_array_add(ex->out, copy);
}

static void expand_list(struct expansion *ex, const char *text)
{
	g_autoptr(GPtrArray) list = address_parse(text);

	for (guint i = 0; i < list->len; i++)
		expand_one(ex, g_ptr_array_index(list, i));
}

char *recipients_expand(const struct conf *conf, const char *typed)
{
	g_autoptr(GPtrArray) out = address_list_new();
	struct expansion ex = {.conf = conf, .out = out};

	expand_list(&ex, typed ? typed : "");
	address_list_unique(out, FALSE);
	return address_format_list(out);
}

guint recipients_count(const char *text)
{
	g_autoptr(GPtrArray) list = address_parse(text ? text : "");
	guint n = 0;

	for (guint i = 0; i < list->len; i++) {
		const struct address *a = g_ptr_array_index(list, i);

		n += a->kind == ADDRESS_MAILBOX;
	}
	return n;
}

static gboolean same_address(const char *address, const char *text)
{
	auto_ptr(address) a = address_parse_one(address);
	auto_ptr(address) b = address_parse_one(text);

	return a && b && address_equal(a, b);
}

gboolean recipients_is_me(const char *address, void *data)
{
	const struct conf *conf = data;
	const struct settings *s = conf_settings(conf);
	g_autofree char *host = NULL, *login = NULL;

	if (conf_is_alternate(conf, address))
		return TRUE;
	if (*s->from && same_address(address, s->from))
		return TRUE;
	host = own_domain(conf);
	login = g_strdup_printf("%s@%s", g_get_user_name(), host);
	return same_address(address, login) || g_ascii_strcasecmp(address, g_get_user_name()) == 0;
}

gboolean recipients_is_list(const char *address, void *conf)
{
	return conf_is_list(conf, address);
}

gboolean recipients_is_subscribed(const char *address, void *conf)
{
	return conf_is_subscribed(conf, address);
}

const char *recipients_alias_of(const char *address, void *data)
{
	const struct conf *conf = data;
	const GPtrArray *aliases = conf_aliases(conf);

	for (guint i = 0; i < aliases->len; i++) {
		const struct alias *alias = g_ptr_array_index(aliases, i);

		/* An alias for several people names none of them. */
		if (recipients_count(alias->addresses) == 1 &&
		    same_address(address, alias->addresses))
			return alias->key;
	}
	return NULL;
}

static void add_alias_name(GHashTable *names, const struct alias *alias)
{
	auto_ptr(address) a = NULL;
	char *spec;

	if (recipients_count(alias->addresses) != 1)
		return;
	a = address_parse_one(alias->addresses);
	if (!a || !*a->name)
		return;
	spec = address_spec(a);
	/* The first alias for an address wins. */
	for (char *p = spec; *p; p++)
		*p = g_ascii_tolower(*p);
	if (g_hash_table_contains(names, spec))
		g_free(spec);
	else
		g_hash_table_insert(names, spec, g_strdup(a->name));
}

GHashTable *recipients_alias_names(const struct conf *conf)
{
	const GPtrArray *aliases = conf_aliases(conf);
	GHashTable *names;

	if (!conf_settings(conf)->reverse_alias)
		return NULL;
	names = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
	for (guint i = 0; i < aliases->len; i++)
		add_alias_name(names, g_ptr_array_index(aliases, i));
	return names;
}

const char *recipients_alias_name(GHashTable *names, const char *address)
{
	g_autofree char *lower = names ? g_ascii_strdown(address, -1) : NULL;

	return lower ? g_hash_table_lookup(names, lower) : NULL;
}

char *recipients_hostname(const struct conf *conf)
{
	const struct settings *s = conf_settings(conf);
	char name[256] = "";

	if (*s->hostname)
		return g_strdup(s->hostname);
	if (gethostname(name, sizeof(name) - 1) != 0 || !*name)
		g_strlcpy(name, "localhost", sizeof(name));
	return g_strdup(name);
}

char *recipients_default_from(const struct conf *conf)
{
	const struct settings *s = conf_settings(conf);
	auto_ptr(address) from = *s->from ? address_parse_one(s->from) : NULL;

	if (!from) {
		g_autofree char *host = own_domain(conf);

		from = address_new("", g_get_user_name(), host);
	}
	if (!*from->name && *s->realname) {
		g_free(from->name);
		from->name = g_strdup(s->realname);
	}
	return address_format(from);
}

char *mailbox_of_person(const char *name)
{
	g_autofree char *lower = g_utf8_strdown(name, -1);

	g_strdelimit(lower, "/", '_');
	return g_strconcat("=", lower, NULL);
}
