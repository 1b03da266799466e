/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Patterns asked of the mailbox's messages: limit, search, tag. Rows
 * first, text when a row does not settle it, the file only for ~b ~B ~h ~M.
 */
#include <string.h>

#include "cur/base/error.h"
#include "cur/conf/lists.h"
#include "cur/mail/display.h"
#include "cur/mail/message.h"
#include "cur/model/recipients.h"
#include "mailbox-private.h"

/* What one message is asked through; the file is opened at most once. */
struct asking {
	struct mailbox *mb;
	guint32 row;
	guint32 unsearched; /* the last that had no text */
	struct message *message;
	struct pattern_memo *memo; /* a thread is asked once a pass */
	GString *text;
};

/* ---- what patterns call back ------------------------------------------------------ */

static void ask_envelope(guint32 msg, struct envelope *env, void *data)
{
	struct asking *a = data;

	mailbox_envelope_at(a->mb, msg, env);
}

static struct message *ask_message(struct asking *a, guint32 msg)
{
	g_autofree char *path = NULL;

	if (a->message && a->row == msg)
		return a->message;
	g_clear_pointer(&a->message, message_free);
	a->row = msg;
	path = mailbox_file(a->mb, a->mb->lid[msg], NULL);
	if (path)
		a->message = message_open(path, NULL);
	return a->message;
}

static void append_header(GString *out, struct message *m)
{
	struct headers *headers = message_headers(m);

	for (guint i = 0; i < headers_count(headers); i++)
		g_string_append_printf(out, "%s: %s\n", headers_name(headers, i),
				       headers_text(headers, i));
}

static void append_body(GString *out, struct message *m)
{
	struct display_options options = {.no_headers = TRUE, .no_markers = TRUE};
	auto_ptr(display) display = display_new(m, &options);
	g_autofree char *text = display_to_text(display);

	g_string_append(out, text);
}

/* Without $thorough_search: as it lies in the file. */
static void append_raw(GString *out, struct message *m, enum pattern_op op)
{
	const struct part *root = message_root(m);

	if (op != PATTERN_BODY)
		g_string_append_len(out, root->head, (gssize)root->head_n);
	if (op != PATTERN_HEADER)
		g_string_append_len(out, root->body, (gssize)root->body_n);
}

/* The notice in place of a text (mail/partial.h) is nothing to be found. */
static gboolean lacks_text(struct asking *a, guint32 msg)
{
	const struct row *row = mailbox_row_at(a->mb, msg);

	if (!row || !(row->kind & ROW_PARTIAL))
		return FALSE;
	a->mb->n_unsearched += a->unsearched != msg;
	a->unsearched = msg;
	return TRUE;
}

static const char *ask_text(guint32 msg, enum pattern_op op, gsize *n, void *data)
{
	struct asking *a = data;
	struct message *m = ask_message(a, msg);
	gboolean decode = conf_settings(a->mb->source.conf)->thorough_search;

	*n = 0;
	if (!m || (op == PATTERN_BODY && lacks_text(a, msg)))
		return NULL;
	g_string_truncate(a->text, 0);
	if (op != PATTERN_HEADER && lacks_text(a, msg))
		op = PATTERN_HEADER;
	if (!decode)
		append_raw(a->text, m, op);
	if (decode && op != PATTERN_BODY)
		append_header(a->text, m);
	if (decode && op != PATTERN_HEADER)
		append_body(a->text, m);
	*n = a->text->len;
	return a->text->str;
}

static gboolean ask_types(guint32 msg, gboolean (*each)(const char *type, void *arg), void *arg,
			  void *data)
{
	struct message *m = lacks_text(data, msg) ? NULL : ask_message(data, msg);

	for (guint i = 0; m && i < message_n_parts(m); i++) {
		g_autofree char *type = part_type_name(message_part(m, i));

		if (each(type, arg))
			return TRUE;
	}
	return FALSE;
}

static guint ask_attachments(guint32 msg, void *data)
{
	return lacks_text(data, msg) ? 0
				     : mailbox_row_attachments(((struct asking *)data)->mb, msg);
}

