/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Questions about what is gone at the server, and their answers. */
#include "vanished.h"

#include <string.h>

#include "acts.h"
#include "cur/base/error.h"
#include "cur/base/log.h"
#include "steps.h"

#define WHOLE_FOLDER "*"

void withheld_clear(struct withheld *w)
{
	g_clear_pointer(&w->uids, seqset_free);
}

/* ---- sets as text ---------------------------------------------------------------- */

static char *format_set(const struct seqset *s)
{
	gsize at = 0;

	return seqset_format_part(s, &at, G_MAXSIZE);
}

static struct seqset *parse_set(const char *text)
{
	struct seqset *s = *text ? seqset_parse(text, -1) : NULL;

	return s ? s : seqset_new();
}

static struct seqset *common(const struct seqset *a, const struct seqset *b)
{
	auto_ptr(seqset) without = seqset_minus(a, b);

	return seqset_minus(a, without);
}

static struct seqset *both(const char *a, const char *b)
{
	g_autofree char *text = *a && *b ? g_strconcat(a, ",", b, NULL) : g_strconcat(a, b, NULL);

	return parse_set(text);
}

/* `v` may be NULL. */
static struct seqset *gone_of(const struct state_vanished *v)
{
	auto_ptr(seqset) unsaid = both(v ? v->asked : "", v ? v->allowed : "");
	g_autofree char *text = format_set(unsaid);

	return both(text, v ? v->kept : "");
}

/* ---- found elsewhere --------------------------------------------------------------- */

/* The mailboxes of the account: number -> UIDs that are gone there, though their rows stand. */
struct search {
	GHashTable *mailboxes;
	gboolean found;
};

static gboolean is_elsewhere(const struct state_message *msg, void *data)
{
	struct search *s = data;
	void *gone;

	s->found = msg->uid &&
		   g_hash_table_lookup_extended(s->mailboxes, GUINT_TO_POINTER(msg->mailbox), NULL,
						&gone) &&
		   !seqset_has(gone, msg->uid);
	return !s->found;
}

static gboolean collect_mailbox(const struct state_mailbox *mb, void *data)
{
	guint32 number = mb->number;

	if (*mb->server_name && !mb->gone)
		g_array_append_val((GArray *)data, number);
	return TRUE;
}

static void free_set(void *set)
{
	seqset_free(set);
}

/* All but `mailbox`. Under the lock; yours. */
static GHashTable *other_mailboxes(struct round *r, guint32 mailbox)
{
	GHashTable *others = g_hash_table_new_full(g_direct_hash, g_direct_equal, NULL, free_set);
	g_autoptr(GArray) numbers = g_array_new(FALSE, FALSE, sizeof(guint32));
	struct state *st = store_state(r->store);

	state_mailboxes(st, r->account->name, collect_mailbox, numbers, NULL);
	for (guint i = 0; i < numbers->len; i++) {
		guint32 number = g_array_index(numbers, guint32, i);
		g_autofree struct state_vanished *v = state_vanished(st, number);

		if (number != mailbox)
			g_hash_table_insert(others, GUINT_TO_POINTER(number), gone_of(v));
	}
	return others;
}

static gboolean collect_id(const struct state_message *msg, void *data)
{
	g_array_append_val((GArray *)data, msg->id_hash);
	return TRUE;
}

/* Message-IDs (hashes) of the rows of a set, or of all rows of a mailbox. Under the lock. */
static GArray *ids_of(struct round *r, guint32 mailbox, const char *set)
{
	GArray *ids = g_array_new(FALSE, FALSE, sizeof(guint64));
	struct state *st = store_state(r->store);
	auto_ptr(seqset) uids = NULL;
	const struct seqset_range *ranges;
	gsize n;

	if (!strcmp(set, WHOLE_FOLDER)) {
		state_messages(st, mailbox, 0, 0, collect_id, ids, NULL);
		return ids;
	}
	uids = parse_set(set);
	ranges = seqset_ranges(uids, &n);
	for (gsize i = 0; i < n; i++)
		state_messages_by_uid(st, mailbox, ranges[i].first, ranges[i].last, collect_id, ids,
				      NULL);
	return ids;
}

