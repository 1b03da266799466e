/* SPDX-License-Identifier: GPL-3.0-or-later */
/* See the header for the order in which each act becomes durable. */
#include "acts.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cur/base/error.h"
#include "cur/base/file.h"
#include "cur/base/step.h"
#include "cur/base/text.h"
#include "cur/mail/flags.h"
#include "cur/mail/partial.h"
#include "cur/mail/scan.h"
#include "cur/store/keywords.h"
#include "cur/store/maildir.h"
#include "folders.h"
#include "onward.h"
#include "steps.h"
#include "vocabulary.h"

/* Under the lock. */
static struct state_mailbox *mailbox_of(struct store *store, guint32 number, GError **error)
{
	struct state_mailbox *mb = state_mailbox(store_state(store), number);

	if (!mb)
		error_set(error, CUR_ERROR_GONE, "there is no mailbox %u", number);
	return mb;
}

/* ---- flags ------------------------------------------------------------------------------ */

gboolean act_mark_one(struct store *store, struct maildir *md, const struct state_mailbox *mb,
		      const struct state_message *msg, mark_t add, mark_t remove, struct journal *j,
		      GError **error)
{
	mark_t to = (msg->mark | (add & MAILDIR_MARKS)) & ~(remove & (MAILDIR_MARKS | MARK_NEW));
	gboolean differs;

	/* What has a flag was looked at. */
	if (to & FLAG_ALL)
		to &= ~(mark_t)MARK_NEW;
	if (to == msg->mark)
		return TRUE;
	if (!maildir_set_mark(md, msg->base, msg->mark, to, error))
		return FALSE;
	journal_marked(j, msg, to);
	differs = steps_has_server(mb) && msg->uid && ((to ^ msg->agreed) & shared_bits(mb));
	if (differs && !state_has_step(store_state(store), mb->number, msg->lid, NULL) &&
	    !steps_add(store, mb->account, STEP_FLAGS, mb->number, msg->lid, NULL, error))
		return FALSE;
	return store_mark(store, mb->number, msg->lid, to | (differs ? MARK_PENDING : 0), error);
}

/* Keywords by name, blank between. */
struct tags {
	const char *add, *remove;
};

/* Looked up within the change: letters may have got other names since they were learnt. */
static gboolean find_tags(const struct state_mailbox *mb, const struct tags *tags, mark_t *add,
			  mark_t *remove, GError **error)
{
	auto_ptr(keywords) kw = keywords_parse(mb->keywords);

	*remove = 0;
	if (!keywords_find(kw, tags->add, add))
		return error_set(error, CUR_ERROR_FULL,
				 "'%s' has %d different keywords already: take one away from all "
				 "its messages first",
				 mb->folder, KEYWORDS_MAX);
	keywords_find(kw, tags->remove, remove);
	return TRUE;
}

static gboolean mark_all(struct store *store, guint32 mailbox, const guint32 *lids, gsize n,
			 mark_t add, mark_t remove, const struct tags *tags, struct journal *j,
			 GError **error)
{
	g_autofree struct state_mailbox *mb = NULL;
	auto_ptr(maildir) md = NULL;
	gboolean ok = store_begin(store, error);

	if (!ok)
		return FALSE;
	mb = mailbox_of(store, mailbox, error);
	md = mb ? maildir_open(mb->path, error) : NULL;
	ok = md && (!tags || find_tags(mb, tags, &add, &remove, error));
	if (ok && tags)
		journal_words(j, mb->keywords);
	for (gsize i = 0; ok && i < n; i++) {
		g_autofree struct state_message *msg =
		    state_message(store_state(store), mailbox, lids[i]);
		g_autoptr(GError) failed = NULL;

		if (!msg || act_mark_one(store, md, mb, msg, add, remove, j, &failed) ||
		    error_is(failed, CUR_ERROR_GONE))
			continue;
		g_propagate_error(error, g_steal_pointer(&failed));
		ok = FALSE;
	}
	ok = ok && maildir_sync(md, error) && journal_write(j, error);
	return steps_commit(store, ok, "act-mark", error);
}

gboolean act_mark(struct store *store, guint32 mailbox, const guint32 *lids, gsize n, mark_t add,
		  mark_t remove, struct journal *j, GError **error)
{
	return mark_all(store, mailbox, lids, n, add, remove, NULL, j, error);
}

