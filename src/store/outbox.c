/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Files of the outbox: written durably, read back without trust. */
#include "cur/store/outbox.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "cur/base/error.h"
#include "cur/base/file.h"
#include "cur/base/path.h"
#include "cur/base/step.h"

enum { SWEEP_HOURS = 36, READ_CHUNK = 16 << 10 };

/* ---- items ---- */

struct outbox_item *outbox_item_new(void)
{
	struct outbox_item *item = g_new0(struct outbox_item, 1);

	item->to = g_ptr_array_new_with_free_func(g_free);
	item->fcc = g_ptr_array_new_with_free_func(g_free);
	item->bcc = g_ptr_array_new_with_free_func(g_free);
	return item;
}

void outbox_item_free(struct outbox_item *item)
{
	g_free(item->account);
	g_free(item->transport);
	g_free(item->from);
	g_ptr_array_unref(item->to);
	g_ptr_array_unref(item->fcc);
	g_ptr_array_unref(item->bcc);
	g_free(item->subject);
	g_free(item->dsn_notify);
	g_free(item->dsn_return);
	if (item->copy)
		g_bytes_unref(item->copy);
	g_free(item);
}

/* ---- wishes ---- */

static const struct {
	const char *name;
	enum outbox_wish bit;
} wish_names[] = {
    {"sender", OUTBOX_NAME_SENDER}, {"8bit", OUTBOX_SAY_8BIT}, {"text-copy", OUTBOX_TEXT_COPY}};

static gboolean is_one_of(const char *word, const char *const *words)
{
	return g_strv_contains(words, word);
}

char *outbox_dsn_notify(const char *text)
{
	static const char *const words[] = {"SUCCESS", "FAILURE", "DELAY", NULL};
	g_autofree char *upper = g_ascii_strup(text, -1);
	g_auto(GStrv) parts = g_strsplit(upper, ",", -1);

	if (g_str_equal(upper, "NEVER"))
		return g_steal_pointer(&upper);
	for (guint i = 0; parts[i]; i++)
		if (!is_one_of(parts[i], words))
			return NULL;
	return *parts ? g_steal_pointer(&upper) : NULL;
}

char *outbox_dsn_return(const char *text)
{
	static const char *const words[] = {"HDRS", "FULL", NULL};
	g_autofree char *upper = g_ascii_strup(text, -1);

	return is_one_of(upper, words) ? g_steal_pointer(&upper) : NULL;
}

gboolean outbox_id_is_valid(const char *id)
{
	gsize n = strlen(id);

	if (n == 0 || n > OUTBOX_ID_MAX || id[0] == '.')
		return FALSE;
	for (const char *p = id; *p; p++)
		if (!g_ascii_isalnum(*p) && !strchr("._-", *p))
			return FALSE;
	return TRUE;
}

/* Sorts by time: microseconds since 1970 in 16 digits do until the year 2286. */
static char *new_id(void)
{
	return g_strdup_printf("%016" G_GINT64_MODIFIER "d-%08x%08x", g_get_real_time(),
			       g_random_int(), g_random_int());
}

/* ---- write ---- */

static gboolean add_field(GString *head, const char *name, const char *value, GError **error)
{
	if (value && strpbrk(value, "\r\n"))
		return error_set(error, CUR_ERROR_USAGE, "a line end in '%s' of a message to send",
				 name);
	g_string_append_printf(head, "%s: %s\n", name, value ? value : "");
	return TRUE;
}

static gboolean add_fields(GString *head, const char *name, const GPtrArray *values, GError **error)
{
	for (guint i = 0; i < values->len; i++)
		if (!add_field(head, name, values->pdata[i], error))
			return FALSE;
	return TRUE;
}

static void add_reference(GString *head, const char *name, guint32 mailbox, guint32 lid)
{
	if (mailbox)
		g_string_append_printf(head, "%s: %u.%u\n", name, mailbox, lid);
}

static void add_wishes(GString *head, guint wishes)
{
	for (guint i = 0; i < G_N_ELEMENTS(wish_names); i++)
		if (wishes & wish_names[i].bit)
			g_string_append_printf(head, "Wish: %s\n", wish_names[i].name);
}

