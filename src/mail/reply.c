/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Who receives a reply. The rules are mutt's:
 *
 *	reply		Reply-To when it is used, else From; to what I wrote myself:
 *			its recipients, unless $reply_self
 *	group-reply	the same, and To and Cc of the original to Cc
 *	group-chat	the same, and To and Cc of the original to To
 *	list-reply	the known lists among To and Cc, else List-Post
 *	to-author	From, whatever Reply-To says
 *
 * Mail-Followup-To, when honoured, replaces To and Cc of a group reply and is
 * added to a list reply. I am taken out unless $metoo, or I would be the only one.
 */
#include "cur/mail/reply.h"

#include <string.h>

#include "cur/base/error.h"
#include "cur/mail/address.h"
#include "cur/mail/mailto.h"
#include "cur/mail/msgid.h"
#include "cur/mail/subject.h"

struct recipients {
	GPtrArray *to, *cc; /* struct address * */
};

static GPtrArray *parse(const struct envelope *env, enum envelope_field field)
{
	GPtrArray *list = address_parse(env->field[field]);

	address_list_unique(list, TRUE);
	return list;
}

static gboolean test(address_test_fn fn, const struct address *a, void *data)
{
	g_autofree char *spec = address_spec(a);

	return fn && fn(spec, data);
}

static gboolean is_me(const struct reply_options *o, const struct address *a)
{
	return test(o->is_me, a, o->data);
}

static void append(GPtrArray *list, const GPtrArray *from)
{
	for (guint i = 0; i < from->len; i++)
		g_ptr_array_add(list, address_copy(from->pdata[i]));
}

/* ---- Reply-To ---- */

/* A list puts its own address there; with $ignore_list_reply_to that does not count. */
static gboolean is_list_reply_to(const struct envelope *env, const struct reply_options *o,
				 const struct address *reply_to)
{
	g_autoptr(GPtrArray) to = parse(env, ENV_TO);
	g_autoptr(GPtrArray) cc = parse(env, ENV_CC);

	return o->ignore_list_reply_to && test(o->is_list, reply_to, o->data) &&
	       (address_list_has(to, reply_to) || address_list_has(cc, reply_to));
}

enum reply_to_weight { REPLY_TO_NONE, REPLY_TO_SAME, REPLY_TO_ASK };

/* What a Reply-To field is worth: nothing, the same as From, or a question. */
static enum reply_to_weight weigh_reply_to(const struct envelope *env,
					   const struct reply_options *o)
{
	g_autoptr(GPtrArray) reply_to = parse(env, ENV_REPLY_TO);
	g_autoptr(GPtrArray) from = parse(env, ENV_FROM);
	const struct address *first;

	if (reply_to->len == 0)
		return REPLY_TO_NONE;
	first = reply_to->pdata[0];
	if (from->len > 0 && reply_to->len == 1 && address_equal(first, from->pdata[0]))
		return *first->name ? REPLY_TO_SAME : REPLY_TO_NONE;
	return is_list_reply_to(env, o, first) ? REPLY_TO_NONE : REPLY_TO_ASK;
}

static gboolean is_mine(const struct envelope *env, const struct reply_options *o)
{
	g_autoptr(GPtrArray) from = parse(env, ENV_FROM);

	return from->len > 0 && is_me(o, from->pdata[0]);
}

gboolean reply_asks_reply_to(const struct envelope *env, enum reply_kind kind,
			     const struct reply_options *options)
{
	if (kind == REPLY_LIST || kind == REPLY_TO_AUTHOR ||
	    (!options->reply_self && is_mine(env, options)))
		return FALSE;
	return weigh_reply_to(env, options) == REPLY_TO_ASK;
}

gboolean reply_asks_followup_to(const struct envelope *env, enum reply_kind kind)
{
	return (kind == REPLY_GROUP || kind == REPLY_GROUP_CHAT || kind == REPLY_LIST) &&
	       *env->field[ENV_FOLLOWUP_TO];
}

/* ---- one message ---- */

/* Where an answer to the author goes. */
static void add_author(const struct envelope *env, const struct reply_options *o, GPtrArray *to)
{
	enum reply_to_weight weight = weigh_reply_to(env, o);
	enum envelope_field field = ENV_FROM;
	g_autoptr(GPtrArray) list = NULL;

	if (!o->reply_self && is_mine(env, o))
		field = ENV_TO;
	else if (weight == REPLY_TO_SAME || (weight == REPLY_TO_ASK && o->use_reply_to))
		field = ENV_REPLY_TO;
	list = parse(env, field);
	append(to, list);
}

