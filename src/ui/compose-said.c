/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Functions of the compose menu that change what is said of a part: its type, its name … */
#include <string.h>

#include "compose-private.h"
#include "cur/conf/keys.h"
#include "cur/mail/build.h"
#include "cur/ui/prompt.h"
#include "cur/ui/view.h"

/* A line that can be typed for a part. */
struct said {
	int fn;
	const char *question;
	const char *name; /* in "Invalid …" */
	gsize offset;	  /* of the string in struct draft_part */
	gboolean (*is_good)(const char *text);
};

static gboolean anything(const char *text)
{
	return TRUE;
}

static gboolean is_encoding(const char *text)
{
	static const char *const encodings[] = {"",	  "7bit", "8bit", "quoted-printable",
						"base64", NULL};

	return g_strv_contains(encodings, text);
}

/* RFC 2045 5.1: what stands in a MIME header without quotes. */
static gboolean is_plain(const char *text, const char *marks)
{
	for (; *text; text++)
		if (!g_ascii_isalnum(*text) && !strchr(marks, *text))
			return FALSE;
	return TRUE;
}

/* RFC 5646: "en", "pt-BR"; several with a comma. */
static gboolean is_language(const char *text)
{
	return is_plain(text, "-, ");
}

static gboolean is_content_id(const char *text)
{
	return is_plain(text, "@.!#$%&'*+-/=?^_`{|}~");
}

static const struct said saids[] = {
    {FN_EDIT_DESCRIPTION, "Description: ", "description",
     G_STRUCT_OFFSET(struct draft_part, description), anything},
    {FN_EDIT_TYPE, "Content-Type: ", "type", G_STRUCT_OFFSET(struct draft_part, type),
     build_is_media_type},
    {FN_EDIT_ENCODING, "Content-Transfer-Encoding: ", "encoding",
     G_STRUCT_OFFSET(struct draft_part, encoding), is_encoding},
    {FN_EDIT_LANGUAGE, "Content-Language: ", "language",
     G_STRUCT_OFFSET(struct draft_part, language), is_language},
    {FN_EDIT_CONTENT_ID, "Content-ID: ", "Content-ID",
     G_STRUCT_OFFSET(struct draft_part, content_id), is_content_id},
    {FN_RENAME_ATTACHMENT, "Send attachment with name: ", "name",
     G_STRUCT_OFFSET(struct draft_part, name), anything},
};

static const struct said *said_of(int fn)
{
	for (guint i = 0; i < G_N_ELEMENTS(saids); i++)
		if (saids[i].fn == fn)
			return &saids[i];
	return NULL;
}

/* The type of the text is the draft's. */
static char **field_of(struct composer *c, struct draft_part *part, const struct said *said)
{
	if (part->is_text && said->fn == FN_EDIT_TYPE)
		return &composer_draft(c)->body_type;
	return (char **)(void *)((char *)part + said->offset);
}

/* "text/x; charset=y" in two: the charset is written by itself. */
static void take_charset(struct composer *c, struct draft_part *part, char *type)
{
	char **charset = part->is_text ? &composer_draft(c)->charset : &part->charset;
	char *at = strstr(type, "; charset=");
	char *end = at ? strchr(at + 1, ';') : NULL;
	g_autofree char *name = NULL;

	if (!at)
		return;
	at[0] = '\0';
	name = g_strndup(at + strlen("; charset="), end ? (gsize)(end - at) - strlen("; charset=")
							: strlen(at + strlen("; charset=")));
	draft_set(charset, g_strstrip(name));
	if (end)
		memmove(at, end, strlen(end) + 1);
}

static void said_typed(struct app *app, const char *text, void *data)
{
	struct composer *c = composer_top(app);
	struct draft_part *part = c ? composer_part(c) : NULL;
	const struct said *said = data;

	if (!part || !text)
		return;
	if (!said->is_good(text)) {
		app_error(app, "Invalid %s.", said->name);
		return;
	}
	draft_set(field_of(c, part, said), *text ? text : NULL);
	if (said->fn == FN_EDIT_TYPE)
		take_charset(c, part, *field_of(c, part, said));
	composer_changed(c);
}

static void fn_said(struct view *view, int fn)
{
	struct composer *c = view->data;
	struct draft_part *part = composer_part(c);
	const struct said *said = said_of(fn);
	struct ask ask = {
	    .question = said->question,
	    .initial = *field_of(c, part, said),
	    .history = HISTORY_OTHER,
	    .done = said_typed,
	    .data = (void *)said,
	};

	if (part->children && (fn == FN_EDIT_TYPE || fn == FN_EDIT_ENCODING))
		app_error(view->app, "A group has the type and encoding it was made with.");
	else
		prompt_ask(view->app, &ask);
}

static void fn_toggle_disposition(struct view *view, int fn)
{
	struct composer *c = view->data;
	struct draft_part *part = composer_part(c);
	const char *now = part->disposition ? part->disposition
			  : part->is_text   ? "inline"
					    : "attachment";

	draft_set(&part->disposition, strcmp(now, "inline") == 0 ? "attachment" : "inline");
	composer_changed(c);
}

static void fn_toggle_unlink(struct view *view, int fn)
{
	struct composer *c = view->data;
	struct draft_part *part = composer_part(c);

	if (!part->path) {
		app_error(view->app, "There is no file of yours that could be deleted.");
		return;
	}
	part->unlink = !part->unlink;
	composer_changed(c);
}

static void fn_toggle_recode(struct view *view, int fn)
{
	struct composer *c = view->data;
	struct draft_part *part = composer_part(c);
	g_autofree char *type = composer_type(c, part);

	if (part->is_text) {
		app_error(view->app, "The text of the message is always converted.");
		return;
	}
	if (g_ascii_strncasecmp(type, "text/", 5) != 0) {
		app_error(view->app, "Recoding only affects text attachments.");
		return;
	}
	part->recode = !part->recode;
	app_message(view->app, "The current attachment will%s be converted.",
		    part->recode ? "" : " not");
	composer_changed(c);
}

/* What the user or an old message said of the content holds no more: it is found out again. */
static void fn_update_encoding(struct view *view, int fn)
{
	struct composer *c = view->data;
	g_autoptr(GPtrArray) parts = composer_targets(c);

	for (guint i = 0; i < parts->len; i++) {
		struct draft_part *part = g_ptr_array_index(parts, i);

		draft_set(&part->encoding, NULL);
		draft_set(&part->charset, NULL);
	}
	composer_changed(c);
}

const struct fn_handler compose_said_handlers[] = {
    {FN_EDIT_DESCRIPTION, fn_said, NEED_ENTRY},
    {FN_EDIT_TYPE, fn_said, NEED_ENTRY},
    {FN_EDIT_ENCODING, fn_said, NEED_ENTRY},
    {FN_EDIT_LANGUAGE, fn_said, NEED_ENTRY},
    {FN_EDIT_CONTENT_ID, fn_said, NEED_ENTRY},
    {FN_RENAME_ATTACHMENT, fn_said, NEED_ENTRY},
    {FN_TOGGLE_DISPOSITION, fn_toggle_disposition, NEED_ENTRY},
    {FN_TOGGLE_UNLINK, fn_toggle_unlink, NEED_ENTRY},
    {FN_TOGGLE_RECODE, fn_toggle_recode, NEED_ENTRY},
    {FN_UPDATE_ENCODING, fn_update_encoding, NEED_ENTRY},
    {FN_NOOP},
};