static GString *format_head(const struct outbox_item *item, GError **error)
{
	g_autoptr(GString) head = g_string_new(NULL);

	if (item->to->len == 0) {
		error_set(error, CUR_ERROR_USAGE, "no recipients");
		return NULL;
	}
	g_string_append_printf(head, "Cur-Outbox: %d\n", OUTBOX_VERSION);
	if (!add_field(head, "Account", item->account, error) ||
	    !add_field(head, "Transport", item->transport, error) ||
	    !add_field(head, "From", item->from, error) ||
	    !add_fields(head, "To", item->to, error) ||
	    !add_fields(head, "Fcc", item->fcc, error) ||
	    !add_fields(head, "Bcc", item->bcc, error))
		return NULL;
	add_reference(head, "Answered", item->answered_mailbox, item->answered_lid);
	add_reference(head, "Forwarded", item->forwarded_mailbox, item->forwarded_lid);
	if (item->dsn_notify && !add_field(head, "Dsn-Notify", item->dsn_notify, error))
		return NULL;
	if (item->dsn_return && !add_field(head, "Dsn-Return", item->dsn_return, error))
		return NULL;
	add_wishes(head, item->wishes);
	if (item->copy)
		g_string_append_printf(head, "Copy: %" G_GSIZE_FORMAT "\n",
				       g_bytes_get_size(item->copy));
	if (!add_field(head, "Subject", item->subject, error))
		return NULL;
	g_string_append_c(head, '\n');
	if (head->len > OUTBOX_HEADER_MAX) {
		error_set(error, CUR_ERROR_USAGE, "too many recipients");
		return NULL;
	}
	return g_steal_pointer(&head);
}

static gboolean make_folders(const char *dir, GError **error)
{
	static const char *const names[] = {"tmp", "new", "work"};

	for (guint i = 0; i < G_N_ELEMENTS(names); i++) {
		g_autofree char *path = g_build_filename(dir, names[i], NULL);

		if (g_file_test(path, G_FILE_TEST_IS_DIR))
			continue;
		if (!path_make_private(path, error) || !file_sync_dir(dir, error))
			return FALSE;
	}
	return TRUE;
}

static gboolean write_copy(int fd, GBytes *copy, GError **error)
{
	gsize n = 0;
	const void *bytes = copy ? g_bytes_get_data(copy, &n) : NULL;

	return !n || file_write_all(fd, bytes, n, error);
}

static gboolean write_and_sync(int fd, const char *path, const GString *head, GBytes *copy,
			       const void *message, gsize n, GError **error)
{
	gboolean done = file_write_all(fd, head->str, head->len, error) &&
			write_copy(fd, copy, error) && file_write_all(fd, message, n, error) &&
			file_sync(fd, path, error);

	if (!done)
		g_prefix_error(error, "'%s': ", path);
	if (close(fd) < 0 && done)
		done = error_from_errno(error, errno, "cannot write '%s'", path);
	return done;
}

gboolean outbox_write(const char *path, const struct outbox_item *item, const void *message,
		      gsize n, GError **error)
{
	g_autoptr(GString) head = format_head(item, error);
	int fd = head ? file_create_exclusive(path, 0600, error) : -1;

	if (fd < 0)
		return FALSE;
	if (!write_and_sync(fd, path, head, item->copy, message, n, error)) {
		unlink(path);
		return FALSE;
	}
	step_point("outbox-written");
	return TRUE;
}

/* Into the folder that the engine looks at; the moment from which the message is accepted. */
static gboolean show(const char *dir, const char *path, const char *id, GError **error)
{
	g_autofree char *to = g_build_filename(dir, "new", id, NULL);
	g_autofree char *folder = g_build_filename(dir, "new", NULL);

	if (rename(path, to) < 0)
		return error_from_errno(error, errno, "cannot put a message into '%s'", folder);
	step_point("outbox-renamed");
	if (file_sync_dir(folder, error))
		return TRUE;
	if (rename(to, path) < 0)
		unlink(to);
	return FALSE;
}

char *outbox_accept(const char *dir, const char *path, GError **error)
{
	g_autofree char *id = new_id();

	if (!make_folders(dir, error) || !show(dir, path, id, error))
		return NULL;
	step_point("outbox-durable");
	return g_steal_pointer(&id);
}

char *outbox_put(const char *dir, const struct outbox_item *item, const void *message, gsize n,
		 GError **error)
{
	g_autofree char *name = new_id();
	g_autofree char *path = g_build_filename(dir, "tmp", name, NULL);
	char *id;

	if (!make_folders(dir, error) || !outbox_write(path, item, message, n, error))
		return NULL;
	id = outbox_accept(dir, path, error);
	if (!id)
		unlink(path);
	return id;
}

