/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a format may say of one message. */
#include "cur/format/of-index.h"

#include <string.h>

#include "cur/base/clock.h"
#include "cur/mail/address-iter.h"
#include "cur/mail/date.h"
#include "cur/mail/flags.h"
#include "values.h"

/* Places in $to_chars, $flag_chars and $crypt_chars. */
enum to_char { TO_NONE, TO_ONLY_ME, TO_ME, TO_CC, TO_FROM_ME, TO_LIST, TO_ANSWER };
enum flag_char {
	CHAR_TAGGED,
	CHAR_IMPORTANT,
	CHAR_DELETED,
	CHAR_ATTACH_DELETED,
	CHAR_REPLIED,
	CHAR_OLD,
	CHAR_NEW,
	CHAR_OLD_THREAD,
	CHAR_NEW_THREAD,
	CHAR_READ,   /* of %S */
	CHAR_NOTHING /* of %Z */
};
enum crypt_char { CRYPT_VERIFIED, CRYPT_ENCRYPTED, CRYPT_SIGNED, CRYPT_KEY, CRYPT_NONE };

static const char *const default_to[] = {" ", "+", "T", "C", "F", "L", NULL};
static const char *const default_flags[] = {"*", "!", "D", "d", "r", "O",
					    "N", "o", "n", "-", " ", NULL};
static const char *const default_crypt[] = {"S", "P", "s", "K", " ", NULL};

/* The n-th cell of a table that the user may have made shorter. */
static const char *cell(const char *const *table, const char *const *otherwise, guint n)
{
	for (guint i = 0; table && table[i]; i++)
		if (i == n)
			return table[i];
	return table ? " " : otherwise[n];
}

static const char *flag_cell(const struct index_subject *s, enum flag_char n)
{
	return cell(s->context->flag_chars, default_flags, n);
}

/* ---- addresses ---- */

typedef gboolean (*test_fn)(const char *address, void *data);

static gboolean ask(const struct index_context *context, test_fn test,
		    const struct address_iter *it)
{
	char spec[256];

	if (!test || it->spec_n >= sizeof(spec))
		return FALSE;
	memcpy(spec, it->spec, it->spec_n);
	spec[it->spec_n] = '\0';
	return test(spec, context->data);
}

static gboolean first_address(const struct index_subject *s, enum envelope_field field,
			      struct address_iter *it)
{
	address_iter_init(it, s->env->field[field]);
	return address_iter_next(it);
}

/* The first address of a field that passes the test. */
static gboolean find_address(const struct index_subject *s, enum envelope_field field, test_fn test,
			     struct address_iter *it)
{
	address_iter_init(it, s->env->field[field]);
	while (address_iter_next(it))
		if (ask(s->context, test, it))
			return TRUE;
	return FALSE;
}

static gboolean find_list(const struct index_subject *s, test_fn test, struct address_iter *it)
{
	return find_address(s, ENV_TO, test, it) || find_address(s, ENV_CC, test, it);
}

static gboolean is_from_me(const struct index_subject *s)
{
	struct address_iter it;

	return first_address(s, ENV_FROM, &it) && ask(s->context, s->context->is_me, &it);
}

/* A name as a person reads it: without the backslashes of a quoted one. */
static void append_name(const struct index_subject *s, const struct address_iter *it, GString *out)
{
	const struct index_context *context = s->context;

	if (context->alias_name) {
		g_autofree char *spec = g_strndup(it->spec, it->spec_n);
		const char *alias = context->alias_name(spec, context->data);

		if (alias) {
			g_string_append(out, alias);
			return;
		}
	}
	if (it->name_n == 0) {
		g_string_append_len(out, it->spec, (gssize)it->spec_n);
		return;
	}
	for (gsize i = 0; i < it->name_n; i++) {
		i += it->name[i] == '\\' && i + 1 < it->name_n;
		g_string_append_c(out, it->name[i]);
	}
}

static void append_local(const struct address_iter *it, GString *out)
{
	const char *at = memchr(it->spec, '@', it->spec_n);

	g_string_append_len(out, it->spec, at ? at - it->spec : (gssize)it->spec_n);
}

static gboolean append_marked(const struct index_subject *s, const char *mark,
			      enum envelope_field field, test_fn test, GString *out)
{
	struct address_iter it;

	if (test ? !find_address(s, field, test, &it) : !first_address(s, field, &it))
		return FALSE;
	g_string_append(out, mark);
	append_name(s, &it, out);
	return TRUE;
}

/* What stands before a name: that of a recipient of mine, or the author's. */
struct prefixes {
	char to[16], cc[16], bcc[16], from[16];
};

