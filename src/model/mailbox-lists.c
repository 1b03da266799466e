/* SPDX-License-Identifier: GPL-3.0-or-later */
/* $auto_subscribe: who gets mail that says where its list is written to has subscribed to that. */
#include "cur/conf/lists.h"
#include "cur/mail/address.h"
#include "cur/mail/mailto.h"
#include "mailbox-private.h"

static void meet(struct conf *conf, const char *list_post)
{
	g_autofree char *text = mailto_list_address(list_post);
	g_autoptr(GPtrArray) list = address_parse(text ? text : "");

	for (guint i = 0; i < list->len; i++) {
		g_autofree char *spec = address_spec(list->pdata[i]);

		conf_meet_list(conf, spec);
	}
}

void mailbox_meet_lists(struct mailbox *mb)
{
	g_autofree char *last = NULL;

	if (!conf_settings(mb->source.conf)->auto_subscribe)
		return;
	for (guint32 row = 0; row < mb->n_rows; row++) {
		struct envelope env;

		if (mb->state[row] & (STATE_DEAD | STATE_MET))
			continue;
		mb->state[row] |= STATE_MET;
		if (!(mailbox_row_at(mb, row)->kind & ROW_LIST))
			continue;
		mailbox_text_at(mb, row, &env);
		/* Mail of one list comes in a row, and parsing costs more than the look. */
		if (!*env.field[ENV_LIST_POST] || !g_strcmp0(env.field[ENV_LIST_POST], last))
			continue;
		meet(mb->source.conf, env.field[ENV_LIST_POST]);
		g_free(last);
		last = g_strdup(env.field[ENV_LIST_POST]);
	}
}
