/* SPDX-License-Identifier: GPL-3.0-or-later */
/* LIST, LSUB and STATUS: all mailboxes of an account in as few round trips as the server allows. */
#include <string.h>

#include "cur/base/error.h"
#include "cur/base/log.h"
#include "cur/imap/names.h"
#include "cur/net/words.h"
#include "private.h"

struct row {
	struct imap_list_row public;
	char *name, *folder, *role; /* what the public pointers point at */
};

struct imap_list {
	GPtrArray *rows;     /* struct row */
	GHashTable *by_name; /* name to row */
	guint skipped;
};

static void row_free(gpointer data)
{
	struct row *row = data;

	g_free(row->name);
	g_free(row->folder);
	g_free(row->role);
	g_free(row);
}

static struct imap_list *list_new(void)
{
	struct imap_list *list = g_new0(struct imap_list, 1);

	list->rows = g_ptr_array_new_with_free_func(row_free);
	list->by_name = g_hash_table_new(g_str_hash, g_str_equal);
	return list;
}

void imap_list_free(struct imap_list *list)
{
	if (!list)
		return;
	g_hash_table_unref(list->by_name);
	g_ptr_array_unref(list->rows);
	g_free(list);
}

guint imap_list_length(const struct imap_list *list)
{
	return list->rows->len;
}

const struct imap_list_row *imap_list_row(const struct imap_list *list, guint i)
{
	const struct row *row = list->rows->pdata[i];

	return &row->public;
}

guint imap_list_skipped(const struct imap_list *list)
{
	return list->skipped;
}

char imap_delimiter(const struct imap *s)
{
	return s->delimiter;
}

/* ---- responses ---- */

static void note_attribute(const char *name, gsize n, guint *flags, char **role)
{
	static const struct {
		const char *name;
		enum imap_list_flag flag;
	} attributes[] = {
	    {"\\Noselect", IMAP_LIST_NOSELECT},
	    {"\\NonExistent", IMAP_LIST_NOSELECT},
	    {"\\Noinferiors", IMAP_LIST_NOINFERIORS},
	    {"\\Subscribed", IMAP_LIST_SUBSCRIBED},
	};
	static const char *const roles[] = {"All",	 "Archive", "Drafts", "Flagged",
					    "Important", "Junk",    "Sent",   "Trash"};

	for (gsize i = 0; i < G_N_ELEMENTS(attributes); i++)
		if (token_is(name, n, attributes[i].name))
			*flags |= attributes[i].flag;
	for (gsize i = 0; i < G_N_ELEMENTS(roles) && !*role; i++)
		if (n > 1 && *name == '\\' && token_is(name + 1, n - 1, roles[i]))
			*role = g_strdup(roles[i]);
}

static gboolean attributes(struct lexer *lx, guint *flags, char **role)
{
	const char *atom;
	gsize n;

	if (!lex_accept(lx, '('))
		return FALSE;
	for (;;) {
		lex_blanks(lx);
		if (lex_accept(lx, ')'))
			return TRUE;
		if (!lex_atom(lx, &atom, &n))
			return FALSE;
		note_attribute(atom, n, flags, role);
	}
}

/* A new row; NULL and counted when the name cannot be one of ours or is there already. */
static struct row *add_row(struct imap_list *list, const char *name, char delimiter)
{
	g_autofree char *folder = folder_from_imap(name, delimiter);
	struct row *row;

	if (!folder || list->rows->len >= IMAP_LIST_MAX ||
	    g_hash_table_contains(list->by_name, name)) {
		g_autofree char *words = server_words(name, -1);

		log_event(LOG_LEVEL_WARN, "a mailbox is left out: '%s'", words);
		list->skipped++;
		return NULL;
	}
	row = g_new0(struct row, 1);
	row->name = g_strdup(name);
	row->folder = g_steal_pointer(&folder);
	row->public.name = row->name;
	row->public.folder = row->folder;
	row->public.delimiter = delimiter;
	row->public.role = "";
	g_ptr_array_add(list->rows, row);
	g_hash_table_insert(list->by_name, row->name, row);
	return row;
}

