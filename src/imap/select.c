/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The selected mailbox, and mailboxes that come and go. CLOSE is never said: it would expunge
 * what others have marked.
 */
#include <string.h>

#include "cur/base/error.h"
#include "cur/mail/flags.h"
#include "private.h"

const char *imap_selected_name(const struct imap *s)
{
	return s->selected_name;
}

const struct imap_selected *imap_selected(const struct imap *s)
{
	return &s->selected;
}

gboolean imap_keeps_keyword(const struct imap *s, const char *name)
{
	g_auto(GStrv) names = NULL;

	if (s->selected.keywords_allowed || !s->permanent_keywords)
		return s->selected.keywords_allowed;
	names = g_strsplit(s->permanent_keywords, " ", -1);
	for (char **one = names; *one; one++)
		if (!g_ascii_strcasecmp(*one, name))
			return TRUE;
	return FALSE;
}

static void forget(struct imap *s)
{
	g_clear_pointer(&s->selected_name, g_free);
	memset(&s->selected, 0, sizeof(s->selected));
	s->selected.permanent_flags = FLAG_ALL;
	s->selected.keywords_allowed = TRUE;
	g_clear_pointer(&s->permanent_keywords, g_free);
	s->news = 0;
}

gboolean imap_select(struct imap *s, const char *name, gboolean read_only,
		     struct imap_selected *out, GError **error)
{
	struct command c = {0};
	gboolean ok;

	/* Whatever the answer is: what was selected before is not any more. */
	forget(s);
	s->selected.read_only = read_only;
	ok = command_mailbox(s, &c, read_only ? "EXAMINE" : "SELECT", name,
			     s->has[IMAP_CONDSTORE] ? " (CONDSTORE)" : "", error) &&
	     command_await(s, &c, error) && command_check(s, &c, "cannot open the mailbox", error);
	command_clear(&c);
	if (!ok) {
		forget(s);
		return FALSE;
	}
	s->selected_name = g_strdup(name);
	s->news = 0;
	if (out)
		*out = s->selected;
	return TRUE;
}

static gboolean about(struct imap *s, const char *verb, const char *name, const char *rest,
		      const char *what, GError **error)
{
	struct command c = {0};
	gboolean ok = command_mailbox(s, &c, verb, name, rest, error) &&
		      command_await(s, &c, error) && command_check(s, &c, what, error);

	command_clear(&c);
	return ok;
}

gboolean imap_create(struct imap *s, const char *name, const char *role, GError **error)
{
	g_autofree char *use = NULL;

	if (role && s->has[IMAP_CREATE_SPECIAL])
		use = g_strdup_printf(" (USE (\\%s))", role);
	return about(s, "CREATE", name, use ? use : "", "cannot create the mailbox", error);
}

gboolean imap_delete(struct imap *s, const char *name, GError **error)
{
	return about(s, "DELETE", name, "", "cannot delete the mailbox", error);
}

gboolean imap_subscribe(struct imap *s, const char *name, gboolean on, GError **error)
{
	return about(s, on ? "SUBSCRIBE" : "UNSUBSCRIBE", name, "",
		     "cannot change the subscription", error);
}

/* Two names: the second as an argument of its own. */
static gboolean send_rename(struct imap *s, struct command *c, const char *from, const char *to,
			    GError **error)
{
	if (!command_begin(s, c, error))
		return FALSE;
	if (!link_printf(s->link, error, "RENAME "))
		return session_lost(s);
	if (!command_string(s, c, from, FALSE, error))
		return c->status != COMMAND_RUNNING;
	if (!link_write(s->link, " ", 1, error))
		return session_lost(s);
	if (!command_string(s, c, to, FALSE, error))
		return c->status != COMMAND_RUNNING;
	return command_end(s, error);
}

gboolean imap_rename(struct imap *s, const char *from, const char *to, GError **error)
{
	struct command c = {0};
	gboolean ok = send_rename(s, &c, from, to, error) && command_await(s, &c, error) &&
		      command_check(s, &c, "cannot rename the mailbox", error);

	command_clear(&c);
	return ok;
}
