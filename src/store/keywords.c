/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Keyword letters: state.db, and dovecot-keywords beside it. */
#include "cur/store/keywords.h"

#include <stdlib.h>
#include <string.h>

#include "cur/base/error.h"
#include "cur/base/file.h"
#include "cur/base/step.h"
#include "store-priv.h"

enum { FILE_MAX = 64 * 1024 };

/* Under the lock. */
static struct keywords *load(struct store *store, guint32 mailbox)
{
	g_autofree struct state_mailbox *mb = state_mailbox(store->state, mailbox);

	return keywords_parse(mb ? mb->keywords : "");
}

static struct state_mailbox *copy_of(struct store *store, guint32 mailbox)
{
	struct state_mailbox *mb;

	store_lock(store);
	mb = state_mailbox(store->state, mailbox);
	store_unlock(store);
	return mb;
}

struct keywords *store_keywords(struct store *store, guint32 mailbox)
{
	g_autofree struct state_mailbox *mb = copy_of(store, mailbox);

	return keywords_parse(mb ? mb->keywords : "");
}

/* ---- dovecot-keywords ----------------------------------------------------------------- */

static char *file_path(const struct state_mailbox *mb)
{
	return g_build_filename(mb->path, "dovecot-keywords", NULL);
}

/* "3 name" of one line; FALSE when it is none, or a letter that a mark has no room for. */
static gboolean parse_line(const char *line, guint *i, const char **name)
{
	char *end;
	guint64 n = g_ascii_strtoull(line, &end, 10);

	if (end == line || *end != ' ' || n >= KEYWORDS_MAX)
		return FALSE;
	*i = (guint)n;
	*name = end + 1;
	return TRUE;
}

/* Take over what lines say of letters that have no name yet. */
static void take_lines(struct keywords *kw, const char *text)
{
	g_auto(GStrv) lines = g_strsplit(text, "\n", KEYWORDS_MAX * 4);

	for (char **line = lines; *line; line++) {
		const char *name;
		guint i;

		if (parse_line(*line, &i, &name) && !keywords_name(kw, i))
			keywords_set(kw, i, name);
	}
}

/* Both together, the first word is right. */
static struct keywords *united(const struct keywords *ours, const char *text,
			       gboolean file_is_right)
{
	struct keywords *kw = keywords_parse("");

	if (file_is_right)
		take_lines(kw, text);
	for (guint i = 0; i < KEYWORDS_MAX; i++)
		if (keywords_name(ours, i) && !keywords_name(kw, i))
			keywords_set(kw, i, keywords_name(ours, i));
	take_lines(kw, text);
	return kw;
}

/* Lines for letters that a mark has no room for are another program's: they stay. */
static char *file_text(const struct keywords *kw, const char *old)
{
	g_auto(GStrv) lines = g_strsplit(old, "\n", -1);
	GString *text = g_string_new(NULL);

	for (guint i = 0; i < KEYWORDS_MAX; i++)
		if (keywords_name(kw, i))
			g_string_append_printf(text, "%u %s\n", i, keywords_name(kw, i));
	for (char **line = lines; *line; line++)
		if (g_ascii_isdigit(**line) && strtoul(*line, NULL, 10) >= KEYWORDS_MAX)
			g_string_append_printf(text, "%s\n", *line);
	return g_string_free(text, FALSE);
}

/* "" when there is none, or it is too long to be one; NULL when nobody can say. Yours. */
static char *read_file(const struct state_mailbox *mb, GError **error)
{
	g_autofree char *path = file_path(mb);
	g_autoptr(GError) failed = NULL;
	char *text = file_read(path, FILE_MAX, FILE_READ_NOFOLLOW, NULL, &failed);

	if (text)
		return text;
	if (error_is(failed, CUR_ERROR_GONE) || error_is(failed, CUR_ERROR_REFUSED))
		return g_strdup("");
	g_propagate_error(error, g_steal_pointer(&failed));
	return NULL;
}

static gboolean write_file(const struct state_mailbox *mb, const struct keywords *kw,
			   const char *old, GError **error)
{
	g_autofree char *path = file_path(mb), *text = file_text(kw, old);

	return !strcmp(text, old) || file_write_atomic(path, text, strlen(text), 0600, error);
}

/*
 * Within a change: as they are, with what another program named meanwhile. NULL with a rollback
 * when nobody can say what it named.
 */
static struct keywords *load_shared(struct store *store, const struct state_mailbox *mb,
				    GError **error)
{
	auto_ptr(keywords) ours = load(store, mb->number);
	g_autofree char *text = read_file(mb, error);

	if (text)
		return united(ours, text, !*mb->account);
	store_rollback(store);
	return NULL;
}

/* ---- changes -------------------------------------------------------------------------- */

/*
 * Within a change, which it ends. The file first: killed in between, we learn from it; another
 * program that found no name there would give the letter to a name of its own.
 */
static gboolean record(struct store *store, const struct state_mailbox *mb,
		       const struct keywords *kw, GError **error)
{
	g_autofree char *names = keywords_format(kw), *text = read_file(mb, error);

	gboolean ok = text && write_file(mb, kw, text, error) &&
		      store_set_keywords(store, mb->number, names, error);

	if (ok)
		step_point("keywords-shared");
	if (!store_end(store, ok, error))
		return FALSE;
	step_point("keywords-named");
	return TRUE;
}