static gboolean check_tags(const char *names, GError **error)
{
	g_auto(GStrv) words = g_strsplit(names, " ", -1);

	for (char **word = words; *word; word++) {
		g_autofree char *safe = NULL;

		if (!**word || keyword_is_valid(*word, -1))
			continue;
		safe = text_safe(*word, MIN(strlen(*word), KEYWORD_BYTES), TEXT_SAFE_LINE);
		return error_set(error, CUR_ERROR_USAGE, "'%s' cannot be a keyword", safe);
	}
	return TRUE;
}

gboolean act_tag(struct store *store, guint32 mailbox, const guint32 *lids, gsize n,
		 const char *add, const char *remove, struct journal *j, GError **error)
{
	struct tags tags = {add, remove};
	mark_t bits;

	return check_tags(add, error) &&
	       store_learn_keywords(store, mailbox, add, &bits, NULL, error) &&
	       mark_all(store, mailbox, lids, n, 0, 0, &tags, j, error);
}

/* ---- removal ------------------------------------------------------------------------------ */

static gboolean doom(struct store *store, const struct state_mailbox *mb,
		     const struct state_message *msg, enum doom how, guint32 after_mailbox,
		     guint32 after_lid, GError **error)
{
	struct step_doom d = {.uidvalidity = mb->uidvalidity,
			      .uid = msg->uid,
			      .agreed = msg->agreed,
			      .how = how,
			      .mailbox = after_mailbox,
			      .lid = after_lid,
			      /* What moved has no file here any more. */
			      .base = after_lid ? "" : msg->base};
	g_autofree char *data = step_doom_format(&d);

	return !steps_has_server(mb) || !msg->uid ||
	       steps_add(store, mb->account, STEP_EXPUNGE, mb->number, 0, data, error);
}

/* The step by which the server gets a message that has no UID yet. */
struct passage {
	struct state_step step; /* id 0: there is none */
	struct step_source source;
	gboolean appends, moves;
	char *data;
};

static gboolean find_passage(const struct state_step *step, void *data)
{
	struct passage *p = data;

	p->moves = !strcmp(step->kind, STEP_MOVE);
	p->appends = !strcmp(step->kind, STEP_APPEND);
	if (!p->moves && !p->appends && strcmp(step->kind, STEP_COPY) != 0)
		return TRUE;
	p->data = g_strdup(step->data);
	p->step = (struct state_step){.id = step->id,
				      .data = p->data,
				      .state = step->state,
				      .tries = step->tries,
				      .next_try = step->next_try,
				      .error = ""};
	p->appends |= !step_source_parse(p->data, &p->source);
	return FALSE;
}

/* `data` of it is yours. */
static struct passage passage_of(struct store *store, const struct state_mailbox *mb, guint32 lid)
{
	struct passage p = {0};

	state_steps(store_state(store), mb->account, mb->number, lid, find_passage, &p, NULL);
	return p;
}

/*
 * A message that the server has somewhere else yet, or not at all, is deleted there. `now`: where
 * its file is, as `lid`. `d` says how it is doomed.
 */
static gboolean doom_waiting(struct store *store, const struct state_mailbox *mb,
			     const struct state_message *msg, const struct state_mailbox *now,
			     guint32 lid, struct step_doom d, GError **error)
{
	struct passage p = passage_of(store, mb, msg->lid);
	g_autofree char *owned = p.data, *data = NULL;

	if (!p.step.id)
		return TRUE;
	/* Deleted where it arrives. */
	if (p.step.state == STEP_SENT)
		return p.appends || onward_leave_word(store, &p.step, now, lid, error);
	d.agreed = msg->agreed;
	d.uidvalidity = p.source.uidvalidity;
	d.uid = p.source.uid;
	data = step_doom_format(&d);
	return state_drop_step(store_state(store), p.step.id, error) &&
	       (!p.moves ||
		steps_add(store, mb->account, STEP_EXPUNGE, p.source.mailbox, 0, data, error));
}

struct dead {
	char *base;
	mark_t mark;
};

static void dead_clear(void *data)
{
	g_free(((struct dead *)data)->base);
}

gboolean act_remove(struct store *store, guint32 mailbox, const guint32 *lids, gsize n,
		    struct journal *j, GError **error)
{
	g_autofree struct state_mailbox *mb = NULL;
	g_autoptr(GArray) dead = g_array_new(FALSE, FALSE, sizeof(struct dead));
	auto_ptr(maildir) md = NULL;
	gboolean ok = store_begin(store, error);

