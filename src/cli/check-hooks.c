/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Hooks that can never act. What is known of mailboxes is what the configuration names,
 * what the header cache has, and the Maildirs below $folder; of an account whose folders were
 * never listed only the URL can be wrong.
 */
#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "cur/conf/colors.h"
#include "cur/conf/hooks.h"
#include "cur/conf/lists.h"
#include "cur/query/pattern.h"
#include "cur/store/hcache.h"

enum { FOLDERS_MAX = 10000, DEPTH_MAX = 6 };

struct known {
	GPtrArray *mailboxes;	/* char *: canonical names */
	GPtrArray *urls;	/* char *: "imaps://user@host/" of each account */
	gboolean has_strangers; /* some place has folders that nobody has listed yet */
};

/* ---- what is known --------------------------------------------------------------------- */

static gboolean know_cached(const struct hcache_mailbox *mailbox, void *data)
{
	struct known *k = data;

	g_ptr_array_add(k->mailboxes, g_strdup(mailbox->name));
	return TRUE;
}

static void know_below(struct known *k, const char *path, int depth)
{
	g_autoptr(GDir) dir = depth < DEPTH_MAX ? g_dir_open(path, 0, NULL) : NULL;
	const char *name;

	while (dir && k->mailboxes->len < FOLDERS_MAX && (name = g_dir_read_name(dir))) {
		g_autofree char *below = g_build_filename(path, name, NULL);

		if (!strcmp(name, "cur") || !strcmp(name, "new") || !strcmp(name, "tmp") ||
		    !g_file_test(below, G_FILE_TEST_IS_DIR))
			continue;
		know_below(k, below, depth + 1);
		g_ptr_array_add(k->mailboxes, g_steal_pointer(&below));
	}
}

static gboolean is_listed(const struct known *k, const char *url)
{
	for (guint i = 0; i < k->mailboxes->len; i++)
		if (g_str_has_prefix(g_ptr_array_index(k->mailboxes, i), url))
			return TRUE;
	return FALSE;
}

static void know_servers(struct check *check, struct known *k)
{
	for (guint i = 0; i < check->visits->len; i++) {
		const struct check_visit *visit = g_ptr_array_index(check->visits, i);
		char *url = visit->account ? g_strconcat(visit->account->url, "/", NULL) : NULL;

		if (url) {
			g_ptr_array_add(k->urls, url);
			k->has_strangers |= !is_listed(k, url);
		}
		if (visit->way && visit->way->smtp)
			g_ptr_array_add(k->urls, g_strconcat(visit->way->smtp->url, "/", NULL));
	}
}

static void know_all(struct check *check, struct known *k)
{
	const char *folder = conf_settings(check->conf)->folder;
	struct hcache *cache = run_cache(check->run, NULL);

	k->mailboxes = g_ptr_array_new_with_free_func(g_free);
	k->urls = g_ptr_array_new_with_free_func(g_free);
	if (cache)
		hcache_mailboxes(cache, know_cached, k);
	know_servers(check, k);
	for (guint i = 0; i < check->mailboxes->len; i++)
		g_ptr_array_add(k->mailboxes, g_strdup(g_ptr_array_index(check->mailboxes, i)));
	/* C06: nobody's mail is all of the machine. */
	if (!conf_is_url(folder) && strcmp(folder, "/") && g_file_test(folder, G_FILE_TEST_IS_DIR))
		know_below(k, folder, 0);
	else if (!conf_is_url(folder))
		k->has_strangers = TRUE;
}

/* ---- what never matches ---------------------------------------------------------------- */

/* Every message or mailbox, but for "!". */
static gboolean names_all(const struct hook *hook)
{
	static const char *const all[] = {"~A", ".", ".*", "^", ""};

	for (guint i = 0; i < G_N_ELEMENTS(all); i++)
		if (!strcmp(hook->pattern, all[i]))
			return TRUE;
	return FALSE;
}

/* TRUE when it can hold for nothing at all; that is told. */
static gboolean is_empty(struct check *check, const struct hook *hook)
{
	if (!hook->negated || !names_all(hook))
		return FALSE;
	check_add(check, CONF_WARNING, hook->place, "this %s never matches: it excludes all",
		  hook_name(hook->type));
	return TRUE;
}

static gboolean holds_for_any(const struct check *check, const struct hook *hook,
			      const GPtrArray *names)
{
	for (guint i = 0; i < names->len; i++)
		if (conf_hook_holds(check->conf, hook, g_ptr_array_index(names, i)))
			return TRUE;
	return FALSE;
}

/* Does the part of it that names a server fit one? TRUE when it names none. */
static gboolean fits_a_server(const struct check *check, const struct hook *hook,
			      const struct known *k)
{
	const char *host = strstr(hook->pattern, "://");
	struct hook part = *hook;
	g_autofree char *start = NULL;
	gboolean fits;

	if (!host || hook->plain)
		return TRUE;
	start = g_strndup(hook->pattern, host + 3 + strcspn(host + 3, "/") - hook->pattern);
	part.re = regex_new(start, REGEX_MATCH_CASE, NULL);
	fits = !part.re || holds_for_any(check, &part, k->urls);
	regex_free(part.re);
	return fits;
}

static void check_mailbox_hook(struct check *check, const struct hook *hook, const struct known *k)
{
	if (is_empty(check, hook) || hook->negated || holds_for_any(check, hook, k->mailboxes))
		return;
	if (!fits_a_server(check, hook, k))
		check_add(check, CONF_WARNING, hook->place,
			  "this %s never matches: no account is at '%s'", hook_name(hook->type),
			  hook->pattern);
	else if (!k->has_strangers)
		check_add(check, CONF_WARNING, hook->place,
			  "this %s matches no mailbox that is known: '%s'", hook_name(hook->type),
			  hook->pattern);
}

