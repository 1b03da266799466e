/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A thread for a work. Two hold a job, its thread and who started it; what one of them does to the
 * other is done under the mutex of its session.
 */
#include "cur/crypt/job.h"

#include <string.h>

#include "cur/base/error.h"
#include "session.h"

enum { LOOK_US = 20 * 1000 }; /* how often who waits is asked */

struct crypt_job {
	gatomicrefcount refs;
	struct crypt_session session;
	struct crypt_work work;
	GCond finished;
	gboolean is_finished, abandoned; /* under session.mutex */
	void *result;
};

static void job_unref(struct crypt_job *job)
{
	if (!g_atomic_ref_count_dec(&job->refs))
		return;
	if (job->result)
		job->work.free_result(job->result);
	g_atomic_rc_box_release_full(job->work.data, job->work.clear_data);
	g_mutex_clear(&job->session.mutex);
	g_cond_clear(&job->finished);
	g_free(job);
}

/* On the main context. */
static gboolean tell(void *data)
{
	struct crypt_job *job = data;

	if (!job->abandoned) {
		job->work.done(g_steal_pointer(&job->result), job->work.done_data);
		job_unref(job); /* who started it has it no more */
	}
	job_unref(job);
	return G_SOURCE_REMOVE;
}

static void *run(void *data)
{
	struct crypt_job *job = data;
	void *result = job->work.run(&job->session, job->work.data);

	g_mutex_lock(&job->session.mutex);
	job->result = result;
	job->is_finished = TRUE;
	g_cond_signal(&job->finished);
	g_mutex_unlock(&job->session.mutex);
	if (job->work.done)
		g_idle_add_full(G_PRIORITY_DEFAULT, tell, job, NULL);
	else
		job_unref(job);
	return NULL;
}

struct crypt_job *crypt_job_start(const struct crypt_work *work)
{
	struct crypt_job *job = g_new0(struct crypt_job, 1);

	g_atomic_ref_count_init(&job->refs);
	g_atomic_ref_count_inc(&job->refs);
	job->work = *work;
	job->session.may_ask = work->may_ask;
	g_mutex_init(&job->session.mutex);
	g_cond_init(&job->finished);
	g_thread_unref(g_thread_new("crypt", run, job));
	return job;
}

void crypt_job_abandon(struct crypt_job *job)
{
	job->abandoned = TRUE;
	session_stop(&job->session);
	job_unref(job);
}

void *crypt_job_wait(struct crypt_job *job, const struct patience *patience)
{
	void *result = NULL;
	gboolean finished;

	do {
		g_mutex_lock(&job->session.mutex);
		if (!job->is_finished)
			g_cond_wait_until(&job->finished, &job->session.mutex,
					  g_get_monotonic_time() + LOOK_US);
		finished = job->is_finished;
		if (finished)
			result = g_steal_pointer(&job->result);
		g_mutex_unlock(&job->session.mutex);
	} while (!finished && patience_asks(patience, 0, 0));
	if (finished)
		job_unref(job);
	else
		crypt_job_abandon(job);
	return result;
}

void *crypt_run(const struct crypt_work *work)
{
	struct crypt_session session = {.may_ask = work->may_ask};
	void *result;

	g_mutex_init(&session.mutex);
	result = work->run(&session, work->data);
	g_mutex_clear(&session.mutex);
	g_atomic_rc_box_release_full(work->data, work->clear_data);
	return result;
}
