/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the engine is busy with; the newest word counts. */
#include "cur/model/progress.h"

enum { OLD_US = 10 * G_USEC_PER_SEC };

struct job {
	char *doing;
	guint64 done, total;
	gint64 when;
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

void progress_note(struct progress *progress, const char *what, const char *doing, guint64 done,
		   guint64 total, gint64 now)
{
	struct job *job;

	if (total && done >= total) {
		g_hash_table_remove(progress->jobs, what);
		return;
	}
	job = g_new0(struct job, 1);
	*job = (struct job){g_strdup(doing), done, total, now};
	g_hash_table_replace(progress->jobs, g_strdup(what), job);
}

char *progress_text(struct progress *progress, gint64 now, int *permille)
{
	GHashTableIter iter;
	gpointer key, value, what = NULL;
	const struct job *newest = NULL;

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
	return g_strdup_printf("%s: %s... %" G_GUINT64_FORMAT "/%" G_GUINT64_FORMAT, (char *)what,
			       newest->doing, newest->done, newest->total);
}
