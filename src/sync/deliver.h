/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One message to one transport: an SMTP session that is kept for the next, or a program. */
#ifndef CUR_SYNC_DELIVER_H
#define CUR_SYNC_DELIVER_H

#include <glib.h>

#include "cur/conf/accounts.h"
#include "cur/net/waker.h"
#include "cur/store/outbox.h"
#include "hub.h"

enum deliver_outcome {
	DELIVER_SENT,	 /* accepted */
	DELIVER_RETRY,	 /* definitely not sent, try later */
	DELIVER_REFUSED, /* definitely not sent, and will not be */
	DELIVER_UNKNOWN, /* nobody can tell */
	DELIVER_BLOCKED, /* password or certificate: not without the user */
};
struct deliver_result {
	enum deliver_outcome outcome;
	guint code;  /* of SMTP, or 0 */
	char *words; /* safe to show, or NULL */
};
void deliver_result_clear(struct deliver_result *result);

/* A message of the outbox, ready to be handed over. NULL with *error when it cannot be read. */
struct parcel;
struct parcel *parcel_new(const char *dir, const char *id, GError **error);
void parcel_free(struct parcel *p);
DEFINE_AUTO(parcel, parcel_free)
const char *parcel_id(const struct parcel *p);
const struct outbox_item *parcel_item(const struct parcel *p);

struct deliver;
struct deliver *deliver_new(struct hub *hub, struct waker *waker, guint connect_s);
void deliver_free(struct deliver *d);

/* Be connected to `t` (borrowed until deliver_close). FALSE: *result says why. */
gboolean deliver_open(struct deliver *d, const struct transport *t, struct deliver_result *result);
gboolean deliver_is_open(const struct deliver *d, const struct transport *t);
/*
 * `next` (or NULL) is what the same transport will be given next; it must stay until then, or
 * until deliver_close.
 */
void deliver_send(struct deliver *d, struct parcel *p, struct parcel *next,
		  struct deliver_result *result);
/*
 * Several in flight, when the open session can (net/smtp.h): each is posted, then each is heard of
 * in the same order. No parcel: could it take any? FALSE of deliver_post: not sent, *result says
 * why.
 */
gboolean deliver_can_post(struct deliver *d, struct parcel *p);
gboolean deliver_post(struct deliver *d, struct parcel *p, struct deliver_result *result);
void deliver_hear(struct deliver *d, struct parcel *p, struct deliver_result *result);
/* A server that has taken some wants no more in this session: another may be asked at once. */
gboolean deliver_is_tired(const struct deliver *d, const struct deliver_result *result);
void deliver_close(struct deliver *d);

#endif
