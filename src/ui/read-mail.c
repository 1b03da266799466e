/* SPDX-License-Identifier: GPL-3.0-or-later */
/* $move: which messages of the open mailbox go where as it is left. */
#include "read-mail.h"

#include <string.h>

#include "cur/conf/hooks.h"
#include "cur/mail/flags.h"
#include "cur/model/client.h"
#include "cur/model/directory.h"
#include "cur/model/mailbox.h"

struct read_mail {
	char *target; /* canonical name */
	GArray *lids;
};

/* One that is under way. */
struct moving {
	struct app *app;
	struct read_mail read;
	void (*done)(struct app *app, const GError *error, void *data);
	void *data;
};

void read_mail_free(struct read_mail *read)
{
	if (!read)
		return;
	g_free(read->target);
	g_array_unref(read->lids);
	g_free(read);
}

/* An mbox-hook's mailbox, or $mbox for the inbox; NULL: mail stays here. Yours. */
static char *target_of(struct app *app)
{
	const char *name = mailbox_name(app->mailbox);
	const char *hook = conf_hook_for(app->conf, HOOK_MBOX, name);
	g_autofree char *inbox = directory_expand(app->directory, "!", NULL, NULL, NULL);
	g_autofree char *target = NULL;

	if (!hook && g_strcmp0(inbox, name) != 0)
		return NULL;
	target = directory_expand(app->directory, hook ? hook : ">", NULL, NULL, NULL);
	if (!target || g_str_equal(target, name) || (!hook && g_strcmp0(target, inbox) == 0))
		return NULL;
	return g_steal_pointer(&target);
}

static gboolean goes(const struct mailbox *mb, guint32 lid, gboolean keep_flagged)
{
	mark_t mark;

	return mailbox_lid_row(mb, lid, NULL, &mark, NULL) && mark & FLAG_SEEN &&
	       !(mark & FLAG_FLAGGED && keep_flagged) &&
	       !(mailbox_session(mb, lid) & SESSION_DELETED);
}

struct read_mail *read_mail_new(struct app *app)
{
	const struct settings *s = app_settings(app);
	g_autofree char *target = s->move == QUAD_NO ? NULL : target_of(app);
	struct read_mail *read;

	if (!target)
		return NULL;
	read = g_new0(struct read_mail, 1);
	read->target = g_steal_pointer(&target);
	read->lids = mailbox_session_lids(app->mailbox, 0);
	for (guint i = read->lids->len; i-- > 0;)
		if (!goes(app->mailbox, g_array_index(read->lids, guint32, i), s->keep_flagged))
			g_array_remove_index(read->lids, i);
	if (read->lids->len)
		return read;
	read_mail_free(read);
	return NULL;
}

char *read_mail_question(struct app *app, const struct read_mail *read)
{
	g_autofree char *shown = directory_shorten(app->directory, read->target);

	return g_strdup_printf("Move %u read message%s to %s?", read->lids->len,
			       read->lids->len == 1 ? "" : "s", shown);
}

/* ---- moving ------------------------------------------------------------------------------ */

static void end(struct moving *m, const GError *error)
{
	m->done(m->app, error, m->data);
	g_free(m->read.target);
	g_array_unref(m->read.lids);
	g_free(m);
}

static void moved(struct mailbox *mb, const GError *error, void *data)
{
	end(data, error);
}

static void made(enum wire_id id, GVariant *body, gboolean final, const GError *error, void *data)
{
	struct moving *m = data;

	if (!final)
		return;
	if (error || !m->app->mailbox)
		end(m, error);
	else
		mailbox_move(m->app->mailbox, m->read.lids, m->read.target, moved, m);
}

void read_mail_move(struct app *app, const struct read_mail *read,
		    void (*done)(struct app *app, const GError *error, void *data), void *data)
{
	struct moving *m = g_new0(struct moving, 1);

	*m = (struct moving){app, {g_strdup(read->target), g_array_ref(read->lids)}, done, data};
	if (directory_exists(app->directory, read->target))
		mailbox_move(app->mailbox, m->read.lids, m->read.target, moved, m);
	else
		client_ask(app->client, WIRE_CREATE, g_variant_new("(s)", read->target), made, m);
}
