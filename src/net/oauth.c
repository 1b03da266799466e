/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Secrets that a command of the user prints: OAuth access tokens and passwords. */
#include <string.h>

#include "cur/base/child.h"
#include "cur/base/error.h"
#include "cur/net/auth.h"
#include "cur/net/words.h"

enum { TOKEN_MAX = 64 * 1024, PASSWORD_MAX = 4 * 1024, COMMAND_MS = 60 * 1000 };

static gboolean command_failed(const char *what, const struct child_result *result, GError **error)
{
	gsize n;
	const char *text = g_bytes_get_data(result->err, &n);
	g_autofree char *words = server_words(text ? text : "", (gssize)n);

	if (result->timed_out)
		return error_set(error, CUR_ERROR_AUTH, "the %s command did not end within %d s",
				 what, COMMAND_MS / 1000);
	return error_set(error, CUR_ERROR_AUTH, "the %s command failed (exit status %d): %s", what,
			 result->status, words);
}

/* What the command prints, as far as `take` finds the secret in it. */
static char *run_command(const char *what, const char *command,
			 char *(*take)(GBytes *out, GError **error), GError **error)
{
	struct child_input input = {
	    .limit = TOKEN_MAX + 2, .timeout_ms = COMMAND_MS, .secret = TRUE};
	struct child_result result = {0};
	char *secret = NULL;

	if (!child_shell(command, NULL, &input, &result, error)) {
		g_prefix_error(error, "the %s command: ", what);
		return NULL;
	}
	if (result.status || result.timed_out)
		command_failed(what, &result, error);
	else
		secret = take(result.out, error);
	child_result_clear(&result);
	return secret;
}

/* One line of printable ASCII, else a token could smuggle a line into the protocol. */
static char *take_token(GBytes *out, GError **error)
{
	gsize n, length = 0;
	const char *text = g_bytes_get_data(out, &n);

	while (length < n && text[length] > ' ' && text[length] < 0x7f)
		length++;
	if (!length || length > TOKEN_MAX || (n - length != 0 && text[length] != '\n') ||
	    n - length > 1) {
		error_set(error, CUR_ERROR_AUTH,
			  "the OAuth refresh command did not print a token and nothing else");
		return NULL;
	}
	return g_strndup(text, length);
}

char *oauth_token(const char *command, GError **error)
{
	return run_command("OAuth refresh", command, take_token, error);
}

/* The first line, as password managers print it; what follows may be notes. */
static char *take_password(GBytes *out, GError **error)
{
	gsize n, length = 0;
	const char *text = g_bytes_get_data(out, &n);

	while (length < n && (guchar)text[length] >= ' ' && text[length] != 0x7f)
		length++;
	if (length > 0 && length <= PASSWORD_MAX &&
	    (length == n || text[length] == '\n' || text[length] == '\r'))
		return g_strndup(text, length);
	error_set(error, CUR_ERROR_AUTH, "the password command did not print a password");
	return NULL;
}

char *command_password(const char *command, GError **error)
{
	return run_command("password", command, take_password, error);
}
