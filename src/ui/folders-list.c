/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the browser lists, and in which order: mailboxes of the directory, files of a folder. */
#include <string.h>

#include "app-private.h"
#include "cur/base/path.h"
#include "cur/base/regex.h"
#include "cur/conf/accounts.h"
#include "cur/model/directory.h"
#include "folders-private.h"

void folders_item_free(void *data)
{
	struct item *item = data;

	g_free(item->name);
	g_free(item->shown);
	g_free(item->label);
	g_free(item);
}

/* What is known of the mailbox that an item is; NULL: nothing. */
static void take_folder(struct item *item, const struct folder *f)
{
	if (!f)
		return;
	item->label = *f->label ? g_strdup(f->label) : NULL;
	item->messages = f->messages;
	item->unread = f->unread;
	item->has_new = f->has_new;
	item->poll = f->poll;
	item->notify = f->notify;
}

static void list_mailboxes(struct app *app, struct browser *b)
{
	const struct settings *s = app_settings(app);

	for (guint i = 0; i < directory_count(app->directory); i++) {
		const struct folder *f = directory_at(app->directory, i);
		struct item *item;

		/* Only a server keeps subscriptions. */
		if (s->imap_list_subscribed && !f->subscribed && conf_is_url(f->name))
			continue;
		item = g_new0(struct item, 1);
		item->name = g_strdup(f->name);
		item->shown = s->browser_abbreviate_mailboxes
				  ? directory_shorten(app->directory, f->name)
				  : g_strdup(f->name);
		item->remote = conf_is_url(f->name);
		take_folder(item, f);
		if (!item->remote && lstat(f->name, &item->st) < 0)
			memset(&item->st, 0, sizeof(item->st));
		g_ptr_array_add(b->items, item);
	}
}

static gboolean is_maildir(const char *path)
{
	g_autofree char *cur = g_build_filename(path, "cur", NULL);

	return g_file_test(cur, G_FILE_TEST_IS_DIR);
}

static void add_file(struct app *app, struct browser *b, const char *name)
{
	g_autofree char *path = g_build_filename(b->dir, name, NULL);
	struct item *item;
	struct stat st;

	if (lstat(path, &st) < 0)
		return;
	item = g_new0(struct item, 1);
	item->st = st;
	item->is_dir = S_ISDIR(st.st_mode) && (!is_maildir(path) || g_str_equal(name, ".."));
	item->name = path_absolute(path);
	item->shown = g_strdup(name);
	take_folder(item, directory_find(app->directory, path));
	g_ptr_array_add(b->items, item);
}

static void list_files(struct app *app, struct browser *b)
{
	g_autoptr(GDir) dir = g_dir_open(b->dir, 0, NULL);
	const char *name;

	add_file(app, b, "..");
	while (dir && (name = g_dir_read_name(dir)))
		if (!b->mask || regex_match(b->mask, name, -1) != b->mask_negated)
			add_file(app, b, name);
}

static int compare_by(const struct item *x, const struct item *y, unsigned word)
{
	switch (word) {
	case SORT_DATE:
		return (x->st.st_mtime > y->st.st_mtime) - (x->st.st_mtime < y->st.st_mtime);
	case SORT_SIZE:
		return (x->st.st_size > y->st.st_size) - (x->st.st_size < y->st.st_size);
	case SORT_COUNT:
		return (x->messages > y->messages) - (x->messages < y->messages);
	case SORT_UNREAD:
		return (x->unread > y->unread) - (x->unread < y->unread);
	case SORT_ALPHA:
	case SORT_DESC:
		return g_utf8_collate(x->shown, y->shown);
	default:
		return 0;
	}
}

struct order {
	unsigned sort;
	gboolean dirs_first;
};

static int compare_items(const void *a, const void *b, void *data)
{
	const struct item *x = *(struct item *const *)a, *y = *(struct item *const *)b;
	const struct order *order = data;
	int result;

	if (g_str_equal(x->shown, "..") || g_str_equal(y->shown, ".."))
		return g_str_equal(y->shown, "..") - g_str_equal(x->shown, "..");
	if (order->dirs_first && x->is_dir != y->is_dir)
		return x->is_dir ? -1 : 1;
	result = compare_by(x, y, order->sort & SORT_MASK);
	return order->sort & SORT_REVERSE ? -result : result;
}

void folders_list(struct app *app, struct browser *b)
{
	const struct settings *s = app_settings(app);
	struct order order = {b->mailboxes ? s->sort_browser_mailboxes : s->sort_browser,
			      s->browser_sort_dirs_first};

	g_ptr_array_set_size(b->items, 0);
	if (b->mailboxes)
		list_mailboxes(app, b);
	else
		list_files(app, b);
	g_qsort_with_data(b->items->pdata, b->items->len, sizeof(void *), compare_items, &order);
}