static const struct prefixes words = {"To ", "Cc ", "Bcc ", ""}, nothing = {"", "", "", ""};

/* Cell n of $from_chars and a blank: one that is missing is blank, a CR stands for nothing at all.
 */
static void fill_prefix(char *prefix, gsize size, const char *const *cells, guint n)
{
	guint have = g_strv_length((char **)cells);
	const char *cell = n < have ? cells[n] : " ";

	*prefix = '\0';
	if (*cell != '\r' && strlen(cell) + 2 <= size)
		g_snprintf(prefix, size, "%s ", cell);
}

static struct prefixes prefixes_of(const struct index_context *context)
{
	const char *const *cells = context->from_chars;
	struct prefixes p = words;

	if (!cells || !*cells)
		return p;
	fill_prefix(p.to, sizeof(p.to), cells, 0);
	fill_prefix(p.cc, sizeof(p.cc), cells, 1);
	fill_prefix(p.bcc, sizeof(p.bcc), cells, 2);
	fill_prefix(p.from, sizeof(p.from), cells, 3);
	return p;
}

/* The subscribed list it went to. */
static gboolean append_list(const struct index_subject *s, const struct prefixes *p, GString *out)
{
	test_fn test = s->context->is_subscribed;

	return test && (append_marked(s, p->to, ENV_TO, test, out) ||
			append_marked(s, p->cc, ENV_CC, test, out));
}

/* %F, and with `lists` %L. */
static void append_author(const struct index_subject *s, gboolean lists, const struct prefixes *p,
			  GString *out)
{
	gboolean mine = is_from_me(s);

	if ((lists || mine) && append_list(s, p, out))
		return;
	if (mine && (append_marked(s, p->to, ENV_TO, NULL, out) ||
		     append_marked(s, p->cc, ENV_CC, NULL, out) ||
		     append_marked(s, p->bcc, ENV_BCC, NULL, out)))
		return;
	append_marked(s, p->from, ENV_FROM, NULL, out);
}

/* %v: the first word of the name of who wrote it, or of whom I wrote to. */
static void append_first_name(const struct index_subject *s, GString *out)
{
	gboolean mine = is_from_me(s);

	if (!mine ||
	    (!append_marked(s, "", ENV_TO, NULL, out) && !append_marked(s, "", ENV_CC, NULL, out)))
		append_marked(s, "", ENV_FROM, NULL, out);
	g_string_truncate(out, strcspn(out->str, " %@"));
}

static void append_initials(const struct index_subject *s, GString *out)
{
	g_autoptr(GString) name = g_string_new(NULL);
	gboolean inside = FALSE;

	append_marked(s, "", ENV_FROM, NULL, name);
	for (const char *p = name->str; *p && *p != '@'; p = g_utf8_next_char(p)) {
		gunichar c = g_utf8_get_char(p);

		if (g_unichar_isalnum(c) && !inside)
			g_string_append_unichar(out, c);
		inside = g_unichar_isalnum(c) || c == '\'';
	}
}

/* The local part of the list it went to. */
static gboolean append_list_name(const struct index_subject *s, GString *out)
{
	struct address_iter it;

	if (!find_list(s, s->context->is_subscribed, &it))
		return FALSE;
	append_local(&it, out);
	return TRUE;
}

static void append_spec(const struct index_subject *s, enum envelope_field field, GString *out)
{
	struct address_iter it;

	if (first_address(s, field, &it))
		g_string_append_len(out, it.spec, (gssize)it.spec_n);
}

static void append_save_folder(const struct index_subject *s, GString *out)
{
	enum envelope_field of = is_from_me(s) ? ENV_TO : ENV_FROM;
	struct address_iter it;

	if (!append_list_name(s, out) && first_address(s, of, &it))
		append_local(&it, out);
}

static gboolean is_only_recipient(const struct index_subject *s)
{
	struct address_iter it;

	address_iter_init(&it, s->env->field[ENV_TO]);
	return address_iter_next(&it) && !address_iter_next(&it) && !*s->env->field[ENV_CC];
}

/* $to_chars is mutt's with six characters, NeoMutt's with a seventh: answers come to me. */
static gboolean has_answer_cell(const struct index_subject *s)
{
	return s->context->to_chars && g_strv_length((char **)s->context->to_chars) > TO_ANSWER;
}

