/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Hooks: defined, forgotten, and those run that need no message to match. */
#include "cur/conf/hooks.h"

#include <string.h>

#include "cur/base/error.h"
#include "cur/base/nearest.h"
#include "cur/conf/accounts.h"
#include "inside.h"

enum hook_matches { MATCH_NOTHING, MATCH_REGEX, MATCH_PATTERN };

struct hook_kind {
	const char *name;
	enum hook_matches matches;
	gboolean rest;	  /* the command is the rest of the line */
	gboolean repeats; /* several commands for a pattern are kept */
	gboolean mailbox; /* the pattern is tried on a mailbox: shortcuts at its start */
	gboolean any_case;
};

/* clang-format off */
static const struct hook_kind kinds[HOOK_N] = {
    [HOOK_FOLDER] = {"folder-hook", MATCH_REGEX, TRUE, TRUE, TRUE, FALSE},
    [HOOK_ACCOUNT] = {"account-hook", MATCH_REGEX, TRUE, TRUE, FALSE, FALSE},
    [HOOK_SEND] = {"send-hook", MATCH_PATTERN, TRUE, TRUE, FALSE, FALSE},
    [HOOK_SEND2] = {"send2-hook", MATCH_PATTERN, TRUE, TRUE, FALSE, FALSE},
    [HOOK_REPLY] = {"reply-hook", MATCH_PATTERN, TRUE, TRUE, FALSE, FALSE},
    [HOOK_MESSAGE] = {"message-hook", MATCH_PATTERN, TRUE, TRUE, FALSE, FALSE},
    [HOOK_SAVE] = {"save-hook", MATCH_PATTERN, FALSE, FALSE, FALSE, FALSE},
    [HOOK_FCC] = {"fcc-hook", MATCH_PATTERN, FALSE, FALSE, FALSE, FALSE},
    [HOOK_MBOX] = {"mbox-hook", MATCH_REGEX, FALSE, FALSE, TRUE, FALSE},
    [HOOK_TIMEOUT] = {"timeout-hook", MATCH_NOTHING, FALSE, TRUE, FALSE, FALSE},
    [HOOK_STARTUP] = {"startup-hook", MATCH_NOTHING, FALSE, TRUE, FALSE, FALSE},
    [HOOK_SHUTDOWN] = {"shutdown-hook", MATCH_NOTHING, FALSE, TRUE, FALSE, FALSE},
    [HOOK_CHARSET] = {"charset-hook", MATCH_REGEX, FALSE, FALSE, FALSE, TRUE},
    [HOOK_ICONV] = {"iconv-hook", MATCH_REGEX, FALSE, FALSE, FALSE, TRUE},
    [HOOK_CRYPT] = {"crypt-hook", MATCH_REGEX, FALSE, TRUE, FALSE, TRUE},
    [HOOK_INDEX_FORMAT] = {"index-format-hook", MATCH_PATTERN, FALSE, FALSE, FALSE, FALSE},
    [HOOK_OPEN] = {"open-hook", MATCH_REGEX, FALSE, FALSE, FALSE, FALSE},
    [HOOK_CLOSE] = {"close-hook", MATCH_REGEX, FALSE, FALSE, FALSE, FALSE},
    [HOOK_APPEND] = {"append-hook", MATCH_REGEX, FALSE, FALSE, FALSE, FALSE},
};
/* clang-format on */

static void hook_free(struct hook *hook)
{
	if (!hook)
		return;
	g_free(hook->name);
	g_free(hook->pattern);
	regex_free(hook->re);
	g_free(hook->command);
	g_free(hook->place);
	g_free(hook);
}

void hooks_init(struct conf *conf)
{
	for (guint t = 0; t < HOOK_N; t++)
		conf->hooks[t] = g_ptr_array_new_with_free_func((GDestroyNotify)hook_free);
}

void hooks_clear(struct conf *conf)
{
	for (guint t = 0; t < HOOK_N; t++)
		g_ptr_array_unref(conf->hooks[t]);
}

const char *hook_name(enum hook_type type)
{
	return kinds[type].name;
}

const GPtrArray *conf_hooks(const struct conf *conf, enum hook_type type)
{
	return conf->hooks[type];
}

