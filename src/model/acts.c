/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Acts as a person reads them. */
#include "cur/model/acts.h"

/* "3 messages", then one of these, then the mailbox. */
static const struct {
	const char *kind, *words;
} of_messages[] = {
    {"mark", "marked in"}, {"tag", "labelled in"},     {"move", "moved to"},
    {"copy", "copied to"}, {"remove", "deleted from"},
};

static const struct {
	const char *kind, *words;
} of_mailboxes[] = {{"create", "made"}, {"rename", "renamed"}, {"delete", "deleted"}};

char *act_words(const char *kind, const char *mailbox, guint n)
{
	for (gsize i = 0; i < G_N_ELEMENTS(of_messages); i++)
		if (g_str_equal(of_messages[i].kind, kind))
			return g_strdup_printf("%u message%s %s %s", n, n == 1 ? "" : "s",
					       of_messages[i].words, mailbox);
	for (gsize i = 0; i < G_N_ELEMENTS(of_mailboxes); i++)
		if (g_str_equal(of_mailboxes[i].kind, kind))
			return g_strdup_printf("%s %s", mailbox, of_mailboxes[i].words);
	return g_strdup_printf("%s %s", kind, mailbox);
}
