/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Messages to another mailbox: of the same account, another one or none. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "acts-private.h"
#include "cur/base/error.h"
#include "cur/base/step.h"
#include "cur/mail/flags.h"
#include "cur/mail/scan.h"
#include "cur/store/keywords.h"
#include "cur/store/maildir.h"
#include "onward.h"
#include "vocabulary.h"

struct transfer {
	struct store *store;
	struct state_mailbox *from, *to;
	struct maildir *from_md, *to_md;
	struct keywords *from_kw, *to_kw;
	struct journal *journal;
	gboolean move;
	GArray *made; /* struct made: copies whose rows are not committed yet */
};

struct made {
	char *base;
	mark_t mark;
};

static void made_clear(void *data)
{
	g_free(((struct made *)data)->base);
}

/* Letters of the source as those of the target; what has none there is left behind. */
static mark_t translated(const struct transfer *t, mark_t mark)
{
	g_autofree char *names = NULL;
	mark_t bits;

	if (!(mark & KEYWORD_BITS))
		return mark;
	names = keywords_names(t->from_kw, mark);
	keywords_find(t->to_kw, names, &bits);
	return (mark & ~KEYWORD_BITS) | bits;
}

/* Before the change, so that no file gets a letter whose name is not durable. */
static gboolean carry_names(struct store *store, guint32 from, guint32 to, const guint32 *lids,
			    gsize n, GError **error)
{
	g_autofree char *names = NULL;
	auto_ptr(keywords) kw = store_keywords(store, from);
	mark_t used = 0;

	if (!keywords_named(kw))
		return TRUE;
	store_lock(store);
	for (gsize i = 0; i < n; i++) {
		g_autofree struct state_message *msg =
		    state_message(store_state(store), from, lids[i]);

		used |= msg ? msg->mark | msg->agreed : 0;
	}
	store_unlock(store);
	names = keywords_names(kw, used);
	return store_learn_keywords(store, to, names, &used, NULL, error);
}

/* One rename(2): at no moment are there two names or none. *new_base is yours. */
static gboolean rename_over(struct transfer *t, const struct state_message *msg, guint32 uid,
			    char **new_base, GError **error)
{
	g_autofree char *path = maildir_find(t->from_md, msg->base, msg->mark, error);
	g_autofree char *base = maildir_name_new(uid);
	g_autoptr(GString) others = g_string_new(NULL);
	g_autofree char *old = NULL, *name = NULL, *target = NULL, *same = NULL;
	const char *letters;

	if (!path)
		return FALSE;
	old = g_path_get_basename(path);
	same = maildir_name_base(old, &letters);
	flags_split(letters ? letters : "", others);
	name = maildir_name_join(base, translated(t, msg->mark), others->str);
	target = g_build_filename(t->to->path, msg->mark & MARK_NEW ? "new" : "cur", name, NULL);
	if (rename(path, target) == 0) {
		*new_base = g_steal_pointer(&base);
		return TRUE;
	}
	if (errno != EXDEV)
		return error_from_errno(error, errno, "cannot move '%s'", path);
	return maildir_move(t->from_md, msg->base, msg->mark, t->to_md, translated(t, msg->mark),
			    new_base, error);
}

/* The move that brought a message, not told to the server yet. */
struct way {
	guint64 step; /* 0: there is none, or it leads elsewhere */
	const struct state_mailbox *home;
	struct step_source source;
};

static gboolean find_way(const struct state_step *step, void *data)
{
	struct way *way = data;

	if (strcmp(step->kind, STEP_MOVE) || step->state != STEP_WAITING ||
	    !step_source_parse(step->data, &way->source) || way->source.after ||
	    way->source.mailbox != way->home->number ||
	    way->source.uidvalidity != way->home->uidvalidity)
		return TRUE;
	way->step = step->id;
	return FALSE;
}

/* Back where the server has it all the time. */
static struct way way_home(const struct transfer *t, const struct state_message *msg)
{
	struct way way = {.home = t->to};

	if (t->move && !msg->uid)
		state_steps(store_state(t->store), t->from->account, t->from->number, msg->lid,
			    find_way, &way, NULL);
	return way;
}

/*
 * A message that waits to be moved or copied itself goes on from where it really is. Of what the
 * server is just being told nobody knows yet: a copy is made anew, a move waits for its outcome.
 */