/* TRUE for a regex hook that holds for `text` (negation counted). */
static gboolean hook_matches(const struct hook *hook, const char *text)
{
	gboolean found = hook->plain ? !strcmp(hook->pattern, text)
				     : hook->re && regex_match(hook->re, text, -1);

	return found != hook->negated;
}

/* ---- definition ---------------------------------------------------------------------- */

/* A text without an operator stands for what $default_hook makes of it. */
static char *expand_default_hook(const struct conf *conf, const char *text)
{
	g_auto(GStrv) parts = NULL;
	g_autofree char *quoted = NULL;

	if (strpbrk(text, "~=%") || !*conf->settings->default_hook)
		return g_strdup(text);
	if (!strcmp(text, "."))
		return g_strdup("~A");
	quoted = words_quote(text);
	parts = g_strsplit(conf->settings->default_hook, "%s", -1);
	return g_strjoinv(quoted, parts);
}

/* A shortcut at the start becomes its mailbox, taken literally; the rest stays a regex. */
static char *expand_shortcut(const struct conf *conf, const char *text, GError **error)
{
	g_autofree char *start = NULL;
	g_autofree char *path = NULL;
	g_autofree char *escaped = NULL;

	/* mutt takes "^" for the open mailbox; nobody who writes it here means that. */
	if (!*text || !strchr("~=+!<>", *text))
		return g_strdup(text);
	start = *text == '~' ? g_strndup(text, strcspn(text, "/")) : g_strndup(text, 1);
	if (*text == '!' && text[1] == '!')
		return g_strdup(text);
	path = conf_expand_path(conf, start, error);
	if (!path)
		return NULL;
	escaped = regex_escape(path);
	return g_strconcat(escaped, text + strlen(start), NULL);
}

static gboolean compile(struct command *c, struct hook *hook, GError **error)
{
	const struct hook_kind *kind = &kinds[hook->type];
	g_autofree char *word = g_steal_pointer(&hook->pattern);

	if (kind->matches == MATCH_PATTERN) {
		hook->pattern = expand_default_hook(c->conf, word);
		return TRUE;
	}
	if (hook->plain) {
		hook->pattern = conf_expand_path(c->conf, word, error);
		return hook->pattern != NULL;
	}
	hook->pattern =
	    kind->mailbox ? expand_shortcut(c->conf, word, error) : g_steal_pointer(&word);
	if (!hook->pattern)
		return FALSE;
	hook->re =
	    regex_new(hook->pattern, kind->any_case ? REGEX_IGNORE_CASE : REGEX_MATCH_CASE, error);
	return hook->re != NULL;
}

static gboolean is_same(const struct hook *a, const struct hook *b)
{
	return a->negated == b->negated && !g_strcmp0(a->name, b->name) &&
	       !strcmp(a->pattern, b->pattern);
}

/* Repeated kinds drop an exact double, the others replace the value in its place. */
static void add_hook(struct command *c, struct hook *hook)
{
	GPtrArray *list = c->conf->hooks[hook->type];
	gboolean repeats = kinds[hook->type].repeats;

	for (guint i = 0; i < list->len; i++) {
		struct hook *old = g_ptr_array_index(list, i);

		if (!is_same(old, hook) || (repeats && strcmp(old->command, hook->command)))
			continue;
		if (!repeats && old->place && hook->place && strcmp(old->place, hook->place))
			command_remark(c, CONF_WARNING,
				       "this %s takes the place of the one at %s: the pattern is "
				       "the same",
				       kinds[hook->type].name, old->place);
		g_free(old->command);
		old->command = g_steal_pointer(&hook->command);
		g_free(old->place);
		old->place = g_steal_pointer(&hook->place);
		hook_free(hook);
		return;
	}
	g_ptr_array_add(list, hook);
}

static gboolean take_pattern(struct command *c, struct hook *hook, GError **error)
{
	const char *rest = words_rest(c->words);

	/* "!!" is the mailbox before this one, "! x" and "!x" negate. */
	if (*rest == '!' && !(kinds[hook->type].mailbox && rest[1] == '!')) {
		words_take(c->words, '!', FALSE);
		hook->negated = TRUE;
	}
	hook->pattern = command_word(c, 0, error);
	if (hook->pattern && !strcmp(hook->pattern, "-noregex") && kinds[hook->type].mailbox) {
		g_free(hook->pattern);
		hook->plain = TRUE;
		hook->pattern = command_word(c, 0, error);
	}
	return hook->pattern != NULL;
}

