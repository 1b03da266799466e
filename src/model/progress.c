/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the engine is busy with; the newest word counts. */
#include "cur/model/progress.h"

#include <string.h>

enum {
	OLD_US = 10 * G_USEC_PER_SEC,
	PACE_US = G_USEC_PER_SEC, /* before that much is over nobody can tell */
};

struct job {
	char *doing;
	guint64 done, total, bytes;
	gint64 when;
	guint64 done_first, bytes_first; /* when it began */
	gint64 began;
};

struct progress {
	GHashTable *jobs; /* what -> struct job */
};

static void job_free(void *data)
{
	struct job *job = data;

	g_free(job->doing);
	g_free(job);
}

struct progress *progress_new(void)
{
	struct progress *progress = g_new0(struct progress, 1);

	progress->jobs = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, job_free);
	return progress;
}

void progress_free(struct progress *progress)
{
	if (!progress)
		return;
	g_hash_table_unref(progress->jobs);
	g_free(progress);
}

/* The same, gone on with; what has stood still or goes back has begun anew. */
static gboolean goes_on(const struct job *old, const struct job *job)
{
	return !strcmp(old->doing, job->doing) && old->total == job->total &&
	       old->done <= job->done && job->when - old->when < OLD_US;
}

void progress_note(struct progress *progress, const char *what, const char *doing, guint64 done,
		   guint64 total, guint64 bytes, gint64 now)
{
	const struct job *old;
	struct job *job;

	if (total && done >= total) {
		g_hash_table_remove(progress->jobs, what);
		return;
	}
	job = g_new0(struct job, 1);
	*job = (struct job){g_strdup(doing), done, total, bytes, now, done, bytes, now};
	old = g_hash_table_lookup(progress->jobs, what);
	if (old && goes_on(old, job)) {
		job->done_first = old->done_first;
		job->bytes_first = old->bytes_first;
		job->began = old->began;
	}
	g_hash_table_replace(progress->jobs, g_strdup(what), job);
}

struct progress_pace progress_pace(struct progress *progress, const char *what, gint64 now)
{
	const struct job *job = g_hash_table_lookup(progress->jobs, what);
	struct progress_pace pace = {.left_s = -1};
	double seconds;

	if (!job)
		return pace;
	seconds = (double)(job->when - job->began) / G_USEC_PER_SEC;
	if (job->bytes > job->bytes_first)
		pace.bytes = job->bytes - job->bytes_first;
	if (job->when - job->began < PACE_US)
		return pace;
	pace.bytes_s = (guint64)((double)pace.bytes / seconds);
	if (job->total && job->done > job->done_first) {
		double rest = (double)(job->total - job->done) * seconds /
			      (double)(job->done - job->done_first);

		pace.left_s = MAX((gint64)(rest + 0.5) - (now - job->when) / G_USEC_PER_SEC, 0);
	}
	return pace;
}

/* "1,234,567". Yours. */
static char *grouped(guint64 n)
{
	g_autofree char *digits = g_strdup_printf("%" G_GUINT64_FORMAT, n);
	GString *text = g_string_new(digits);

	for (gssize at = (gssize)text->len - 3; at > 0; at -= 3)
		g_string_insert_c(text, at, ',');
	return g_string_free(text, FALSE);
}

char *progress_figures(struct progress *progress, const char *what, gint64 now)
{
	const struct job *job = g_hash_table_lookup(progress->jobs, what);
	struct progress_pace pace = progress_pace(progress, what, now);
	g_autofree char *done = job ? grouped(job->done) : NULL;
	g_autofree char *total = job ? grouped(job->total) : NULL;
	GString *text = g_string_new(NULL);

	if (job && job->total)
		g_string_append_printf(text, "%s/%s", done, total);
	if (pace.bytes_s) {
		g_autofree char *rate = g_format_size(pace.bytes_s);

		g_string_append_printf(text, "%s%s/s", text->len ? "  " : "", rate);
	}
	if (pace.left_s >= 0)
		g_string_append_printf(text, "  %" G_GINT64_FORMAT " s left", pace.left_s);
	return g_string_free(text, FALSE);
}

char *progress_text(struct progress *progress, gint64 now, int *permille)
{
	GHashTableIter iter;
	gpointer key, value, what = NULL;
	const struct job *newest = NULL;
	g_autofree char *figures = NULL;

	*permille = -1;
	g_hash_table_iter_init(&iter, progress->jobs);
	while (g_hash_table_iter_next(&iter, &key, &value)) {
		const struct job *job = value;

		if (now - job->when > OLD_US)
			g_hash_table_iter_remove(&iter);
		else if (!newest || job->when > newest->when) {
			newest = job;
			what = key;
		}
	}
	if (!newest)
		return NULL;
	if (!newest->total)
		return g_strdup_printf("%s: %s...", (char *)what, newest->doing);
	*permille = newest->done * 1000 / newest->total;
	figures = progress_figures(progress, what, now);
	return g_strdup_printf("%s: %s... %s", (char *)what, newest->doing, figures);
}
