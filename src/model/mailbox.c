/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The open mailbox: its snapshot, its arrays by row, and what a view asks. The
 * arrays follow the cache in mailbox_update(); nothing else changes them.
 */
#include "cur/model/mailbox.h"

#include <string.h>

#include "cur/base/error.h"
#include "cur/conf/virtual.h"
#include "cur/mail/flags.h"
#include "cur/mail/keywords.h"
#include "cur/store/maildir.h"
#include "mailbox-private.h"
#include "members.h"

/* ---- open and close ---------------------------------------------------------- */

static void opened(enum wire_id id, GVariant *body, gboolean final, const GError *error, void *data)
{
	struct mailbox *mb = data;
	const char *name;

	if (final) {
		mb->opening = 0;
		/* An engine that is gone has been told of. */
		if (error && mb->source.refused && client_state(mb->source.client) == CLIENT_READY)
			mb->source.refused(error, mb->source.data);
	} else if (id == WIRE_OPENED) {
		g_variant_get(body, "(u&s)", &mb->number, &name);
		mb->stale = TRUE;
	}
}

void mailbox_announce(struct mailbox *mb)
{
	if (mb->opening || !mb->source.client)
		return;
	if (mb->members) {
		mailbox_search(mb);
		return;
	}
	mb->opening =
	    client_ask(mb->source.client, WIRE_OPEN, g_variant_new("(s)", mb->name), opened, mb);
}

static char *plain_folder(const struct conf *conf, const char *name)
{
	const char *slash = strstr(name, "://");

	if (conf_is_virtual(name))
		return conf_virtual_display(conf, name);
	slash = slash ? strchr(slash + 3, '/') : NULL;
	return g_strdup(slash ? slash + 1 : name);
}

struct mailbox *mailbox_open(const struct mailbox_source *source, const char *name,
			     gboolean read_only)
{
	struct mailbox *mb = g_new0(struct mailbox, 1);

	mb->source = *source;
	mb->name = g_strdup(name);
	mb->account = g_strdup("");
	mb->folder = plain_folder(source->conf, name);
	mb->path = g_strdup(g_path_is_absolute(name) ? name : "");
	mb->read_only = read_only;
	mb->writable = !read_only;
	mb->page = G_MAXUINT32;
	mb->members = conf_is_virtual(name) ? members_new() : NULL;
	mb->overlays = g_hash_table_new_full(NULL, NULL, NULL, g_free);
	mb->opened = g_hash_table_new_full(NULL, NULL, NULL, mailbox_opened_free);
	mb->found = g_hash_table_new_full(g_str_hash, g_str_equal, g_free,
					  (GDestroyNotify)g_hash_table_unref);
	mb->requests = g_hash_table_new(NULL, NULL);
	mb->links = g_hash_table_new(NULL, NULL);
	mailbox_announce(mb);
	return mb;
}

static void free_rows(struct mailbox *mb)
{
	g_clear_pointer(&mb->lid, g_free);
	g_clear_pointer(&mb->state, g_free);
	g_clear_pointer(&mb->all, g_free);
	g_clear_pointer(&mb->place, g_free);
	g_clear_pointer(&mb->shown, g_free);
	g_clear_pointer(&mb->pos, g_free);
	mailbox_threads_clear(&mb->threads);
	mb->n_rows = mb->n_live = mb->n_shown = 0;
}

void mailbox_close(struct mailbox *mb)
{
	if (!mb)
		return;
	mailbox_requests_cancel(mb);
	if (mb->opening)
		client_cancel(mb->source.client, mb->opening);
	if (mb->gathering)
		client_cancel(mb->source.client, mb->gathering);
	if (mb->number && mb->source.client)
		client_ask(mb->source.client, WIRE_CLOSE, g_variant_new("(u)", mb->number), NULL,
			   NULL);
	free_rows(mb);
	members_free(mb->members);
	mailbox_scores_clear(mb);
	mailbox_counts_clear(mb);
	mailbox_spam_clear(mb);
	mailbox_comments_clear(mb);
	mailbox_types_clear(mb);
	pattern_free(mb->limit);
	g_hash_table_unref(mb->overlays);
	g_hash_table_unref(mb->opened);
	g_hash_table_unref(mb->found);
	g_hash_table_unref(mb->requests);
	g_hash_table_unref(mb->links);
	g_free(mb->limit_text);
	g_free(mb->name);
	g_free(mb->account);
	g_free(mb->folder);
	g_free(mb->path);
	g_free(mb);
}