static void note_listed(struct imap *s, const char *name, char delimiter, guint flags, char **role)
{
	struct imap_list *list = s->listeners.list;
	struct row *row = add_row(list, name, delimiter);

	if (!g_ascii_strcasecmp(name, "INBOX") || !s->delimiter)
		s->delimiter = delimiter;
	if (!row)
		return;
	row->public.flags |= flags;
	if (*role) {
		row->role = g_steal_pointer(role);
		row->public.role = row->role;
	}
}

gboolean response_list(struct imap *s, gboolean lsub, GError **error)
{
	g_autoptr(GString) text = g_string_new(NULL);
	g_autofree char *role = NULL;
	struct imap_list *list = s->listeners.list;
	gboolean nil;
	guint flags = 0;
	char delimiter;
	struct row *row;

	if (!attributes(&s->lx, &flags, &role))
		return FALSE;
	lex_blanks(&s->lx);
	if (!lex_string(&s->lx, text, &nil, error) || text->len > 1)
		return FALSE;
	delimiter = nil ? 0 : text->str[0];
	lex_blanks(&s->lx);
	if (!lex_string(&s->lx, text, NULL, error) || strlen(text->str) != text->len)
		return FALSE;
	spelling_from_wire(s, text);
	if (!list) {
		notify_list(s);
		return TRUE;
	}
	if (!lsub)
		note_listed(s, text->str, delimiter, flags, &role);
	else if ((row = g_hash_table_lookup(list->by_name, text->str)))
		row->public.flags |= IMAP_LIST_SUBSCRIBED;
	return TRUE;
}

static void note_status(struct imap_status *out, const char *name, gsize n, guint64 value)
{
	guint32 small = (guint32)MIN(value, G_MAXUINT32);

	if (token_is(name, n, "MESSAGES")) {
		out->messages = small;
		out->has |= IMAP_STATUS_MESSAGES;
	} else if (token_is(name, n, "UIDNEXT")) {
		out->uidnext = small;
		out->has |= IMAP_STATUS_UIDNEXT;
	} else if (token_is(name, n, "UIDVALIDITY")) {
		out->uidvalidity = small;
		out->has |= IMAP_STATUS_UIDVALIDITY;
	} else if (token_is(name, n, "HIGHESTMODSEQ")) {
		out->highestmodseq = value;
		out->has |= IMAP_STATUS_MODSEQ;
	}
}

/* Where the state of a mailbox that LIST told goes; NULL for any other. */
static struct imap_status *status_for(struct imap *s, const char *name)
{
	struct imap_list *list = s->listeners.list;
	struct row *row = list ? g_hash_table_lookup(list->by_name, name) : NULL;

	return row ? &row->public.status : NULL;
}

gboolean response_status(struct imap *s, GError **error)
{
	g_autoptr(GString) name = g_string_new(NULL);
	struct imap_status told = {0}, *out;

	if (!lex_string(&s->lx, name, NULL, error))
		return FALSE;
	spelling_from_wire(s, name);
	out = status_for(s, name->str);
	lex_blanks(&s->lx);
	if (!lex_accept(&s->lx, '('))
		return FALSE;
	while (lex_blanks(&s->lx), !lex_accept(&s->lx, ')')) {
		const char *word;
		guint64 value;
		gsize n;

		if (!lex_atom(&s->lx, &word, &n) ||
		    (lex_blanks(&s->lx), !lex_number(&s->lx, &value)))
			return FALSE;
		note_status(out ? out : &told, word, n, value);
	}
	if (!out && told.has && strlen(name->str) == name->len)
		notify_status(s, name->str, &told);
	return TRUE;
}

/* ---- commands ---- */

static const char *status_items(const struct imap *s)
{
	return s->has[IMAP_CONDSTORE] ? "MESSAGES UIDNEXT UIDVALIDITY HIGHESTMODSEQ"
				      : "MESSAGES UIDNEXT UIDVALIDITY";
}

static gboolean list_extended(struct imap *s, gboolean with_status, GError **error)
{
	g_autoptr(GString) options = g_string_new("SUBSCRIBED");
	struct command list = {0};
	gboolean ok;

	if (s->has[IMAP_SPECIAL_USE])
		g_string_append(options, " SPECIAL-USE");
	if (with_status && s->has[IMAP_LIST_STATUS])
		g_string_append_printf(options, " STATUS (%s)", status_items(s));
	ok = command_send(s, &list, error, "LIST \"\" \"*\" RETURN (%s)", options->str) &&
	     session_compress(s, error) && command_await(s, &list, error) &&
	     session_compressed(s, error) &&
	     command_check(s, &list, "cannot list the mailboxes", error);
	command_clear(&list);
	return ok;
}