/* TRUE when every message of the set has a copy in another folder of the account. */
static gboolean all_elsewhere(struct round *r, guint32 mailbox, const char *set)
{
	/* Each once: many may have one Message-ID. */
	g_autoptr(GHashTable) looked_for = g_hash_table_new(g_int64_hash, g_int64_equal);
	g_autoptr(GHashTable) others = NULL;
	struct search s = {.found = TRUE};
	g_autoptr(GArray) ids = NULL;

	store_lock(r->store);
	s.mailboxes = others = other_mailboxes(r, mailbox);
	ids = ids_of(r, mailbox, set);
	for (guint i = 0; s.found && i < ids->len; i++) {
		guint64 *id = &g_array_index(ids, guint64, i);

		if (!g_hash_table_add(looked_for, id))
			continue;
		s.found = FALSE;
		if (*id)
			state_messages_by_id(store_state(r->store), *id, is_elsewhere, &s, NULL);
	}
	store_unlock(r->store);
	return s.found;
}

/* ---- what a listing shows ------------------------------------------------------------ */

struct absences {
	const struct listing *listing;
	struct seqset *gone;
	guint n_known;
};

static gboolean note_absence(const struct state_message *msg, void *data)
{
	struct absences *a = data;

	if (listing_presence(a->listing, msg->uid) == ABSENT)
		seqset_add(a->gone, msg->uid);
	return TRUE;
}

/* What is thrown away is gone from here in any case: emptying these is their ordinary use. */
static gboolean is_rubbish(const struct state_mailbox *mb)
{
	return !strcmp(mb->role, "Trash") || !strcmp(mb->role, "Junk");
}

static gboolean save(struct round *r, const struct state_vanished *v, GError **error)
{
	return store_begin(r->store, error) &&
	       round_commit(r, state_put_vanished(store_state(r->store), v, error),
			    "vanished-noted", error);
}

/* `old` may be NULL. The question stands as long as it is the same set. */
static gboolean note(struct round *r, const struct state_vanished *old,
		     const struct state_vanished *now, GError **error)
{
	struct state_vanished v = *now;

	if (!old)
		return (!*v.asked && !*v.kept && !*v.allowed) || save(r, &v, error);
	v.told = old->told && !strcmp(old->asked, v.asked);
	if (old->uidvalidity == v.uidvalidity && old->n_known == v.n_known &&
	    !strcmp(old->asked, v.asked) && !strcmp(old->allowed, v.allowed) &&
	    !strcmp(old->kept, v.kept))
		return TRUE;
	return save(r, &v, error);
}

/* What was answered before, as far as it is gone now; *undecided is the rest. */
static struct seqset *answered(const char *set, struct seqset **undecided)
{
	auto_ptr(seqset) said = parse_set(set);
	struct seqset *now = common(*undecided, said), *rest = seqset_minus(*undecided, now);

	seqset_free(*undecided);
	*undecided = rest;
	return now;
}

static gboolean judge(struct round *r, const struct state_mailbox *mb, struct absences *a,
		      struct withheld *out, GError **error)
{
	struct state_vanished now = {.mailbox = mb->number, .uidvalidity = mb->uidvalidity};
	g_autofree struct state_vanished *old = NULL;
	g_autofree char *asked_text = NULL, *allowed_text = NULL, *kept_text = NULL;
	auto_ptr(seqset) allowed = NULL;
	auto_ptr(seqset) kept = NULL;
	gboolean same;

	store_lock(r->store);
	old = state_vanished(store_state(r->store), mb->number);
	store_unlock(r->store);
	same = old && old->uidvalidity == mb->uidvalidity;
	allowed = answered(same ? old->allowed : "", &a->gone);
	kept = answered(same ? old->kept : "", &a->gone);
	now.n_known = a->n_known - seqset_count(kept) - seqset_count(allowed);
	out->is_open = !is_rubbish(mb) && reconcile_is_emptied(seqset_count(a->gone), now.n_known);
	now.asked = asked_text = out->is_open ? format_set(a->gone) : g_strdup("");
	now.allowed = allowed_text = format_set(allowed);
	now.kept = kept_text = format_set(kept);
	out->uids = both(now.asked, now.kept);
	return note(r, old, &now, error);
}

