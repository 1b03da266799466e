/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copies of sent messages: filing them, and finding them. */
#include "filing.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "acts.h"
#include "cur/base/error.h"
#include "cur/base/file.h"
#include "cur/base/log.h"
#include "cur/mail/flags.h"
#include "cur/mail/headers.h"
#include "cur/mail/scan.h"
#include "cur/mail/text-alone.h"
#include "cur/store/outbox.h"
#include "harvest.h"

enum { CLOCK_SKEW_S = 5 * 60, COPY_CHUNK = 64 << 10 };

/* What mailboxes can be searched for. */
struct identity {
	guint64 hash;	    /* of the Message-ID, as rows have it; 0: it has none */
	gboolean is_bounce; /* it has the Message-ID of the message that was bounced */
};

static gboolean identify(struct store *store, const char *id, struct identity *it, GError **error)
{
	g_autofree char *header = g_malloc(SCAN_HEADER_MAX), *text = NULL;
	auto_ptr(headers) fields = NULL;
	struct scan_hints hints = {0};
	struct row row = {0};
	guint64 size;
	gsize n;
	int fd = outbox_open_message(store_outbox_dir(store), id, &size, error);
	ssize_t got;

	if (fd < 0)
		return FALSE;
	do
		got = read(fd, header, SCAN_HEADER_MAX);
	while (got < 0 && errno == EINTR);
	if (got < 0)
		error_from_errno(error, errno, "cannot read '%s' of the outbox", id);
	close(fd);
	if (got < 0)
		return FALSE;
	fields = headers_parse(header, (gsize)got, NULL, &n);
	scan_header(header, (gsize)got, &hints, &row, &text, &n);
	it->hash = row.id_hash;
	it->is_bounce = headers_index(fields, "Resent-From", 0) >= 0 ||
			headers_index(fields, "Resent-To", 0) >= 0;
	return TRUE;
}

/* ---- filing ---------------------------------------------------------------------- */

struct search {
	guint32 mailbox;
	gboolean found;
};

static gboolean in_mailbox(const struct state_message *msg, void *data)
{
	struct search *search = data;

	search->found = search->found || msg->mailbox == search->mailbox;
	return !search->found;
}

static gboolean look_for_copy(struct store *store, const char *id, guint32 mailbox,
			      gboolean *is_there, GError **error)
{
	struct search search = {mailbox, FALSE};
	struct identity it = {0};
	gboolean looked;

	if (!identify(store, id, &it, error))
		return FALSE;
	store_lock(store);
	looked = state_messages_by_id(store_state(store), it.hash, in_mailbox, &search, error);
	store_unlock(store);
	*is_there = search.found;
	return looked;
}

/* The sender's copy names those whom the message does not: in a file of its own, or -1. */
static int with_bcc(int from, const GPtrArray *bcc, GError **error)
{
	int to = memfd_create("copy", MFD_CLOEXEC);
	g_autoptr(GString) field = g_string_new("Bcc:");
	g_autofree char *bytes = g_malloc(COPY_CHUNK);
	ssize_t got = 0;
	gboolean ok;

	if (to < 0) {
		error_from_errno(error, errno, "cannot copy a message");
		return -1;
	}
	for (guint i = 0; i < bcc->len; i++)
		g_string_append_printf(field, " %s\n", (const char *)g_ptr_array_index(bcc, i));
	ok = file_write_all(to, field->str, field->len, error);
	while (ok && (got = read(from, bytes, COPY_CHUNK)) > 0)
		ok = file_write_all(to, bytes, (gsize)got, error);
	if (ok && got == 0 && lseek(to, 0, SEEK_SET) == 0)
		return to;
	if (ok)
		error_from_errno(error, errno, "cannot copy a message");
	close(to);
	return -1;
}

/* A file of its own with these bytes, at its first, or -1. */
static int file_of(GBytes *bytes, GError **error)
{
	int to = memfd_create("copy", MFD_CLOEXEC);

	if (to < 0) {
		error_from_errno(error, errno, "cannot copy a message");
		return -1;
	}
	if (file_write_all(to, g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes), error) &&
	    lseek(to, 0, SEEK_SET) == 0)
		return to;
	close(to);
	return -1;
}

/* What is left of a message when its copy keeps no attachments, or -1. */
static int without_attachments(int from, guint64 n, GError **error)
{
	g_autofree char *bytes = g_malloc(n + 1);
	g_autoptr(GBytes) whole = NULL, text = NULL;

	if (!file_read_all(from, bytes, n, error))
		return -1;
	whole = g_bytes_new_take(g_steal_pointer(&bytes), n);
	text = message_text_alone(whole);
	return file_of(text, error);
}

/* $fcc_clear: the program that sealed it made the copy, too. */
static int open_other_copy(struct store *store, const char *id, GError **error)
{
	g_autoptr(GBytes) copy = outbox_read_copy(store_outbox_dir(store), id, error);

	return copy ? file_of(copy, error) : -1;
}

/* The message as copies have it, at its first byte; -1 on failure. */
static int open_copy(struct store *store, const char *id, const struct outbox_item *item,
		     GError **error)
{
	guint64 n;
	int message, copy;

	if (item->copy_n)
		return open_other_copy(store, id, error);
	message = outbox_open_message(store_outbox_dir(store), id, &n, error);
	if (message >= 0 && item->wishes & OUTBOX_TEXT_COPY) {
		copy = without_attachments(message, n, error);
		close(message);
		message = copy;
	}
	if (message < 0 || !item->bcc->len)
		return message;
	copy = with_bcc(message, item->bcc, error);
	close(message);
	return copy;
}

