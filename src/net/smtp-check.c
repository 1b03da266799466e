/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What cannot go to this server is not offered to it. */
#include <string.h>

#include "cur/base/error.h"
#include "cur/net/words.h"
#include "smtp-attempt.h"

enum { ADDRESS_MAX = 1000 };

/* FALSE with USAGE unless it can stand between < and >: no CR, LF, NUL, blank, angle bracket… */
static gboolean check_address(const char *address, GError **error)
{
	g_autofree char *shown = NULL;
	gboolean bad =
	    !*address || strlen(address) > ADDRESS_MAX || !g_utf8_validate(address, -1, NULL);

	for (const char *p = address; *p && !bad; p++)
		bad = (guchar)*p <= ' ' || *p == 0x7f || *p == '<' || *p == '>';
	if (!bad)
		return TRUE;
	shown = server_words(address, -1);
	return error_set(error, CUR_ERROR_USAGE, "'%s' cannot be an address", shown);
}

gboolean smtp_has_ascii_addresses(const struct smtp_message *m)
{
	gboolean ascii = g_str_is_ascii(m->sender);

	for (const char *const *to = m->recipients; *to; to++)
		ascii = ascii && g_str_is_ascii(*to);
	return ascii;
}

static gboolean check_addresses(const struct smtp_message *m, GError **error)
{
	if (*m->sender && !check_address(m->sender, error))
		return FALSE;
	if (!m->recipients || !m->recipients[0])
		return error_set(error, CUR_ERROR_USAGE, "no recipient");
	for (const char *const *to = m->recipients; *to; to++)
		if (!check_address(*to, error))
			return FALSE;
	return TRUE;
}

/* What the server has said it cannot take is not offered to it. */
static gboolean check_limits(struct smtp *s, const struct smtp_message *m,
			     const struct body_facts *f, GError **error)
{
	const char *name = link_name(s->link);

	if (f->has_nul)
		return error_set(error, CUR_ERROR_REFUSED,
				 "the message holds a NUL byte, which mail cannot carry");
	if (s->max_bytes && f->wire_bytes > s->max_bytes)
		return error_set(error, CUR_ERROR_REFUSED,
				 "the message has %" G_GUINT64_FORMAT
				 " bytes; '%s' takes %" G_GUINT64_FORMAT,
				 f->wire_bytes, name, s->max_bytes);
	if (f->has_8bit && !(s->extensions & SMTP_8BITMIME))
		return error_set(error, CUR_ERROR_REFUSED,
				 "'%s' takes 7-bit text only (it lacks 8BITMIME), and the message "
				 "has 8-bit text where it cannot be encoded",
				 name);
	if (!smtp_has_ascii_addresses(m) && !(s->extensions & SMTP_SMTPUTF8))
		return error_set(error, CUR_ERROR_REFUSED,
				 "'%s' takes ASCII addresses only (it lacks SMTPUTF8)", name);
	return TRUE;
}

gboolean smtp_check_message(struct smtp *s, const struct smtp_message *m, struct body_facts *facts,
			    GError **error)
{
	return check_addresses(m, error) && body_scan(m->fd, facts, error) &&
	       check_limits(s, m, facts, error);
}
