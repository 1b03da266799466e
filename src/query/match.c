/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Asking a pattern of a message. What the fixed record answers is asked of it
 * first; the envelope is fetched once when a test needs it; thread and body
 * only when nothing cheaper has settled the matter.
 */
#include <string.h>

#include "cur/base/clock.h"
#include "cur/mail/address-iter.h"
#include "cur/mail/date.h"
#include "cur/mail/flags.h"
#include "cur/mail/thread.h"
#include "match.h"

/* One message that is being asked. */
struct asking {
	const struct pattern_subject *subject;
	struct envelope own;
	const struct envelope *env; /* NULL: not fetched yet */
};

static gboolean match_node(const struct node *node, struct asking *asking);

gboolean match_subject(const struct node *node, const struct pattern_subject *subject)
{
	struct asking asking = {.subject = subject, .env = subject->env};

	return match_node(node, &asking);
}

/* ---- texts ---- */

/* A lower-case ASCII needle in text of any case. */
static gboolean has_folded(const char *text, gsize n, const char *needle, gsize needle_n)
{
	char first = needle_n ? needle[0] : '\0';

	if (needle_n == 0)
		return TRUE;
	for (; n >= needle_n; text++, n--)
		if (g_ascii_tolower(*text) == first &&
		    g_ascii_strncasecmp(text, needle, needle_n) == 0)
			return TRUE;
	return FALSE;
}

static gboolean match_text(const struct node *node, const char *text, gsize n)
{
	if (node->regex)
		return regex_match(node->regex, text, (gssize)n);
	if (node->exact)
		return memmem(text, n, node->string, node->string_n) != NULL;
	return has_folded(text, n, node->string, node->string_n);
}

static const char *field(struct asking *asking, enum envelope_field which)
{
	const struct pattern_subject *subject = asking->subject;

	if (!asking->env && subject->calls && subject->calls->envelope) {
		subject->calls->envelope(subject->msg, &asking->own, subject->data);
		asking->env = &asking->own;
	}
	return asking->env ? asking->env->field[which] : "";
}

static gboolean match_field(const struct node *node, struct asking *asking,
			    enum envelope_field which)
{
	const char *text = field(asking, which);

	return match_text(node, text, strlen(text));
}

static gboolean match_spam(const struct node *node, const struct pattern_subject *subject)
{
	const struct pattern_calls *calls = subject->calls;
	const char *tag = calls && calls->spam ? calls->spam(subject->msg, subject->data) : NULL;

	return tag && match_text(node, tag, strlen(tag));
}

static gboolean match_message_text(const struct node *node, const struct pattern_subject *subject)
{
	const struct pattern_calls *calls = subject->calls;
	const char *text;
	gsize n = 0;

	if (!calls || !calls->text)
		return FALSE;
	text = calls->text(subject->msg, node->op, &n, subject->data);
	return text && match_text(node, text, n);
}

static gboolean match_type(const char *type, void *arg)
{
	return match_text(arg, type, strlen(type));
}

static gboolean match_types(const struct node *node, const struct pattern_subject *subject)
{
	const struct pattern_calls *calls = subject->calls;

	return calls && calls->types &&
	       calls->types(subject->msg, match_type, (void *)node, subject->data);
}

/* ---- addresses ---- */

static gboolean ask_address(gboolean (*test)(const char *address, void *data),
			    const struct address_iter *it, void *data)
{
	g_autofree char *spec = NULL;

	if (!test)
		return FALSE;
	spec = g_strndup(it->spec, it->spec_n);
	return test(spec, data);
}

static gboolean match_group(const struct node *node, const struct pattern_subject *subject,
			    const struct address_iter *it)
{
	const struct pattern_calls *calls = subject->calls;
	g_autofree char *spec = g_strndup(it->spec, it->spec_n);
	g_autofree char *name = g_strndup(it->name, it->name_n);

	return calls && calls->in_group && calls->in_group(node->string, spec, name, subject->data);
}

/* Names with quoted marks are rare; only they are copied. */
static gboolean match_name(const struct node *node, const struct address_iter *it)
{
	g_autofree char *name = NULL;
	char *to;

	if (!memchr(it->name, '\\', it->name_n))
		return match_text(node, it->name, it->name_n);
	name = to = g_strndup(it->name, it->name_n);
	for (const char *from = name; *from; from++) {
		if (*from == '\\' && from[1])
			from++;
		*to++ = *from;
	}
	return match_text(node, name, (gsize)(to - name));
}

/* Does the operator hold for this one address? */
static gboolean match_address(const struct node *node, const struct pattern_subject *subject,
			      const struct address_iter *it)
{
	const struct pattern_calls *calls = subject->calls;

	if (node->only_aliases && (!calls || !ask_address(calls->is_alias, it, subject->data)))
		return FALSE;
	switch (node->op) {
	case PATTERN_LIST:
		return calls && ask_address(calls->is_list, it, subject->data);
	case PATTERN_SUBSCRIBED:
		return calls && ask_address(calls->is_subscribed, it, subject->data);
	case PATTERN_FROM_ME:
	case PATTERN_TO_ME:
		return calls && ask_address(calls->is_me, it, subject->data);
	default:
		break;
	}
	if (node->matcher == MATCH_GROUP)
		return match_group(node, subject, it);
	return match_text(node, it->spec, it->spec_n) || (it->name_n > 0 && match_name(node, it));
}

