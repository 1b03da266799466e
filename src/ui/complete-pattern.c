/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tab in a pattern: the operators behind a "~", labels behind ~y. */
#include <string.h>

#include "complete-private.h"
#include "cur/model/mailbox.h"

/* An operator is wanted where one may begin: behind ~ or %, or where nothing stands yet. */
static gboolean wants_operator(const char *before)
{
	gsize n = strlen(before);

	return n == 0 || strchr(" (!|~%\"'", before[n - 1]) != NULL;
}

/* Where the label being typed begins, when it is the text of ~y; else NULL. */
static const char *label_start(const char *before)
{
	const char *blank = strrchr(before, ' ');
	const char *p = blank;

	while (p && p > before && *p == ' ')
		p--;
	if (!p || p == before || !strchr("yY", *p) || !strchr("~=", p[-1]))
		return NULL;
	return blank + 1;
}

void complete_offer_labels(struct completion *c)
{
	g_autofree char *names =
	    c->app->mailbox ? mailbox_keyword_names(c->app->mailbox) : g_strdup("");
	g_auto(GStrv) list = g_strsplit(names, " ", -1);

	for (char **name = list; *name; name++)
		complete_offer(c, *name);
}

void complete_pattern_text(struct completion *c, const char *before)
{
	const char *label = label_start(before);

	c->patterns = !label && wants_operator(before);
	if (!label)
		return;
	complete_set_start(c, before, label);
	complete_offer_labels(c);
}
