/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Mailbox names on the wire: UTF-8 once UTF8=ACCEPT is enabled (RFC 6855, 9755), modified UTF-7
 * before. All who use a session see modified UTF-7, so that a mailbox has one name for ever,
 * whatever its server learns or forgets.
 */
#include <string.h>

#include "cur/imap/utf7.h"
#include "private.h"

gboolean imap_has_utf8(const struct imap *s)
{
	return s->enabled[IMAP_UTF8_ACCEPT];
}

void spelling_from_wire(const struct imap *s, GString *name)
{
	g_autofree char *utf7 = imap_has_utf8(s) ? utf7_encode(name->str, (gssize)name->len) : NULL;

	/* What is no UTF-8 goes back as it came. */
	if (utf7)
		g_string_assign(name, utf7);
}

static gboolean is_spelt_alike(const char *name)
{
	return !strchr(name, '&') && g_str_is_ascii(name);
}

gboolean command_name(struct imap *s, struct command *c, const char *name, GError **error)
{
	g_autofree char *utf8 = NULL;

	if (is_spelt_alike(name))
		return command_string(s, c, name, FALSE, error);
	/* How it is spelt depends on an answer that is on its way. */
	if (s->wants[IMAP_UTF8_ACCEPT] && s->enable && s->enable->status == COMMAND_RUNNING &&
	    !command_await(s, s->enable, error))
		return FALSE;
	if (imap_has_utf8(s))
		utf8 = utf7_decode(name, -1);
	return command_string(s, c, utf8 ? utf8 : name, FALSE, error);
}