gboolean vanished_review(struct round *r, const struct state_mailbox *mb, const struct listing *l,
			 struct withheld *out, GError **error)
{
	auto_ptr(seqset) concerned = NULL;
	struct state *st = store_state(r->store);
	struct absences a = {.listing = l};
	const struct seqset_range *range;
	gboolean ok = TRUE;
	gsize n;

	if (!listing_tells_absence(l))
		return TRUE;
	a.gone = seqset_new();
	concerned = listing_concerned(l);
	range = seqset_ranges(concerned, &n);
	store_lock(r->store);
	a.n_known = state_count_uids(st, mb->number, 1, G_MAXUINT32);
	for (gsize i = 0; ok && i < n; i++)
		ok = state_messages_by_uid(st, mb->number, range[i].first, range[i].last,
					   note_absence, &a, error);
	store_unlock(r->store);
	ok = ok && judge(r, mb, &a, out, error);
	seqset_free(a.gone);
	return ok;
}

gboolean vanished_note_folder(struct store *store, const struct state_mailbox *mb, GError **error)
{
	struct state_vanished v = {
	    .mailbox = mb->number,
	    .n_known = state_count_messages(store_state(store), mb->number),
	    .asked = WHOLE_FOLDER,
	    .allowed = "",
	    .kept = "",
	};

	return state_put_vanished(store_state(store), &v, error);
}

static struct state_vanished *open_question(struct store *store, guint32 mailbox)
{
	struct state_vanished *v;

	store_lock(store);
	v = state_vanished(store_state(store), mailbox);
	store_unlock(store);
	if (v && *v->asked)
		return v;
	g_free(v);
	return NULL;
}

gboolean vanished_withdraw(struct round *r, guint32 mailbox, GError **error)
{
	g_autofree struct state_vanished *v = open_question(r->store, mailbox);

	if (!v)
		return TRUE;
	v->asked = "";
	return save(r, v, error);
}

/* ---- asking ------------------------------------------------------------------------ */

static GArray *asked(struct round *r)
{
	GArray *numbers;

	store_lock(r->store);
	numbers = state_vanished_asked(store_state(r->store), r->account->name);
	store_unlock(r->store);
	return numbers;
}

gboolean vanished_is_news(struct round *r)
{
	g_autoptr(GArray) numbers = asked(r);
	gboolean news = FALSE;

	for (guint i = 0; !news && i < numbers->len; i++) {
		g_autofree struct state_vanished *v =
		    open_question(r->store, g_array_index(numbers, guint32, i));

		news = v && !v->told;
	}
	return news;
}

static guint n_asked(const struct state_vanished *v)
{
	auto_ptr(seqset) uids = NULL;

	if (!strcmp(v->asked, WHOLE_FOLDER))
		return v->n_known;
	uids = parse_set(v->asked);
	return seqset_count(uids);
}

static char *words(const struct state_vanished *v, const struct state_mailbox *mb)
{
	g_autofree char *what =
	    strcmp(v->asked, WHOLE_FOLDER)
		? g_strdup_printf("%u of %u messages of %s are gone at the server", n_asked(v),
				  v->n_known, mb->folder)
		: g_strdup_printf("%s is not at the server any more, with %u messages", mb->folder,
				  v->n_known);

	return g_strdup_printf("%s: they are kept here until you say what is meant: cur sync "
			       "--accept-deletions '%s', or cur sync --keep '%s'",
			       what, mb->name, mb->name);
}

static GVariant *question(const struct state_vanished *v, const struct state_mailbox *mb)
{
	gboolean whole = !strcmp(v->asked, WHOLE_FOLDER);
	g_autofree char *text = words(v, mb);
	g_autofree char *line = g_strdup_printf("%s: %s", mb->account, text);

	return g_variant_new("(suus)", mb->name, n_asked(v), whole ? 0 : v->n_known, line);
}

