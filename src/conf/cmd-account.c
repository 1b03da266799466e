/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * account: one readable block for what otherwise takes settings and hooks. It runs the lines
 * it stands for, so all else sees hooks; the first one holds at once, too.
 */
#include <string.h>

#include "account-block.h"
#include "cur/base/error.h"
#include "cur/conf/accounts.h"

void blocks_init(struct conf *conf)
{
	conf->blocks = g_ptr_array_new_with_free_func((GDestroyNotify)account_block_free);
	conf->before_blocks = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, g_free);
}

void blocks_clear(struct conf *conf)
{
	g_ptr_array_unref(conf->blocks);
	g_hash_table_unref(conf->before_blocks);
}

static struct account_block *block_named(const struct conf *conf, const char *name)
{
	for (guint i = 0; i < conf->blocks->len; i++) {
		struct account_block *block = g_ptr_array_index(conf->blocks, i);

		if (!strcmp(block->name, name))
			return block;
	}
	return NULL;
}

/* ---- showing --------------------------------------------------------------------------- */

static gboolean is_secret(const char *line)
{
	return g_str_has_prefix(line, "account-hook ") && !strstr(line, "_pass=\"\"");
}

/* Comments and lines as they could stand in a muttrc; a password is not shown. */
static void append_block(GString *out, const struct account_block *block)
{
	g_string_append_printf(out, "# account %s\n", block->name);
	for (guint i = 0; i < block->lines->len; i++) {
		const char *line = g_ptr_array_index(block->lines, i);

		if (is_secret(line))
			g_string_append(out, "# account-hook with a password\n");
		else
			g_string_append_printf(out, "%s\n", line);
	}
}

char *conf_account_blocks(const struct conf *conf)
{
	GString *out = g_string_new(NULL);

	for (guint i = 0; i < conf->blocks->len; i++)
		append_block(out, g_ptr_array_index(conf->blocks, i));
	return g_string_free(out, FALSE);
}

static gboolean show_block(struct command *c, const char *name, GError **error)
{
	const struct account_block *block = block_named(c->conf, name);
	GString *out;

	if (!block)
		return error_set(error, CUR_ERROR_USAGE, "there is no account '%s'", name);
	out = g_string_new(NULL);
	append_block(out, block);
	c->message = g_string_free(out, FALSE);
	return TRUE;
}

/* ---- defining -------------------------------------------------------------------------- */

static gboolean take_pair(struct command *c, struct account_block *block, GError **error)
{
	g_autofree char *word = command_word(c, WORDS_EQUAL, error);
	enum block_key key = word ? account_block_key(word) : BLOCK_KEYS;
	char *value;

	if (!word)
		return FALSE;
	if (key == BLOCK_KEYS) {
		g_autofree char *hint = account_block_hint(word);

		return error_set(error, CUR_ERROR_USAGE, "an account has no '%s'%s", word, hint);
	}
	if (!words_take(c->words, '=', TRUE))
		return error_set(error, CUR_ERROR_USAGE, "%s wants a value: %s=…", word, word);
	value = command_word(c, 0, error);
	if (!value)
		return FALSE;
	if (key == BLOCK_PASS)
		conf_remark_password(c);
	return account_block_take(block, key, value, error);
}

static gboolean run_line(struct conf *conf, const char *line, GError **error)
{
	return conf_run_line(conf, line, NULL, NULL, error);
}

/* What was so before the first account changed it: where an account says nothing, that holds. */
static const char *value_before(struct conf *conf, const char *variable)
{
	const char *known = g_hash_table_lookup(conf->before_blocks, variable);
	char *text;

	if (known)
		return known;
	text = settings_text(conf->settings, variable_find(variable));
	g_hash_table_insert(conf->before_blocks, (char *)variable, text);
	return text;
}

/* `block` says nothing of what `other` sets: going from that one to this must set it back. */
static gboolean set_back(struct conf *conf, struct account_block *block,
			 const struct account_block *other, GError **error)
{
	for (guint i = 0; i < other->set->len; i++) {
		const struct block_set *set = g_ptr_array_index(other->set, i);
		const char *before = value_before(conf, set->name);

		if (!account_block_set(block, set->name) &&
		    !run_line(conf, account_block_add_hook(block, set->name, before), error))
			return FALSE;
	}
	return TRUE;
}

static gboolean fit_together(struct conf *conf, struct account_block *block, GError **error)
{
	for (guint i = 0; i < conf->blocks->len; i++) {
		struct account_block *other = g_ptr_array_index(conf->blocks, i);

		if (!set_back(conf, block, other, error) || !set_back(conf, other, block, error))
			return FALSE;
	}
	return TRUE;
}

/* The first account is where cur starts. */
static gboolean hold_at_once(struct conf *conf, const struct account_block *block, GError **error)
{
	g_autofree char *command = NULL;

	for (guint i = 0; i < block->set->len; i++)
		value_before(conf, ((struct block_set *)g_ptr_array_index(block->set, i))->name);
	if (conf->blocks->len > 0)
		return TRUE;
	command = account_block_command(block);
	return run_line(conf, command, error);
}

static gboolean define_block(struct command *c, struct account_block *block, GError **error)
{
	while (!words_at_end(c->words))
		if (!take_pair(c, block, error))
			return FALSE;
	if (!account_block_check(block, error))
		return FALSE;
	for (guint i = 0; i < c->conf->blocks->len; i++)
		if (!account_block_is_apart(block, g_ptr_array_index(c->conf->blocks, i), error))
			return FALSE;
	account_block_write(block);
	if (!hold_at_once(c->conf, block, error))
		return FALSE;
	for (guint i = 0; i < block->lines->len; i++)
		if (!run_line(c->conf, g_ptr_array_index(block->lines, i), error))
			return FALSE;
	return fit_together(c->conf, block, error);
}

static gboolean run_account(struct command *c, GError **error)
{
	g_autofree char *name = words_next(c->words, WORDS_EQUAL);
	auto_ptr(account_block) block = NULL;

	if (!name) {
		c->message = conf_account_blocks(c->conf);
		return TRUE;
	}
	if (words_peek(c->words) == '=')
		return error_set(error, CUR_ERROR_USAGE,
				 "an account has a name first: account NAME %s=…", name);
	if (words_at_end(c->words))
		return show_block(c, name, error);
	if (block_named(c->conf, name))
		return error_set(error, CUR_ERROR_USAGE, "there is an account '%s' already", name);
	block = account_block_new(name);
	if (!define_block(c, block, error))
		return FALSE;
	g_ptr_array_add(c->conf->blocks, g_steal_pointer(&block));
	return TRUE;
}

const struct command_row account_commands[] = {
    {"account", run_account, 0},
    {NULL, NULL, 0},
};