	g_array_set_clear_func(dead, dead_clear);
	if (!ok)
		return FALSE;
	mb = mailbox_of(store, mailbox, error);
	md = mb ? maildir_open(mb->path, error) : NULL;
	ok = md != NULL;
	for (gsize i = 0; ok && i < n; i++) {
		g_autofree struct state_message *msg =
		    state_message(store_state(store), mailbox, lids[i]);
		struct dead d;

		if (!msg)
			continue;
		d = (struct dead){g_strdup(msg->base), msg->mark};
		g_array_append_val(dead, d);
		journal_removed(j, md, mb, msg);
		ok = (msg->uid ? doom(store, mb, msg, DOOM_USER, 0, 0, error)
			       : doom_waiting(store, mb, msg, mb, msg->lid,
					      (struct step_doom){.how = DOOM_USER}, error)) &&
		     state_release_uidl(store_state(store), mb->account, msg->lid, error) &&
		     store_drop(store, mailbox, msg->lid, error);
	}
	ok = ok && journal_write(j, error);
	if (!steps_commit(store, ok, "act-remove-recorded", error))
		return FALSE;
	/* The record stands: a file that stays is removed by the next scan. */
	for (guint i = 0; i < dead->len; i++) {
		const struct dead *d = &g_array_index(dead, struct dead, i);

		maildir_remove(md, d->base, d->mark, NULL);
	}
	maildir_sync(md, NULL);
	step_point("act-removed");
	return TRUE;
}

/* ---- to another mailbox --------------------------------------------------------------------- */

struct transfer {
	struct store *store;
	struct state_mailbox *from, *to;
	struct maildir *from_md, *to_md;
	struct keywords *from_kw, *to_kw;
	struct journal *journal;
	gboolean move;
};

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

	if (!msg->uid)
		return error_set(error, CUR_ERROR_RETRY,
				 "the text of a message is not here: open it first");
	return steps_add(t->store, t->from->account, STEP_TEXT, t->to->number, lid, data, error) &&
	       (!t->move || doom(t->store, t->from, msg, DOOM_AFTER, t->to->number, lid, error));
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
		passage = passage_of(t->store, t->from, msg->lid);
	owned = passage.data;
	if (passage.step.id && !passage.appends)
		return pass_on(t, &passage, lid, error);
	if (msg->partial)
		return send_for_text(t, msg, lid, error);
	if (steps_has_server(t->to) &&
	    !steps_add(t->store, t->to->account, STEP_APPEND, t->to->number, lid, NULL, error))
		return FALSE;
	return !t->move ||
	       (msg->uid ? doom(t->store, t->from, msg, after.how, t->to->number, lid, error)
			 : doom_waiting(t->store, t->from, msg, t->to, lid, after, error));
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

static gboolean transfer_one(struct transfer *t, const struct state_message *msg, GError **error)
{
	struct way way = way_home(t, msg);
	g_autofree char *base = NULL;
	guint32 lid;

	if (t->move ? !rename_over(t, msg, way.step ? way.source.uid : 0, &base, error)
		    : !maildir_copy(t->from_md, msg->base, msg->mark, t->to_md,
				    translated(t, msg->mark), &base, error))
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
	gboolean ok;

	if (mailbox == target && move)
		return TRUE;
	if (!carry_names(store, mailbox, target, lids, n, error) || !store_begin(store, error))
		return FALSE;
	t.from = mailbox_of(store, mailbox, error);
	t.to = t.from ? mailbox_of(store, target, error) : NULL;
	t.from_kw = t.to ? keywords_parse(t.from->keywords) : NULL;
	t.to_kw = t.to ? keywords_parse(t.to->keywords) : NULL;
	t.from_md = t.to ? maildir_open(t.from->path, error) : NULL;
	t.to_md = t.from_md ? maildir_open(t.to->path, error) : NULL;
	ok = t.to_md && transfer_all(&t, lids, n, error) && journal_write(j, error);
	g_clear_pointer(&t.from_md, maildir_close);
	g_clear_pointer(&t.to_md, maildir_close);
	g_clear_pointer(&t.from_kw, keywords_free);
	g_clear_pointer(&t.to_kw, keywords_free);
	g_free(t.from);
	g_free(t.to);
	return steps_commit(store, ok, "act-transfer", error);
}