static gboolean ask(struct round *r, struct state_vanished *v, const struct state_mailbox *mb,
		    gboolean insist, GError **error)
{
	g_autofree char *text = words(v, mb);
	g_autoptr(GError) failed = NULL;

	error_set(&failed, CUR_ERROR_REFUSED, "%s", text);
	if (!v->told || insist) {
		if (r->forecast)
			hub_note(r->hub, HUB_WARNING, r->account->name, "%s", text);
		else
			log_event(LOG_LEVEL_WARN, "%s: %s", r->account->name, text);
		hub_tell(r->hub, WIRE_VANISHED, question(v, mb));
	}
	round_fall_short(r, failed);
	if (v->told)
		return TRUE;
	v->told = TRUE;
	return save(r, v, error);
}

/* Renamed there, or what was in it is in other folders: nothing is lost with it. */
static gboolean drop_folder(struct round *r, const struct state_mailbox *mb, GError **error)
{
	hub_note(r->hub, HUB_WARNING, r->account->name,
		 "%s is not at the server any more, and all its messages are in other folders: it "
		 "is removed here, too",
		 mb->folder);
	return act_forget(r->store, mb->number, error);
}

static gboolean settle_one(struct round *r, struct state_vanished *v, gboolean insist,
			   GArray *again, GError **error)
{
	g_autofree struct state_mailbox *mb = round_mailbox(r, v->mailbox, error);
	gboolean whole = !strcmp(v->asked, WHOLE_FOLDER);
	g_autofree char *allowed = NULL;
	auto_ptr(seqset) set = NULL;

	if (!mb)
		return FALSE;
	if (whole != mb->gone) {
		v->asked = "";
		return save(r, v, error);
	}
	if (!all_elsewhere(r, v->mailbox, v->asked))
		return ask(r, v, mb, insist, error);
	if (whole)
		return drop_folder(r, mb, error);
	set = both(v->allowed, v->asked);
	v->allowed = allowed = format_set(set);
	v->asked = "";
	g_array_append_val(again, v->mailbox);
	return save(r, v, error);
}

gboolean vanished_settle(struct round *r, gboolean insist, GArray *again, GError **error)
{
	g_autoptr(GArray) numbers = asked(r);

	for (guint i = 0; i < numbers->len; i++) {
		g_autofree struct state_vanished *v =
		    open_question(r->store, g_array_index(numbers, guint32, i));

		if (v && !settle_one(r, v, insist, again, error))
			return FALSE;
	}
	return TRUE;
}

void vanished_each(struct store *store, const char *account, vanished_fn tell, void *data)
{
	g_autoptr(GArray) numbers = NULL;

	store_lock(store);
	numbers = state_vanished_asked(store_state(store), account);
	for (guint i = 0; i < numbers->len; i++) {
		guint32 number = g_array_index(numbers, guint32, i);
		g_autofree struct state_vanished *v = state_vanished(store_state(store), number);
		g_autofree struct state_mailbox *mb = state_mailbox(store_state(store), number);

		if (v && v->told && mb)
			tell(question(v, mb), data);
	}
	store_unlock(store);
}

/* ---- the answer ---------------------------------------------------------------------- */

gboolean vanished_answer(struct store *store, guint32 mailbox, gboolean go, gboolean *was_asked,
			 GError **error)
{
	g_autofree struct state_vanished *v = open_question(store, mailbox);
	gboolean whole = v && !strcmp(v->asked, WHOLE_FOLDER);
	const char **into = v ? go ? &v->allowed : &v->kept : NULL;
	auto_ptr(seqset) set = NULL;
	g_autofree char *text = NULL;

	*was_asked = v && v->told;
	if (!*was_asked)
		return TRUE;
	if (whole && go)
		return act_forget(store, mailbox, error);
	set = whole ? NULL : both(*into, v->asked);
	*into = text = whole ? g_strdup(WHOLE_FOLDER) : format_set(set);
	v->asked = "";
	return store_begin(store, error) &&
	       steps_commit(store, state_put_vanished(store_state(store), v, error),
			    "vanished-answered", error);
}
