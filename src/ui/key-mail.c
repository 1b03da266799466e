/* SPDX-License-Identifier: GPL-3.0-or-later */
/* attach-key, mail-key and extract-keys, wherever they are called. */
#include "key-mail.h"

#include <string.h>

#include "cur/mail/message.h"
#include "cur/model/security.h"
#include "cur/ui/app.h"
#include "cur/ui/prompt.h"
#include "keys-menu.h"
#include "opener.h"

struct choosing {
	key_mail_fn done;
	void *data;
};

static gboolean never_asks(const void *result)
{
	return FALSE;
}

static void end(struct app *app, struct choosing *c, struct draft_part *part)
{
	c->done(app, part, c->data);
	g_free(c);
}

/* ---- out ---- */

/* application/pgp-keys (RFC 3156 7). */
static struct draft_part *part_of(const struct crypt_key *key, GBytes *bytes)
{
	g_autofree char *name = g_strdup_printf("0x%s.asc", key->id);
	struct draft_part *part =
	    draft_part_new_bytes(g_bytes_ref(bytes), "application/pgp-keys", name);

	part->description = g_strdup_printf("PGP Key 0x%s", key->id);
	return part;
}

static void key_chosen(struct app *app, const struct crypt_key *key, void *data)
{
	struct draft_part *part = NULL;
	struct key_moved *moved = NULL;
	struct crypt_work work;

	if (key) {
		key_export_work(&work, key->fingerprint);
		moved = opener_work(app, "Getting the key", &work, never_asks);
	}
	if (moved && moved->error)
		app_gerror(app, &moved->error);
	else if (moved)
		part = part_of(key, moved->bytes);
	key_moved_free(moved);
	end(app, data, part);
}

static void key_typed(struct app *app, const char *text, void *data)
{
	struct found_keys *found = NULL;
	const GPtrArray *keys = NULL;
	struct crypt_work work;

	if (text) {
		security_find_text(&work, CRYPT_PGP, text, FALSE);
		found = opener_work(app, "Looking for keys", &work, never_asks);
	}
	if (found && found->lists)
		keys = g_ptr_array_index(found->lists, 0);
	else if (found)
		app_gerror(app, &found->error);
	if (keys && keys->len) {
		keys_menu_open(app, keys, TRUE, "PGP keys", key_chosen, data);
	} else {
		if (keys)
			app_error(app, "No keys match '%s'.", text);
		end(app, data, NULL);
	}
	security_found_free(found);
}

void key_mail_choose(struct app *app, key_mail_fn done, void *data)
{
	struct choosing *c = g_new0(struct choosing, 1);
	struct ask ask = {.question = "Please enter the key ID: ",
			  .history = HISTORY_OTHER,
			  .done = key_typed,
			  .data = c};

	*c = (struct choosing){done, data};
	prompt_ask(app, &ask);
}

/* ---- in ---- */

static gboolean may_hold_keys(struct part *part)
{
	g_autofree char *text = NULL;

	if (part_is(part, "application", "pgp-keys"))
		return TRUE;
	if (!part_is(part, "text", "plain"))
		return FALSE;
	text = part_text(part, NULL);
	return strstr(text, "-----BEGIN PGP PUBLIC KEY BLOCK-----") != NULL;
}

void key_mail_extract(struct app *app, const GPtrArray *parts)
{
	GPtrArray *texts = g_ptr_array_new_with_free_func((GDestroyNotify)g_bytes_unref);
	struct key_moved *moved;
	struct crypt_work work;

	for (guint i = 0; i < parts->len; i++)
		if (may_hold_keys(parts->pdata[i]))
			g_ptr_array_add(texts, part_decode(parts->pdata[i]));
	if (!texts->len) {
		g_ptr_array_unref(texts);
		app_error(app, "No PGP keys were found.");
		return;
	}
	key_import_work(&work, texts);
	moved = opener_work(app, "Taking keys in", &work, never_asks);
	if (moved && moved->error)
		app_gerror(app, &moved->error);
	else if (moved)
		app_message(app, "%u PGP key%s found, %u of them new.", moved->n,
			    moved->n == 1 ? "" : "s", moved->n_new);
	key_moved_free(moved);
}