static gboolean pass_on(struct transfer *t, const struct passage *p, guint32 lid, GError **error)
{
	struct step_source src = p->source;
	gboolean sent = p->step.state == STEP_SENT;
	g_autofree char *data = NULL;

	src.agreed = translated(t, src.agreed);
	src.id = NULL;
	if (sent && p->moves)
		src.after = p->step.id;
	data = step_source_format(&src);
	return (sent ? onward_leave_word(t->store, &p->step, t->to, lid, error)
		     : state_drop_step(store_state(t->store), p->step.id, error)) &&
	       steps_add(t->store, t->to->account, p->moves ? STEP_MOVE : STEP_COPY, t->to->number,
			 lid, data, error);
}

static gboolean same_account(const struct transfer *t)
{
	return steps_has_server(t->from) && steps_has_server(t->to) &&
	       !strcmp(t->from->account, t->to->account);
}

/* Where no server can bring it from, a header without its text (mail/partial.h) gets it first. */
static gboolean send_for_text(struct transfer *t, const struct state_message *msg, guint32 lid,
			      GError **error)
{
	struct step_source src = {t->from->number, t->from->uidvalidity, msg->uid, 0};
	g_autofree char *data = step_source_format(&src);

	return steps_add(t->store, t->from->account, STEP_TEXT, t->to->number, lid, data, error) &&
	       (!t->move ||
		act_doom(t->store, t->from, msg, DOOM_AFTER, t->to->number, lid, error));
}

/* Nothing but its flags may be news to the server. */
static gboolean end_way(struct transfer *t, const struct state_message *msg, const struct way *way,
			guint32 lid, GError **error)
{
	mark_t differs = translated(t, msg->mark) ^ translated(t, msg->agreed);

	return state_drop_step(store_state(t->store), way->step, error) &&
	       (!(differs & shared_bits(t->to)) ||
		steps_add(t->store, t->to->account, STEP_FLAGS, t->to->number, lid, NULL, error));
}

/* The steps by which the server hears of one message's way; `lid` is the row in the target. */
static gboolean add_steps(struct transfer *t, const struct state_message *msg, guint32 lid,
			  GError **error)
{
	struct step_source src = {t->from->number, t->from->uidvalidity, msg->uid,
				  translated(t, msg->agreed)};
	struct step_doom after = {.how = steps_has_server(t->to) ? DOOM_AFTER : DOOM_USER,
				  .mailbox = t->to->number,
				  .lid = lid};
	struct passage passage = {0};
	g_autofree char *data = NULL, *owned = NULL;

	if (same_account(t) && msg->uid) {
		data = step_source_format(&src);
		return steps_add(t->store, t->to->account, t->move ? STEP_MOVE : STEP_COPY,
				 t->to->number, lid, data, error);
	}
	if (same_account(t) && t->move)
		passage = act_passage(t->store, t->from, msg->lid);
	owned = passage.data;
	if (passage.step.id && !passage.appends)
		return pass_on(t, &passage, lid, error);
	if (msg->partial)
		return send_for_text(t, msg, lid, error);
	if (steps_has_server(t->to) &&
	    !steps_add(t->store, t->to->account, STEP_APPEND, t->to->number, lid, NULL, error))
		return FALSE;
	return !t->move ||
	       (msg->uid ? act_doom(t->store, t->from, msg, after.how, t->to->number, lid, error)
			 : act_doom_waiting(t->store, t->from, msg, t->to, lid, after, error));
}

static gboolean add_copy(struct transfer *t, const struct state_message *msg, const char *base,
			 const struct way *way, guint32 *lid, GError **error)
{
	g_autofree char *path = maildir_find(t->to_md, base, translated(t, msg->mark), error);
	g_autofree char *text = NULL;
	struct scan_hints hints = {.file = base, .date_received = msg->date_received};
	struct state_message copy = {
	    .mailbox = t->to->number,
	    .agreed = same_account(t) ? translated(t, msg->agreed) : 0,
	    .mark = translated(t, msg->mark) & ~(mark_t)MARK_PENDING,
	    .id_hash = msg->id_hash,
	    .size_bytes = msg->size_bytes,
	    .date_received = msg->date_received,
	    .base = base,
	    .partial = msg->partial,
	};
	struct row row;
	gsize n;

	if (!path || !scan_file(path, &hints, &row, &text, &n, error))
		return FALSE;
	if (way->step) {
		copy.uid = way->source.uid;
		copy.agreed = translated(t, msg->agreed);
	}
	if (steps_has_server(t->to) &&
	    (!way->step || ((copy.mark ^ copy.agreed) & shared_bits(t->to))))
		copy.mark |= MARK_PENDING;
	if (!store_add(t->store, &copy, &row, text, n, error))
		return FALSE;
	*lid = copy.lid;
	return TRUE;
}