/* Which character of $to_chars: 0 not to me … as mutt's table; also what %T shows. */
static guint index_to_me(const struct index_subject *s)
{
	test_fn is_me = s->context->is_me;
	struct address_iter it;

	if (is_from_me(s))
		return TO_FROM_ME;
	if (find_address(s, ENV_TO, is_me, &it))
		return is_only_recipient(s) ? TO_ONLY_ME : TO_ME;
	if (find_address(s, ENV_CC, is_me, &it))
		return TO_CC;
	if (find_list(s, s->context->is_subscribed, &it))
		return TO_LIST;
	return has_answer_cell(s) && find_address(s, ENV_REPLY_TO, is_me, &it) ? TO_ANSWER
									       : TO_NONE;
}

/* ---- flags ---- */

static gboolean is_deleted(const struct index_subject *s)
{
	return s->deleted || s->mark & FLAG_TRASHED;
}

static const char *unread_cell(const struct index_subject *s)
{
	gboolean old = s->context->mark_old && !(s->mark & MARK_NEW);

	return flag_cell(s, old ? CHAR_OLD : CHAR_NEW);
}

/* %S: the weightiest state. */
static const char *one_flag(const struct index_subject *s)
{
	if (is_deleted(s))
		return flag_cell(s, CHAR_DELETED);
	if (s->tagged)
		return flag_cell(s, CHAR_TAGGED);
	if (s->mark & FLAG_FLAGGED)
		return flag_cell(s, CHAR_IMPORTANT);
	if (s->mark & FLAG_ANSWERED)
		return flag_cell(s, CHAR_REPLIED);
	return s->mark & FLAG_SEEN ? flag_cell(s, CHAR_READ) : unread_cell(s);
}

static const char *status_flag(const struct index_subject *s)
{
	if (s->thread_new)
		return flag_cell(s, CHAR_NEW_THREAD);
	if (s->thread_old)
		return flag_cell(s, CHAR_OLD_THREAD);
	if (!(s->mark & FLAG_SEEN))
		return unread_cell(s);
	return flag_cell(s, s->mark & FLAG_ANSWERED ? CHAR_REPLIED : CHAR_NOTHING);
}

static const char *crypto_flag(const struct index_subject *s)
{
	enum crypt_char n = CRYPT_NONE;

	if (s->verified)
		n = CRYPT_VERIFIED;
	else if (s->row->kind & ROW_ENCRYPTED)
		n = CRYPT_ENCRYPTED;
	else if (s->row->kind & ROW_SIGNED)
		n = CRYPT_SIGNED;
	else if (s->row->kind & ROW_PGP_KEY)
		n = CRYPT_KEY;
	return cell(s->context->crypt_chars, default_crypt, n);
}

static const char *second_flag(const struct index_subject *s)
{
	return is_deleted(s) ? flag_cell(s, CHAR_DELETED) : crypto_flag(s);
}

static const char *message_flag(const struct index_subject *s)
{
	if (s->tagged)
		return flag_cell(s, CHAR_TAGGED);
	if (s->mark & FLAG_FLAGGED)
		return flag_cell(s, CHAR_IMPORTANT);
	return cell(s->context->to_chars, default_to, index_to_me(s));
}

/* ---- values ---- */

static void set_date(struct expando_value *value, GString *scratch, const struct index_subject *s,
		     enum date_zone zone)
{
	const char *format = s->context->date_format ? s->context->date_format : "%c";
	gboolean english = *format == '!';
	g_autofree char *text =
	    date_format(format + english, s->row->date_sent, zone, s->row->zone_minutes, english);

	g_string_append(scratch, text);
	value_text(value, scratch->str);
}

/* %s: the tree, and the subject unless the thread shows it already. */
static void set_subject(struct expando_value *value, GString *scratch,
			const struct index_subject *s)
{
	gboolean hidden = s->context->hide_thread_subject && s->subject_shown_above && s->tree;

	if (!s->tree || !*s->tree) {
		value_text(value, s->env->field[ENV_SUBJECT]);
		return;
	}
	g_string_append(scratch, s->tree);
	value->tree_bytes = (guint)scratch->len;
	if (!hidden)
		g_string_append(scratch, s->env->field[ENV_SUBJECT]);
	value_text(value, scratch->str);
}

/* %Y and %J: what the thread's parent has, too, is not said again. */
static const char *unless_same(const char *text, const char *of_parent)
{
	return of_parent && strcmp(text, of_parent) == 0 ? "" : text;
}

static gboolean is_hidden(const char *list, const char *name, gsize n)
{
	for (const char *at = list; at && *at;) {
		gsize length = strcspn(at, ",");

		if (length == n && !g_ascii_strncasecmp(at, name, n))
			return TRUE;
		at += length + (at[length] == ',');
	}
	return FALSE;
}

