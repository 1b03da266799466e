/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The habits of the process. They change when the user changes a setting, which
 * is seldom, and are read by every thread: so each set stays for ever, behind
 * the one that follows it.
 */
#include "cur/mail/habits.h"

#include <string.h>

#include "cur/base/regex.h"

struct rule {
	struct regex *re;
	char *pattern, *charset;
	gboolean system;
};

struct kept {
	struct mail_habits habits;
	struct rule *rules;
	gsize n_rules;
	struct kept *before;
};

static struct kept defaults = {.habits = {.encoded_parameters = TRUE,
					  .unicode_hosts = TRUE,
					  .ascii_hosts = TRUE,
					  .header_columns = 78}};
static struct kept *current = &defaults;

static const struct kept *now(void)
{
	return g_atomic_pointer_get(&current);
}

const struct mail_habits *mail_habits(void)
{
	return &now()->habits;
}

static gboolean is_same(const struct kept *kept, const struct mail_habits *habits)
{
	const struct mail_habits *h = &kept->habits;

	if (h->encoded_parameters != habits->encoded_parameters ||
	    h->one_blank != habits->one_blank || h->unicode_hosts != habits->unicode_hosts ||
	    h->ascii_hosts != habits->ascii_hosts || h->header_columns != habits->header_columns ||
	    kept->n_rules != habits->n_charsets)
		return FALSE;
	for (gsize i = 0; i < kept->n_rules; i++)
		if (strcmp(kept->rules[i].pattern, habits->charsets[i].pattern) ||
		    strcmp(kept->rules[i].charset, habits->charsets[i].charset) ||
		    kept->rules[i].system != habits->charsets[i].system)
			return FALSE;
	return TRUE;
}

void mail_habits_set(const struct mail_habits *habits)
{
	struct kept *kept;

	if (is_same(now(), habits))
		return;
	kept = g_new0(struct kept, 1);

	kept->habits = *habits;
	kept->habits.charsets = NULL;
	kept->rules = g_new0(struct rule, habits->n_charsets);
	for (gsize i = 0; i < habits->n_charsets; i++) {
		const struct charset_rule *given = &habits->charsets[i];
		struct regex *re = regex_new(given->pattern, REGEX_IGNORE_CASE, NULL);

		if (re)
			kept->rules[kept->n_rules++] = (struct rule){
			    re, g_strdup(given->pattern), g_strdup(given->charset), given->system};
	}
	kept->before = current;
	g_atomic_pointer_set(&current, kept);
}

const char *mail_habits_charset(const char *charset, gboolean system)
{
	const struct kept *kept = now();

	for (gsize i = 0; i < kept->n_rules; i++)
		if (kept->rules[i].system == system && regex_match(kept->rules[i].re, charset, -1))
			return kept->rules[i].charset;
	return charset;
}