/* Some address of the fields, or with ^ all of them. */
static gboolean match_addresses(const struct node *node, struct asking *asking,
				const enum envelope_field *fields, gsize n_fields)
{
	for (gsize i = 0; i < n_fields; i++) {
		struct address_iter it;

		address_iter_init(&it, field(asking, fields[i]));
		while (address_iter_next(&it))
			if (match_address(node, asking->subject, &it) != node->all_addresses)
				return !node->all_addresses;
	}
	return node->all_addresses;
}

#define MATCH_ADDRESSES(node, asking, ...)                                                         \
	match_addresses(node, asking, (const enum envelope_field[]){__VA_ARGS__},                  \
			sizeof((const enum envelope_field[]){__VA_ARGS__}) /                       \
			    sizeof(enum envelope_field))

/* ---- numbers and flags ---- */

static gboolean in_range(const struct node *node, gint64 value)
{
	return value >= node->range.min && value <= node->range.max;
}

/*
 * What the fixed record and the mark say of a test: PATTERN_ASK when they do not
 * know. The deletion mark of the session is not in them, so "not deleted" is asked.
 */
static int row_test(const struct node *node, const struct row *row, mark_t mark)
{
	switch (node->op) {
	case PATTERN_ALL:
		return PATTERN_YES;
	case PATTERN_DATE:
		return in_range(node, row->date_sent);
	case PATTERN_RECEIVED:
		return in_range(node, row->date_received);
	case PATTERN_SIZE:
		return in_range(node, row_body_bytes(row));
	case PATTERN_FLAGGED:
		return (mark & FLAG_FLAGGED) != 0;
	case PATTERN_REPLIED:
		return (mark & FLAG_ANSWERED) != 0;
	case PATTERN_READ:
		return (mark & FLAG_SEEN) != 0;
	case PATTERN_UNREAD:
		return (mark & FLAG_SEEN) == 0;
	case PATTERN_NEW:
		return (mark & FLAG_SEEN) == 0 && (mark & MARK_NEW) != 0;
	case PATTERN_OLD:
		return (mark & (FLAG_SEEN | MARK_NEW)) == 0;
	case PATTERN_DELETED:
		return mark & FLAG_TRASHED ? PATTERN_YES : PATTERN_ASK;
	case PATTERN_SIGNED:
		return (row->kind & ROW_SIGNED) != 0;
	case PATTERN_ENCRYPTED:
		return (row->kind & ROW_ENCRYPTED) != 0;
	case PATTERN_PGP_KEY:
		return (row->kind & ROW_PGP_KEY) != 0;
	default:
		return PATTERN_ASK;
	}
}

static gboolean match_attachments(const struct node *node, const struct pattern_subject *subject)
{
	const struct pattern_calls *calls = subject->calls;

	return calls && calls->attachments &&
	       in_range(node, calls->attachments(subject->msg, subject->data));
}

static gboolean match_score(const struct node *node, const struct pattern_subject *subject)
{
	const struct pattern_calls *calls = subject->calls;

	return in_range(node,
			calls && calls->score ? calls->score(subject->msg, subject->data) : 0);
}

static gboolean match_expired(struct asking *asking)
{
	gint64 seconds;
	gint16 zone;

	return date_parse(field(asking, ENV_EXPIRES), &seconds, &zone) && seconds < clock_now_s();
}

/* ---- threads ---- */

static gboolean has_link(const struct pattern_subject *subject, enum thread_link link)
{
	const struct pattern_calls *calls = subject->calls;

	return calls && calls->links && calls->links(subject->msg, subject->data) & link;
}

static gboolean ask_call(const struct pattern_subject *subject,
			 gboolean (*call)(guint32 msg, void *data))
{
	return call && call(subject->msg, subject->data);
}

/* ---- the whole ---- */

