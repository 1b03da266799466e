/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Words and data of steps. Data is numbers with blanks between. */
#include "steps.h"

#include <stdio.h>
#include <string.h>

#include "cur/base/error.h"
#include "cur/base/step.h"

static void step_free(void *data)
{
	struct step *s = data;

	g_free(s->kind);
	g_free(s->data);
	g_free(s->words);
	g_free(s);
}

static gboolean collect(const struct state_step *step, void *data)
{
	struct step *s = g_new0(struct step, 1);

	s->id = step->id;
	s->mailbox = step->mailbox;
	s->lid = step->lid;
	s->kind = g_strdup(step->kind);
	s->data = g_strdup(step->data);
	s->words = g_strdup(step->error);
	s->state = step->state;
	s->tries = step->tries;
	s->next_try = step->next_try;
	g_ptr_array_add(data, s);
	return TRUE;
}

GPtrArray *steps_load(struct store *store, const char *account, guint32 mailbox, GError **error)
{
	GPtrArray *steps = g_ptr_array_new_with_free_func(step_free);
	gboolean ok;

	store_lock(store);
	ok = state_steps(store_state(store), account, mailbox, 0, collect, steps, error);
	store_unlock(store);
	if (ok)
		return steps;
	g_ptr_array_unref(steps);
	return NULL;
}

gboolean steps_commit(struct store *store, gboolean ok, const char *point, GError **error)
{
	if (!store_end(store, ok, error))
		return FALSE;
	step_point(point);
	return TRUE;
}

gboolean steps_add(struct store *store, const char *account, const char *kind, guint32 mailbox,
		   guint32 lid, const char *data, GError **error)
{
	struct state_step step = {
	    .account = account,
	    .mailbox = mailbox,
	    .lid = lid,
	    .kind = kind,
	    .data = data ? data : "",
	    .error = "",
	};

	return state_add_step(store_state(store), &step, error);
}

gboolean steps_set(struct store *store, const struct step *step, enum step_state state,
		   const char *data, const char *words, GError **error)
{
	struct state_step row = {
	    .id = step->id,
	    .mailbox = step->mailbox,
	    .lid = step->lid,
	    .kind = step->kind,
	    .data = data ? data : step->data,
	    .state = state,
	    .tries = step->tries + (state == STEP_SENT),
	    .next_try = step->next_try,
	    .error = words ? words : "",
	    .account = "",
	};

	return state_put_step(store_state(store), &row, error);
}

static gboolean is_it(const struct state_step *row, void *data)
{
	const struct step **step = data;

	if (row->id != (*step)->id)
		return TRUE;
	*step = NULL;
	return FALSE;
}

gboolean steps_is_there(struct store *store, const struct step *step)
{
	const struct step *looked_for = step;

	state_steps(store_state(store), NULL, step->mailbox, step->lid, is_it, &looked_for, NULL);
	return !looked_for;
}

gboolean steps_claim(struct store *store, GPtrArray *steps, const char *point, GError **error)
{
	gboolean ok = store_begin(store, error);

	if (!ok)
		return FALSE;
	for (guint i = 0; ok && i < steps->len;) {
		g_autoptr(GError) failed = NULL;

		if (steps_set(store, g_ptr_array_index(steps, i), STEP_SENT, NULL, NULL, &failed)) {
			i++;
		} else if (error_is(failed, CUR_ERROR_GONE)) {
			g_ptr_array_remove_index(steps, i);
		} else {
			g_propagate_error(error, g_steal_pointer(&failed));
			ok = FALSE;
		}
	}
	return steps_commit(store, ok, point, error);
}

char *step_source_format(const struct step_source *s)
{
	GString *data = g_string_new(NULL);

	g_string_printf(data, "%u %u %u %u", s->mailbox, s->uidvalidity, s->uid, s->agreed);
	if (s->after)
		g_string_append_printf(data, " after %" G_GUINT64_FORMAT, s->after);
	if (s->id)
		g_string_append_printf(data, " id %s", s->id);
	return g_string_free(data, FALSE);
}

gboolean step_source_parse(const char *data, struct step_source *s)
{
	int n = 0;

	*s = (struct step_source){0};
	if (sscanf(data, "%u %u %u %u%n", &s->mailbox, &s->uidvalidity, &s->uid, &s->agreed, &n) !=
	    4)
		return FALSE;
	if (sscanf(data + n, " after %" G_GUINT64_FORMAT, &s->after) != 1 &&
	    g_str_has_prefix(data + n, " id "))
		s->id = data + n + strlen(" id ");
	return TRUE;
}

char *step_doom_format(const struct step_doom *d)
{
	return g_strdup_printf("%u %u %u %u %u %u %s", d->uidvalidity, d->uid, d->agreed,
			       (guint)d->how, d->mailbox, d->lid, d->base ? d->base : "");
}