static void *conf_of(void *data)
{
	return (void *)((struct asking *)data)->mb->source.conf;
}

static gboolean ask_is_me(const char *address, void *data)
{
	return recipients_is_me(address, conf_of(data));
}

static gboolean ask_is_list(const char *address, void *data)
{
	return recipients_is_list(address, conf_of(data));
}

static gboolean ask_is_subscribed(const char *address, void *data)
{
	return recipients_is_subscribed(address, conf_of(data));
}

static gboolean ask_is_alias(const char *address, void *data)
{
	return recipients_alias_of(address, conf_of(data)) != NULL;
}

static gboolean ask_in_group(const char *group, const char *address, const char *name, void *data)
{
	return conf_in_group(conf_of(data), group, address);
}

static gint32 ask_score(guint32 msg, void *data)
{
	return mailbox_row_score(((struct asking *)data)->mb, msg);
}

/* ---- threads as patterns walk them: ~( ) ~<( ) ~>( ) --------------------------------- */

static gboolean is_live(const struct mailbox *mb, guint32 node)
{
	return node < mb->n_rows && !(mb->state[node] & STATE_DEAD);
}

/* The next live message of the subtree of `top` after `node`. */
static gboolean next_live(const struct mailbox *mb, guint32 top, guint32 node, guint32 *out)
{
	while ((node = thread_next_in(mb->threads.tree, top, node)) != THREAD_NONE)
		if (is_live(mb, node)) {
			*out = node;
			return TRUE;
		}
	return FALSE;
}

static gboolean thread_first(guint32 msg, guint32 *first, void *data)
{
	const struct mailbox *mb = ((struct asking *)data)->mb;
	guint32 top;

	if (!mb->threads.tree)
		return FALSE;
	top = mb->threads.tree->top[msg];
	*first = top;
	return is_live(mb, top) || next_live(mb, top, top, first);
}

static gboolean thread_next(guint32 first, guint32 msg, guint32 *next, void *data)
{
	const struct mailbox *mb = ((struct asking *)data)->mb;

	return next_live(mb, mb->threads.tree->top[first], msg, next);
}

static gboolean thread_parent(guint32 msg, guint32 *parent, void *data)
{
	const struct mailbox *mb = ((struct asking *)data)->mb;

	*parent = mb->threads.tree ? mb->threads.tree->nodes[msg].parent : THREAD_NONE;
	return is_live(mb, *parent);
}

static gboolean live_sibling(const struct mailbox *mb, guint32 node, guint32 *out)
{
	while (node != THREAD_NONE && !is_live(mb, node))
		node = mb->threads.tree->nodes[node].next;
	*out = node;
	return node != THREAD_NONE;
}

static gboolean child_first(guint32 msg, guint32 *child, void *data)
{
	const struct mailbox *mb = ((struct asking *)data)->mb;

	return mb->threads.tree && live_sibling(mb, mb->threads.tree->nodes[msg].child, child);
}

static gboolean child_next(guint32 child, guint32 *next, void *data)
{
	const struct mailbox *mb = ((struct asking *)data)->mb;

	return live_sibling(mb, mb->threads.tree->nodes[child].next, next);
}

static guint8 thread_links(guint32 msg, void *data)
{
	const struct mailbox *mb = ((struct asking *)data)->mb;

	return mb->threads.tree ? mb->threads.tree->links[msg] : 0;
}

static const char *ask_spam(guint32 msg, void *data)
{
	return mailbox_row_spam(((struct asking *)data)->mb, msg);
}

static gboolean is_superseded(guint32 msg, void *data)
{
	return mailbox_row_superseded(((struct asking *)data)->mb, msg);
}

static gboolean server_found(guint32 msg, const char *query, void *data)
{
	const struct mailbox *mb = ((struct asking *)data)->mb;
	GHashTable *lids = g_hash_table_lookup(mb->found, query);

	return lids && g_hash_table_contains(lids, GUINT_TO_POINTER(mb->lid[msg]));
}

