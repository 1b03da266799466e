/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Keywords of one mailbox between three tongues: names at the server, bits of a mark here, and
 * what the server lets a client change.
 */
#ifndef CUR_SYNC_VOCABULARY_H
#define CUR_SYNC_VOCABULARY_H

#include <glib.h>

#include "cur/mail/keywords.h"
#include "round.h"

/*
 * The bits that both sides can speak of: flags, and letters that have a name. A letter of
 * another program whose name nobody knows is not for the server.
 */
mark_t shared_bits(const struct state_mailbox *mb);

/*
 * Take over what another program called a letter (dovecot-keywords): it counts as what its user
 * wished, so with `tell` the server hears who has them.
 */
gboolean vocabulary_learn(struct store *store, const struct state_mailbox *mb, gboolean tell,
			  GError **error);

struct vocabulary;

/* On the thread of the mailbox's account, before anything is asked. Borrows `r`. */
struct vocabulary *vocabulary_open(struct round *r, const struct state_mailbox *mb, GError **error);
void vocabulary_close(struct vocabulary *v);
DEFINE_AUTO(vocabulary, vocabulary_close)

/* A message's flags as the server told them; a new name gets its letter, durable at once. */
gboolean vocabulary_mark(struct vocabulary *v, guint32 flags, const char *keywords, mark_t *mark,
			 GError **error);
/* Flags, and every keyword that has a letter. */
mark_t vocabulary_shared(const struct vocabulary *v);
/* Those of them that the server lets us set; its mailbox must be selected. */
mark_t vocabulary_kept(const struct vocabulary *v);
/* Names of keyword bits, blank between, yours; for STORE. */
char *vocabulary_names(const struct vocabulary *v, mark_t bits);
/* Say once for the mailbox that flags and keywords set here cannot go to the server. */
void vocabulary_tell_unkept(struct vocabulary *v, mark_t bits);

#endif
