/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The text a message starts with. */
#include "compose-text.h"

#include <locale.h>
#include <string.h>

#include "cur/base/child.h"
#include "cur/base/file.h"
#include "cur/base/path.h"
#include "cur/base/text.h"
#include "cur/conf/conf.h"
#include "cur/format/of-greeting.h"
#include "cur/format/of-index.h"
#include "cur/mail/address.h"
#include "cur/mail/forward.h"
#include "cur/mail/message.h"
#include "cur/model/recipients.h"
#include "cur/model/showing.h"

enum { SIGNATURE_MAX = 1 << 20, SIGNATURE_MS = 10000 };

char *compose_render(const struct conf *conf, const char *format, const struct original *original)
{
	const struct settings *s = conf_settings(conf);
	auto_ptr(expando) expando = expando_compile(EXPANDO_INDEX, format, NULL);
	struct index_context context = {
	    .date_format = s->date_format,
	    .size_style = expando_size_style(s),
	    .is_me = recipients_is_me,
	    .is_subscribed = recipients_is_subscribed,
	    .data = (void *)conf,
	};
	struct index_subject subject = {
	    .context = &context,
	    .row = &original->row,
	    .env = &original->env,
	    .comment_to = headers_get(message_headers(original->message), "X-Comment-To"),
	};
	struct expando_source source = index_source(&subject);

	return expando_text(expando, -1, &source);
}

/* ---- greeting ---- */

static void append_greeting(const struct conf *conf, const struct draft *draft, GString *body)
{
	const char *text = conf_settings(conf)->greeting;
	g_autoptr(GPtrArray) to = address_parse(draft->to ? draft->to : "");
	const struct address *first = to->len ? g_ptr_array_index(to, 0) : NULL;
	g_autofree char *word = NULL, *line = NULL;
	struct greeting_values values;
	struct expando_source source = greeting_source(&values);
	auto_ptr(expando) expando = NULL;

	if (!*text || !first)
		return;
	word = g_strndup(first->name, strcspn(first->name, " "));
	values = (struct greeting_values){first->name, first->local, word};
	expando = expando_compile(EXPANDO_GREETING, text, NULL);
	line = expando_text(expando, -1, &source);
	g_string_append_printf(body, "%s\n\n", line);
}

/* ---- signature ---- */

/* What a command prints, or what a file holds; NULL when there is nothing. */
static char *read_signature(const char *where, const struct patience *patience, gsize *n)
{
	struct child_input input = {
	    .limit = SIGNATURE_MAX, .timeout_ms = SIGNATURE_MS, .patience = patience};
	struct child_result result = {0};
	g_autofree char *command = NULL, *path = NULL;
	char *text;

	if (!g_str_has_suffix(where, "|")) {
		path = path_home_expand(where);
		return file_read(path, SIGNATURE_MAX, FILE_READ_FOLLOW, n, NULL);
	}
	command = g_strndup(where, strlen(where) - 1);
	if (!child_shell(command, NULL, &input, &result, NULL))
		return NULL;
	text = g_strndup(g_bytes_get_data(result.out, n), g_bytes_get_size(result.out));
	child_result_clear(&result);
	return text;
}

static void append_signature(const struct conf *conf, const struct patience *patience,
			     GString *body)
{
	const struct settings *s = conf_settings(conf);
	g_autofree char *text = NULL;
	gsize n = 0;

	if (!*s->signature)
		return;
	text = read_signature(s->signature, patience, &n);
	if (!text || !n)
		return;
	g_string_append(body, s->sig_dashes ? "\n-- \n" : "\n");
	g_string_append_len(body, text, (gssize)n);
	if (text[n - 1] != '\n')
		g_string_append_c(body, '\n');
}

/* ---- quotes and forwards ---- */

/* $attribution_locale with UTF-8 for its charset, where the system has it; 0 when it has neither.
 */
static locale_t open_locale(const char *name)
{
	g_autofree char *utf8 = g_strdup_printf("%.*s.UTF-8", (int)strcspn(name, ".@"), name);
	locale_t with_utf8 = newlocale(LC_TIME_MASK | LC_CTYPE_MASK, utf8, (locale_t)0);

	return with_utf8 ? with_utf8 : newlocale(LC_TIME_MASK, name, (locale_t)0);
}

/* Its dates speak the language of the one who is answered. */
static char *render_attribution(const struct conf *conf, const struct original *original)
{
	const struct settings *s = conf_settings(conf);
	locale_t own = *s->attribution_locale ? open_locale(s->attribution_locale) : (locale_t)0;
	locale_t before = own ? uselocale(own) : (locale_t)0;
	char *text = compose_render(conf, s->attribution, original);

	if (own) {
		uselocale(before);
		freelocale(own);
	}
	return text;
}

static void append_quote(const struct conf *conf, const struct draft *draft,
			 struct original *original, GString *body)
{
	const struct settings *s = conf_settings(conf);
	g_autofree char *text =
	    showing_text(conf, original->message, original->opened,
			 s->header ? SHOWING_WEEDED : SHOWING_NO_HEADER, SHOWING_QUOTED);
	g_autofree char *attribution = render_attribution(conf, original);
	g_autofree char *post =
	    *s->post_indent_string ? compose_render(conf, s->post_indent_string, original) : NULL;
	g_autofree char *indent = compose_render(conf, s->indent_string, original);
	struct quote_options options = {
	    .indent_string = indent,
	    .attribution = attribution,
	    .post_indent_string = post,
	    .text_flowed = draft->text_flowed,
	    .indent_empty = TRUE,
	};

	reply_quote(text, strlen(text), &options, body);
}

/* The message as it is read; without $forward_decode as it came. */
static char *forwarded(const struct conf *conf, const struct original *original)
{
	const struct settings *s = conf_settings(conf);
	const char *bytes;
	gsize n;

	if (s->forward_decode)
		return showing_text(conf, original->message, original->opened,
				    s->weed ? SHOWING_WEEDED : SHOWING_FULL, SHOWING_READ);
	bytes = message_bytes(original->message, &n);
	return text_make_valid(bytes, (gssize)n);
}

static void append_forward(const struct conf *conf, struct original *original, GString *body)
{
	const struct settings *s = conf_settings(conf);
	g_autofree char *text = forwarded(conf, original);
	g_autofree char *intro = compose_render(conf, s->forward_attribution_intro, original);
	g_autofree char *trailer = compose_render(conf, s->forward_attribution_trailer, original);
	g_autofree char *indent = compose_render(conf, s->indent_string, original);
	struct forward_options options = {
	    .intro = intro,
	    .trailer = trailer,
	    .indent_string = s->forward_quote ? indent : NULL,
	};

	forward_text(text, strlen(text), &options, body);
}

void compose_text(const struct conf *conf, struct draft *draft, struct original *const originals[],
		  guint n, gboolean forward, const struct compose_choice *choice)
{
	const struct settings *s = conf_settings(conf);
	gboolean quotes = forward ? !choice->forward_as_attachment : choice->include;
	GString *body = g_string_new(NULL);

	if (!forward)
		append_greeting(conf, draft, body);
	if (draft->body)
		g_string_append(body, draft->body);
	if (s->sig_on_top)
		append_signature(conf, choice->patience, body);
	for (guint i = 0; quotes && i < n; i++) {
		if (forward)
			append_forward(conf, originals[i], body);
		else
			append_quote(conf, draft, originals[i], body);
		if (i + 1 < n)
			g_string_append_c(body, '\n');
	}
	if (!s->sig_on_top)
		append_signature(conf, choice->patience, body);
	g_free(draft->body);
	draft->body = g_string_free(body, FALSE);
}