/* A copy into one mailbox; once, however often this is begun. */
static gboolean file_copy(struct hub *hub, const char *id, const struct outbox_item *item,
			  guint32 mailbox, gboolean again, GError **error)
{
	struct store *store = hub_store(hub);
	struct harvest h = {0};
	g_autoptr(GError) failed = NULL;
	gboolean ok, is_there;
	int fd;

	if (!mailbox)
		return FALSE;
	if (again) {
		harvest(hub, mailbox, NULL, &h, &failed);
		harvest_clear(&h);
	}
	if (!look_for_copy(store, id, mailbox, &is_there, error))
		return FALSE;
	if (is_there)
		return TRUE;
	if (failed) {
		g_propagate_error(error, g_steal_pointer(&failed));
		return FALSE;
	}
	fd = open_copy(store, id, item, error);
	if (fd < 0)
		return FALSE;
	ok = act_append_fd(store, mailbox, fd, FLAG_SEEN, 0, NULL, error);
	close(fd);
	return ok;
}

/* FALSE when the disk may do another time; a parent that is gone or read-only will not change. */
static gboolean mark_parent(struct store *store, guint32 mailbox, guint32 lid, mark_t flag,
			    GError **error)
{
	g_autoptr(GError) failed = NULL;

	if (!mailbox || act_mark(store, mailbox, &lid, 1, flag, 0, NULL, &failed))
		return TRUE;
	if (error_is(failed, CUR_ERROR_IO) || error_is(failed, CUR_ERROR_FULL) ||
	    error_is(failed, CUR_ERROR_BUSY) || error_is(failed, CUR_ERROR_RETRY)) {
		g_propagate_error(error, g_steal_pointer(&failed));
		return FALSE;
	}
	log_event(LOG_LEVEL_WARN, "the parent of a sent message is not marked: %s",
		  failed->message);
	return TRUE;
}

gboolean file_sent(struct hub *hub, submit_mailbox_fn mailbox, void *data, const char *id,
		   gboolean again, GError **error)
{
	struct store *store = hub_store(hub);
	g_autoptr(GError) failed = NULL;
	auto_ptr(outbox_item) item = outbox_read(store_outbox_dir(store), id, &failed);

	if (!item && error_is(failed, CUR_ERROR_GONE))
		return TRUE;
	if (!item) {
		g_propagate_error(error, g_steal_pointer(&failed));
		return FALSE;
	}
	for (guint i = 0; i < item->fcc->len; i++)
		if (!file_copy(hub, id, item, mailbox(g_ptr_array_index(item->fcc, i), data, error),
			       again, error))
			return FALSE;
	/* As in mutt, who answered has read it. */
	return mark_parent(store, item->answered_mailbox, item->answered_lid,
			   FLAG_ANSWERED | FLAG_SEEN, error) &&
	       mark_parent(store, item->forwarded_mailbox, item->forwarded_lid, FLAG_PASSED, error);
}

/* ---- proof ----------------------------------------------------------------------- */

struct places {
	const GPtrArray *fcc;
	GArray *numbers;
};

static gboolean is_fcc(const GPtrArray *fcc, const char *name)
{
	return g_ptr_array_find_with_equal_func((GPtrArray *)fcc, name, g_str_equal, NULL);
}

static gboolean add_place(const struct state_mailbox *mb, void *data)
{
	struct places *p = data;

	if (!mb->gone &&
	    (!g_ascii_strcasecmp(mb->role, "Sent") ||
	     (*mb->account && !strcmp(mb->folder, "INBOX")) || is_fcc(p->fcc, mb->name)))
		g_array_append_val(p->numbers, mb->number);
	return TRUE;
}

GArray *filing_places(struct store *store, const char *id)
{
	auto_ptr(outbox_item) item = outbox_read(store_outbox_dir(store), id, NULL);
	struct places p = {.numbers = g_array_new(FALSE, FALSE, sizeof(guint32))};

	if (!item)
		return p.numbers;
	p.fcc = item->fcc;
	store_lock(store);
	state_mailboxes(store_state(store), NULL, add_place, &p, NULL);
	store_unlock(store);
	return p.numbers;
}

struct proof {
	const GArray *places;
	gint64 since;
	gboolean found;
};

static gboolean is_proof(const struct state_message *msg, void *data)
{
	struct proof *p = data;

	for (guint i = 0; i < p->places->len && msg->date_received >= p->since; i++)
		p->found |= g_array_index(p->places, guint32, i) == msg->mailbox;
	return !p->found;
}

gboolean filing_proves_sent(struct store *store, const char *id, gint64 queued)
{
	g_autoptr(GArray) places = filing_places(store, id);
	struct proof proof = {places, queued - CLOCK_SKEW_S, FALSE};
	struct identity it = {0};

	identify(store, id, &it, NULL);
	if (!it.hash || it.is_bounce || !places->len)
		return FALSE;
	store_lock(store);
	state_messages_by_id(store_state(store), it.hash, is_proof, &proof, NULL);
	store_unlock(store);
	return proof.found;
}