/* The same; a rollback when nothing is new. */
static gboolean record_changed(struct store *store, const struct state_mailbox *mb,
			       const struct keywords *kw, GError **error)
{
	auto_ptr(keywords) before = load(store, mb->number);
	g_autofree char *old = keywords_format(before), *new = keywords_format(kw);

	if (strcmp(old, new))
		return record(store, mb, kw, error);
	store_rollback(store);
	return TRUE;
}

static gboolean take_names(const struct state_mailbox *mb, void *data)
{
	auto_ptr(keywords) kw = keywords_parse(mb->keywords);

	for (guint i = 0; i < KEYWORDS_MAX; i++)
		if (keywords_name(kw, i) && !keywords_name(data, i))
			keywords_set(data, i, keywords_name(kw, i));
	return TRUE;
}

/*
 * Letters as the mailboxes of an account have them. With one meaning in all of them a file that
 * a program moves, which knows nothing of keywords, keeps them. Plain Maildirs have nothing in
 * common.
 */
static struct keywords *common_names(struct store *store, guint32 mailbox)
{
	g_autofree struct state_mailbox *mb = state_mailbox(store->state, mailbox);
	struct keywords *common = keywords_parse("");

	if (mb && *mb->account)
		state_mailboxes(store->state, mb->account, take_names, common, NULL);
	return common;
}

static void add_name(struct keywords *kw, const char *name, mark_t used,
		     const struct keywords *common)
{
	mark_t usual = keywords_bit(common, name), elsewhere = keywords_named(common) & ~usual;

	if (!keywords_add(kw, name, used | (usual ? ~usual : elsewhere)))
		keywords_add(kw, name, used);
}

static void add_names(struct store *store, guint32 mailbox, struct keywords *kw, const char *names)
{
	/* A letter in files whose name nobody knows is not free. */
	mark_t used = state_keyword_bits(store->state, mailbox);
	auto_ptr(keywords) common = common_names(store, mailbox);
	g_auto(GStrv) words = g_strsplit(names, " ", -1);

	for (char **word = words; *word; word++)
		add_name(kw, *word, used, common);
}

gboolean store_learn_keywords(struct store *store, guint32 mailbox, const char *names, mark_t *bits,
			      gboolean *left_out, GError **error)
{
	g_autofree struct state_mailbox *mb = copy_of(store, mailbox);
	auto_ptr(keywords) kw = keywords_parse(mb ? mb->keywords : "");
	gboolean all = keywords_find(kw, names, bits);

	if (mb && !all) {
		if (!store_begin(store, error))
			return FALSE;
		g_clear_pointer(&kw, keywords_free);
		kw = load_shared(store, mb, error);
		if (!kw)
			return FALSE;
		add_names(store, mailbox, kw, names);
		if (!record_changed(store, mb, kw, error))
			return FALSE;
		all = keywords_find(kw, names, bits);
	}
	if (left_out)
		*left_out = !all;
	return TRUE;
}

gboolean store_guess_keywords(struct store *store, guint32 mailbox, mark_t bits, GError **error)
{
	g_autofree struct state_mailbox *mb = copy_of(store, mailbox);
	auto_ptr(keywords) kw = NULL;
	auto_ptr(keywords) common = NULL;

	if (!mb || !store_begin(store, error))
		return mb == NULL;
	kw = load_shared(store, mb, error);
	if (!kw)
		return FALSE;
	common = common_names(store, mailbox);
	for (guint i = 0; i < KEYWORDS_MAX; i++)
		if (bits & (mark_t)1 << (KEYWORD_SHIFT + i) && !keywords_name(kw, i) &&
		    keywords_name(common, i))
			keywords_set(kw, i, keywords_name(common, i));
	return record_changed(store, mb, kw, error);
}

gboolean store_share_keywords(struct store *store, guint32 mailbox, GError **error)
{
	g_autofree struct state_mailbox *mb = copy_of(store, mailbox);
	g_autofree char *text = mb ? read_file(mb, error) : NULL;
	auto_ptr(keywords) kw = NULL;

	if (!mb || !text)
		return !mb;
	if (!*text && !*mb->keywords)
		return TRUE;
	if (!store_begin(store, error))
		return FALSE;
	kw = load_shared(store, mb, error);
	return kw && record_changed(store, mb, kw, error) && write_file(mb, kw, text, error);
}

static gboolean is_full(const struct state_mailbox *mb)
{
	auto_ptr(keywords) kw = keywords_parse(mb->keywords);

	return keywords_named(kw) == KEYWORD_BITS;
}

/* Under the lock: names of letters that some message has. */
static struct keywords *in_use(struct store *store, guint32 mailbox)
{
	auto_ptr(keywords) all = load(store, mailbox);
	struct keywords *kept = keywords_parse("");
	mark_t used = state_keyword_bits(store->state, mailbox);

	for (guint i = 0; i < KEYWORDS_MAX; i++)
		if (used & (mark_t)1 << (KEYWORD_SHIFT + i) && keywords_name(all, i))
			keywords_set(kept, i, keywords_name(all, i));
	return kept;
}

gboolean store_free_keywords(struct store *store, guint32 mailbox, GError **error)
{
	g_autofree struct state_mailbox *mb = copy_of(store, mailbox);
	auto_ptr(keywords) kept = NULL;

	if (!mb || !is_full(mb))
		return TRUE;
	if (!store_begin(store, error))
		return FALSE;
	kept = in_use(store, mailbox);
	return record_changed(store, mb, kept, error);
}
