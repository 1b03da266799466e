/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Most messages have no keyword: for them nothing here costs anything. */
#include "vocabulary.h"

#include <string.h>

#include "cur/imap/mailbox.h"
#include "cur/mail/flags.h"
#include "cur/store/keywords.h"
#include "steps.h"

struct vocabulary {
	struct round *r;
	guint32 mailbox;
	char *account, *folder;
	struct keywords *kw;
	gboolean full; /* a name was left out: all letters are taken */
};

mark_t shared_bits(const struct state_mailbox *mb)
{
	auto_ptr(keywords) kw = *mb->keywords ? keywords_parse(mb->keywords) : NULL;

	return FLAG_ALL | (kw ? keywords_named(kw) : 0);
}

/* ---- dovecot-keywords ------------------------------------------------------------------ */

struct learning {
	mark_t learnt;
	GArray *lids;
};

static gboolean collect_learnt(const struct state_message *msg, void *data)
{
	struct learning *l = data;

	if (msg->uid && (msg->mark ^ msg->agreed) & l->learnt)
		g_array_append_val(l->lids, msg->lid);
	return TRUE;
}

static gboolean add_steps(struct store *store, const struct state_mailbox *mb, mark_t learnt,
			  GError **error)
{
	g_autoptr(GArray) lids = g_array_new(FALSE, FALSE, sizeof(guint32));
	struct learning l = {learnt, lids};
	struct state *st = store_state(store);

	if (!state_messages(st, mb->number, 0, 0, collect_learnt, &l, error))
		return FALSE;
	for (guint i = 0; i < lids->len; i++) {
		guint32 lid = g_array_index(lids, guint32, i);

		if (!state_has_step(st, mb->number, lid, NULL) &&
		    !steps_add(store, mb->account, STEP_FLAGS, mb->number, lid, NULL, error))
			return FALSE;
	}
	return TRUE;
}

static mark_t named_in(const char *names)
{
	auto_ptr(keywords) kw = keywords_parse(names);

	return keywords_named(kw);
}

/* Rows that have letters which got a name since this was last done, whoever gave it. */
static gboolean tell_learnt(struct store *store, guint32 mailbox, GError **error)
{
	g_autofree char *key = g_strdup_printf("named.%u", mailbox), *told = NULL;
	g_autofree struct state_mailbox *mb = NULL;
	mark_t learnt;

	store_lock(store);
	mb = state_mailbox(store_state(store), mailbox);
	told = state_get(store_state(store), key);
	store_unlock(store);
	if (!mb || !strcmp(told ? told : "", mb->keywords))
		return TRUE;
	learnt = named_in(mb->keywords) & ~named_in(told ? told : "");
	return store_begin(store, error) &&
	       steps_commit(store,
			    (!learnt || add_steps(store, mb, learnt, error)) &&
				state_set(store_state(store), key, mb->keywords, error),
			    "keywords-learnt", error);
}

gboolean vocabulary_learn(struct store *store, const struct state_mailbox *mb, gboolean tell,
			  GError **error)
{
	return store_share_keywords(store, mb->number, error) &&
	       (!tell || tell_learnt(store, mb->number, error));
}

/* ---- one mailbox of a server ----------------------------------------------------------- */

struct vocabulary *vocabulary_open(struct round *r, const struct state_mailbox *mb, GError **error)
{
	struct vocabulary *v;

	if (!store_free_keywords(r->store, mb->number, error))
		return NULL;
	v = g_new0(struct vocabulary, 1);
	v->r = r;
	v->mailbox = mb->number;
	v->account = g_strdup(mb->account);
	v->folder = g_strdup(mb->folder);
	v->kw = store_keywords(r->store, mb->number);
	return v;
}

void vocabulary_close(struct vocabulary *v)
{
	keywords_free(v->kw);
	g_free(v->account);
	g_free(v->folder);
	g_free(v);
}

/* ---- told once ------------------------------------------------------------------------ */

/* TRUE the first time, and for ever when that cannot be remembered. */
static gboolean is_first_time(struct vocabulary *v, const char *what)
{
	g_autofree char *key = g_strdup_printf("told %s %u", what, v->mailbox), *value = NULL;

	if (!store_begin(v->r->store, NULL))
		return TRUE;
	value = state_get(store_state(v->r->store), key);
	if (value)
		store_rollback(v->r->store);
	else
		round_commit(v->r, state_set(store_state(v->r->store), key, "yes", NULL),
			     "keywords-told", NULL);
	return !value;
}

static void tell_full(struct vocabulary *v)
{
	if (is_first_time(v, "keywords-full"))
		hub_note(v->r->hub, HUB_WARNING, v->account,
			 "%s has more than %d different keywords: those beyond stay at the server "
			 "and are not shown here",
			 v->folder, KEYWORDS_MAX);
}

void vocabulary_tell_unkept(struct vocabulary *v, mark_t bits)
{
	g_autofree char *flags = flags_to_imap(bits & FLAG_ALL);
	g_autofree char *keywords = keywords_names(v->kw, bits);
	g_autofree char *names = g_strstrip(g_strjoin(" ", flags, keywords, NULL));

	if (*names && is_first_time(v, "keywords-unkept"))
		hub_note(v->r->hub, HUB_WARNING, v->account,
			 "the server keeps no marks like '%s' in %s: they stay here only", names,
			 v->folder);
}

/* ---- names and bits --------------------------------------------------------------------- */

gboolean vocabulary_mark(struct vocabulary *v, guint32 flags, const char *keywords, mark_t *mark,
			 GError **error)
{
	mark_t bits = 0;

	if (*keywords && !keywords_find(v->kw, keywords, &bits) && !v->full) {
		if (!store_learn_keywords(v->r->store, v->mailbox, keywords, &bits, &v->full,
					  error))
			return FALSE;
		keywords_free(v->kw);
		v->kw = store_keywords(v->r->store, v->mailbox);
		if (v->full)
			tell_full(v);
	}
	*mark = (flags & FLAG_ALL) | bits;
	return TRUE;
}

mark_t vocabulary_shared(const struct vocabulary *v)
{
	return FLAG_ALL | keywords_named(v->kw);
}

mark_t vocabulary_kept(const struct vocabulary *v)
{
	mark_t kept = FLAG_ALL & imap_selected(v->r->imap)->permanent_flags;

	for (guint i = 0; i < KEYWORDS_MAX; i++) {
		const char *name = keywords_name(v->kw, i);

		if (name && imap_keeps_keyword(v->r->imap, name))
			kept |= (mark_t)1 << (KEYWORD_SHIFT + i);
	}
	return kept;
}

char *vocabulary_names(const struct vocabulary *v, mark_t bits)
{
	return keywords_names(v->kw, bits);
}
