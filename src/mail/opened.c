/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Pieces and their lines. */
#include "cur/mail/opened.h"

#include "cur/base/text.h"

static void clear_note(void *note)
{
	g_free(((struct opened_note *)note)->text);
}

static GArray *notes_new(void)
{
	GArray *notes = g_array_new(FALSE, FALSE, sizeof(struct opened_note));

	g_array_set_clear_func(notes, clear_note);
	return notes;
}

static void piece_free(void *data)
{
	struct opened_piece *piece = data;

	g_array_unref(piece->before);
	g_ptr_array_unref(piece->fields);
	g_array_unref(piece->after);
	g_free(piece);
}

GPtrArray *opened_new(void)
{
	return g_ptr_array_new_with_free_func(piece_free);
}

struct opened_piece *opened_add(GPtrArray *opened)
{
	struct opened_piece *piece = g_new0(struct opened_piece, 1);

	piece->before = notes_new();
	piece->fields = g_ptr_array_new_with_free_func(g_free);
	piece->after = notes_new();
	g_ptr_array_add(opened, piece);
	return piece;
}

void opened_note(GArray *notes, enum opened_tone tone, const char *format, ...)
{
	g_autofree char *text = NULL;
	struct opened_note note = {.tone = tone};
	va_list args;

	va_start(args, format);
	text = g_strdup_vprintf(format, args);
	va_end(args);
	/* Names in keys are whatever their makers wrote: no line of theirs begins here. */
	note.text = text_safe(text, -1, TEXT_SAFE_LINE);
	g_array_append_val(notes, note);
}
