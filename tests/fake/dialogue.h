/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A file of tests/dialogue: what the client is to do and what must come of it, then what the
 * server says and hears.
 *
 *	# what must hold, with the id of its case
 *	tls: starttls		(or implicit, none; default none)
 *	user: … pass: … mechanisms: plain login … silence: seconds connect: seconds
 *	open: ok		what comes of connecting: a pattern with * and ?
 *	do: select INBOX	what to do then …
 *	is: ok *		… and what comes of it
 *	hides: secret		what the server must never hear
 *	--
 *	S: * OK ready		(tests/fake/server.h)
 *
 * Outcomes are "ok …" or "<word of the error>: <message>".
 */
#ifndef TESTS_FAKE_DIALOGUE_H
#define TESTS_FAKE_DIALOGUE_H

#include "cur/base/error.h"
#include "cur/net/auth.h"
#include "cur/net/link.h"
#include "server.h"

struct dialogue {
	char *name;
	struct link_server server;
	struct auth_account auth;
	char **mechanisms;
	GHashTable *head; /* key to value: what is said once */
	GPtrArray *does, *is;
	char *script;
	const char *cas[2];
};

static struct dialogue *dialogue_load(const char *path)
{
	struct dialogue *d = g_new0(struct dialogue, 1);
	g_autofree char *text = NULL;
	char *body;
	g_auto(GStrv) lines = NULL;

	if (!g_file_get_contents(path, &text, NULL, NULL) || !(body = strstr(text, "\n--\n")))
		g_error("%s: cannot be read", path);
	*body = '\0';
	d->name = g_path_get_basename(path);
	d->script = g_strdup(body + 4);
	d->head = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
	d->does = g_ptr_array_new_with_free_func(g_free);
	d->is = g_ptr_array_new_with_free_func(g_free);
	lines = g_strsplit(text, "\n", -1);
	for (char **line = lines; *line; line++) {
		g_auto(GStrv) pair = **line == '#' ? NULL : g_strsplit(*line, ": ", 2);

		if (!pair || !pair[0] || !pair[1])
			continue;
		if (!strcmp(pair[0], "do"))
			g_ptr_array_add(d->does, g_strdup(pair[1]));
		else if (!strcmp(pair[0], "is"))
			g_ptr_array_add(d->is, g_strdup(pair[1]));
		else
			g_hash_table_insert(d->head, g_strdup(pair[0]), g_strdup(pair[1]));
	}
	if (d->does->len != d->is->len)
		g_error("%s: each 'do:' wants an 'is:'", path);
	return d;
}

static const char *dialogue_get(struct dialogue *d, const char *key, const char *otherwise)
{
	const char *value = g_hash_table_lookup(d->head, key);

	return value ? value : otherwise;
}

/* What the file says about the account, as the options of the real thing. */
static void dialogue_account(struct dialogue *d, guint16 port, const char *ca)
{
	const char *tls = dialogue_get(d, "tls", "none");
	const char *mechanisms = dialogue_get(d, "mechanisms", NULL);

	d->cas[0] = ca;
	d->server.host = "localhost";
	d->server.port = port;
	d->server.cas = d->cas;
	d->server.no_system_cas = TRUE;
	d->server.connect_s = (guint)atoi(dialogue_get(d, "connect", "5"));
	d->server.silence_s = (guint)atoi(dialogue_get(d, "silence", "10"));
	d->server.tls = !strcmp(tls, "starttls")   ? LINK_TLS_STARTTLS
			: !strcmp(tls, "implicit") ? LINK_TLS_IMPLICIT
						   : LINK_TLS_NONE;
	d->auth.user = dialogue_get(d, "user", "anna");
	d->auth.password = dialogue_get(d, "pass", "secret");
	d->auth.token = dialogue_get(d, "token", NULL);
	d->mechanisms = mechanisms ? g_strsplit(mechanisms, " ", -1) : NULL;
	d->auth.mechanisms = (const char *const *)d->mechanisms;
}