/* A header whose text is not known to be anywhere, and that is not on its way back or on. */
static gboolean lacks_its_text(const struct transfer *t, const struct state_message *msg)
{
	struct passage passage = {0};
	gboolean goes_on;

	if (!msg->partial || msg->uid || way_home(t, msg).step)
		return FALSE;
	if (same_account(t) && t->move)
		passage = act_passage(t->store, t->from, msg->lid);
	goes_on = passage.step.id && !passage.appends;
	g_free(passage.data);
	return !goes_on;
}

/* Before the first file is touched: what is refused is not done in part. */
static gboolean may_go(const struct transfer *t, const guint32 *lids, gsize n, GError **error)
{
	for (gsize i = 0; i < n; i++) {
		g_autofree struct state_message *msg =
		    state_message(store_state(t->store), t->from->number, lids[i]);

		if (msg && lacks_its_text(t, msg))
			return error_set(error, CUR_ERROR_RETRY,
					 "the text of a message is not here: open it first");
	}
	return TRUE;
}

static gboolean copy_over(struct transfer *t, const struct state_message *msg, char **base,
			  GError **error)
{
	struct made made = {.mark = translated(t, msg->mark)};

	if (!maildir_copy(t->from_md, msg->base, msg->mark, t->to_md, made.mark, base, error))
		return FALSE;
	made.base = g_strdup(*base);
	g_array_append_val(t->made, made);
	return TRUE;
}

/* The user is told that nothing was copied: without a row each would be found as new mail. */
static void remove_copies(struct transfer *t)
{
	for (guint i = 0; i < t->made->len; i++) {
		const struct made *made = &g_array_index(t->made, struct made, i);

		maildir_remove(t->to_md, made->base, made->mark, NULL);
	}
}

static gboolean transfer_one(struct transfer *t, const struct state_message *msg, GError **error)
{
	struct way way = way_home(t, msg);
	g_autofree char *base = NULL;
	guint32 lid;

	if (t->move ? !rename_over(t, msg, way.step ? way.source.uid : 0, &base, error)
		    : !copy_over(t, msg, &base, error))
		return FALSE;
	if (!add_copy(t, msg, base, &way, &lid, error) ||
	    !(way.step ? end_way(t, msg, &way, lid, error) : add_steps(t, msg, lid, error)) ||
	    (t->move && !store_drop(t->store, t->from->number, msg->lid, error)))
		return FALSE;
	journal_placed(t->journal, msg, t->to->number, lid);
	return TRUE;
}

static gboolean transfer_all(struct transfer *t, const guint32 *lids, gsize n, GError **error)
{
	for (gsize i = 0; i < n; i++) {
		g_autofree struct state_message *msg =
		    state_message(store_state(t->store), t->from->number, lids[i]);
		g_autoptr(GError) failed = NULL;

		if (!msg || transfer_one(t, msg, &failed) || error_is(failed, CUR_ERROR_GONE))
			continue;
		g_propagate_error(error, g_steal_pointer(&failed));
		return FALSE;
	}
	step_point("act-transfer-renamed");
	return maildir_sync(t->to_md, error) && (!t->move || maildir_sync(t->from_md, error));
}

gboolean act_transfer(struct store *store, guint32 mailbox, const guint32 *lids, gsize n,
		      guint32 target, gboolean move, struct journal *j, GError **error)
{
	struct transfer t = {.store = store, .move = move, .journal = j};
	g_autoptr(GArray) made = g_array_new(FALSE, FALSE, sizeof(struct made));
	gboolean ok;

	if (mailbox == target && move)
		return TRUE;
	g_array_set_clear_func(made, made_clear);
	t.made = made;
	if (!carry_names(store, mailbox, target, lids, n, error) || !store_begin(store, error))
		return FALSE;
	t.from = act_mailbox(store, mailbox, error);
	t.to = t.from ? act_mailbox(store, target, error) : NULL;
	t.from_kw = t.to ? keywords_parse(t.from->keywords) : NULL;
	t.to_kw = t.to ? keywords_parse(t.to->keywords) : NULL;
	t.from_md = t.to ? maildir_open(t.from->path, error) : NULL;
	t.to_md = t.from_md ? maildir_open(t.to->path, error) : NULL;
	ok = t.to_md && may_go(&t, lids, n, error) && transfer_all(&t, lids, n, error) &&
	     journal_write(j, error);
	if (!ok)
		remove_copies(&t);
	g_clear_pointer(&t.from_md, maildir_close);
	g_clear_pointer(&t.to_md, maildir_close);
	g_clear_pointer(&t.from_kw, keywords_free);
	g_clear_pointer(&t.to_kw, keywords_free);
	g_free(t.from);
	g_free(t.to);
	return steps_commit(store, ok, "act-transfer", error);
}