static void append_tag(const struct index_context *context, const char *name, gsize n, GString *out)
{
	g_autofree char *tag = g_strndup(name, n);

	g_string_append(out, context->tag_text ? context->tag_text(tag, context->data) : tag);
}

/* %g and %J: names, blank between. */
static gboolean tags_value(enum expando_id id, const struct index_subject *s, GString *out)
{
	const char *names = s->env->field[ENV_KEYWORDS];

	if (id != EXPANDO_INDEX_TAGS && id != EXPANDO_INDEX_THREAD_TAGS)
		return FALSE;
	if (id == EXPANDO_INDEX_THREAD_TAGS)
		names = unless_same(names, s->parent_keywords);
	while (*names) {
		gsize n = strcspn(names, " ");

		if (!is_hidden(s->context->hidden_tags, names, n)) {
			g_string_append(out, out->len ? " " : "");
			append_tag(s->context, names, n, out);
		}
		names += n + (names[n] == ' ');
	}
	return TRUE;
}

/* Of a path, a URL or "=name". */
static const char *last_part(const char *mailbox)
{
	const char *slash = mailbox ? strrchr(mailbox, '/') : NULL;

	return slash ? slash + 1 : mailbox && *mailbox == '=' ? mailbox + 1 : mailbox;
}

static gboolean address_value(enum expando_id id, const struct index_subject *s, GString *out)
{
	struct address_iter it;
	struct prefixes p;

	switch (id) {
	case EXPANDO_INDEX_REPLY_TO:
		append_spec(s, *s->env->field[ENV_REPLY_TO] ? ENV_REPLY_TO : ENV_FROM, out);
		return TRUE;
	case EXPANDO_INDEX_FROM:
		append_spec(s, ENV_FROM, out);
		return TRUE;
	case EXPANDO_INDEX_LIST_ADDRESS:
		if (!append_list_name(s, out) && s->context->mailbox_name)
			g_string_append(out, last_part(s->context->mailbox_name));
		return TRUE;
	case EXPANDO_INDEX_LIST_EMPTY:
		append_list_name(s, out);
		return TRUE;
	case EXPANDO_INDEX_SENDER:
		p = prefixes_of(s->context);
		append_author(s, FALSE, &p, out);
		return TRUE;
	case EXPANDO_INDEX_SENDER_PLAIN:
		append_author(s, FALSE, &nothing, out);
		return TRUE;
	case EXPANDO_INDEX_FROM_LIST:
		p = prefixes_of(s->context);
		append_author(s, TRUE, &p, out);
		return TRUE;
	case EXPANDO_INDEX_INITIALS:
		append_initials(s, out);
		return TRUE;
	case EXPANDO_INDEX_NAME:
		append_marked(s, "", ENV_FROM, NULL, out);
		return TRUE;
	case EXPANDO_INDEX_SAVE_FOLDER:
		append_save_folder(s, out);
		return TRUE;
	case EXPANDO_INDEX_TO:
		if (!append_list(s, &words, out) && !append_marked(s, "To ", ENV_TO, NULL, out))
			append_marked(s, "Cc ", ENV_CC, NULL, out);
		return TRUE;
	case EXPANDO_INDEX_USERNAME:
		if (first_address(s, ENV_FROM, &it))
			append_local(&it, out);
		return TRUE;
	case EXPANDO_INDEX_FIRST_NAME:
		append_first_name(s, out);
		return TRUE;
	default:
		return FALSE;
	}
}

static gboolean number_value(enum expando_id id, const struct index_subject *s,
			     struct expando_value *value)
{
	switch (id) {
	case EXPANDO_INDEX_NUMBER:
		value_number(value, s->number);
		return TRUE;
	case EXPANDO_INDEX_THREAD_COUNT:
		value_number(value, s->thread_count);
		return TRUE;
	case EXPANDO_INDEX_THREAD_NUMBER:
		value_number(value, s->thread_number);
		return TRUE;
	case EXPANDO_INDEX_THREAD_HIDDEN_COUNT:
		value_number(value, s->hidden_count);
		return TRUE;
	case EXPANDO_INDEX_LINES:
		value_number(value, s->row->lines);
		return TRUE;
	case EXPANDO_INDEX_MESSAGE_COUNT:
		value_number(value, s->context->n_messages);
		return TRUE;
	case EXPANDO_INDEX_SCORE:
		value_number(value, s->score);
		return TRUE;
	case EXPANDO_INDEX_ATTACHMENT_COUNT:
		value_number(value, s->attachments);
		return TRUE;
	default:
		return FALSE;
	}
}

