/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a muttrc says about reading and writing mail as such, told to those who do it. */
#include "cur/conf/habits.h"

#include "cur/conf/hooks.h"
#include "cur/mail/habits.h"

static void add_rules(GArray *rules, const GPtrArray *hooks, gboolean system)
{
	for (guint i = 0; i < hooks->len; i++) {
		const struct hook *hook = g_ptr_array_index(hooks, i);
		struct charset_rule rule = {hook->pattern, hook->command, system};

		g_array_append_val(rules, rule);
	}
}

void conf_apply_habits(const struct conf *conf)
{
	const struct settings *s = conf_settings(conf);
	g_autoptr(GArray) rules = g_array_new(FALSE, FALSE, sizeof(struct charset_rule));
	struct mail_habits habits = {
	    .encoded_parameters = s->rfc2047_parameters,
	    .one_blank = s->ignore_linear_white_space,
	    .unicode_hosts = s->idn_decode,
	    .ascii_hosts = s->idn_encode,
	    .header_columns = (guint)CLAMP(s->wrap_headers, 78, 998),
	};

	add_rules(rules, conf_hooks(conf, HOOK_CHARSET), FALSE);
	add_rules(rules, conf_hooks(conf, HOOK_ICONV), TRUE);
	habits.charsets = (const struct charset_rule *)(const void *)rules->data;
	habits.n_charsets = rules->len;
	mail_habits_set(&habits);
}