static void dialogue_free(struct dialogue *d)
{
	g_hash_table_unref(d->head);
	g_ptr_array_unref(d->does);
	g_ptr_array_unref(d->is);
	g_strfreev(d->mechanisms);
	g_free(d->name);
	g_free(d->script);
	g_free(d);
}

static const char *const dialogue_error_words[] = {
#define ERROR(CODE, word, help) [CUR_ERROR_##CODE] = word,
#include "cur/errors.def"
#undef ERROR
};

/* "ok what" or "word: message"; frees the error. Yours. */
static char *dialogue_outcome(gboolean ok, const char *what, GError *error)
{
	char *text;

	if (ok)
		return g_strdup_printf("ok%s%s", what && *what ? " " : "", what ? what : "");
	text = error ? g_strdup_printf("%s: %s", dialogue_error_words[error->code], error->message)
		     : g_strdup("failed without an error");
	g_clear_error(&error);
	return text;
}

/* FALSE, and said, when `got` does not match. */
static gboolean dialogue_check(struct dialogue *d, const char *what, const char *pattern,
			       const char *got)
{
	if (g_pattern_match_simple(pattern, got))
		return TRUE;
	g_printerr("%s: %s\n  wanted: %s\n  got:    %s\n", d->name, what, pattern, got);
	return FALSE;
}

static gint dialogue_by_path(gconstpointer a, gconstpointer b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* The paths of tests/dialogue/ *.suffix, sorted. */
static GPtrArray *dialogue_files(const char *suffix)
{
	const char *source = g_getenv("CUR_TEST_SOURCE");
	g_autofree char *folder =
	    g_build_filename(source ? source : ".", "tests", "dialogue", NULL);
	g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);
	GPtrArray *paths = g_ptr_array_new_with_free_func(g_free);
	const char *name;

	while (dir && (name = g_dir_read_name(dir)))
		if (g_str_has_suffix(name, suffix))
			g_ptr_array_add(paths, g_build_filename(folder, name, NULL));
	g_ptr_array_sort(paths, dialogue_by_path);
	return paths;
}

/*
 * Play one file: `run` connects to f->port, does what the file says and returns FALSE after saying
 * what was not as written.
 */
static gboolean dialogue_play(const char *path, const struct cert *cert, const char *ca,
			      gboolean (*run)(struct dialogue *d))
{
	struct dialogue *d = dialogue_load(path);
	struct fake *f = fake_begin(d->script, cert, 1);
	g_autofree char *wrong = NULL;
	g_autofree char *heard = NULL;
	const char *hides = dialogue_get(d, "hides", NULL);
	gboolean ok;

	dialogue_account(d, f->port, ca);
	ok = run(d);
	wrong = fake_end(f, &heard);
	if (wrong)
		g_printerr("%s: the server: %s\n", d->name, wrong);
	if (hides && strstr(heard, hides))
		g_printerr("%s: the server has heard '%s'\n", d->name, hides);
	ok = ok && !wrong && !(hides && strstr(heard, hides));
	dialogue_free(d);
	return ok;
}

/* All files of a kind; the number of those that failed. */
static guint dialogue_play_all(const char *suffix, gboolean (*run)(struct dialogue *d))
{
	g_autoptr(GPtrArray) paths = dialogue_files(suffix);
	g_autofree char *folder = g_dir_make_tmp("cur-test-XXXXXX", NULL);
	g_autofree char *ca = g_build_filename(folder, "ca.pem", NULL);
	struct cert cert = cert_new(&(struct cert_wish){0}, NULL);
	guint failed = 0;

	cert_write(&cert, ca);
	g_assert_cmpuint(paths->len, >, 0);
	for (guint i = 0; i < paths->len; i++)
		failed += !dialogue_play(paths->pdata[i], &cert, ca, run);
	cert_clear(&cert);
	unlink(ca);
	rmdir(folder);
	return failed;
}

#endif