/* Fields of the envelope that a letter shows as they are; -1: not one of them. */
static int field_of(enum expando_id id)
{
	switch (id) {
	case EXPANDO_INDEX_FROM_FULL:
		return ENV_FROM;
	case EXPANDO_INDEX_MESSAGE_ID:
		return ENV_MESSAGE_ID;
	case EXPANDO_INDEX_CC_ALL:
		return ENV_CC;
	case EXPANDO_INDEX_TO_ALL:
		return ENV_TO;
	case EXPANDO_INDEX_ORGANIZATION:
		return ENV_ORGANIZATION;
	case EXPANDO_INDEX_NEWSGROUP:
		return ENV_NEWSGROUPS;
	case EXPANDO_INDEX_X_LABEL:
		return ENV_LABEL;
	default:
		return -1;
	}
}

static const char *flag_value(enum expando_id id, const struct index_subject *s, GString *scratch)
{
	switch (id) {
	case EXPANDO_INDEX_FLAG_CHARS:
		return one_flag(s);
	case EXPANDO_INDEX_TO_CHARS:
		return cell(s->context->to_chars, default_to, index_to_me(s));
	case EXPANDO_INDEX_STATUS_FLAGS:
		return status_flag(s);
	case EXPANDO_INDEX_CRYPTO_FLAGS:
		return crypto_flag(s);
	case EXPANDO_INDEX_MESSAGE_FLAGS:
		return message_flag(s);
	case EXPANDO_INDEX_COMBINED_FLAGS:
		g_string_append(scratch, status_flag(s));
		g_string_append(scratch, second_flag(s));
		g_string_append(scratch, message_flag(s));
		return scratch->str;
	default:
		return NULL;
	}
}

static const char *other_value(enum expando_id id, const struct index_subject *s)
{
	switch (id) {
	case EXPANDO_INDEX_MAILBOX_NAME:
		return last_part(s->context->mailbox_name);
	case EXPANDO_INDEX_SPAM:
		return s->spam;
	case EXPANDO_INDEX_THREAD_X_LABEL:
		return unless_same(s->env->field[ENV_LABEL], s->parent_label);
	case EXPANDO_INDEX_PERCENTAGE:
		return s->context->pager_progress;
	case EXPANDO_INDEX_X_COMMENT_TO:
		return s->comment_to;
	default:
		return "";
	}
}

/* %?F? and %?L? do not ask whether there is a text. */
static int truth_of(enum expando_id id, const struct index_subject *s)
{
	struct address_iter it;

	if (id == EXPANDO_INDEX_SENDER)
		return !is_from_me(s);
	if (id == EXPANDO_INDEX_FROM_LIST)
		return find_list(s, s->context->is_subscribed, &it);
	return -1;
}

static void index_value(enum expando_id id, struct expando_value *value, GString *scratch,
			const void *data)
{
	const struct index_subject *s = data;
	const char *text = flag_value(id, s, scratch);
	int field = field_of(id);

	value->truth = truth_of(id, s);
	if (text)
		value_text(value, text);
	else if (number_value(id, s, value))
		return;
	else if (field >= 0)
		value_text(value, s->env->field[field]);
	else if (id == EXPANDO_INDEX_SUBJECT)
		set_subject(value, scratch, s);
	else if (id == EXPANDO_INDEX_DATE_FORMAT || id == EXPANDO_INDEX_DATE_FORMAT_LOCAL)
		set_date(value, scratch, s,
			 id == EXPANDO_INDEX_DATE_FORMAT ? DATE_SENDER : DATE_LOCAL);
	else if (id == EXPANDO_INDEX_SIZE)
		value_size(value, scratch, row_body_bytes(s->row), s->context->size_style);
	else if (id == EXPANDO_INDEX_BODY_CHARACTERS)
		value_size(value, scratch, s->row->size_bytes, s->context->size_style);
	else if (tags_value(id, s, scratch) || address_value(id, s, scratch))
		value_text(value, scratch->str);
	else
		value_text(value, other_value(id, s));
}

static gboolean index_date(char kind, gint64 *seconds, int *zone_minutes, const void *data)
{
	const struct index_subject *s = data;

	*zone_minutes = kind == '{' ? s->row->zone_minutes : G_MININT;
	if (kind == '<')
		*seconds = s->context->now ? s->context->now : clock_now_s();
	else
		*seconds = kind == '(' ? s->row->date_received : s->row->date_sent;
	return TRUE;
}

static const struct expando *index_hook(const char *name, const void *data)
{
	const struct index_subject *s = data;

	return s->context->hook ? s->context->hook(name, s->context->data) : NULL;
}

struct expando_source index_source(const struct index_subject *subject)
{
	return (struct expando_source){index_value, index_date, index_hook, subject};
}
