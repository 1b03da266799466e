/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cur undo: take back what was done last, or list what could be. */
#include "commands.h"
#include "cur/cli/cli.h"
#include "cur/mail/date.h"
#include "cur/model/acts.h"

static void as_json(struct run *run, const char *kind, const char *name, guint n)
{
	json_string(&run->json, "act", kind);
	json_string(&run->json, "mailbox", name);
	json_number(&run->json, "count", n);
}

static void print_undone(struct run *run, GVariant *body)
{
	const char *kind, *name;
	guint32 n, n_left;

	g_variant_get(body, "(&s&suu)", &kind, &name, &n, &n_left);
	if (run->as_json) {
		json_object(&run->json, NULL);
		as_json(run, kind, name, n);
		json_number(&run->json, "left", n_left);
		json_end_object(&run->json);
		json_print(&run->json);
	} else {
		g_autofree char *words = act_words(kind, name, n);

		say("Undone: %s", words);
		if (n_left)
			complain("%u gone or changed since", n_left);
	}
}

static void print_act(struct run *run, GVariant *body)
{
	const char *kind, *name;
	guint64 made;
	guint32 n;

	g_variant_get(body, "(t&s&su)", &made, &kind, &name, &n);
	if (run->as_json) {
		json_object(&run->json, NULL);
		json_number(&run->json, "time", made);
		as_json(run, kind, name, n);
		json_end_object(&run->json);
		json_print(&run->json);
	} else {
		g_autofree char *when = date_format("%Y-%m-%d %H:%M", made, DATE_LOCAL, 0, FALSE);
		g_autofree char *words = act_words(kind, name, n);

		say("%s  %s", when, words);
	}
}

static void print(enum wire_id id, GVariant *body, void *data)
{
	if (id == WIRE_UNDONE)
		print_undone(data, body);
	else if (id == WIRE_ACT)
		print_act(data, body);
}

int command_undo(struct run *run)
{
	gboolean list = FALSE;
	const struct argument table[] = {{"--list", .flag = &list}};
	g_autoptr(GError) error = NULL;
	g_autoptr(GPtrArray) words = run_arguments(run, table, G_N_ELEMENTS(table), &error);

	if (!words)
		return cli_fail(error);
	if (words->len) {
		complain("cur undo names nothing: it takes back what was done last");
		return CLI_USAGE;
	}
	if (client_wait(run_client(run, TRUE, NULL, NULL), list ? WIRE_ACTS : WIRE_UNDO,
			g_variant_new("()"), -1, print, run, &error))
		return CLI_OK;
	return cli_fail(error);
}