static void add_lists(const struct envelope *env, const struct reply_options *o, GPtrArray *to)
{
	static const enum envelope_field fields[] = {ENV_TO, ENV_CC};
	guint before = to->len;

	for (gsize f = 0; f < G_N_ELEMENTS(fields); f++) {
		g_autoptr(GPtrArray) list = parse(env, fields[f]);

		for (guint i = 0; i < list->len; i++)
			if (test(o->is_list, list->pdata[i], o->data))
				g_ptr_array_add(to, address_copy(list->pdata[i]));
	}
	/* Better than "no mailing list found": the list says itself where to write. */
	if (to->len == before) {
		g_autofree char *post = mailto_list_address(env->field[ENV_LIST_POST]);
		g_autoptr(GPtrArray) list = address_parse(post ? post : "");

		append(to, list);
	}
}

static void add_followup(const struct envelope *env, GPtrArray *to)
{
	g_autoptr(GPtrArray) list = parse(env, ENV_FOLLOWUP_TO);

	append(to, list);
}

static void add_others(const struct envelope *env, GPtrArray *list)
{
	g_autoptr(GPtrArray) to = parse(env, ENV_TO);
	g_autoptr(GPtrArray) cc = parse(env, ENV_CC);

	append(list, to);
	append(list, cc);
}

static void add_message(const struct envelope *env, enum reply_kind kind,
			const struct reply_options *o, struct recipients *r)
{
	gboolean followup = o->use_followup_to && reply_asks_followup_to(env, kind);
	g_autoptr(GPtrArray) from = NULL;

	switch (kind) {
	case REPLY_TO_AUTHOR:
		from = parse(env, ENV_FROM);
		append(r->to, from);
		break;
	case REPLY_LIST:
		add_lists(env, o, r->to);
		if (followup)
			add_followup(env, r->cc);
		break;
	case REPLY_SENDER:
		add_author(env, o, r->to);
		break;
	case REPLY_GROUP:
	case REPLY_GROUP_CHAT:
		if (followup) {
			add_followup(env, r->to);
			break;
		}
		add_author(env, o, r->to);
		add_others(env, kind == REPLY_GROUP ? r->cc : r->to);
		break;
	}
}

/* ---- putting in order ---- */

/* Take me out; the last of me stays when nobody else is there and `keep_one`. */
static void remove_me(GPtrArray *list, const struct reply_options *o, gboolean keep_one)
{
	struct address *mine = NULL;
	gsize n;
	g_autofree gpointer *all = g_ptr_array_steal(list, &n);

	for (gsize i = 0; i < n; i++) {
		if (!is_me(o, all[i])) {
			g_ptr_array_add(list, all[i]);
			continue;
		}
		address_free(mine);
		mine = all[i];
	}
	if (list->len == 0 && keep_one && mine)
		g_ptr_array_add(list, g_steal_pointer(&mine));
	address_free(mine);
}

static char *key_of(const struct address *a)
{
	g_autofree char *spec = address_spec(a);

	return g_ascii_strdown(spec, -1);
}

/* Drop from cc what to has. Hashed: a message can have 100,000 recipients. */
static void remove_doubles(GPtrArray *to, GPtrArray *cc)
{
	g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	g_autoptr(GPtrArray) kept = address_list_new();

	for (guint i = 0; i < to->len; i++)
		g_hash_table_add(seen, key_of(to->pdata[i]));
	for (guint i = 0; i < cc->len; i++) {
		g_autofree char *key = key_of(cc->pdata[i]);

		if (!g_hash_table_contains(seen, key))
			g_ptr_array_add(kept, address_copy(cc->pdata[i]));
	}
	g_ptr_array_set_size(cc, 0);
	append(cc, kept);
}

static void tidy(struct recipients *r, const struct reply_options *o)
{
	if (!o->metoo) {
		/* Cc first: when I am the only one, I end up in To. */
		remove_me(r->cc, o, r->to->len == 0);
		remove_me(r->to, o, r->cc->len == 0 || o->reply_self);
	}
	address_list_unique(r->to, TRUE);
	address_list_unique(r->cc, TRUE);
	remove_doubles(r->to, r->cc);
	if (r->to->len == 0) {
		append(r->to, r->cc);
		g_ptr_array_set_size(r->cc, 0);
	}
}

static gboolean any(const GPtrArray *list, address_test_fn fn, void *data)
{
	for (guint i = 0; i < list->len; i++)
		if (test(fn, list->pdata[i], data))
			return TRUE;
	return FALSE;
}