void mailbox_set_cache(struct mailbox *mb, struct hcache *cache)
{
	mb->source.cache = cache;
	mb->in_turn = FALSE;
	mb->page = G_MAXUINT32;
	free_rows(mb);
	memset(&mb->head, 0, sizeof(mb->head));
	mb->stale = TRUE;
}

/* ---- turns --------------------------------------------------------------------- */

static void take_string(char **field, const char *text)
{
	if (!g_str_equal(*field, text)) {
		g_free(*field);
		*field = g_strdup(text);
	}
}

/* Find ourselves in the cache; FALSE when the engine has not entered the mailbox yet. */
static gboolean look_up(struct mailbox *mb, struct hcache_head *head)
{
	struct hcache_mailbox info;

	if (!mb->source.cache || !hcache_renew(mb->source.cache, NULL))
		return FALSE;
	mb->in_turn = TRUE;
	if (mb->members) {
		mailbox_virtual_head(mb, head);
		return TRUE;
	}
	if (mb->path[0] && mb->number && mb->loaded)
		return hcache_head(mb->source.cache, mb->number, head);
	if (!hcache_mailbox_by_name(mb->source.cache, mb->name, &info))
		return FALSE;
	mb->number = info.number;
	*head = info.head;
	take_string(&mb->path, info.path);
	take_string(&mb->account, info.account);
	if (*info.account)
		take_string(&mb->folder, info.folder);
	return TRUE;
}

char *mailbox_keyword_names(struct mailbox *mb)
{
	struct hcache_mailbox info;
	auto_ptr(keywords) known = NULL;

	if (!mb->source.cache || !hcache_renew(mb->source.cache, NULL))
		return g_strdup("");
	mb->in_turn = TRUE;
	if (!hcache_mailbox_by_name(mb->source.cache, mb->name, &info))
		return g_strdup("");
	known = keywords_parse(info.keywords);
	return keywords_names(known, keywords_named(known));
}

static void read_members(struct mailbox *mb, guint32 from)
{
	struct place place;

	for (guint32 row = from; row < mb->n_rows; row++) {
		mb->lid[row] = row + 1;
		mb->state[row] &= ~STATE_DEAD;
		if (!mailbox_place(mb, row, &place))
			mb->state[row] |= STATE_DEAD;
	}
}

/* Read lid and life of every row from `from` on. */
static void read_rows(struct mailbox *mb, guint32 from)
{
	struct hcache *cache = mb->source.cache;
	guint32 row = from, n, n_marks;

	if (mb->members) {
		read_members(mb, from);
		return;
	}
	while (row < mb->n_rows) {
		guint32 page = row / HCACHE_PAGE_ROWS;
		const struct row *rows = hcache_rows(cache, mb->number, page, &n);
		const mark_t *marks = hcache_marks(cache, mb->number, page, &n_marks);
		guint32 end = page * HCACHE_PAGE_ROWS + (rows && marks ? MIN(n, n_marks) : 0);

		if (row >= end)
			break;
		for (; row < MIN(end, mb->n_rows); row++) {
			guint32 i = row % HCACHE_PAGE_ROWS;

			mb->lid[row] = rows[i].lid;
			mb->state[row] &= ~STATE_DEAD;
			if (marks[i] & MARK_DEAD)
				mb->state[row] |= STATE_DEAD;
		}
	}
	for (; row < mb->n_rows; row++)
		mb->state[row] |= STATE_DEAD;
}

static void grow(struct mailbox *mb, guint32 n)
{
	mb->lid = g_renew(guint32, mb->lid, n);
	mb->state = g_renew(guint16, mb->state, n);
	if (n > mb->n_rows)
		memset(mb->state + mb->n_rows, 0, sizeof(*mb->state) * (n - mb->n_rows));
	mb->n_rows = n;
}