static gboolean fill_hook(struct command *c, struct hook *hook, GError **error)
{
	const struct hook_kind *kind = &kinds[hook->type];

	if (hook->type == HOOK_INDEX_FORMAT) {
		hook->name = command_word(c, 0, error);
		if (!hook->name)
			return FALSE;
	}
	if (kind->matches == MATCH_NOTHING)
		hook->pattern = g_strdup("");
	else if (!take_pattern(c, hook, error) || !compile(c, hook, error))
		return FALSE;
	hook->command = command_word(c, kind->rest ? WORDS_SPACE : 0, error);
	return hook->command != NULL;
}

static struct hook *copy_as(const struct hook *hook, enum hook_type type)
{
	struct hook *copy = g_new0(struct hook, 1);

	copy->type = type;
	copy->negated = hook->negated;
	copy->pattern = g_strdup(hook->pattern);
	copy->command = g_strdup(hook->command);
	copy->place = g_strdup(hook->place);
	return copy;
}

static gboolean run_hook(struct command *c, GError **error)
{
	struct hook *hook = g_new0(struct hook, 1);

	hook->type = c->data;
	hook->place = conf_user_place(c->conf);
	if (!fill_hook(c, hook, error)) {
		hook_free(hook);
		return FALSE;
	}
	if (hook->negated && hook->type == HOOK_MBOX)
		hook->negated = dialect_is_neomutt(c->conf, RULE_MBOX_HOOK);
	if (!strcmp(c->name, "fcc-save-hook"))
		add_hook(c, copy_as(hook, HOOK_SAVE));
	add_hook(c, hook);
	return TRUE;
}

static gboolean unknown_kind(const char *name, GError **error)
{
	const char *known[HOOK_N + 1] = {NULL};
	g_autofree char *hint = NULL;

	for (guint t = 0; t < HOOK_N; t++)
		known[t] = kinds[t].name;
	hint = nearest_hint(name, known);
	return error_set(error, CUR_ERROR_USAGE, "unknown hook type '%s'%s", name, hint);
}

static gboolean run_unhook(struct command *c, GError **error)
{
	do {
		g_autofree char *name = command_word(c, 0, error);
		gboolean all, found = FALSE;

		if (!name)
			return FALSE;
		all = !strcmp(name, "*");
		for (guint t = 0; t < HOOK_N; t++)
			if (all || !strcmp(kinds[t].name, name)) {
				g_ptr_array_set_size(c->conf->hooks[t], 0);
				found = TRUE;
			}
		if (!found)
			return unknown_kind(name, error);
	} while (!words_at_end(c->words));
	return TRUE;
}

/* ---- running ------------------------------------------------------------------------- */

static gboolean matches_any(const struct hook *hook, const char *const *texts)
{
	gboolean any = FALSE;

	for (; *texts; texts++)
		any = any || hook_matches(hook, *texts) != hook->negated;
	return any != hook->negated;
}

/*
 * texts: spellings of what the pattern is tried on; NULL: every hook. A hook may
 * define or forget hooks, so the commands are copied before the first one runs.
 */
static gboolean run_commands(struct conf *conf, enum hook_type type, const char *const *texts,
			     GError **error)
{
	g_autoptr(GPtrArray) commands = g_ptr_array_new_with_free_func(g_free);

	for (guint i = 0; i < conf->hooks[type]->len; i++) {
		const struct hook *hook = g_ptr_array_index(conf->hooks[type], i);

		if (!texts || matches_any(hook, texts))
			g_ptr_array_add(commands, g_strdup(hook->command));
	}
	for (guint i = 0; i < commands->len; i++)
		if (!conf_run_line(conf, g_ptr_array_index(commands, i), NULL, NULL, error)) {
			g_prefix_error(error, "%s: ", kinds[type].name);
			return FALSE;
		}
	return TRUE;
}

