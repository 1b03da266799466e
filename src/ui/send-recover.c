/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Messages that come back: left behind by a crash, or refused by the server. */
#include "cur/model/client.h"
#include "cur/model/manuscript.h"
#include "cur/model/security.h"
#include "cur/model/submit.h"
#include "cur/ui/app.h"
#include "cur/ui/prompt.h"
#include "cur/ui/send.h"
#include "opener.h"

/* ---- what a crash left behind ---- */

struct recovery {
	GPtrArray *ids;
	guint next;
	struct manuscript *ms;
};

static void recovery_free(struct recovery *r)
{
	g_ptr_array_unref(r->ids);
	if (r->ms)
		manuscript_free(r->ms);
	g_free(r);
}

static void recover_next(struct app *app, struct recovery *r);

static void recover_answered(struct app *app, int choice, void *data)
{
	struct recovery *r = data;
	struct manuscript *ms = g_steal_pointer(&r->ms);

	if (choice == 0) {
		recovery_free(r); /* the others are asked about at the next start */
		send_resume(app, ms);
		return;
	}
	if (choice == 2)
		manuscript_discard(ms);
	else
		manuscript_free(ms);
	if (choice < 0)
		recovery_free(r);
	else
		recover_next(app, r);
}

static void offer(struct app *app, struct recovery *r)
{
	const char *subject = manuscript_draft(r->ms)->subject;
	g_autofree char *question =
	    g_strdup_printf("Unsent message '%s' found: (r)esume, (l)ater, (d)elete?",
			    subject && *subject ? subject : "no subject");

	prompt_key(app, question, "rld", recover_answered, r);
}

static void recover_next(struct app *app, struct recovery *r)
{
	g_autofree char *dir = manuscript_dir();
	GError *error = NULL;
	gboolean taken;

	while (r->next < r->ids->len) {
		r->ms = manuscript_adopt(dir, g_ptr_array_index(r->ids, r->next++), &taken, &error);
		if (!r->ms) {
			app_gerror(app, &error);
			continue;
		}
		if (!taken) {
			offer(app, r);
			return;
		}
		/* It is on its way; the program died before it had cleared its desk. */
		submit_finish(app->client, g_steal_pointer(&r->ms));
	}
	recovery_free(r);
}

void send_recover(struct app *app)
{
	g_autofree char *dir = manuscript_dir();
	struct recovery *r = g_new0(struct recovery, 1);

	r->ids = manuscript_orphans(dir);
	recover_next(app, r);
}

/* ---- what a server refused ---- */

static void resume_refused(struct app *app, const char *id)
{
	g_autofree char *dir = manuscript_dir();
	GError *error = NULL;
	g_autoptr(GBytes) bytes = submit_recall_bytes(id, &error);
	unsigned found = 0;
	g_autoptr(GBytes) plain = bytes ? opener_plain(app, bytes, &found) : NULL;
	struct draft *draft = plain ? submit_recall(id, plain, &error) : NULL;
	struct manuscript *ms;
	const char *const ids[] = {id, NULL};

	if (draft)
		security_as_found(draft, found);
	ms = draft ? manuscript_new(dir, draft, &error) : NULL;
	if (!ms) {
		app_gerror(app, &error);
		return;
	}
	/* It is durable as a manuscript: the outbox need not keep it. */
	client_ask(app->client, WIRE_DROP, g_variant_new("(^as)", ids), NULL, NULL);
	send_resume(app, ms);
}

static void refused_answered(struct app *app, int choice, void *data)
{
	g_autofree char *id = data;

	if (choice == 0)
		resume_refused(app, id);
}

void send_refused(struct app *app, const char *id, const char *words)
{
	g_autofree char *question =
	    g_strdup_printf("Message refused: (e)dit it again, (l)ater? %s", words);

	prompt_key(app, question, "el", refused_answered, g_strdup(id));
}
