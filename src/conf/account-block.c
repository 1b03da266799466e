/* SPDX-License-Identifier: GPL-3.0-or-later */
/* See account-block.h. */
#include "account-block.h"

#include <string.h>

#include "cur/base/error.h"
#include "cur/base/nearest.h"
#include "cur/conf/accounts.h"
#include "cur/mail/address.h"
#include "server.h"

/* ---- keys ------------------------------------------------------------------------------ */

/* What a value has to be. */
enum value_kind { VALUE_TEXT, VALUE_IMAP, VALUE_POP, VALUE_SMTP, VALUE_ADDRESS, VALUE_ADDRESSES };

/* clang-format off */
static const struct {
	const char *name;
	enum block_key key;
	enum value_kind kind;
} keys[] = {
    {"imap", BLOCK_IMAP, VALUE_IMAP},
    {"pop", BLOCK_POP, VALUE_POP},
    {"folder", BLOCK_FOLDER, VALUE_TEXT},
    {"smtp", BLOCK_SMTP, VALUE_SMTP},
    {"sendmail", BLOCK_SENDMAIL, VALUE_TEXT},
    {"user", BLOCK_USER, VALUE_TEXT},
    {"pass", BLOCK_PASS, VALUE_TEXT},
    {"pass_command", BLOCK_PASS_COMMAND, VALUE_TEXT},
    {"oauth_command", BLOCK_OAUTH_COMMAND, VALUE_TEXT},
    {"from", BLOCK_FROM, VALUE_ADDRESS},
    {"realname", BLOCK_REALNAME, VALUE_TEXT},
    {"identities", BLOCK_IDENTITIES, VALUE_ADDRESSES},
    {"signature", BLOCK_SIGNATURE, VALUE_TEXT},
    {"inbox", BLOCK_INBOX, VALUE_TEXT},
    {"sent", BLOCK_SENT, VALUE_TEXT},
    {"drafts", BLOCK_DRAFTS, VALUE_TEXT},
    {"trash", BLOCK_TRASH, VALUE_TEXT},
    {"archive", BLOCK_ARCHIVE, VALUE_TEXT},
    {"spam", BLOCK_SPAM, VALUE_TEXT},
    {"mailboxes", BLOCK_MAILBOXES, VALUE_TEXT},
    /* as the variables are called */
    {"spoolfile", BLOCK_INBOX, VALUE_TEXT},
    {"record", BLOCK_SENT, VALUE_TEXT},
    {"postponed", BLOCK_DRAFTS, VALUE_TEXT},
    {"junk", BLOCK_SPAM, VALUE_TEXT},
};
/* clang-format on */

enum block_key account_block_key(const char *word)
{
	for (guint i = 0; i < G_N_ELEMENTS(keys); i++)
		if (!strcmp(keys[i].name, word))
			return keys[i].key;
	return BLOCK_KEYS;
}

const char *conf_account_key_at(guint i)
{
	return i < G_N_ELEMENTS(keys) ? keys[i].name : NULL;
}

static const char *key_name_of(enum block_key key)
{
	guint i = 0;

	while (keys[i].key != key)
		i++;
	return keys[i].name;
}

char *account_block_hint(const char *word)
{
	const char *names[G_N_ELEMENTS(keys) + 1] = {NULL};

	for (guint i = 0; i < G_N_ELEMENTS(keys); i++)
		names[i] = keys[i].name;
	return nearest_hint(word, names);
}

/* ---- the block ------------------------------------------------------------------------- */

static void block_set_free(struct block_set *set)
{
	g_free(set->value);
	g_free(set);
}

struct account_block *account_block_new(const char *name)
{
	struct account_block *block = g_new0(struct account_block, 1);

	block->name = g_strdup(name);
	block->set = g_ptr_array_new_with_free_func((GDestroyNotify)block_set_free);
	block->lines = g_ptr_array_new_with_free_func(g_free);
	return block;
}

void account_block_free(struct account_block *block)
{
	if (!block)
		return;
	g_free(block->name);
	for (guint k = 0; k < BLOCK_KEYS; k++)
		g_free(block->value[k]);
	g_ptr_array_unref(block->set);
	g_ptr_array_unref(block->lines);
	g_free(block);
}

