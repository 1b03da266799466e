/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Plays tests/dialogue/ *.pop against POP3: each file is a test. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "../../fake/dialogue.h"
#include "cur/imap/pop.h"
#include "texts.h"

static gboolean text_begin(const struct pop_message *m, void *data, GError **error)
{
	texts_begin(data);
	return TRUE;
}

static gboolean text_end(const struct pop_message *m, void *data, GError **error)
{
	struct texts *t = data;
	g_autofree char *text = g_strescape(t->text->str, NULL);

	g_string_append_printf(t->out, "%s%u '%s'", t->out->len ? " | " : "", m->number, text);
	return TRUE;
}

static gboolean text_refused(const struct pop_message *m, const char *words, void *data,
			     GError **error)
{
	struct texts *t = data;

	g_string_append_printf(t->out, "%s%u refused: %s", t->out->len ? " | " : "", m->number,
			       words);
	return TRUE;
}

static void say_list(const GPtrArray *list, GString *out)
{
	for (guint i = 0; i < list->len; i++) {
		const struct pop_message *m = list->pdata[i];

		g_string_append_printf(out, "%s%u %s %" G_GUINT64_FORMAT, i ? " | " : "", m->number,
				       m->uidl ? m->uidl : "-", m->size_bytes);
	}
}

/* The acts work on the list made by the last "look". */
static gboolean act(struct pop *p, const char *what, GPtrArray **list, GString *out, GError **error)
{
	static const struct pop_message_ops ops = {text_begin, texts_bytes, text_end, text_refused};
	struct texts t = {out, g_string_new(NULL)};
	gboolean ok = FALSE;

	if (!strcmp(what, "look")) {
		struct pop_count count;

		g_clear_pointer(list, g_ptr_array_unref);
		*list = pop_look(p, &count, error);
		ok = *list != NULL;
		if (ok)
			say_list(*list, out);
	} else if (!strcmp(what, "sizes")) {
		ok = pop_sizes(p, *list, error);
		if (ok)
			say_list(*list, out);
	} else if (!strcmp(what, "fetch") || !strcmp(what, "top")) {
		for (guint i = 0; i < (*list)->len; i++)
			((struct pop_message *)(*list)->pdata[i])->header_only = *what == 't';
		ok = pop_fetch(p, *list, &ops, &t, error);
	} else if (!strcmp(what, "delete")) {
		g_autoptr(GPtrArray) marked = g_ptr_array_new();

		ok = pop_delete(p, *list, marked, error);
		say_list(marked, out);
	} else if (!strcmp(what, "quit")) {
		ok = pop_quit(p, error);
	}
	g_string_free(t.text, TRUE);
	return ok;
}

static gboolean run(struct dialogue *d)
{
	auto_ptr(waker) waker = waker_new();
	struct pop_account account = {
	    .server = d->server,
	    .auth = d->auth,
	    .max_text = (guint64)atol(dialogue_get(d, "max_text", "0")),
	};
	g_autoptr(GPtrArray) list = NULL;
	GError *error = NULL;
	auto_ptr(pop) p = pop_open(&account, waker, &error);
	g_autofree char *got = dialogue_outcome(p != NULL, NULL, error);
	gboolean ok = dialogue_check(d, "open", dialogue_get(d, "open", "ok"), got);

	for (guint i = 0; p && i < d->does->len; i++) {
		g_autoptr(GString) out = g_string_new(NULL);
		g_autofree char *outcome = NULL;
		gboolean done;

		error = NULL;
		done = act(p, d->does->pdata[i], &list, out, &error);
		/* What came before a failure counts as well. */
		outcome = dialogue_outcome(done, out->str, error);
		if (!done && out->len) {
			g_string_append_printf(out, " then %s", outcome);
			g_free(outcome);
			outcome = g_strdup(out->str);
		}
		ok = dialogue_check(d, d->does->pdata[i], d->is->pdata[i], outcome) && ok;
	}
	return ok;
}

static void every_pop_dialogue_goes_as_written(void **state)
{
	assert_int_equal(dialogue_play_all(".pop", run), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(every_pop_dialogue_goes_as_written),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