void mailbox_set_found(struct mailbox *mb, const char *query, GHashTable *lids)
{
	g_hash_table_replace(mb->found, g_strdup(query), lids);
}

static gboolean is_unanswered(guint32 msg, void *data)
{
	const struct mailbox *mb = ((struct asking *)data)->mb;

	return mb->threads.tree && thread_is_unanswered(mb->threads.tree, msg);
}

static gboolean subject_of(guint32 row, struct pattern_subject *out, void *data);

static const struct pattern_calls calls = {
    .envelope = ask_envelope,
    .text = ask_text,
    .types = ask_types,
    .attachments = ask_attachments,
    .is_me = ask_is_me,
    .is_list = ask_is_list,
    .is_subscribed = ask_is_subscribed,
    .is_alias = ask_is_alias,
    .in_group = ask_in_group,
    .score = ask_score,
    .thread_first = thread_first,
    .thread_next = thread_next,
    .parent = thread_parent,
    .child_first = child_first,
    .child_next = child_next,
    .subject = subject_of,
    .links = thread_links,
    .is_unanswered = is_unanswered,
    .spam = ask_spam,
    .is_superseded = is_superseded,
    .server_found = server_found,
};

static gboolean subject_of(guint32 row, struct pattern_subject *out, void *data)
{
	struct asking *a = data;
	struct mailbox *mb = a->mb;

	if (!is_live(mb, row))
		return FALSE;
	*out = (struct pattern_subject){
	    .msg = row,
	    .row = mailbox_row_at(mb, row),
	    .mark = mailbox_mark_at(mb, row),
	    .number = mb->place[row] + 1,
	    .tagged = (mb->state[row] & SESSION_TAGGED) != 0,
	    .collapsed = (mb->state[row] & STATE_FOLDED) != 0,
	    .deleted = (mb->state[row] & SESSION_DELETED) != 0,
	    .verified = mailbox_is_verified(mb, mb->lid[row]),
	    .calls = &calls,
	    .memo = a->memo,
	    .data = a,
	};
	return TRUE;
}

/* ---- asking ------------------------------------------------------------------------------ */

static gboolean ask(struct asking *a, guint32 row, const struct pattern *pattern)
{
	struct pattern_subject subject;

	return subject_of(row, &subject, a) && pattern_match(pattern, &subject);
}

static struct asking asking_new(struct mailbox *mb)
{
	return (struct asking){.mb = mb,
			       .row = G_MAXUINT32,
			       .unsearched = G_MAXUINT32,
			       .memo = pattern_memo_new(),
			       .text = g_string_new(NULL)};
}

static void asking_clear(struct asking *a)
{
	message_free(a->message);
	pattern_memo_free(a->memo);
	g_string_free(a->text, TRUE);
}

gboolean mailbox_row_matches(struct mailbox *mb, guint32 row, const struct pattern *pattern)
{
	struct asking a = asking_new(mb);
	gboolean result = ask(&a, row, pattern);

	asking_clear(&a);
	return result;
}

gboolean mailbox_matches(struct mailbox *mb, guint pos, const struct pattern *pattern)
{
	return mailbox_row_matches(mb, mb->shown[pos], pattern);
}

GArray *mailbox_matching(struct mailbox *mb, const struct pattern *pattern,
			 const struct patience *patience)
{
	g_autoptr(GArray) lids = g_array_new(FALSE, FALSE, sizeof(guint32));
	struct asking a = asking_new(mb);
	guint32 i = 0;

	for (; i < mb->n_live && patience_asks(patience, i, mb->n_live); i++)
		if (mailbox_is_inside(mb, mb->all[i]) && ask(&a, mb->all[i], pattern))
			g_array_append_val(lids, mb->lid[mb->all[i]]);
	asking_clear(&a);
	return i < mb->n_live ? NULL : g_steal_pointer(&lids);
}

/* ---- the limit --------------------------------------------------------------------------- */

/*
 * Answers from rows alone for one page, which a virtual mailbox has none of. What the session knows
 * (tags, deletions, wishes) is not in the rows, so those are asked one by one.
 */
