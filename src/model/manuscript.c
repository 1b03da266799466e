/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Messages in the making, kept on the disk. The header describes the folder. */
#include "cur/model/manuscript.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "cur/base/error.h"
#include "cur/base/file.h"
#include "cur/base/path.h"
#include "cur/base/step.h"

enum { BODY_MAX = 256 << 20, DRAFT_MAX = 1 << 30 };

struct manuscript {
	char *folder;
	char *outgoing;	    /* the finished message, offered to whoever takes it */
	char *text_path;    /* the body alone */
	char *message_path; /* header and body, while the editor has them */
	struct file_lock *lock;
	struct draft *draft;

	gboolean headers; /* the editor has message_path */
	char *before;	  /* that file before the editor ran */
	gsize before_n;
	struct stat seen; /* and its state */
};

char *manuscript_dir(void)
{
	g_autofree char *data = path_data_dir();

	return g_build_filename(data, "drafts", NULL);
}

static char *draft_path(const char *folder)
{
	return g_build_filename(folder, "draft", NULL);
}

/* Folders are flat: what lies in one is ours or the editor's. */
static void empty_folder(const char *folder)
{
	GDir *dir = g_dir_open(folder, 0, NULL);
	const char *name;

	if (!dir)
		return;
	while ((name = g_dir_read_name(dir))) {
		g_autofree char *path = g_build_filename(folder, name, NULL);

		unlink(path);
	}
	g_dir_close(dir);
	rmdir(folder);
}

/* Hidden first, so that no half of it is ever offered. */
static void remove_folder(const char *folder)
{
	g_autofree char *parent = g_path_get_dirname(folder);
	g_autofree char *name = g_path_get_basename(folder);
	g_autofree char *hidden = g_strdup_printf("%s/.%s", parent, name);

	empty_folder(rename(folder, hidden) == 0 ? hidden : folder);
}

static struct manuscript *open_folder(const char *dir, const char *id, GError **error)
{
	g_autofree char *folder = g_build_filename(dir, id, NULL);
	g_autofree char *lock_path = g_build_filename(folder, "lock", NULL);
	struct file_lock *lock;
	struct manuscript *ms;

	if (!path_make_private(folder, error))
		return NULL;
	lock = file_lock_try(lock_path, NULL, error);
	if (!lock)
		return NULL;
	ms = g_new0(struct manuscript, 1);
	ms->outgoing = g_build_filename(folder, "outgoing", NULL);
	ms->text_path = g_build_filename(folder, "text.eml", NULL);
	ms->message_path = g_build_filename(folder, "message.eml", NULL);
	ms->folder = g_steal_pointer(&folder);
	ms->lock = lock;
	return ms;
}

/* From memory, or another file, into the editor's file. */
static gboolean body_to_file(struct manuscript *ms, GError **error)
{
	struct draft *draft = ms->draft;
	g_autofree char *body = NULL;
	gsize n = 0;

	if (!draft->body && g_strcmp0(draft->body_path, ms->text_path) == 0)
		return TRUE;
	body = draft->body || draft->body_path ? draft_body(draft, &n, error) : g_strdup("");
	if (!body || !file_write_atomic(ms->text_path, body, n, 0600, error))
		return FALSE;
	draft_set(&draft->body, NULL);
	draft_set(&draft->body_path, ms->text_path);
	return TRUE;
}

struct manuscript *manuscript_new(const char *dir, struct draft *draft, GError **error)
{
	g_autofree char *id =
	    g_strdup_printf("%" G_GINT64_FORMAT "-%08x", g_get_real_time(), g_random_int());
	auto_ptr(draft) owned = draft;
	auto_ptr(manuscript) ms = open_folder(dir, id, error);

	if (!ms)
		return NULL;
	ms->draft = g_steal_pointer(&owned);
	if (!body_to_file(ms, error) || !manuscript_save(ms, error)) {
		remove_folder(ms->folder);
		return NULL;
	}
	return g_steal_pointer(&ms);
}

void manuscript_free(struct manuscript *ms)
{
	if (!ms)
		return;
	if (ms->lock)
		file_lock_release(ms->lock);
	if (ms->draft)
		draft_free(ms->draft);
	g_free(ms->before);
	g_free(ms->outgoing);
	g_free(ms->text_path);
	g_free(ms->message_path);
	g_free(ms->folder);
	g_free(ms);
}

void manuscript_discard(struct manuscript *ms)
{
	remove_folder(ms->folder);
	manuscript_free(ms);
}

struct draft *manuscript_draft(struct manuscript *ms)
{
	return ms->draft;
}

gboolean manuscript_save(struct manuscript *ms, GError **error)
{
	g_autofree char *path = draft_path(ms->folder);

	return draft_save(ms->draft, path, error);
}

const char *manuscript_open_editor(struct manuscript *ms, gboolean headers, GError **error)
{
	const char *path = headers ? ms->message_path : ms->text_path;

	if (headers && !draft_edit_write(ms->draft, TRUE, path, error))
		return NULL;
	g_clear_pointer(&ms->before, g_free);
	ms->before = file_read(path, BODY_MAX, FILE_READ_FOLLOW, &ms->before_n, error);
	if (!ms->before)
		return NULL;
	if (stat(path, &ms->seen) != 0) {
		error_from_errno(error, errno, "cannot look at '%s'", path);
		return NULL;
	}
	ms->headers = headers;
	return path;
}

static gboolean was_written(const struct stat *before, const struct stat *after)
{
	return before->st_ino != after->st_ino || before->st_size != after->st_size ||
	       before->st_mtim.tv_sec != after->st_mtim.tv_sec ||
	       before->st_mtim.tv_nsec != after->st_mtim.tv_nsec;
}