gboolean step_doom_parse(const char *data, struct step_doom *d)
{
	guint how;
	int n = 0;

	if (sscanf(data, "%u %u %u %u %u %u%n", &d->uidvalidity, &d->uid, &d->agreed, &how,
		   &d->mailbox, &d->lid, &n) != 6 ||
	    how > DOOM_AFTER)
		return FALSE;
	d->how = (enum doom)how;
	d->base = data[n] == ' ' ? data + n + 1 : "";
	return TRUE;
}

struct doomed {
	guint32 mailbox, uidvalidity;
	GHashTable *uids;
};

static gboolean note_doomed(const struct state_step *step, void *data)
{
	struct doomed *doomed = data;
	struct step_source source;
	struct step_doom doom;

	gboolean expunge = !strcmp(step->kind, STEP_EXPUNGE) || !strcmp(step->kind, STEP_LEFT);

	if (expunge && step->mailbox == doomed->mailbox && step_doom_parse(step->data, &doom) &&
	    doom.uidvalidity == doomed->uidvalidity)
		g_hash_table_insert(doomed->uids, GUINT_TO_POINTER(doom.uid), g_strdup(doom.base));
	else if (!strcmp(step->kind, STEP_MOVE) && step_source_parse(step->data, &source) &&
		 source.mailbox == doomed->mailbox && source.uidvalidity == doomed->uidvalidity)
		g_hash_table_insert(doomed->uids, GUINT_TO_POINTER(source.uid), g_strdup(""));
	return TRUE;
}

static gboolean note_copied(const struct state_step *step, void *data)
{
	struct doomed *copied = data;
	struct step_source source;

	if ((!strcmp(step->kind, STEP_COPY) || !strcmp(step->kind, STEP_TEXT)) &&
	    step_source_parse(step->data, &source) && source.mailbox == copied->mailbox &&
	    source.uidvalidity == copied->uidvalidity)
		g_hash_table_add(copied->uids, GUINT_TO_POINTER(source.uid));
	return TRUE;
}

GHashTable *steps_copied(struct store *store, const char *account, guint32 mailbox,
			 guint32 uidvalidity)
{
	struct doomed copied = {mailbox, uidvalidity,
				g_hash_table_new(g_direct_hash, g_direct_equal)};

	state_steps(store_state(store), account, 0, 0, note_copied, &copied, NULL);
	return copied.uids;
}

gboolean steps_has_server(const struct state_mailbox *mb)
{
	return *mb->account && !g_str_has_prefix(mb->name, "pop");
}

GHashTable *steps_doomed(struct store *store, const char *account, guint32 mailbox,
			 guint32 uidvalidity)
{
	struct doomed doomed = {mailbox, uidvalidity,
				g_hash_table_new_full(NULL, NULL, NULL, g_free)};

	state_steps(store_state(store), account, 0, 0, note_doomed, &doomed, NULL);
	return doomed.uids;
}

/* ---- UIDs that mean nothing any more ------------------------------------------------- */

/* The same with no UIDVALIDITY, which none is like; NULL: it names no such UID. Yours. */
static char *voided(const struct step *s, guint32 mailbox, guint32 uidvalidity)
{
	gboolean expunge = !strcmp(s->kind, STEP_EXPUNGE) || !strcmp(s->kind, STEP_LEFT);
	gboolean takes = !strcmp(s->kind, STEP_MOVE) || !strcmp(s->kind, STEP_COPY) ||
			 !strcmp(s->kind, STEP_TEXT);
	struct step_source source;
	struct step_doom doom;

	if (expunge && s->mailbox == mailbox && step_doom_parse(s->data, &doom) &&
	    doom.uidvalidity == uidvalidity) {
		doom.uidvalidity = 0;
		return step_doom_format(&doom);
	}
	if (takes && step_source_parse(s->data, &source) && source.mailbox == mailbox &&
	    source.uidvalidity == uidvalidity) {
		source.uidvalidity = 0;
		return step_source_format(&source);
	}
	return NULL;
}

gboolean steps_void_uids(struct store *store, const char *account, guint32 mailbox,
			 guint32 uidvalidity, GError **error)
{
	g_autoptr(GPtrArray) steps = g_ptr_array_new_with_free_func(step_free);
	gboolean ok = state_steps(store_state(store), account, 0, 0, collect, steps, error);

	for (guint i = 0; ok && i < steps->len; i++) {
		const struct step *s = g_ptr_array_index(steps, i);
		g_autofree char *data = voided(s, mailbox, uidvalidity);

		ok = !data || steps_set(store, s, s->state, data, s->words, error);
	}
	return ok;
}
