/* SPDX-License-Identifier: GPL-3.0-or-later */
/* OAuth access tokens: made by the user's own command, taken only when they look like one. */
#include <string.h>

#include "cur/base/child.h"
#include "cur/base/error.h"
#include "cur/net/auth.h"
#include "cur/net/words.h"

enum { TOKEN_MAX = 64 * 1024, COMMAND_MS = 60 * 1000 };

static gboolean command_failed(const struct child_result *result, GError **error)
{
	gsize n;
	const char *text = g_bytes_get_data(result->err, &n);
	g_autofree char *words = server_words(text ? text : "", (gssize)n);

	if (result->timed_out)
		return error_set(error, CUR_ERROR_AUTH,
				 "the OAuth refresh command did not end within %d s",
				 COMMAND_MS / 1000);
	return error_set(error, CUR_ERROR_AUTH,
			 "the OAuth refresh command failed (exit status %d): %s", result->status,
			 words);
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
	struct child_input input = {
	    .limit = TOKEN_MAX + 2, .timeout_ms = COMMAND_MS, .secret = TRUE};
	struct child_result result = {0};
	char *token = NULL;

	if (!child_shell(command, NULL, &input, &result, error)) {
		g_prefix_error(error, "the OAuth refresh command: ");
		return NULL;
	}
	if (result.status || result.timed_out)
		command_failed(&result, error);
	else
		token = take_token(result.out, error);
	child_result_clear(&result);
	return token;
}