/* What the session knows of rows, by lid: row_ids are about to be given anew. */
static GHashTable *remember_state(const struct mailbox *mb)
{
	GHashTable *states = g_hash_table_new(NULL, NULL);

	for (guint32 row = 0; row < mb->n_rows; row++)
		if (mb->state[row] & STATE_KEPT && !(mb->state[row] & STATE_DEAD))
			g_hash_table_insert(states, GUINT_TO_POINTER(mb->lid[row]),
					    GUINT_TO_POINTER(mb->state[row] & STATE_KEPT));
	return states;
}

static void recall_state(struct mailbox *mb, GHashTable *states)
{
	for (guint32 row = 0; row < mb->n_rows && g_hash_table_size(states); row++)
		mb->state[row] |=
		    GPOINTER_TO_UINT(g_hash_table_lookup(states, GUINT_TO_POINTER(mb->lid[row])));
}

static void count_session(struct mailbox *mb)
{
	mb->n_tagged = mb->n_deleted = 0;
	for (guint32 row = 0; row < mb->n_rows; row++) {
		if (mb->state[row] & STATE_DEAD)
			mb->state[row] &= ~STATE_SESSION;
		mb->n_tagged += (mb->state[row] & SESSION_TAGGED) != 0;
		mb->n_deleted += (mb->state[row] & SESSION_DELETED) != 0;
	}
}

/* Bring the arrays to the state of the cache. */
static void follow_rows(struct mailbox *mb, const struct hcache_head *head)
{
	if (head->epoch != mb->head.epoch || head->n_rows < mb->n_rows) {
		g_autoptr(GHashTable) states = remember_state(mb);

		free_rows(mb);
		grow(mb, head->n_rows);
		read_rows(mb, 0);
		recall_state(mb, states);
	} else {
		guint32 old = mb->n_rows;
		gboolean someone_died = head->n_live != mb->head.n_live + (head->n_rows - old);

		grow(mb, head->n_rows);
		read_rows(mb, someone_died ? 0 : old);
	}
	count_session(mb);
}

/* The message that takes the cursor when its own is gone: the next that stays, else one before. */
static guint32 successor(const struct mailbox *mb, const guint32 *lids, guint32 n, guint32 anchor)
{
	guint32 at, pos;

	for (at = 0; at < n && lids[at] != anchor; at++)
		;
	for (guint32 i = at; i < n; i++)
		if (mailbox_near(mb, lids[i], &pos))
			return mailbox_lid(mb, pos);
	for (guint32 i = MIN(at, n); i-- > 0;)
		if (mailbox_near(mb, lids[i], &pos))
			return mailbox_lid(mb, pos);
	return mb->n_shown ? mailbox_lid(mb, 0) : 0;
}

static guint32 *shown_lids(const struct mailbox *mb)
{
	guint32 *lids = g_new(guint32, mb->n_shown);

	for (guint32 i = 0; i < mb->n_shown; i++)
		lids[i] = mb->lid[mb->shown[i]];
	return lids;
}

static void reorder(struct mailbox *mb, const struct hcache_head *head,
		    struct mailbox_change *change)
{
	g_autofree guint32 *before = shown_lids(mb);
	guint32 n_before = mb->n_shown, live_before = mb->head.n_live, pos;

	follow_rows(mb, head);
	mailbox_meet_lists(mb);
	mailbox_order(mb);
	change->order = TRUE;
	if (mb->loaded && head->n_live > live_before)
		change->arrived = head->n_live - live_before;
	else if (mb->loaded)
		change->gone = live_before - head->n_live;
	if (!change->anchor || mailbox_find(mb, change->anchor, &pos))
		return;
	change->anchor = successor(mb, before, n_before, change->anchor);
}

void mailbox_update(struct mailbox *mb, struct mailbox_change *change)
{
	struct hcache_head head = {0};
	guint32 anchor = change->anchor;

	*change = (struct mailbox_change){.anchor = anchor};
	mb->page = G_MAXUINT32;
	if (!look_up(mb, &head))
		return;
	change->any = mb->stale || head.generation != mb->head.generation || !mb->loaded;
	if (mb->stale || !mb->loaded || head.epoch != mb->head.epoch ||
	    head.n_rows != mb->head.n_rows || head.n_live != mb->head.n_live)
		reorder(mb, &head, change);
	mb->head = head;
	mb->loaded = TRUE;
	mb->stale = FALSE;
	if (change->order)
		mailbox_apply_scores(mb);
}