/* ---- values ---------------------------------------------------------------------------- */

static gboolean check_url(const char *key, const char *value, enum account_protocol protocol,
			  GError **error)
{
	static const char *const wanted[] = {[ACCOUNT_IMAP] = "imaps://HOST or imap://HOST",
					     [ACCOUNT_POP] = "pops://HOST or pop://HOST",
					     [ACCOUNT_SMTP] = "smtps://HOST or smtp://HOST:587"};
	g_autofree char *shown = server_shown(value);
	g_autoptr(GError) failed = NULL;
	struct server server;
	gboolean right;

	if (!server_parse(value, &server, &failed))
		return error_set(error, CUR_ERROR_USAGE, "%s: '%s': %s (%s)", key, shown,
				 failed->message, wanted[protocol]);
	right = server.protocol == protocol;
	server_clear(&server);
	return right || error_set(error, CUR_ERROR_USAGE, "%s: '%s' is another kind of server (%s)",
				  key, shown, wanted[protocol]);
}

static gboolean check_addresses(const char *key, const char *value, guint most, GError **error)
{
	g_autoptr(GPtrArray) list = address_parse(value);
	guint n = 0;

	for (guint i = 0; i < list->len; i++) {
		const struct address *a = g_ptr_array_index(list, i);

		if (a->kind == ADDRESS_MAILBOX && *a->local && *a->host)
			n++;
	}
	if (n == list->len && n > 0 && n <= most)
		return TRUE;
	return error_set(error, CUR_ERROR_USAGE, "%s: '%s' is not %s", key, value,
			 most == 1 ? "an address" : "a list of addresses");
}

static gboolean check_value(const char *key, enum value_kind kind, const char *value,
			    GError **error)
{
	switch (kind) {
	case VALUE_IMAP:
		return check_url(key, value, ACCOUNT_IMAP, error);
	case VALUE_POP:
		return check_url(key, value, ACCOUNT_POP, error);
	case VALUE_SMTP:
		return check_url(key, value, ACCOUNT_SMTP, error);
	case VALUE_ADDRESS:
		return check_addresses(key, value, 1, error);
	case VALUE_ADDRESSES:
		return check_addresses(key, value, G_MAXUINT, error);
	default:
		return TRUE;
	}
}

gboolean account_block_take(struct account_block *block, enum block_key key, char *value,
			    GError **error)
{
	g_autofree char *taken = value;
	const char *name = key_name_of(key);
	enum value_kind kind = VALUE_TEXT;

	for (guint i = 0; i < G_N_ELEMENTS(keys); i++)
		if (keys[i].key == key)
			kind = keys[i].kind;
	if (block->value[key])
		return error_set(error, CUR_ERROR_USAGE, "%s is given twice", name);
	if (!check_value(name, kind, value, error))
		return FALSE;
	block->value[key] = g_steal_pointer(&taken);
	return TRUE;
}

gboolean account_block_check(const struct account_block *b, GError **error)
{
	static const enum block_key apart[][2] = {
	    {BLOCK_IMAP, BLOCK_POP},	       {BLOCK_IMAP, BLOCK_FOLDER},
	    {BLOCK_SMTP, BLOCK_SENDMAIL},      {BLOCK_PASS, BLOCK_PASS_COMMAND},
	    {BLOCK_PASS, BLOCK_OAUTH_COMMAND}, {BLOCK_PASS_COMMAND, BLOCK_OAUTH_COMMAND}};

	if (!b->value[BLOCK_IMAP] && !b->value[BLOCK_POP] && !b->value[BLOCK_FOLDER])
		return error_set(
		    error, CUR_ERROR_USAGE,
		    "account %s: where its mail is says imap=, pop= or folder=", b->name);
	for (guint i = 0; i < G_N_ELEMENTS(apart); i++)
		if (b->value[apart[i][0]] && b->value[apart[i][1]])
			return error_set(error, CUR_ERROR_USAGE,
					 "account %s: %s= and %s= exclude each other", b->name,
					 key_name_of(apart[i][0]), key_name_of(apart[i][1]));
	return TRUE;
}
