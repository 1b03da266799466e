/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Scores of messages, and what $score_threshold_delete, _read and _flag do by them. */
#include "cur/conf/lists.h"
#include "cur/mail/flags.h"
#include "mailbox-private.h"

struct score_rule {
	struct pattern *pattern;
	int value;
	gboolean final;
};

static void score_rule_free(void *data)
{
	struct score_rule *rule = data;

	pattern_free(rule->pattern);
	g_free(rule);
}

void mailbox_scores_clear(struct mailbox *mb)
{
	g_clear_pointer(&mb->scores, g_ptr_array_unref);
}

/* Compile `score` lines again when the configuration moved. */
static void renew_scores(struct mailbox *mb)
{
	const GPtrArray *entries = conf_scores(mb->source.conf);
	struct pattern_options options = {.no_message = TRUE};

	if (mb->scores && mb->scores_of == conf_generation(mb->source.conf))
		return;
	mailbox_scores_clear(mb);
	mb->scores = g_ptr_array_new_with_free_func(score_rule_free);
	mb->scores_of = conf_generation(mb->source.conf);
	for (guint i = 0; i < entries->len; i++) {
		const struct score_entry *entry = g_ptr_array_index(entries, i);
		struct pattern *pattern = pattern_compile(entry->pattern, &options, NULL);
		struct score_rule *rule;

		if (!pattern || pattern_uses(pattern, PATTERN_SCORE)) {
			pattern_free(pattern);
			continue;
		}
		rule = g_new0(struct score_rule, 1);
		*rule = (struct score_rule){pattern, entry->value, entry->final};
		g_ptr_array_add(mb->scores, rule);
	}
}

gint32 mailbox_row_score(struct mailbox *mb, guint32 row)
{
	gint32 sum = 0;

	if (!conf_settings(mb->source.conf)->score)
		return 0;
	renew_scores(mb);
	for (guint i = 0; i < mb->scores->len; i++) {
		const struct score_rule *rule = g_ptr_array_index(mb->scores, i);

		if (!mailbox_row_matches(mb, row, rule->pattern))
			continue;
		if (rule->final)
			return MAX(rule->value, 0);
		sum += rule->value;
	}
	return MAX(sum, 0);
}

/* Add it to those that get a flag, unless it has it. */
static void collect(const struct mailbox *mb, guint32 row, guint32 flag, GArray *lids)
{
	if (!(mailbox_mark_at(mb, row) & flag))
		g_array_append_val(lids, mb->lid[row]);
}

static void apply(struct mailbox *mb, guint32 row, GArray *read, GArray *flagged)
{
	const struct settings *s = conf_settings(mb->source.conf);
	gint32 score = mailbox_row_score(mb, row);

	if (score <= s->score_threshold_delete && !(mb->state[row] & SESSION_DELETED)) {
		mb->state[row] |= SESSION_DELETED;
		mb->n_deleted++;
	}
	if (score <= s->score_threshold_read)
		collect(mb, row, FLAG_SEEN, read);
	if (score >= s->score_threshold_flag)
		collect(mb, row, FLAG_FLAGGED, flagged);
}

void mailbox_apply_scores(struct mailbox *mb)
{
	g_autoptr(GArray) read = g_array_new(FALSE, FALSE, sizeof(guint32));
	g_autoptr(GArray) flagged = g_array_new(FALSE, FALSE, sizeof(guint32));

	if (!conf_settings(mb->source.conf)->score || !conf_scores(mb->source.conf)->len ||
	    !mb->writable)
		return;
	for (guint32 i = 0; i < mb->n_live; i++) {
		guint32 row = mb->all[i];

		if (mb->state[row] & STATE_SCORED)
			continue;
		mb->state[row] |= STATE_SCORED;
		apply(mb, row, read, flagged);
	}
	mailbox_shown(mb, read);
	mailbox_mark(mb, flagged, FLAG_FLAGGED, 0, NULL, NULL);
}