/* ---- a message from outside -------------------------------------- */

static gboolean copy_in(int fd, struct delivery *d, GError **error)
{
	char buffer[1 << 16];
	ssize_t n;

	while ((n = read(fd, buffer, sizeof buffer)) != 0) {
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return error_from_errno(error, errno, "cannot read the message");
		if (!delivery_write(d, buffer, (gsize)n, error))
			return FALSE;
	}
	return TRUE;
}

static gboolean record_append(struct store *store, const struct state_mailbox *mb,
			      const struct delivery *d, mark_t mark, gint64 date_received,
			      guint32 *lid, GError **error)
{
	struct scan_hints hints = {.file = delivery_base(d), .date_received = date_received};
	struct state_message msg = {.mailbox = mb->number,
				    .mark = mark | (steps_has_server(mb) ? MARK_PENDING : 0),
				    .base = delivery_base(d)};
	g_autofree struct state_message *there =
	    state_message_by_base(store_state(store), mb->number, msg.base);
	g_autofree char *text = NULL;
	struct row row;
	gsize n;

	/* A scan was faster: it has taken the file in, and made the step. */
	if (there) {
		if (lid)
			*lid = there->lid;
		return TRUE;
	}
	if (!scan_file(delivery_path(d), &hints, &row, &text, &n, error))
		return FALSE;
	msg.id_hash = row.id_hash;
	msg.size_bytes = row.size_bytes;
	msg.date_received = row.date_received;
	msg.partial = (row.kind & ROW_PARTIAL) != 0;
	if (!store_add(store, &msg, &row, text, n, error))
		return FALSE;
	if (lid)
		*lid = msg.lid;
	return !steps_has_server(mb) ||
	       steps_add(store, mb->account, STEP_APPEND, mb->number, msg.lid, NULL, error);
}

gboolean act_append_fd(struct store *store, guint32 mailbox, int fd, mark_t flags,
		       gint64 date_received, guint32 *lid, GError **error)
{
	g_autofree struct state_mailbox *mb = NULL;
	auto_ptr(maildir) md = NULL;
	auto_ptr(delivery) d = NULL;
	mark_t mark = flags & FLAG_ALL ? flags & FLAG_ALL : (mark_t)MARK_NEW;

	store_lock(store);
	mb = mailbox_of(store, mailbox, error);
	store_unlock(store);
	md = mb ? maildir_open(mb->path, error) : NULL;
	d = md ? delivery_open(md, error) : NULL;
	if (!d || !copy_in(fd, d, error) || !delivery_finish(d, 0, mark, date_received, error) ||
	    !delivery_commit(&d, 1, error))
		return FALSE;
	step_point("act-append-visible");
	return store_begin(store, error) &&
	       steps_commit(store, record_append(store, mb, d, mark, date_received, lid, error),
			    "act-append", error);
}

gboolean act_append(struct store *store, guint32 mailbox, const char *path, mark_t flags,
		    gint64 date_received, guint32 *lid, GError **error)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	gboolean ok;

	if (fd < 0)
		return error_from_errno(error, errno, "cannot read '%s'", path);
	if (partial_read(path, NULL)) {
		close(fd);
		return error_set(error, CUR_ERROR_REFUSED,
				 "'%s' is only the header of a message: its text is not here",
				 path);
	}
	ok = act_append_fd(store, mailbox, fd, flags, date_received, lid, error);
	close(fd);
	/* "which the engine takes over": it lies in the mailbox now. */
	if (ok)
		unlink(path);
	return ok;
}

/* ---- mailboxes
 * -------------------------------------------------------------------------------------- */

gboolean act_create(struct store *store, const struct account *account, const char *name,
		    struct journal *j, GError **error)
{
	g_autofree struct state_mailbox *mb = NULL;
	gboolean ok = store_begin(store, error);

	if (!ok)
		return FALSE;
	mb = state_mailbox_by_name(store_state(store), name);
	if (mb) {
		store_rollback(store);
		return error_set(error, CUR_ERROR_EXISTS, "'%s' is there already", name);
	}
	mb = account ? folder_make(store, account, name + strlen(account->url) + 1, error)
		     : folder_make_local(store, name, TRUE, error);
	if (mb) {
		journal_target(j, mb->number);
		journal_done(j);
	}
	return steps_commit(store, mb && journal_write(j, error), "act-create", error);
}