static gboolean list_plain(struct imap *s, GError **error)
{
	struct command list = {0}, lsub = {0};
	gboolean ok;

	/* LSUB only marks what LIST has told, and answers come in the order of the commands. */
	ok = command_send(s, &list, error, "LIST \"\" \"*\"") &&
	     command_send(s, &lsub, error, "LSUB \"\" \"*\"") && session_compress(s, error) &&
	     command_await(s, &list, error) && command_await(s, &lsub, error) &&
	     session_compressed(s, error) &&
	     command_check(s, &list, "cannot list the mailboxes", error);
	command_clear(&list);
	command_clear(&lsub);
	return ok;
}

/* A STATUS each, many on the way at once. A mailbox that refuses stays without one. */
static gboolean ask_each(struct imap *s, struct imap_list *list, GError **error)
{
	enum { AT_ONCE = 100 };
	g_autofree char *items = g_strdup_printf(" (%s)", status_items(s));
	struct command commands[AT_ONCE];
	gboolean ok = TRUE;

	for (guint from = 0; ok && from < list->rows->len; from += AT_ONCE) {
		guint n = 0;

		for (guint i = from; ok && i < list->rows->len && n < AT_ONCE; i++) {
			const struct imap_list_row *row = imap_list_row(list, i);

			if (!(row->flags & IMAP_LIST_NOSELECT))
				ok = command_mailbox(s, &commands[n++], "STATUS", row->name, items,
						     error);
		}
		for (guint i = 0; i < n; i++) {
			ok = ok && command_await(s, &commands[i], error);
			command_clear(&commands[i]);
		}
	}
	return ok;
}

static gint by_folder(gconstpointer a, gconstpointer b)
{
	const struct row *x = *(struct row *const *)a, *y = *(struct row *const *)b;
	gboolean x_is_inbox = !strcmp(x->folder, "INBOX"), y_is_inbox = !strcmp(y->folder, "INBOX");

	if (x_is_inbox != y_is_inbox)
		return x_is_inbox ? -1 : 1;
	return strcmp(x->folder, y->folder);
}

/* Two names of the server that are one of ours: the first stays. */
static void drop_doubles(struct imap_list *list)
{
	for (guint i = 1; i < list->rows->len;) {
		struct row *a = list->rows->pdata[i - 1], *b = list->rows->pdata[i];

		if (strcmp(a->folder, b->folder)) {
			i++;
			continue;
		}
		g_hash_table_remove(list->by_name, b->name);
		g_ptr_array_remove_index(list->rows, i);
		list->skipped++;
	}
}

/* It shows what other mailboxes hold (RFC 6154, RFC 8457). */
static gboolean repeats(const struct row *row)
{
	return row->role && (!strcmp(row->role, "All") || !strcmp(row->role, "Flagged") ||
			     !strcmp(row->role, "Important"));
}

static gint repeating_last(gconstpointer a, gconstpointer b)
{
	gboolean x = repeats(*(struct row *const *)a), y = repeats(*(struct row *const *)b);

	return x == y ? by_folder(a, b) : x - y;
}

struct imap_list *imap_list(struct imap *s, gboolean with_status, GError **error)
{
	auto_ptr(imap_list) list = list_new();
	gboolean ok;

	if (with_status)
		notify_forget(s);
	s->listeners.list = list;
	ok = s->has[IMAP_LIST_EXTENDED] ? list_extended(s, with_status, error)
					: list_plain(s, error);
	if (ok && with_status && !(s->has[IMAP_LIST_EXTENDED] && s->has[IMAP_LIST_STATUS]))
		ok = ask_each(s, list, error);
	s->listeners.list = NULL;
	if (!ok)
		return NULL;
	g_ptr_array_sort(list->rows, by_folder);
	drop_doubles(list);
	g_ptr_array_sort(list->rows, repeating_last);
	return g_steal_pointer(&list);
}
