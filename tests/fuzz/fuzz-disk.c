/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Any bytes as what a disk may hand back: the text of a row in the header cache, the name of a file
 * in a Maildir, a set of UIDs, a mailbox name of a server.
 */
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "cur/imap/names.h"
#include "cur/imap/seqset.h"
#include "cur/mail/row.h"
#include "cur/store/maildir.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* No field reaches beyond the text. */
static void check_envelope(const char *bytes, gsize n)
{
	struct envelope env;

	envelope_init(&env, bytes, n);
	for (int i = 0; i < ENV_N_FIELDS; i++) {
		const char *field = env.field[i];

		g_assert_true(!*field || (field >= bytes && field + strlen(field) < bytes + n));
	}
}

/* A name is its base and its flags; flags given back make the same mark. */
static void check_file_name(const char *name)
{
	const char *rest;
	g_autofree char *base = maildir_name_base(name, &rest);
	mark_t mark = maildir_name_mark(name, FALSE);
	g_autofree char *again = maildir_name_join(base, mark, rest);

	maildir_name_uid(name);
	g_assert_cmpuint(maildir_name_mark(again, FALSE), ==, mark);
}

static void check_set(const char *text)
{
	auto_ptr(seqset) set = seqset_parse(text, -1);
	auto_ptr(seqset) same = NULL;
	g_autofree char *written = NULL;
	gsize at = 0;

	if (!set || seqset_is_empty(set))
		return;
	written = seqset_format_part(set, &at, G_MAXSIZE);
	same = seqset_parse(written, -1);
	g_assert_cmpuint(seqset_count(same), ==, seqset_count(set));
}

/* The server gets its own bytes back; INBOX alone may change its case. */
static void check_folder(const char *name)
{
	g_autofree char *folder = folder_from_imap(name, '.');
	g_autofree char *back = folder ? folder_to_imap(folder, '.') : NULL;

	if (folder && !g_ascii_strcasecmp(name, "INBOX"))
		return;
	if (folder && strncasecmp(name, "INBOX.", 6))
		g_assert_cmpstr(back, ==, name);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	g_autofree char *copy = g_memdup2(data, size);
	g_autofree char *text = g_strndup((const char *)data, size);

	check_envelope(copy, size);
	if (*text && !strchr(text, '/'))
		check_file_name(text);
	check_set(text);
	check_folder(text);
	return 0;
}
