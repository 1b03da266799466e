/* SPDX-License-Identifier: GPL-3.0-or-later */
/* $account_command, in the form NeoMutt gave it: "name: value" lines. */
#include "account-command.h"

#include <string.h>

#include "cur/base/child.h"
#include "cur/base/error.h"
#include "cur/net/auth.h"
#include "cur/net/words.h"

enum { ANSWER_MAX = 16 * 1024, COMMAND_MS = 60 * 1000 };

static const char *protocol_of(const struct account *account)
{
	static const char *const names[][2] = {
	    [ACCOUNT_IMAP] = {"imap", "imaps"},
	    [ACCOUNT_POP] = {"pop", "pops"},
	    [ACCOUNT_SMTP] = {"smtp", "smtps"},
	};

	return names[account->protocol][account->tls == ACCOUNT_TLS_IMPLICIT];
}

/* Nobody's terminal and no protocol line is to be written into: a control byte makes it none. */
static void take_value(char **value, const char *text, gsize n)
{
	for (gsize i = 0; i < n; i++)
		if ((guchar)text[i] < ' ' || text[i] == 0x7f)
			return;
	auth_wipe(*value);
	*value = g_strndup(text, n);
}

static void take_line(struct account_told *told, const char *line, gsize n)
{
	static const char login[] = "login: ", password[] = "password: ";

	if (n > strlen(login) && !strncmp(line, login, strlen(login)))
		take_value(&told->login, line + strlen(login), n - strlen(login));
	else if (n > strlen(password) && !strncmp(line, password, strlen(password)))
		take_value(&told->password, line + strlen(password), n - strlen(password));
}

static void take_answer(struct account_told *told, GBytes *out)
{
	gsize n;
	const char *text = g_bytes_get_data(out, &n), *end = text + n;

	while (text < end) {
		const char *lf = memchr(text, '\n', (gsize)(end - text));
		const char *stop = lf ? lf : end;

		take_line(told, text, (gsize)(stop - text));
		text = lf ? lf + 1 : end;
	}
}

static gboolean failed(const struct child_result *result, GError **error)
{
	gsize n;
	const char *text = g_bytes_get_data(result->err, &n);
	g_autofree char *words = server_words(text ? text : "", (gssize)n);

	return error_set(error, CUR_ERROR_AUTH, "$account_command failed (exit status %d): %s",
			 result->status, words);
}

gboolean account_command_ask(const struct account *account, struct account_told *told,
			     GError **error)
{
	g_autofree char *line = g_strconcat(account->account_command, " \"$@\"", NULL);
	const char *const values[] = {"--hostname",  account->host, "--username",
				      account->user, "--protocol",  protocol_of(account),
				      NULL};
	struct child_input input = {.limit = ANSWER_MAX, .timeout_ms = COMMAND_MS, .secret = TRUE};
	struct child_result result = {0};
	gboolean ok;

	*told = (struct account_told){0};
	if (!child_shell(line, values, &input, &result, error))
		return FALSE;
	ok = result.status == 0 && !result.timed_out;
	if (ok)
		take_answer(told, result.out);
	else
		failed(&result, error);
	child_result_clear(&result);
	return ok;
}