static const guint8 *judge_page(struct mailbox *mb, guint32 page, guint8 out[HCACHE_PAGE_ROWS])
{
	guint32 n = 0, n_marks = 0;
	const struct row *rows = NULL;
	const mark_t *marks = NULL;

	if (!mb->members) {
		rows = hcache_rows(mb->source.cache, mb->number, page, &n);
		marks = hcache_marks(mb->source.cache, mb->number, page, &n_marks);
	}
	memset(out, PATTERN_ASK, HCACHE_PAGE_ROWS);
	if (rows && marks)
		pattern_match_rows(mb->limit, rows, marks, MIN(n, n_marks), out);
	return out;
}

static gboolean has_session(const struct mailbox *mb, guint32 row)
{
	return mb->state[row] & (STATE_SESSION | STATE_FOLDED) ||
	       g_hash_table_contains(mb->opened, GUINT_TO_POINTER(mb->lid[row])) ||
	       g_hash_table_contains(mb->overlays, GUINT_TO_POINTER(mb->lid[row]));
}

gboolean mailbox_judge(struct mailbox *mb, const struct patience *patience)
{
	guint8 answers[HCACHE_PAGE_ROWS];
	guint32 page = G_MAXUINT32;
	struct asking a;
	guint32 row = 0;

	if (!mb->limit)
		return TRUE;
	a = asking_new(mb);
	for (; row < mb->n_rows && patience_asks(patience, row, mb->n_rows); row++) {
		guint8 answer;

		if (mb->state[row] & (STATE_DEAD | STATE_JUDGED))
			continue;
		if (row / HCACHE_PAGE_ROWS != page) {
			page = row / HCACHE_PAGE_ROWS;
			judge_page(mb, page, answers);
		}
		answer = has_session(mb, row) ? PATTERN_ASK : answers[row % HCACHE_PAGE_ROWS];
		mb->state[row] &= ~STATE_INSIDE;
		if (answer == PATTERN_YES || (answer == PATTERN_ASK && ask(&a, row, mb->limit)))
			mb->state[row] |= STATE_INSIDE;
		mb->state[row] |= STATE_JUDGED;
	}
	asking_clear(&a);
	return row == mb->n_rows;
}

/* Ask all rows anew; when who waits stops it, `before` is the limit again. */
static gboolean judge_all(struct mailbox *mb, struct pattern *before,
			  const struct patience *patience, GError **error)
{
	g_autofree guint16 *states = g_memdup2(mb->state, sizeof(*mb->state) * mb->n_rows);

	for (guint32 row = 0; row < mb->n_rows; row++)
		mb->state[row] &= ~(STATE_JUDGED | STATE_INSIDE);
	if (!mb->in_turn || !mb->loaded || mailbox_judge(mb, patience))
		return TRUE;
	pattern_free(mb->limit);
	mb->limit = before;
	memcpy(mb->state, states, sizeof(*mb->state) * mb->n_rows);
	return error_set(error, CUR_ERROR_CANCELLED, "Stopped.");
}

gboolean mailbox_limit(struct mailbox *mb, const char *text, const struct patience *patience,
		       GError **error)
{
	const struct settings *s = conf_settings(mb->source.conf);
	struct pattern_options options = {.simple_search = s->simple_search, .last = mb->n_live};
	struct pattern *pattern = NULL, *before = mb->limit;

	if (text && (!*text || g_ascii_strcasecmp(text, "all") == 0))
		text = NULL;
	if (text && !(pattern = pattern_compile(text, &options, error)))
		return FALSE;
	mb->limit = pattern;
	if (!judge_all(mb, before, patience, error))
		return FALSE;
	pattern_free(before);
	g_free(mb->limit_text);
	mb->limit_text = g_strdup(text);
	if (mb->in_turn && mb->loaded)
		mailbox_show(mb);
	return TRUE;
}

const char *mailbox_limit_text(const struct mailbox *mb)
{
	return mb->limit_text;
}

guint mailbox_take_unsearched(struct mailbox *mb)
{
	guint n = mb->n_unsearched;

	mb->n_unsearched = 0;
	return n;
}