static gboolean match_text_op(const struct node *node, struct asking *asking)
{
	switch (node->op) {
	case PATTERN_FROM:
	case PATTERN_FROM_ME:
		return MATCH_ADDRESSES(node, asking, ENV_FROM);
	case PATTERN_TO:
		return MATCH_ADDRESSES(node, asking, ENV_TO);
	case PATTERN_CC:
		return MATCH_ADDRESSES(node, asking, ENV_CC);
	case PATTERN_BCC:
		return MATCH_ADDRESSES(node, asking, ENV_BCC);
	case PATTERN_SENDER:
		return MATCH_ADDRESSES(node, asking, ENV_SENDER);
	case PATTERN_RECIPIENT:
	case PATTERN_TO_ME:
		return MATCH_ADDRESSES(node, asking, ENV_TO, ENV_CC, ENV_BCC);
	case PATTERN_LIST:
	case PATTERN_SUBSCRIBED:
		return MATCH_ADDRESSES(node, asking, ENV_TO, ENV_CC);
	case PATTERN_ADDRESS:
		return MATCH_ADDRESSES(node, asking, ENV_FROM, ENV_SENDER, ENV_TO, ENV_CC, ENV_BCC);
	case PATTERN_SUBJECT:
		return match_field(node, asking, ENV_SUBJECT);
	case PATTERN_ID:
		return match_field(node, asking, ENV_MESSAGE_ID);
	case PATTERN_LABEL:
		return match_field(node, asking, ENV_LABEL);
	case PATTERN_KEYWORDS:
		return match_field(node, asking, ENV_KEYWORDS);
	case PATTERN_NEWSGROUPS:
		return match_field(node, asking, ENV_NEWSGROUPS);
	case PATTERN_REFERENCES:
		return match_field(node, asking, ENV_REFERENCES) ||
		       match_field(node, asking, ENV_IN_REPLY_TO);
	default:
		return FALSE;
	}
}

static gboolean match_test(const struct node *node, struct asking *asking)
{
	const struct pattern_subject *subject = asking->subject;
	const struct pattern_calls *calls = subject->calls;
	int answer = subject->row ? row_test(node, subject->row, subject->mark) : PATTERN_ASK;

	if (answer != PATTERN_ASK)
		return answer == PATTERN_YES;
	switch (node->op) {
	case PATTERN_DELETED:
		return subject->deleted;
	case PATTERN_TAGGED:
		return subject->tagged;
	case PATTERN_COLLAPSED:
		return subject->collapsed;
	case PATTERN_VERIFIED:
		return subject->verified;
	case PATTERN_NUMBER:
		return in_range(node, subject->number);
	case PATTERN_SCORE:
		return match_score(node, subject);
	case PATTERN_ATTACHMENTS:
		return match_attachments(node, subject);
	case PATTERN_EXPIRED:
		return match_expired(asking);
	case PATTERN_SPAM:
		return match_spam(node, subject);
	case PATTERN_BODY:
	case PATTERN_WHOLE:
	case PATTERN_HEADER:
		return match_message_text(node, subject);
	case PATTERN_MIME:
		return match_types(node, subject);
	case PATTERN_DUPLICATE:
		return has_link(subject, THREAD_DUPLICATE);
	case PATTERN_LOOSE:
		return has_link(subject, THREAD_BY_SUBJECT);
	case PATTERN_UNREPLIED:
		return calls && ask_call(subject, calls->is_unanswered);
	case PATTERN_SUPERSEDED:
		return calls && ask_call(subject, calls->is_superseded);
	case PATTERN_SERVER:
		return calls && calls->server_found &&
		       calls->server_found(subject->msg, node->string, subject->data);
	default:
		return match_text_op(node, asking);
	}
}

static gboolean match_children_of(const struct node *node, struct asking *asking)
{
	gboolean stop = node->kind == NODE_OR;

	for (guint i = 0; i < node->children->len; i++)
		if (match_node(node->children->pdata[i], asking) == stop)
			return stop;
	return !stop;
}

/* Recursion is as deep as the parentheses, which the compiler limits. */
static gboolean match_node(const struct node *node, struct asking *asking)
{
	gboolean answer = FALSE;

	switch (node->kind) {
	case NODE_TEST:
		answer = match_test(node, asking);
		break;
	case NODE_AND:
	case NODE_OR:
		answer = match_children_of(node, asking);
		break;
	case NODE_THREAD:
		answer = match_thread(node->children->pdata[0], asking->subject);
		break;
	case NODE_PARENT:
		answer = match_parent(node->children->pdata[0], asking->subject);
		break;
	case NODE_CHILD:
		answer = match_children(node->children->pdata[0], asking->subject);
		break;
	}
	return answer != node->negated;
}

gboolean pattern_match(const struct pattern *pattern, const struct pattern_subject *subject)
{
	return match_subject(pattern->root, subject);
}

/* Three-valued: what the rows alone say of a tree. */
static int row_node(const struct node *node, const struct row *row, mark_t mark)
{
	int answer = PATTERN_ASK;

	if (node->kind == NODE_TEST)
		answer = row_test(node, row, mark);
	if (node->kind == NODE_AND || node->kind == NODE_OR) {
		int stop = node->kind == NODE_OR ? PATTERN_YES : PATTERN_NO;

		answer = stop == PATTERN_YES ? PATTERN_NO : PATTERN_YES;
		for (guint i = 0; i < node->children->len && answer != stop; i++) {
			int child = row_node(node->children->pdata[i], row, mark);

			if (child == stop || child == PATTERN_ASK)
				answer = child;
		}
	}
	if (answer == PATTERN_ASK)
		return answer;
	return node->negated ? !answer : answer;
}

void pattern_match_rows(const struct pattern *pattern, const struct row *rows, const mark_t *marks,
			guint32 n, guint8 *out)
{
	for (guint32 i = 0; i < n; i++)
		out[i] = (guint8)row_node(pattern->root, &rows[i], marks[i]);
}
