/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A stray says itself where its text is. */
#include "stray.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "cur/mail/flags.h"
#include "steps.h"

/* ---- names that mailboxes had ------------------------------------------------------ */

/* UIDVALIDITY tells it from another one that got the name later. Yours. */
static char *name_key(guint32 uidvalidity, const char *name)
{
	return g_strdup_printf("called.%u.%s", uidvalidity, name);
}

gboolean stray_note_name(struct store *store, const struct state_mailbox *mb, const char *was,
			 GError **error)
{
	g_autofree char *key = name_key(mb->uidvalidity, was);
	g_autofree char *number = g_strdup_printf("%u", mb->number);

	return !mb->uidvalidity || state_set(store_state(store), key, number, error);
}

/* One that was just made has no UIDVALIDITY yet. */
static gboolean fits(const struct state_mailbox *mb, const struct partial *there)
{
	return mb && (mb->uidvalidity == there->uidvalidity || !mb->uidvalidity);
}

/* The mailbox that a header says its text is in; NULL: it is gone. Under the lock; yours. */
static struct state_mailbox *home_of(struct store *store, const struct partial *there)
{
	g_autofree struct state_mailbox *mb =
	    state_mailbox_by_name(store_state(store), there->mailbox);
	g_autofree char *key = name_key(there->uidvalidity, there->mailbox), *number = NULL;

	if (!fits(mb, there)) {
		number = state_get(store_state(store), key);
		g_free(g_steal_pointer(&mb));
		mb = number ? state_mailbox(store_state(store), (guint32)atoi(number)) : NULL;
	}
	return fits(mb, there) ? g_steal_pointer(&mb) : NULL;
}

/* ---- what is done with them ----------------------------------------------------------- */

static gboolean is_at_home(struct store *store, const struct state_mailbox *mb,
			   const struct partial *there)
{
	g_autofree struct state_mailbox *home = NULL;

	if (!strcmp(there->mailbox, mb->name))
		return TRUE;
	store_lock(store);
	home = home_of(store, there);
	store_unlock(store);
	return home && home->number == mb->number;
}

gboolean stray_is(struct store *store, struct maildir *md, const struct state_mailbox *mb,
		  struct finding *f)
{
	g_autofree char *path = maildir_find(md, f->base, f->is, NULL);
	struct partial there = {0};
	char *base = NULL;
	gboolean is;

	if (!path || !partial_read(path, &there))
		return FALSE;
	is = !is_at_home(store, mb, &there);
	partial_clear(&there);
	if (!is || !maildir_set_uid(md, f->base, f->is, 0, &base, NULL))
		return FALSE;
	g_free(f->base);
	f->base = base;
	f->uid = 0;
	return TRUE;
}

gboolean stray_add_step(struct store *store, const struct state_mailbox *mb,
			const struct state_message *msg, const struct partial *there,
			GError **error)
{
	g_autofree struct state_mailbox *from = home_of(store, there);
	struct step_source src = {0, there->uidvalidity, there->uid, 0};
	g_autofree struct state_message *known = NULL;
	g_autofree char *data = NULL;
	gboolean copy;

	if (!from || !steps_has_server(from) || !there->uid)
		return TRUE;
	src.mailbox = from->number;
	known = state_message_by_uid(store_state(store), from->number, there->uid);
	src.agreed = known ? known->agreed & FLAG_ALL : 0;
	copy = steps_has_server(mb) && !strcmp(mb->account, from->account);
	data = step_source_format(&src);
	return steps_add(store, from->account, copy ? STEP_COPY : STEP_TEXT, mb->number, msg->lid,
			 data, error);
}

struct delivery *stray_readdress(struct maildir *md, const char *base, mark_t mark,
				 const struct partial *there)
{
	g_autofree char *path = maildir_find(md, base, mark, NULL);
	g_autoptr(GByteArray) file = NULL;
	auto_ptr(delivery) d = NULL;
	struct stat st;

	if (!path || stat(path, &st) < 0 || !partial_read(path, NULL))
		return NULL;
	file = partial_make_of(path, there);
	d = file ? delivery_open(md, NULL) : NULL;
	if (!d || !delivery_write(d, file->data, file->len, NULL) ||
	    !delivery_finish(d, there->uid, mark, st.st_mtime, NULL))
		return NULL;
	return g_steal_pointer(&d);
}