/* ---- read ---- */

static gboolean parse_reference(const char *value, guint32 *mailbox, guint32 *lid)
{
	char *end;
	guint64 first = g_ascii_strtoull(value, &end, 10), second;

	if (end == value || *end != '.' || first == 0 || first > G_MAXUINT32)
		return FALSE;
	value = end + 1;
	second = g_ascii_strtoull(value, &end, 10);
	if (end == value || *end || second == 0 || second > G_MAXUINT32)
		return FALSE;
	*mailbox = first;
	*lid = second;
	return TRUE;
}

static gboolean set_once(char **field, const char *value)
{
	if (*field)
		return FALSE;
	*field = g_strdup(value);
	return TRUE;
}

static gboolean parse_wish(struct outbox_item *item, const char *name)
{
	for (guint i = 0; i < G_N_ELEMENTS(wish_names); i++)
		if (g_str_equal(name, wish_names[i].name)) {
			item->wishes |= wish_names[i].bit;
			return TRUE;
		}
	return FALSE;
}

/* It goes into commands to a server: only what can stand there is believed. */
static gboolean take_checked(char **field, char *checked)
{
	gboolean ok = checked && !*field;

	if (ok)
		*field = checked;
	else
		g_free(checked);
	return ok;
}

/* FALSE for a field that is unknown, doubled or malformed: then the file is not ours. */
static gboolean parse_field(struct outbox_item *item, const char *name, const char *value)
{
	if (g_str_equal(name, "Account"))
		return set_once(&item->account, value);
	if (g_str_equal(name, "Transport"))
		return set_once(&item->transport, value);
	if (g_str_equal(name, "From"))
		return set_once(&item->from, value);
	if (g_str_equal(name, "Subject"))
		return set_once(&item->subject, value);
	if (g_str_equal(name, "Dsn-Notify"))
		return take_checked(&item->dsn_notify, outbox_dsn_notify(value));
	if (g_str_equal(name, "Dsn-Return"))
		return take_checked(&item->dsn_return, outbox_dsn_return(value));
	if (g_str_equal(name, "Wish"))
		return parse_wish(item, value);
	if (g_str_equal(name, "Copy"))
		return !item->copy_n && g_ascii_string_to_unsigned(value, 10, 1, OUTBOX_COPY_MAX,
								   &item->copy_n, NULL);
	if (g_str_equal(name, "To"))
		g_ptr_array_add(item->to, g_strdup(value));
	else if (g_str_equal(name, "Fcc"))
		g_ptr_array_add(item->fcc, g_strdup(value));
	else if (g_str_equal(name, "Bcc"))
		g_ptr_array_add(item->bcc, g_strdup(value));
	else if (g_str_equal(name, "Answered"))
		return parse_reference(value, &item->answered_mailbox, &item->answered_lid);
	else if (g_str_equal(name, "Forwarded"))
		return parse_reference(value, &item->forwarded_mailbox, &item->forwarded_lid);
	else
		return FALSE;
	return TRUE;
}

/* `text` is the head without its empty line. It is cut up. */
static struct outbox_item *parse_head(char *text)
{
	auto_ptr(outbox_item) item = outbox_item_new();
	char *line = text;
	gboolean first = TRUE;

	while (line && *line) {
		char *next = strchr(line, '\n');
		char *value = NULL;

		if (next)
			*next++ = '\0';
		value = strstr(line, ": ");
		if (!value)
			return NULL;
		*value = '\0';
		value += 2;
		if (first ? !g_str_equal(line, "Cur-Outbox") || !g_str_equal(value, "1")
			  : !parse_field(item, line, value))
			return NULL;
		first = FALSE;
		line = next;
	}
	if (!item->account || !item->transport || !item->from || !item->subject ||
	    item->to->len == 0)
		return NULL;
	return g_steal_pointer(&item);
}

/* *path: where it lies, yours; NULL when it is gone. FALSE: nobody can say. */
static gboolean find(const char *dir, const char *id, char **path, GError **error)
{
	static const char *const folders[] = {"work", "new"};

	*path = NULL;
	for (guint i = 0; outbox_id_is_valid(id) && i < G_N_ELEMENTS(folders); i++) {
		g_autofree char *place = g_build_filename(dir, folders[i], id, NULL);
		struct stat st;

		if (lstat(place, &st) < 0) {
			if (errno == ENOENT || errno == ENOTDIR)
				continue;
			return error_from_errno(error, errno, "cannot look for '%s'", place);
		}
		if (S_ISREG(st.st_mode)) {
			*path = g_steal_pointer(&place);
			return TRUE;
		}
	}
	return TRUE;
}

