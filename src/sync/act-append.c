/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A message from outside: a draft, a filed copy, an import. */
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "acts-private.h"
#include "cur/base/error.h"
#include "cur/base/step.h"
#include "cur/mail/flags.h"
#include "cur/mail/partial.h"
#include "cur/mail/scan.h"
#include "cur/store/maildir.h"
#include "steps.h"

static gboolean copy_in(int fd, struct delivery *d, GError **error)
{
	char buffer[1 << 16];
	ssize_t n;

	while ((n = read(fd, buffer, sizeof buffer)) != 0) {
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return error_from_errno(error, errno, "cannot read the message");
		if (!delivery_write(d, buffer, (gsize)n, error))
			return FALSE;
	}
	return TRUE;
}

static gboolean record_append(struct store *store, const struct state_mailbox *mb,
			      const struct delivery *d, mark_t mark, gint64 date_received,
			      guint32 *lid, GError **error)
{
	struct scan_hints hints = {.file = delivery_base(d), .date_received = date_received};
	struct state_message msg = {.mailbox = mb->number,
				    .mark = mark | (steps_has_server(mb) ? MARK_PENDING : 0),
				    .base = delivery_base(d)};
	g_autofree struct state_message *there =
	    state_message_named(store_state(store), mb->number, msg.base);
	g_autofree char *text = NULL;
	struct row row;
	gsize n;

	/* A scan was faster: it has taken the file in, made the step, and perhaps done it. */
	if (there) {
		if (lid)
			*lid = there->lid;
		return TRUE;
	}
	if (!scan_file(delivery_path(d), &hints, &row, &text, &n, error))
		return FALSE;
	msg.id_hash = row.id_hash;
	msg.size_bytes = row.size_bytes;
	msg.date_received = row.date_received;
	msg.partial = (row.kind & ROW_PARTIAL) != 0;
	if (!store_add(store, &msg, &row, text, n, error))
		return FALSE;
	if (lid)
		*lid = msg.lid;
	return !steps_has_server(mb) ||
	       steps_add(store, mb->account, STEP_APPEND, mb->number, msg.lid, NULL, error);
}

gboolean act_append_fd(struct store *store, guint32 mailbox, int fd, mark_t flags,
		       gint64 date_received, guint32 *lid, GError **error)
{
	g_autofree struct state_mailbox *mb = NULL;
	auto_ptr(maildir) md = NULL;
	auto_ptr(delivery) d = NULL;
	mark_t mark = flags & FLAG_ALL ? flags & FLAG_ALL : (mark_t)MARK_NEW;

	store_lock(store);
	mb = act_mailbox(store, mailbox, error);
	store_unlock(store);
	md = mb ? maildir_open(mb->path, error) : NULL;
	d = md ? delivery_open(md, error) : NULL;
	if (!d || !copy_in(fd, d, error) || !delivery_finish(d, 0, mark, date_received, error) ||
	    !delivery_commit(&d, 1, error))
		return FALSE;
	step_point("act-append-visible");
	return store_begin(store, error) &&
	       steps_commit(store, record_append(store, mb, d, mark, date_received, lid, error),
			    "act-append", error);
}

gboolean act_append(struct store *store, guint32 mailbox, const char *path, mark_t flags,
		    gint64 date_received, guint32 *lid, GError **error)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	gboolean ok;

	if (fd < 0)
		return error_from_errno(error, errno, "cannot read '%s'", path);
	if (partial_read(path, NULL)) {
		close(fd);
		return error_set(error, CUR_ERROR_REFUSED,
				 "'%s' is only the header of a message: its text is not here",
				 path);
	}
	ok = act_append_fd(store, mailbox, fd, flags, date_received, lid, error);
	close(fd);
	/* "which the engine takes over": it lies in the mailbox now. */
	if (ok)
		unlink(path);
	return ok;
}
