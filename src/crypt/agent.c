/* SPDX-License-Identifier: GPL-3.0-or-later */
/* GnuPG's agent: how it asks for passphrases, and that it forgets them. */
#include <stdlib.h>
#include <string.h>

#include "cur/base/error.h"
#include "cur/base/file.h"
#include "cur/crypt/job.h"
#include "gpgme-late.h"

enum { CONF_MAX = 1 << 20 };

/* `pinentry-program` of gpg-agent.conf; NULL: it is not set. Yours. */
static char *configured_pinentry(void)
{
	const char *home = gpgme()->get_dirinfo("homedir");
	g_autofree char *path = home ? g_build_filename(home, "gpg-agent.conf", NULL) : NULL;
	g_autofree char *text =
	    path ? file_read(path, CONF_MAX, FILE_READ_FOLLOW, NULL, NULL) : NULL;
	g_auto(GStrv) lines = g_strsplit(text ? text : "", "\n", -1);

	for (char **line = lines; *line; line++) {
		g_auto(GStrv) words = g_strsplit_set(g_strstrip(*line), " \t", 2);

		if (words[0] && words[1] && strcmp(words[0], "pinentry-program") == 0)
			return g_strdup(g_strstrip(words[1]));
	}
	return NULL;
}

gboolean crypt_asks_on_terminal(void)
{
	const char *wayland = g_getenv("WAYLAND_DISPLAY"), *x11 = g_getenv("DISPLAY");
	g_autofree char *program = NULL;
	char *real;
	gboolean asks;

	/* Those with windows ask on the terminal where there is no place for one. */
	if (!(wayland && *wayland) && !(x11 && *x11))
		return TRUE;
	if (!gpgme_load(NULL))
		return FALSE;
	program = configured_pinentry();
	/* Debian's is a link to the one chosen among alternatives. */
	real = realpath(program ? program : "/usr/bin/pinentry", NULL);
	asks = real && (strstr(real, "curses") || strstr(real, "tty"));
	free(real);
	return asks;
}

gboolean crypt_forget_passphrases(GError **error)
{
	gpgme_ctx_t ctx;
	gpgme_error_t code, answer = 0;

	if (!gpgme_load(error))
		return FALSE;
	code = gpgme()->new (&ctx);
	if (code)
		return error_set(error, CUR_ERROR_IO, "cannot use GnuPG: %s",
				 gpgme()->strerror(code));
	code = gpgme()->set_protocol(ctx, GPGME_PROTOCOL_ASSUAN);
	if (!code)
		code = gpgme()->op_assuan_transact_ext(ctx, "RELOADAGENT", NULL, NULL, NULL, NULL,
						       NULL, NULL, &answer);
	gpgme()->release(ctx);
	code = code ? code : answer;
	return !code || error_set(error, CUR_ERROR_IO, "the agent did not forget: %s",
				  gpgme()->strerror(code));
}