gboolean manuscript_close_editor(struct manuscript *ms, gboolean failed, gboolean *changed,
				 GError **error)
{
	const char *path = ms->headers ? ms->message_path : ms->text_path;
	struct stat now;
	gboolean there = stat(path, &now) == 0;

	*changed = there && was_written(&ms->seen, &now);
	if (!there || (failed && now.st_size == 0)) {
		*changed = FALSE;
		if (!file_write_atomic(path, ms->before, ms->before_n, 0600, error))
			return FALSE;
	}
	if (ms->headers) {
		if (!draft_edit_read(ms->draft, TRUE, path, error) || !body_to_file(ms, error))
			return FALSE;
	}
	if (!manuscript_save(ms, error))
		return FALSE;
	/* Only now: until the draft is saved the user's words are in that file alone. */
	if (ms->headers)
		unlink(ms->message_path);
	return TRUE;
}

gboolean manuscript_set_body(struct manuscript *ms, const char *text, gssize n, GError **error)
{
	gsize size = n < 0 ? strlen(text) : (gsize)n;

	return file_write_atomic(ms->text_path, text, size, 0600, error) &&
	       manuscript_save(ms, error);
}

/* ---- leaving ---- */

static char *marker_path(const struct manuscript *ms)
{
	return g_build_filename(ms->folder, "handed-over", NULL);
}

static char *returned_path(const struct manuscript *ms)
{
	return g_build_filename(ms->folder, "returned", NULL);
}

const char *manuscript_outgoing(struct manuscript *ms)
{
	unlink(ms->outgoing);
	return ms->outgoing;
}

gboolean manuscript_hand_over(struct manuscript *ms, GError **error)
{
	g_autofree char *marker = marker_path(ms);
	gboolean ok = file_write_atomic(marker, "", 0, 0600, error);

	step_point("manuscript-offered");
	return ok;
}

gboolean manuscript_take_back(struct manuscript *ms)
{
	g_autofree char *marker = marker_path(ms);
	g_autofree char *returned = returned_path(ms);

	/* One rename says who has it: whoever was to take it does not find it any more. */
	if (rename(ms->outgoing, returned) != 0 && g_file_test(marker, G_FILE_TEST_EXISTS) &&
	    !g_file_test(returned, G_FILE_TEST_EXISTS))
		return FALSE;
	unlink(marker);
	unlink(returned);
	return TRUE;
}

/* ---- what was left behind ---- */

static gboolean holds_something(const char *folder)
{
	static const char *const names[] = {"draft", "text.eml", "message.eml"};

	for (guint i = 0; i < G_N_ELEMENTS(names); i++) {
		g_autofree char *path = g_build_filename(folder, names[i], NULL);

		if (g_file_test(path, G_FILE_TEST_IS_REGULAR))
			return TRUE;
	}
	return FALSE;
}

/* Nobody works on it. */
static gboolean is_left_behind(const char *folder)
{
	g_autofree char *lock_path = g_build_filename(folder, "lock", NULL);
	auto_ptr(file_lock) lock = file_lock_try(lock_path, NULL, NULL);

	if (lock && !holds_something(folder))
		remove_folder(folder);
	return lock && g_file_test(folder, G_FILE_TEST_IS_DIR);
}

static int compare_ids(gconstpointer a, gconstpointer b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

GPtrArray *manuscript_orphans(const char *dir)
{
	GPtrArray *ids = g_ptr_array_new_with_free_func(g_free);
	GDir *entries = g_dir_open(dir, 0, NULL);
	const char *name;

	if (!entries)
		return ids;
	while ((name = g_dir_read_name(entries))) {
		g_autofree char *folder = g_build_filename(dir, name, NULL);

		if (!g_file_test(folder, G_FILE_TEST_IS_DIR))
			continue;
		if (name[0] == '.')
			empty_folder(folder);
		else if (is_left_behind(folder))
			g_ptr_array_add(ids, g_strdup(name));
	}
	g_dir_close(entries);
	g_ptr_array_sort(ids, compare_ids);
	return ids;
}

/* The draft as it was saved; without one, an empty draft around the text. */
static struct draft *read_saved(const char *folder, GError **error)
{
	g_autofree char *path = draft_path(folder);
	g_autoptr(GBytes) bytes = NULL;
	char *text;
	gsize n;

	if (!g_file_test(path, G_FILE_TEST_EXISTS))
		return draft_new();
	text = file_read(path, DRAFT_MAX, FILE_READ_NOFOLLOW, &n, error);
	if (!text)
		return NULL;
	bytes = g_bytes_new_take(text, n);
	return draft_read(bytes, TRUE, error);
}

static gboolean has_bytes(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISREG(st.st_mode) && st.st_size > 0;
}

/* The editor's files are newer than what was saved. */
static gboolean take_editor_files(struct manuscript *ms, GError **error)
{
	struct draft *draft = ms->draft;

	if (has_bytes(ms->message_path)) {
		if (!draft_edit_read(draft, TRUE, ms->message_path, error))
			return FALSE;
	} else if (has_bytes(ms->text_path)) {
		draft_set(&draft->body, NULL);
		draft_set(&draft->body_path, ms->text_path);
	}
	if (!body_to_file(ms, error) || !manuscript_save(ms, error))
		return FALSE;
	unlink(ms->message_path);
	return TRUE;
}

struct manuscript *manuscript_adopt(const char *dir, const char *id, gboolean *taken,
				    GError **error)
{
	auto_ptr(manuscript) ms = open_folder(dir, id, error);

	if (!ms)
		return NULL;
	*taken = !manuscript_take_back(ms);
	ms->draft = read_saved(ms->folder, error);
	if (!ms->draft || (!*taken && !take_editor_files(ms, error)))
		return NULL;
	return g_steal_pointer(&ms);
}