/* "imaps://user@host/x" without its "user@", as many write it. */
static char *without_user(const char *name)
{
	const char *host = strstr(name, "://");
	const char *slash = host ? strchr(host + 3, '/') : NULL;
	const char *at = host ? g_strrstr_len(host, slash ? slash - host : -1, "@") : NULL;

	if (!at)
		return g_strdup(name);
	return g_strdup_printf("%.*s%s", (int)(host + 3 - name), name, at + 1);
}

/* The name as it would come out of "=x" with the $folder that was written. */
static char *below_folder(const struct conf *conf, const char *name)
{
	g_autofree char *shown = conf_mailbox_display(conf, name);
	char *path = *shown == '=' ? conf_expand_path(conf, shown, NULL) : NULL;

	return path ? path : g_strdup(name);
}

gboolean conf_hook_holds(const struct conf *conf, const struct hook *hook, const char *name)
{
	g_autofree char *short_name = without_user(name);
	g_autofree char *as_written = below_folder(conf, name);

	return matches_any(hook, (const char *const[]){name, short_name, as_written, NULL});
}

gboolean conf_run_folder_hooks(struct conf *conf, const char *mailbox, GError **error)
{
	const char *before = conf->current_mailbox;
	g_autofree char *short_name = without_user(mailbox);
	g_autofree char *as_written = below_folder(conf, mailbox);
	gboolean ok;

	conf->current_mailbox = mailbox;
	ok = run_commands(conf, HOOK_FOLDER,
			  (const char *const[]){mailbox, short_name, as_written, NULL}, error);
	conf->current_mailbox = before;
	return ok;
}

const char *conf_hook_for(const struct conf *conf, enum hook_type type, const char *mailbox)
{
	g_autofree char *short_name = without_user(mailbox);
	g_autofree char *as_written = below_folder(conf, mailbox);
	const char *const texts[] = {mailbox, short_name, as_written, NULL};

	for (guint i = 0; i < conf->hooks[type]->len; i++) {
		const struct hook *hook = g_ptr_array_index(conf->hooks[type], i);

		if (matches_any(hook, texts))
			return hook->command;
	}
	return NULL;
}

gboolean conf_run_hooks(struct conf *conf, enum hook_type type, GError **error)
{
	return run_commands(conf, type, NULL, error);
}

gboolean conf_run_account_hooks(struct conf *conf, const char *url, GError **error)
{
	g_autofree char *short_name = without_user(url);
	gboolean ok;

	if (conf->in_account_hook)
		return TRUE;
	conf->in_account_hook = TRUE;
	ok = run_commands(conf, HOOK_ACCOUNT, (const char *const[]){url, short_name, NULL}, error);
	conf->in_account_hook = FALSE;
	return ok;
}

const struct command_row hook_commands[] = {
    {"folder-hook", run_hook, HOOK_FOLDER},
    {"account-hook", run_hook, HOOK_ACCOUNT},
    {"send-hook", run_hook, HOOK_SEND},
    {"send2-hook", run_hook, HOOK_SEND2},
    {"reply-hook", run_hook, HOOK_REPLY},
    {"message-hook", run_hook, HOOK_MESSAGE},
    {"save-hook", run_hook, HOOK_SAVE},
    {"fcc-hook", run_hook, HOOK_FCC},
    {"fcc-save-hook", run_hook, HOOK_FCC},
    {"mbox-hook", run_hook, HOOK_MBOX},
    {"timeout-hook", run_hook, HOOK_TIMEOUT},
    {"startup-hook", run_hook, HOOK_STARTUP},
    {"shutdown-hook", run_hook, HOOK_SHUTDOWN},
    {"charset-hook", run_hook, HOOK_CHARSET},
    {"iconv-hook", run_hook, HOOK_ICONV},
    {"crypt-hook", run_hook, HOOK_CRYPT},
    {"pgp-hook", run_hook, HOOK_CRYPT},
    {"index-format-hook", run_hook, HOOK_INDEX_FORMAT},
    {"open-hook", run_hook, HOOK_OPEN},
    {"close-hook", run_hook, HOOK_CLOSE},
    {"append-hook", run_hook, HOOK_APPEND},
    {"unhook", run_unhook, 0},
    {NULL, NULL, 0},
};