void mailbox_release(struct mailbox *mb)
{
	if (mb->in_turn)
		hcache_release(mb->source.cache);
	mb->in_turn = FALSE;
	mb->page = G_MAXUINT32;
}

/* ---- what it is ------------------------------------------------------------------ */

const char *mailbox_name(const struct mailbox *mb)
{
	return mb->name;
}

guint32 mailbox_number(const struct mailbox *mb)
{
	return mb->number;
}

const char *mailbox_folder(const struct mailbox *mb)
{
	return mb->folder;
}

gboolean mailbox_writable(const struct mailbox *mb)
{
	return mb->writable;
}

gboolean mailbox_read_only(const struct mailbox *mb)
{
	return mb->read_only;
}

void mailbox_set_writable(struct mailbox *mb, gboolean writable)
{
	mb->writable = writable && !mb->read_only;
}

void mailbox_counts(struct mailbox *mb, struct mailbox_counts *out)
{
	*out = (struct mailbox_counts){
	    .messages = mb->head.n_live,
	    .unread = mb->head.n_unread,
	    .fresh = mb->head.n_new,
	    .old = mb->head.n_unread - MIN(mb->head.n_unread, mb->head.n_new),
	    .flagged = mb->head.n_flagged,
	    .deleted = mb->n_deleted,
	    .tagged = mb->n_tagged,
	    .shown = mb->n_inside,
	    .bytes = mb->bytes,
	    .shown_bytes = mb->inside_bytes,
	    .total = mb->head.n_total,
	};
}

/* ---- messages ---------------------------------------------------------------------- */

guint mailbox_count(const struct mailbox *mb)
{
	return mb->n_shown;
}

guint32 mailbox_lid(const struct mailbox *mb, guint pos)
{
	return pos < mb->n_shown ? mb->lid[mb->shown[pos]] : 0;
}

static gboolean find_row(const struct mailbox *mb, guint32 lid, guint32 *row)
{
	if (!mb->members)
		return hcache_find(mb->source.cache, mb->number, lid, row);
	*row = lid - 1;
	return lid > 0;
}

gboolean mailbox_row_of(const struct mailbox *mb, guint32 lid, guint32 *row)
{
	return mb->in_turn && find_row(mb, lid, row) && *row < mb->n_rows &&
	       !(mb->state[*row] & STATE_DEAD);
}

gboolean mailbox_find(const struct mailbox *mb, guint32 lid, guint *pos)
{
	guint32 row;

	if (!mailbox_row_of(mb, lid, &row) || mb->pos[row] == G_MAXUINT32)
		return FALSE;
	*pos = mb->pos[row];
	return TRUE;
}

gboolean mailbox_near(const struct mailbox *mb, guint32 lid, guint *pos)
{
	guint32 row, low = 0, high = mb->n_shown;

	if (!mb->n_shown || !mailbox_row_of(mb, lid, &row))
		return FALSE;
	/* The last shown one that does not stand behind it: in a fold that is the fold's top. */
	while (low < high) {
		guint32 middle = low + (high - low) / 2;

		if (mb->place[mb->shown[middle]] <= mb->place[row])
			low = middle + 1;
		else
			high = middle;
	}
	*pos = low ? low - 1 : 0;
	return TRUE;
}

const struct row *mailbox_row_at(struct mailbox *mb, guint32 row)
{
	static const struct row none;
	guint32 page = row / HCACHE_PAGE_ROWS;
	struct place place;

	if (mb->members) {
		const struct row *r = mailbox_place(mb, row, &place)
					  ? hcache_row(mb->source.cache, place.mailbox, place.row)
					  : NULL;

		return r ? r : &none;
	}
	if (page != mb->page) {
		mb->page_rows = hcache_rows(mb->source.cache, mb->number, page, &mb->page_n);
		mb->page = page;
	}
	row %= HCACHE_PAGE_ROWS;
	return mb->page_rows && row < mb->page_n ? &mb->page_rows[row] : &none;
}

const struct row *mailbox_row(const struct mailbox *mb, guint pos)
{
	return mailbox_row_at((struct mailbox *)mb, mb->shown[pos]);
}