static const char *const maildir_parts[] = {"cur", "new", "tmp"};

static void empty_folder(const char *path)
{
	GDir *dir = g_dir_open(path, 0, NULL);
	const char *name;

	while (dir && (name = g_dir_read_name(dir))) {
		g_autofree char *file = g_build_filename(path, name, NULL);

		unlink(file);
	}
	if (dir)
		g_dir_close(dir);
}

static void remove_files(const char *maildir)
{
	for (gsize i = 0; i < G_N_ELEMENTS(maildir_parts); i++) {
		g_autofree char *path = g_build_filename(maildir, maildir_parts[i], NULL);

		empty_folder(path);
	}
}

/* G1: what another program put there since the last look is in no row. It stays. */
static void remove_known(const char *maildir, const GArray *dead)
{
	auto_ptr(maildir) md = maildir_open(maildir, NULL);

	for (guint i = 0; md && i < dead->len; i++) {
		const struct dead *d = &g_array_index(dead, struct dead, i);

		maildir_remove(md, d->base, d->mark, NULL);
	}
}

/* Not when anything is left in it. */
static void remove_maildir(const char *maildir)
{
	g_autofree char *keywords = g_build_filename(maildir, "dovecot-keywords", NULL);
	gboolean is_empty = TRUE;

	for (gsize i = 0; i < G_N_ELEMENTS(maildir_parts); i++) {
		g_autofree char *path = g_build_filename(maildir, maildir_parts[i], NULL);

		is_empty &= rmdir(path) == 0 || errno == ENOENT;
	}
	if (!is_empty)
		return;
	unlink(keywords);
	rmdir(maildir);
}

static gboolean collect_dead(const struct state_message *msg, void *data)
{
	struct dead d = {g_strdup(msg->base), msg->mark};

	g_array_append_val((GArray *)data, d);
	return TRUE;
}

/*
 * G1: what the server never had is nowhere else, whatever was said of the folder that it has no
 * more. The next look at the folders finds the file as a new message, and makes the folder there.
 */
static gboolean collect_dead_there(const struct state_message *msg, void *data)
{
	return !msg->uid || collect_dead(msg, data);
}

static gboolean collect_lid(const struct state_message *msg, void *data)
{
	g_array_append_val((GArray *)data, msg->lid);
	return TRUE;
}

/* What waits to be moved into it is elsewhere at the server yet, and is deleted there. */
static gboolean doom_all_waiting(struct store *store, const struct state_mailbox *mb,
				 GError **error)
{
	g_autoptr(GArray) lids = g_array_new(FALSE, FALSE, sizeof(guint32));
	struct state *st = store_state(store);

	if (!state_messages(st, mb->number, 0, 0, collect_lid, lids, error))
		return FALSE;
	for (guint i = 0; i < lids->len; i++) {
		g_autofree struct state_message *msg =
		    state_message(st, mb->number, g_array_index(lids, guint32, i));

		if (msg && !doom_waiting(store, mb, msg, mb, msg->lid,
					 (struct step_doom){.how = DOOM_USER}, error))
			return FALSE;
	}
	return TRUE;
}

static gboolean delete_mailbox(struct store *store, guint32 mailbox, gboolean tell,
			       struct journal *j, GError **error)
{
	g_autoptr(GArray) dead = g_array_new(FALSE, FALSE, sizeof(struct dead));
	g_autofree struct state_mailbox *mb = NULL;
	gboolean ok = store_begin(store, error);

	g_array_set_clear_func(dead, dead_clear);
	if (!ok)
		return FALSE;
	mb = mailbox_of(store, mailbox, error);
	/* The step belongs to no mailbox: its own goes now. */
	ok = mb &&
	     state_messages(store_state(store), mailbox, 0, 0,
			    tell ? collect_dead : collect_dead_there, dead, error) &&
	     (!tell || !steps_has_server(mb) || doom_all_waiting(store, mb, error)) &&
	     store_drop_mailbox(store, mailbox, error) &&
	     (!tell || !steps_has_server(mb) || !*mb->server_name ||
	      steps_add(store, mb->account, STEP_DELETE, 0, 0, mb->server_name, error));
	journal_done(j);
	if (!steps_commit(store, ok && journal_write(j, error), "act-delete-recorded", error))
		return FALSE;
	if (tell)
		remove_files(mb->path);
	else
		remove_known(mb->path, dead);
	remove_maildir(mb->path);
	return TRUE;
}