char *outbox_path(const char *dir, const char *id, GError **error)
{
	char *path;

	if (find(dir, id, &path, error) && !path)
		error_set(error, CUR_ERROR_GONE, "no message '%s' in the outbox", id);
	return path;
}

static int open_file(const char *dir, const char *id, GError **error)
{
	g_autofree char *path = outbox_path(dir, id, error);
	int fd;

	if (!path)
		return -1;
	fd = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	if (fd < 0)
		error_from_errno(error, errno, "cannot read '%s'", path);
	return fd;
}

static void not_ours(const char *id, GError **error)
{
	error_set(error, CUR_ERROR_CORRUPT, "'%s' in the outbox is no message of ours", id);
}

/* Bytes up to the first empty line. CORRUPT when there is none within bounds. */
static GString *read_head(int fd, const char *id, GError **error)
{
	g_autoptr(GString) head = g_string_new(NULL);

	while (head->len <= OUTBOX_HEADER_MAX) {
		gsize old = head->len;
		gsize from = old > 0 ? old - 1 : 0;
		gssize n;
		char *end;

		g_string_set_size(head, old + READ_CHUNK);
		do
			n = read(fd, head->str + old, READ_CHUNK);
		while (n < 0 && errno == EINTR);
		if (n < 0) {
			error_from_errno(error, errno, "cannot read '%s' of the outbox", id);
			return NULL;
		}
		if (n == 0)
			break;
		g_string_set_size(head, old + n);
		end = memmem(head->str + from, head->len - from, "\n\n", 2);
		if (end) {
			g_string_truncate(head, end + 1 - head->str);
			return g_steal_pointer(&head);
		}
	}
	not_ours(id, error);
	return NULL;
}

struct outbox_item *outbox_read(const char *dir, const char *id, GError **error)
{
	struct outbox_item *item = NULL;
	int fd = open_file(dir, id, error);
	gint64 offset;

	if (fd < 0)
		return NULL;
	g_autoptr(GString) head = read_head(fd, id, error);
	close(fd);
	if (!head)
		return NULL;
	offset = head->len + 1;
	item = memchr(head->str, 0, head->len) ? NULL : parse_head(head->str);
	if (item)
		item->message_offset = offset + (gint64)item->copy_n;
	else
		not_ours(id, error);
	return item;
}

int outbox_open_message(const char *dir, const char *id, guint64 *n, GError **error)
{
	auto_ptr(outbox_item) item = outbox_read(dir, id, error);
	struct stat st;
	int fd;

	if (!item)
		return -1;
	fd = open_file(dir, id, error);
	if (fd < 0)
		return -1;
	if (fstat(fd, &st) < 0 || lseek(fd, item->message_offset, SEEK_SET) < 0) {
		error_from_errno(error, errno, "cannot read '%s' of the outbox", id);
		close(fd);
		return -1;
	}
	if (st.st_size < item->message_offset) {
		not_ours(id, error);
		close(fd);
		return -1;
	}
	*n = (guint64)(st.st_size - item->message_offset);
	return fd;
}

GBytes *outbox_read_copy(const char *dir, const char *id, GError **error)
{
	auto_ptr(outbox_item) item = outbox_read(dir, id, error);
	int fd = item ? open_file(dir, id, error) : -1;
	g_autofree char *bytes = NULL;
	gboolean ok;

	if (fd < 0)
		return NULL;
	bytes = g_malloc(item->copy_n + 1);
	ok = lseek(fd, item->message_offset - (gint64)item->copy_n, SEEK_SET) >= 0
		 ? file_read_all(fd, bytes, item->copy_n, error)
		 : error_from_errno(error, errno, "cannot read '%s' of the outbox", id);
	close(fd);
	return ok ? g_bytes_new_take(g_steal_pointer(&bytes), item->copy_n) : NULL;
}

/* ---- folders ---- */