static void check_account_hook(struct check *check, const struct hook *hook, const struct known *k)
{
	if (!is_empty(check, hook) && !hook->negated && !holds_for_any(check, hook, k->urls) &&
	    !holds_for_any(check, hook, k->mailboxes))
		check_add(check, CONF_WARNING, hook->place,
			  "this account-hook matches no account that is known: '%s'",
			  hook->pattern);
}

/* Of these the first that matches counts: behind one that takes all, none is reached. */
static void check_order(struct check *check, enum hook_type type)
{
	const GPtrArray *hooks = conf_hooks(check->conf, type);

	for (guint i = 0; i < hooks->len; i++) {
		const struct hook *hook = g_ptr_array_index(hooks, i);
		const struct hook *before = NULL;

		for (guint j = 0; j < i && !before; j++) {
			const struct hook *other = g_ptr_array_index(hooks, j);

			if (!other->negated && names_all(other) &&
			    !g_strcmp0(other->name, hook->name))
				before = other;
		}
		if (before)
			check_add(check, CONF_WARNING, hook->place,
				  "this %s is never reached: the one %s%s takes every message",
				  hook_name(type), before->place ? "at " : "before it",
				  before->place ? before->place : "");
	}
}

/* ---- patterns -------------------------------------------------------------------------- */

/* A pattern's error begins with the column in it: "column 3: unknown operator". */
static void bad_pattern(struct check *check, enum conf_severity severity, const char *place,
			const char *what, const char *text, const GError *error)
{
	static const char word[] = "column ";
	int column =
	    g_str_has_prefix(error->message, word) ? atoi(error->message + strlen(word)) : 1;

	check_add(check, severity, place, "%s: '%s': %s", what, text, error->message);
	check_point(check, text, column - 1);
}

static void check_pattern(struct check *check, const char *place, const char *what,
			  const char *text, const char *simple_search, gboolean no_message)
{
	const struct pattern_options any = {.simple_search = simple_search};
	const struct pattern_options options = {.simple_search = simple_search, .no_message = TRUE};
	g_autoptr(GError) error = NULL;
	auto_ptr(pattern) pattern = pattern_compile(text, &any, &error);

	if (!pattern) {
		bad_pattern(check, CONF_ERROR, place, what, text, error);
	} else if (no_message) {
		auto_ptr(pattern) allowed = pattern_compile(text, &options, &error);

		if (!allowed)
			bad_pattern(check, CONF_WARNING, place, what, text, error);
	}
}

static void check_patterns(struct check *check, enum hook_type type, gboolean no_message)
{
	const GPtrArray *hooks = conf_hooks(check->conf, type);

	for (guint i = 0; i < hooks->len; i++) {
		const struct hook *hook = g_ptr_array_index(hooks, i);

		if (!is_empty(check, hook))
			check_pattern(check, hook->place, hook_name(type), hook->pattern, NULL,
				      no_message);
	}
}

static void check_other_patterns(struct check *check)
{
	const GPtrArray *scores = conf_scores(check->conf);

	for (guint i = 0; i < scores->len; i++) {
		const struct score_entry *score = g_ptr_array_index(scores, i);

		check_pattern(check, score->place, "score", score->pattern, NULL, TRUE);
	}
	for (enum color_object object = 0; object < COLOR_N; object++) {
		const GPtrArray *rules = conf_color_rules(check->conf, object);
		g_autofree char *what = g_strconcat("color ", color_name(object), NULL);

		for (guint i = 0; i < rules->len; i++) {
			const struct color_rule *rule = g_ptr_array_index(rules, i);

			if (color_selector(object) == COLOR_SELECT_PATTERN && rule->text)
				check_pattern(check, rule->place, what, rule->text,
					      conf_settings(check->conf)->simple_search, FALSE);
		}
	}
}

void check_hooks(struct check *check)
{
	static const enum hook_type by_mailbox[] = {HOOK_FOLDER, HOOK_MBOX};
	static const enum hook_type first_counts[] = {HOOK_SAVE, HOOK_FCC, HOOK_MBOX,
						      HOOK_INDEX_FORMAT};
	static const enum hook_type by_message[] = {HOOK_SEND, HOOK_SEND2, HOOK_REPLY, HOOK_MESSAGE,
						    HOOK_FCC};
	const GPtrArray *account_hooks = conf_hooks(check->conf, HOOK_ACCOUNT);
	struct known known = {0};

	know_all(check, &known);
	for (guint t = 0; t < G_N_ELEMENTS(by_mailbox); t++) {
		const GPtrArray *hooks = conf_hooks(check->conf, by_mailbox[t]);

		for (guint i = 0; i < hooks->len; i++)
			check_mailbox_hook(check, g_ptr_array_index(hooks, i), &known);
	}
	for (guint i = 0; i < account_hooks->len; i++)
		check_account_hook(check, g_ptr_array_index(account_hooks, i), &known);
	for (guint t = 0; t < G_N_ELEMENTS(first_counts); t++)
		check_order(check, first_counts[t]);
	for (guint t = 0; t < G_N_ELEMENTS(by_message); t++)
		check_patterns(check, by_message[t], TRUE);
	check_patterns(check, HOOK_SAVE, FALSE);
	check_patterns(check, HOOK_INDEX_FORMAT, FALSE);
	check_other_patterns(check);
	g_ptr_array_unref(known.mailboxes);
	g_ptr_array_unref(known.urls);
}