gboolean act_delete(struct store *store, guint32 mailbox, struct journal *j, GError **error)
{
	return delete_mailbox(store, mailbox, TRUE, j, error);
}

gboolean act_forget(struct store *store, guint32 mailbox, GError **error)
{
	return delete_mailbox(store, mailbox, FALSE, NULL, error);
}

/* Its Maildir and its record, with what is below. */
static gboolean move_mailbox(struct store *store, const struct account *account,
			     struct state_mailbox *mb, const char *to, GError **error)
{
	g_autofree char *old_path = g_strdup(mb->path), *old_folder = g_strdup(mb->folder);
	g_autofree char *path = NULL, *parent = NULL, *base = NULL;
	const char *folder = account ? to + strlen(account->url) + 1 : NULL;

	path = account ? store_maildir_path(store, account->name, folder) : g_strdup(to);
	parent = g_path_get_dirname(path);
	base = g_path_get_basename(path);
	if (g_mkdir_with_parents(parent, 0700) < 0 || rename(old_path, path) < 0)
		return error_from_errno(error, errno, "cannot rename '%s'", old_path);
	if (!file_sync_dir(parent, error))
		return FALSE;
	mb->name = to;
	mb->path = path;
	mb->folder = folder ? folder : base;
	return store_put_mailbox(store, mb, error) &&
	       (!account || folder_move_children(store, account, old_folder, folder, error));
}

static gboolean find_rename(const struct state_step *step, void *data)
{
	if (!strcmp(step->kind, STEP_RENAME) && step->state == STEP_WAITING)
		*(guint64 *)data = step->id;
	return TRUE;
}

/* The server hears of a new name, or, when it is the one it has, of none. */
static gboolean tell_rename(struct store *store, const struct state_mailbox *mb,
			    const struct journal *j, GError **error)
{
	guint64 waiting = 0;

	if (journal_is_undoing(j))
		state_steps(store_state(store), mb->account, mb->number, 0, find_rename, &waiting,
			    NULL);
	return waiting ? state_drop_step(store_state(store), waiting, error)
		       : steps_add(store, mb->account, STEP_RENAME, mb->number, 0, mb->server_name,
				   error);
}

static gboolean rename_mailbox(struct store *store, const struct account *account, guint32 mailbox,
			       const char *to, gboolean tell, struct journal *j, GError **error)
{
	g_autofree struct state_mailbox *mb = NULL, *there = NULL;
	gboolean ok = store_begin(store, error);

	if (!ok)
		return FALSE;
	mb = mailbox_of(store, mailbox, error);
	there = state_mailbox_by_name(store_state(store), to);
	if (there)
		ok = error_set(error, CUR_ERROR_EXISTS, "'%s' is there already", to);
	if (ok && mb) {
		journal_words(j, mb->name);
		journal_done(j);
	}
	ok = ok && mb && move_mailbox(store, account, mb, to, error) &&
	     (!tell || !steps_has_server(mb) || !*mb->server_name ||
	      tell_rename(store, mb, j, error)) &&
	     journal_write(j, error);
	return steps_commit(store, ok, "act-rename", error);
}

gboolean act_rename(struct store *store, const struct account *account, guint32 mailbox,
		    const char *to, struct journal *j, GError **error)
{
	return rename_mailbox(store, account, mailbox, to, TRUE, j, error);
}

gboolean act_place(struct store *store, const struct account *account, guint32 mailbox,
		   const char *to, struct journal *j, GError **error)
{
	return rename_mailbox(store, account, mailbox, to, FALSE, j, error);
}

gboolean act_subscribe(struct store *store, guint32 mailbox, gboolean on, GError **error)
{
	g_autofree struct state_mailbox *mb = NULL;
	gboolean ok = store_begin(store, error);

	if (!ok)
		return FALSE;
	mb = mailbox_of(store, mailbox, error);
	if (mb)
		mb->subscribed = on;
	ok = mb && store_put_mailbox(store, mb, error) &&
	     (!steps_has_server(mb) ||
	      steps_add(store, mb->account, STEP_SUBSCRIBE, mailbox, 0, on ? "1" : "0", error));
	return steps_commit(store, ok, "act-subscribe", error);
}