static gint compare_ids(gconstpointer a, gconstpointer b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static GPtrArray *list(const char *dir, const char *folder, GError **error)
{
	g_autoptr(GPtrArray) ids = g_ptr_array_new_with_free_func(g_free);
	g_autofree char *path = g_build_filename(dir, folder, NULL);
	DIR *open = opendir(path);
	struct dirent *de;
	int saved;

	if (!open && errno == ENOENT)
		return g_steal_pointer(&ids);
	if (!open) {
		error_from_errno(error, errno, "cannot read '%s'", path);
		return NULL;
	}
	errno = 0;
	while ((de = readdir(open)))
		if (outbox_id_is_valid(de->d_name))
			g_ptr_array_add(ids, g_strdup(de->d_name));
	saved = errno;
	closedir(open);
	if (saved) {
		error_from_errno(error, saved, "cannot read '%s'", path);
		return NULL;
	}
	g_ptr_array_sort(ids, compare_ids);
	return g_steal_pointer(&ids);
}

GPtrArray *outbox_list_new(const char *dir, GError **error)
{
	return list(dir, "new", error);
}

GPtrArray *outbox_list_work(const char *dir, GError **error)
{
	return list(dir, "work", error);
}

/* Rename into another folder. *from_folder, yours, is where it was: NULL when it is there already.
 */
static gboolean move(const char *dir, const char *id, const char *folder, char **from_folder,
		     GError **error)
{
	g_autofree char *from = outbox_path(dir, id, error);
	g_autofree char *to = g_build_filename(folder, id, NULL);

	*from_folder = NULL;
	if (!from)
		return FALSE;
	if (g_str_equal(from, to))
		return TRUE;
	if (!path_make_private(folder, error))
		return FALSE;
	if (rename(from, to) < 0)
		return error_from_errno(error, errno, "cannot move '%s'", from);
	*from_folder = g_path_get_dirname(from);
	return TRUE;
}

/*
 * Nothing is synced: it is durable in new/, a rename is done or not done after a crash, both
 * places are looked at, and both are synced when it goes.
 */
gboolean outbox_adopt(const char *dir, const char *id, GError **error)
{
	g_autofree char *work = g_build_filename(dir, "work", NULL);
	g_autofree char *from = NULL;

	if (!move(dir, id, work, &from, error))
		return FALSE;
	step_point("outbox-adopted");
	return TRUE;
}

/* The target first, so that it is never nowhere. */
gboolean outbox_set_aside(const char *dir, const char *id, GError **error)
{
	g_autofree char *broken = g_build_filename(dir, "broken", NULL);
	g_autofree char *from = NULL;

	if (!move(dir, id, broken, &from, error))
		return FALSE;
	return !from || (file_sync_dir(broken, error) && file_sync_dir(from, error));
}

static gboolean unlink_file(const char *path, GError **error)
{
	if (unlink(path) < 0 && errno != ENOENT)
		return error_from_errno(error, errno, "cannot remove '%s'", path);
	return TRUE;
}

static gboolean sync_if_there(const char *folder, GError **error)
{
	g_autoptr(GError) failed = NULL;

	if (file_sync_dir(folder, &failed) || error_is(failed, CUR_ERROR_GONE))
		return TRUE;
	g_propagate_error(error, g_steal_pointer(&failed));
	return FALSE;
}

/*
 * Both folders are synced, for the move from one to the other was not. What is gone already may be
 * so in memory only: an earlier call may have failed after unlink.
 */
gboolean outbox_remove_all(const char *dir, const GPtrArray *ids, GError **error)
{
	g_autofree char *work = g_build_filename(dir, "work", NULL);
	g_autofree char *new = g_build_filename(dir, "new", NULL);

	for (guint i = 0; i < ids->len; i++) {
		g_autofree char *path = NULL;

		if (!find(dir, g_ptr_array_index(ids, i), &path, error) ||
		    (path && !unlink_file(path, error)))
			return FALSE;
	}
	return sync_if_there(work, error) && sync_if_there(new, error);
}

gboolean outbox_remove(const char *dir, const char *id, GError **error)
{
	void *only = (void *)id;
	GPtrArray ids = {&only, 1};

	return outbox_remove_all(dir, &ids, error);
}

guint outbox_sweep(const char *dir)
{
	g_autofree char *path = g_build_filename(dir, "tmp", NULL);
	g_autoptr(GPtrArray) ids = list(dir, "tmp", NULL);
	time_t now = time(NULL);
	guint n = 0;

	for (guint i = 0; ids && i < ids->len; i++) {
		g_autofree char *file = g_build_filename(path, ids->pdata[i], NULL);
		struct stat st;

		if (lstat(file, &st) == 0 && S_ISREG(st.st_mode) &&
		    now - st.st_mtime > SWEEP_HOURS * 3600 && unlink(file) == 0)
			n++;
	}
	return n;
}
