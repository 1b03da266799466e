/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Content types that the user said of parts (edit-type), for as long as the mailbox is open: the
 * messages are read so, nothing is written for it.
 */
#include "cur/mail/rewrite.h"
#include "mailbox-private.h"

struct said_type {
	guint part; /* of the message as it was read then */
	char *type;
};

static void said_type_free(void *data)
{
	struct said_type *said = data;

	g_free(said->type);
	g_free(said);
}

static void free_list(void *list)
{
	g_ptr_array_unref(list);
}

void mailbox_set_type(struct mailbox *mb, guint32 lid, guint part, const char *type)
{
	gpointer key = GUINT_TO_POINTER(lid);
	struct said_type *said = g_new0(struct said_type, 1);
	GPtrArray *list;

	said->part = part;
	said->type = g_strdup(type);
	if (!mb->types)
		mb->types = g_hash_table_new_full(NULL, NULL, NULL, free_list);
	list = g_hash_table_lookup(mb->types, key);
	if (!list) {
		list = g_ptr_array_new_with_free_func(said_type_free);
		g_hash_table_insert(mb->types, key, list);
	}
	g_ptr_array_add(list, said);
}

void mailbox_types_clear(struct mailbox *mb)
{
	g_clear_pointer(&mb->types, g_hash_table_unref);
}

/* The message with another type of one of its parts. Takes `m`. */
static struct message *retyped(struct message *m, const struct said_type *said)
{
	const struct part *part = message_part(m, said->part);
	g_autoptr(GBytes) bytes = part ? rewrite_type(m, part, said->type) : NULL;

	if (!bytes)
		return m;
	message_free(m);
	return message_new(bytes);
}

struct message *mailbox_message(struct mailbox *mb, guint32 lid, GError **error)
{
	g_autofree char *file = mailbox_file(mb, lid, error);
	struct message *m = file ? message_open(file, error) : NULL;
	const GPtrArray *list =
	    mb->types ? g_hash_table_lookup(mb->types, GUINT_TO_POINTER(lid)) : NULL;

	for (guint i = 0; m && list && i < list->len; i++)
		m = retyped(m, g_ptr_array_index(list, i));
	return m;
}
