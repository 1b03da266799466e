/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The plan of a dry run. */
#include "forecast.h"

#include <string.h>

#include "cur/mail/flags.h"
#include "cur/mail/keywords.h"
#include "steps.h"

/* In the order of enum forecast_what, which is that of the lines. */
static const char *const words[] = {
    "make_here",   "fetch",	 "headers",	 "texts",	 "flags_here",
    "delete_here", "make_there", "rename_there", "remove_there", "subscribe_there",
    "append",	   "move",	 "copy",	 "flags_there",	 "delete_there",
};

struct forecast {
	GMutex lock;
	GHashTable *rows; /* "account TAB folder TAB name TAB what", as a number, to how many */
};

struct forecast *forecast_new(void)
{
	struct forecast *forecast = g_new0(struct forecast, 1);

	g_mutex_init(&forecast->lock);
	forecast->rows = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	return forecast;
}

void forecast_free(struct forecast *forecast)
{
	g_mutex_clear(&forecast->lock);
	g_hash_table_unref(forecast->rows);
	g_free(forecast);
}

static void note(struct forecast *forecast, const char *account, const char *folder,
		 const char *name, enum forecast_what what, guint n)
{
	char *key = g_strdup_printf("%s\t%s\t%s\t%02d", account, folder, name, what);
	guint before;

	g_mutex_lock(&forecast->lock);
	before = GPOINTER_TO_UINT(g_hash_table_lookup(forecast->rows, key));
	g_hash_table_replace(forecast->rows, key, GUINT_TO_POINTER(MAX(before, n)));
	g_mutex_unlock(&forecast->lock);
}

void forecast_note(struct forecast *forecast, const struct state_mailbox *mb,
		   enum forecast_what what, guint n)
{
	if (n)
		note(forecast, mb->account, mb->folder, mb->name, what, n);
}

/* ---- steps ----------------------------------------------------------------------- */

static const struct {
	const char *kind;
	enum forecast_what what;
} kinds[] = {
    {STEP_CREATE, FORECAST_MAKE_THERE},
    {STEP_RENAME, FORECAST_RENAME_THERE},
    {STEP_DELETE, FORECAST_REMOVE_THERE},
    {STEP_SUBSCRIBE, FORECAST_SUBSCRIBE_THERE},
    {STEP_APPEND, FORECAST_APPEND},
    {STEP_MOVE, FORECAST_MOVE},
    {STEP_COPY, FORECAST_COPY},
    {STEP_FLAGS, FORECAST_FLAGS_THERE},
    {STEP_EXPUNGE, FORECAST_DELETE_THERE},
};

/* A refused step waits for the user, and flags that are agreed by now are no change. */
static gboolean is_change(struct store *store, const struct step *s)
{
	g_autofree struct state_message *msg = NULL;

	if (s->state == STEP_STUCK)
		return FALSE;
	if (strcmp(s->kind, STEP_FLAGS) != 0)
		return TRUE;
	msg = state_message(store_state(store), s->mailbox, s->lid);
	return msg && msg->uid && ((msg->mark ^ msg->agreed) & (FLAG_ALL | KEYWORD_BITS));
}

struct tally {
	struct state_mailbox *mb; /* NULL: a deleted one, by its name at the server */
	const char *name;
	guint n[G_N_ELEMENTS(words)];
};

static void tally_free(void *data)
{
	struct tally *t = data;

	g_free(t->mb);
	g_free(t);
}

/* Under the store's lock. */
static struct tally *tally_of(GHashTable *tallies, struct store *store, const struct step *s)
{
	g_autofree char *key = s->mailbox ? g_strdup_printf("%u", s->mailbox) : g_strdup(s->data);
	struct tally *t = g_hash_table_lookup(tallies, key);

	if (t)
		return t;
	t = g_new0(struct tally, 1);
	t->mb = s->mailbox ? state_mailbox(store_state(store), s->mailbox) : NULL;
	t->name = s->data ? s->data : "";
	g_hash_table_insert(tallies, g_steal_pointer(&key), t);
	return t;
}

static void count_step(GHashTable *tallies, struct store *store, const struct step *s)
{
	for (gsize i = 0; i < G_N_ELEMENTS(kinds); i++)
		if (!strcmp(s->kind, kinds[i].kind) && is_change(store, s))
			tally_of(tallies, store, s)->n[kinds[i].what]++;
}

gboolean forecast_note_steps(struct forecast *forecast, struct store *store, const char *account,
			     GError **error)
{
	g_autoptr(GPtrArray) steps = steps_load(store, account, 0, error);
	g_autoptr(GHashTable) tallies =
	    g_hash_table_new_full(g_str_hash, g_str_equal, g_free, tally_free);
	GHashTableIter it;
	void *value;

	if (!steps)
		return FALSE;
	store_lock(store);
	for (guint i = 0; i < steps->len; i++)
		count_step(tallies, store, g_ptr_array_index(steps, i));
	store_unlock(store);
	g_hash_table_iter_init(&it, tallies);
	while (g_hash_table_iter_next(&it, NULL, &value)) {
		const struct tally *t = value;

		for (guint what = 0; what < G_N_ELEMENTS(words); what++) {
			if (t->n[what] && t->mb)
				forecast_note(forecast, t->mb, (enum forecast_what)what,
					      t->n[what]);
			else if (t->n[what])
				note(forecast, account, t->name, "", (enum forecast_what)what,
				     t->n[what]);
		}
	}
	return TRUE;
}

/* ---- telling ---------------------------------------------------------------------- */

static gint by_text(gconstpointer a, gconstpointer b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

void forecast_print(struct forecast *forecast, FILE *out)
{
	guint n;
	g_autofree char **keys = (char **)g_hash_table_get_keys_as_array(forecast->rows, &n);

	qsort(keys, n, sizeof *keys, by_text);
	for (guint i = 0; i < n; i++) {
		const char *what = strrchr(keys[i], '\t') + 1;

		fprintf(out, "%.*s%s\t%u\n", (int)(what - keys[i]), keys[i], words[atoi(what)],
			GPOINTER_TO_UINT(g_hash_table_lookup(forecast->rows, keys[i])));
	}
}
