/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A message in the making, kept on the disk so that no crash, hang-up or failing
 * editor loses a word of it. Each is a folder of its own below drafts/ in the
 * data folder:
 *
 *	drafts/<id>/lock	held (flock) by the program that works on it
 *	drafts/<id>/draft	the draft as it was last saved (mail/draft.h, draft_save)
 *	drafts/<id>/text.eml	the body alone, as $editor has it
 *	drafts/<id>/message.eml	header and body, as $editor has it ($edit_headers)
 *	drafts/<id>/outgoing	the finished message that somebody is to take over
 *	drafts/<id>/handed-over	`outgoing` was offered: when it is gone, it was taken
 *	drafts/<id>/returned	it was not taken, and is not offered any more
 *
 * The editor works in that folder, so its file needs no rescue. A folder whose
 * lock nobody holds was left by a program that died: manuscript_orphans().
 */
#ifndef CUR_MODEL_MANUSCRIPT_H
#define CUR_MODEL_MANUSCRIPT_H

#include <glib.h>

#include "cur/base/auto.h"
#include "cur/mail/draft.h"

struct manuscript;

/* <data folder>/drafts. Yours. */
char *manuscript_dir(void);

/*
 * A new folder below `dir`. Takes `draft` (also on failure) and saves it; its body moves into the
 * editor's file, so draft->body_path is set from then on.
 */
struct manuscript *manuscript_new(const char *dir, struct draft *draft, GError **error);

/* Let go of it without removing anything: it becomes an orphan. */
void manuscript_free(struct manuscript *ms);
DEFINE_AUTO(manuscript, manuscript_free)

/* The message is sent, postponed or given up: remove the folder, free. */
void manuscript_discard(struct manuscript *ms);

/*
 * Leaving for good (to the outbox, to a mailbox of drafts) is one rename or unlink by
 * whoever takes the message over, so that a crash never leaves it in both places or
 * in none: write the finished message at manuscript_outgoing() (borrowed; what stood
 * there is removed), call manuscript_hand_over(), offer the file. When it cannot be
 * taken: manuscript_take_back(); FALSE: it was taken already.
 */
const char *manuscript_outgoing(struct manuscript *ms);
gboolean manuscript_hand_over(struct manuscript *ms, GError **error);
gboolean manuscript_take_back(struct manuscript *ms);

/* Borrowed; change its fields, then manuscript_save(). */
struct draft *manuscript_draft(struct manuscript *ms);

/* Write what was changed in the draft. The editor's file is not touched. */
gboolean manuscript_save(struct manuscript *ms, GError **error);

/*
 * Before the editor: bring its file up to date; with `headers` the header stands
 * in it. Returns the absolute path, borrowed; NULL on failure.
 */
const char *manuscript_open_editor(struct manuscript *ms, gboolean headers, GError **error);
/*
 * After it: take over what stands there. *changed: whether the editor wrote the
 * file. `failed`: it ended with an error; a file that is then gone or empty was
 * not the user's wish, and the text from before is put back. On failure the
 * draft keeps its text.
 */
gboolean manuscript_close_editor(struct manuscript *ms, gboolean failed, gboolean *changed,
				 GError **error);

/* Put the body into the draft's file (a filter, $ispell), as if edited. */
gboolean manuscript_set_body(struct manuscript *ms, const char *text, gssize n, GError **error);

/* Ids of those left behind, oldest first; empty ones are removed on the way. char *, yours. */
GPtrArray *manuscript_orphans(const char *dir);
/*
 * Take one over, with what the editor last wrote. BUSY when another program has it.
 * *taken: it had left when the program died; what remains is to discard it.
 */
struct manuscript *manuscript_adopt(const char *dir, const char *id, gboolean *taken,
				    GError **error);

#endif