char *reply_mail_followup_to(const char *to, const char *cc, const char *from,
			     const struct reply_options *options)
{
	g_autoptr(GPtrArray) list = address_parse(to ? to : "");
	g_autoptr(GPtrArray) copies = address_parse(cc ? cc : "");

	append(list, copies);
	address_list_unique(list, TRUE);
	if (!any(list, options->is_list, options->data))
		return NULL;
	if (any(list, options->is_subscribed, options->data)) {
		remove_me(list, options, FALSE);
	} else {
		/* Not subscribed: answers to the list alone would not reach me. */
		auto_ptr(address) me = address_parse_one(from ? from : "");

		remove_me(list, options, FALSE);
		if (me)
			g_ptr_array_insert(list, 0, g_steal_pointer(&me));
		address_list_unique(list, TRUE);
	}
	return list->len > 0 ? address_format_list(list) : NULL;
}

gboolean reply_recipients(const struct envelope *const envs[], guint n_envs, enum reply_kind kind,
			  const struct reply_options *options, struct reply_recipients *out,
			  GError **error)
{
	g_autoptr(GPtrArray) to = address_list_new();
	g_autoptr(GPtrArray) cc = address_list_new();
	struct recipients r = {to, cc};

	*out = (struct reply_recipients){0};
	for (guint i = 0; i < n_envs; i++)
		add_message(envs[i], kind, options, &r);
	tidy(&r, options);
	if (to->len == 0)
		return error_set(error, CUR_ERROR_USAGE,
				 kind == REPLY_LIST ? "no mailing lists found"
						    : "there is nobody to reply to");
	out->to = address_format_list(to);
	out->cc = address_format_list(cc);
	out->n = to->len + cc->len;
	return TRUE;
}

void reply_recipients_clear(struct reply_recipients *r)
{
	g_free(r->to);
	g_free(r->cc);
	*r = (struct reply_recipients){0};
}

/* ---- the other fields ---- */

char *reply_subject(const char *subject, const struct regex *reply_regexp,
		    const char *empty_subject)
{
	const char *base = subject_base(subject ? subject : "", reply_regexp);
	char *line =
	    *base ? g_strconcat("Re: ", base, NULL) : g_strdup(empty_subject ? empty_subject : "");

	/* A decoded subject can hold anything; a header line cannot (M40). */
	return g_strdelimit(line, "\r\n", ' ');
}

/* Append the ids of a text that are not there yet. */
static void add_ids(GPtrArray *ids, GHashTable *seen, const char *text)
{
	const char *id;
	gsize n;

	while ((id = msgid_next(&text, &n))) {
		char *copy = g_strndup(id, n);

		if (g_hash_table_add(seen, copy))
			g_ptr_array_add(ids, copy);
	}
}

static char *join_ids(GPtrArray *ids)
{
	/* Of too many the first, which names the thread, and the last are kept. */
	if (ids->len > REFERENCES_MAX)
		g_ptr_array_remove_range(ids, 1, ids->len - REFERENCES_MAX);
	g_ptr_array_add(ids, NULL);
	return g_strjoinv(" ", (char **)ids->pdata);
}

static gboolean has_one_id(const char *text)
{
	gsize n;

	return msgid_next(&text, &n) && !msgid_next(&text, &n);
}

void reply_ids(const struct envelope *const envs[], guint n_envs, char **in_reply_to,
	       char **references)
{
	g_autoptr(GHashTable) parents =
	    g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	g_autoptr(GPtrArray) to = g_ptr_array_new();
	g_autoptr(GPtrArray) all = g_ptr_array_new();

	for (guint i = 0; i < n_envs; i++) {
		const char *known = envs[i]->field[ENV_REFERENCES];

		if (!*known && has_one_id(envs[i]->field[ENV_IN_REPLY_TO]))
			known = envs[i]->field[ENV_IN_REPLY_TO];
		add_ids(all, seen, known);
	}
	for (guint i = 0; i < n_envs; i++) {
		add_ids(all, seen, envs[i]->field[ENV_MESSAGE_ID]);
		add_ids(to, parents, envs[i]->field[ENV_MESSAGE_ID]);
	}
	*in_reply_to = join_ids(to);
	*references = join_ids(all);
}

char *reply_from(const struct envelope *env, address_test_fn fn, void *data,
		 gboolean reverse_realname)
{
	static const enum envelope_field fields[] = {ENV_TO, ENV_CC, ENV_FROM};

	for (gsize f = 0; f < G_N_ELEMENTS(fields); f++) {
		g_autoptr(GPtrArray) list = parse(env, fields[f]);

		for (guint i = 0; i < list->len; i++) {
			const struct address *a = list->pdata[i];

			if (test(fn, a, data))
				return reverse_realname ? address_format(a) : address_spec(a);
		}
	}
	return NULL;
}