void mailbox_envelope_at(const struct mailbox *mb, guint32 row, struct envelope *env)
{
	const char *subject = mailbox_opened_subject(mb, mb->lid[row]);

	mailbox_text_at(mb, row, env);
	if (subject)
		env->field[ENV_SUBJECT] = subject;
}

void mailbox_envelope(const struct mailbox *mb, guint pos, struct envelope *env)
{
	mailbox_envelope_at(mb, mb->shown[pos], env);
}

static mark_t cached_mark(const struct mailbox *mb, guint32 row)
{
	struct place place;

	return mailbox_place(mb, row, &place)
		   ? hcache_mark(mb->source.cache, place.mailbox, place.row)
		   : MARK_DEAD;
}

mark_t mailbox_mark_at(const struct mailbox *mb, guint32 row)
{
	mark_t mark = cached_mark(mb, row);
	const struct overlay *over =
	    g_hash_table_lookup(mb->overlays, GUINT_TO_POINTER(mb->lid[row]));

	if (over)
		mark = ((mark & ~over->remove) | over->add) | MARK_PENDING;
	return mark;
}

mark_t mailbox_flags(const struct mailbox *mb, guint pos)
{
	return mailbox_mark_at(mb, mb->shown[pos]);
}

guint mailbox_message_number(const struct mailbox *mb, guint pos)
{
	return mb->place[mb->shown[pos]] + 1;
}

int mailbox_score(const struct mailbox *mb, guint pos)
{
	return mailbox_row_score((struct mailbox *)mb, mb->shown[pos]);
}

gboolean mailbox_lid_row(const struct mailbox *mb, guint32 lid, const struct row **row,
			 mark_t *flags, struct envelope *env)
{
	guint32 id;

	if (!mailbox_row_of(mb, lid, &id))
		return FALSE;
	if (row)
		*row = mailbox_row_at((struct mailbox *)mb, id);
	if (flags)
		*flags = mailbox_mark_at(mb, id);
	if (env)
		mailbox_text_at(mb, id, env);
	return TRUE;
}

/* The Maildir that a row's file lies in; borrowed as the snapshot is. */
static const char *path_of(const struct mailbox *mb, guint32 row)
{
	struct hcache_mailbox info;
	struct place place;

	if (!mb->members)
		return mb->path;
	return mailbox_place(mb, row, &place) &&
		       hcache_mailbox(mb->source.cache, place.mailbox, &info)
		   ? info.path
		   : "";
}

char *mailbox_file(struct mailbox *mb, guint32 lid, GError **error)
{
	struct envelope env;
	guint32 row;

	if (!mailbox_row_of(mb, lid, &row)) {
		error_set(error, CUR_ERROR_GONE, "the message is not there any more");
		return NULL;
	}
	mailbox_text_at(mb, row, &env);
	if (!*env.field[ENV_FILE]) {
		error_set(error, CUR_ERROR_GONE, "the message was not fetched yet");
		return NULL;
	}
	return maildir_find_at(path_of(mb, row), env.field[ENV_FILE], cached_mark(mb, row), error);
}

/* ---- session marks -------------------------------------------------------------------- */

unsigned mailbox_session(const struct mailbox *mb, guint32 lid)
{
	guint32 row;

	return mailbox_row_of(mb, lid, &row) ? mb->state[row] & STATE_SESSION : 0;
}

void mailbox_set_session(struct mailbox *mb, guint32 lid, unsigned set, unsigned clear)
{
	guint32 row;
	unsigned old, now;

	if (!mailbox_row_of(mb, lid, &row))
		return;
	old = mb->state[row] & STATE_SESSION;
	now = (old & ~clear) | set;
	mb->state[row] = (mb->state[row] & ~STATE_SESSION) | now;
	mb->n_tagged += ((now & SESSION_TAGGED) != 0) - ((old & SESSION_TAGGED) != 0);
	mb->n_deleted += ((now & SESSION_DELETED) != 0) - ((old & SESSION_DELETED) != 0);
}

GArray *mailbox_session_lids(struct mailbox *mb, unsigned bits)
{
	GArray *lids = g_array_new(FALSE, FALSE, sizeof(guint32));

	for (guint32 i = 0; i < mb->n_live; i++)
		if ((mb->state[mb->all[i]] & bits) == bits)
			g_array_append_val(lids, mb->lid[mb->all[i]]);
	return lids;
}
