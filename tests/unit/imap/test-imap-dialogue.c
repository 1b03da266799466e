/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Plays tests/dialogue/ *.imap against the session: each file is a test. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>
#include <sys/mman.h>

#include "../../fake/dialogue.h"
#include "cur/imap/change.h"
#include "cur/imap/fetch.h"
#include "cur/imap/mailbox.h"
#include "cur/imap/notify.h"
#include "cur/imap/session.h"
#include "cur/mail/flags.h"
#include "texts.h"

/* One act: its arguments, what it says of the result. */
typedef gboolean (*act_fn)(struct imap *s, char **arg, GString *out, GError **error);

static char *set_text(const struct seqset *s)
{
	gsize at = 0;

	return seqset_format_part(s, &at, G_MAXSIZE);
}

static gboolean say_set(struct seqset *set, GString *out)
{
	g_autofree char *text = set ? set_text(set) : NULL;

	if (set)
		g_string_append(out, text);
	seqset_free(set);
	return set != NULL;
}

static gboolean act_select(struct imap *s, char **arg, GString *out, GError **error)
{
	struct imap_selected sel;

	if (!imap_select(s, arg[1], !strcmp(arg[0], "examine"), &sel, error))
		return FALSE;
	g_string_append_printf(out, "exists %u validity %u next %u modseq %" G_GUINT64_FORMAT "%s",
			       sel.exists, sel.uidvalidity, sel.uidnext, sel.highestmodseq,
			       sel.read_only ? " read-only" : "");
	return TRUE;
}

static gboolean act_noop(struct imap *s, char **arg, GString *out, GError **error)
{
	if (!imap_noop(s, error))
		return FALSE;
	g_string_append_printf(out, "news %u exists %u", imap_take_news(s),
			       imap_selected(s)->exists);
	return TRUE;
}

static gboolean act_idle(struct imap *s, char **arg, GString *out, GError **error)
{
	if (!imap_idle(s, atoi(arg[1]), error))
		return FALSE;
	g_string_append_printf(out, "news %u", imap_take_news(s));
	return TRUE;
}

static gboolean act_has(struct imap *s, char **arg, GString *out, GError **error)
{
	static const char *const names[] = {
#define CAPABILITY(ID, name) [IMAP_##ID] = name,
#include "cur/imap/capabilities.def"
#undef CAPABILITY
	};

	for (guint i = 0; i < IMAP_N_CAPABILITIES; i++)
		if (imap_has(s, i))
			g_string_append_printf(out, "%s%s", out->len ? " " : "", names[i]);
	return TRUE;
}

static gboolean act_list(struct imap *s, char **arg, GString *out, GError **error)
{
	auto_ptr(imap_list) list = imap_list(s, !g_strcmp0(arg[1], "status"), error);

	if (!list)
		return FALSE;
	for (guint i = 0; i < imap_list_length(list); i++) {
		const struct imap_list_row *r = imap_list_row(list, i);

		g_string_append_printf(out, "%s%s%s%s", i ? " | " : "", r->folder,
				       r->flags & IMAP_LIST_SUBSCRIBED ? "+" : "",
				       r->flags & IMAP_LIST_NOSELECT ? "!" : "");
		if (*r->role)
			g_string_append_printf(out, " (%s)", r->role);
		if (r->status.has & IMAP_STATUS_MESSAGES)
			g_string_append_printf(out, " %u", r->status.messages);
	}
	if (imap_list_skipped(list))
		g_string_append_printf(out, " skipped %u", imap_list_skipped(list));
	return TRUE;
}

static gboolean add_info(const struct imap_info *info, void *data, GError **error)
{
	GString *out = data;

	g_string_append_printf(out, "%s%u", out->len ? " | " : "", info->uid);
	if (info->has & IMAP_INFO_FLAGS)
		g_string_append_printf(out, " %x/%s", info->flags, info->keywords);
	if (info->has & IMAP_INFO_SIZE)
		g_string_append_printf(out, " %" G_GUINT64_FORMAT, info->size_bytes);
	if (info->has & IMAP_INFO_DATE)
		g_string_append_printf(out, " @%" G_GINT64_FORMAT, info->internal_date);
	return TRUE;
}

static void forget_infos(void *data)
{
	g_string_truncate(data, 0);
}

/* "resync mailbox uidvalidity modseq", 0 for the modseq: all messages. */
static gboolean act_resync(struct imap *s, char **arg, GString *out, GError **error)
{
	g_auto(GStrv) numbers = g_strsplit(arg[2], " ", 2);
	struct imap_question q = {
	    .uidvalidity = (guint32)atol(numbers[0]),
	    .modseq = (guint64)atol(numbers[1]),
	    .each = add_info,
	    .anew = forget_infos,
	    .data = out,
	};
	struct imap_selected sel;
	gboolean ok = imap_select_asking(s, arg[1], FALSE, &q, &sel, error);

	if (!ok)
		return FALSE;
	g_string_append_printf(out, " exists %u%s", sel.exists, q.answered ? "" : " unanswered");
	if (q.vanished)
		g_string_append(out, " vanished ");
	say_set(q.vanished, out);
	return TRUE;
}

static gboolean act_info(struct imap *s, char **arg, GString *out, GError **error)
{
	auto_ptr(seqset) uids = seqset_parse(arg[1], -1);

	return imap_fetch_info(s, uids, TRUE, 0, add_info, out, error);
}

static gboolean text_begin(const struct imap_info *info, guint64 n, void *data, GError **error)
{
	texts_begin(data);
	return TRUE;
}

static gboolean text_end(const struct imap_info *info, void *data, GError **error)
{
	struct texts *t = data;
	g_autofree char *text = g_strescape(t->text->str, NULL);

	add_info(info, t->out, error);
	g_string_append_printf(t->out, " '%s'%s", text,
			       strlen(t->text->str) == t->text->len ? "" : " with NUL");
	return TRUE;
}

static gboolean act_fetch(struct imap *s, char **arg, GString *out, GError **error)
{
	static const struct imap_message_ops ops = {text_begin, texts_bytes, text_end};
	auto_ptr(seqset) uids = seqset_parse(arg[1], -1);
	auto_ptr(seqset) missing = NULL;
	struct texts t = {out, g_string_new(NULL)};
	gboolean ok = imap_fetch_messages(s, uids, &ops, &t, &missing, error);

	g_string_free(t.text, TRUE);
	if (ok && !seqset_is_empty(missing)) {
		g_autofree char *text = set_text(missing);

		g_string_append_printf(out, " missing %s", text);
	}
	return ok;
}

static gboolean act_uids(struct imap *s, char **arg, GString *out, GError **error)
{
	return say_set(imap_search_uids(s, (guint32)atoi(arg[1]), G_MAXUINT32, error), out);
}

static gboolean act_place(struct imap *s, char **arg, GString *out, GError **error)
{
	g_autofree char *name = imap_name_to_make(s, arg[1], error);

	if (name)
		g_string_append(out, name);
	return name != NULL;
}

static gboolean act_find(struct imap *s, char **arg, GString *out, GError **error)
{
	return say_set(imap_search_header(s, 1, "Message-ID", arg[1], error), out);
}

static gboolean act_flag(struct imap *s, char **arg, GString *out, GError **error)
{
	auto_ptr(seqset) uids = seqset_parse(arg[1], -1);
	struct seqset *modified = NULL;
	gboolean ok =
	    imap_store(s, uids, TRUE, FLAG_FLAGGED, arg[2], 7, &modified, NULL, NULL, error);

	g_string_append(out, "modified ");
	say_set(modified, out);
	return ok;
}

static gboolean say_copied(struct imap *s, char **arg, GString *out, GError **error,
			   gboolean (*run)(struct imap *, const struct seqset *, const char *,
					   struct imap_copied *, GError **))
{
	auto_ptr(seqset) uids = seqset_parse(arg[1], -1);
	struct imap_copied copied;
	gboolean ok = run(s, uids, arg[2], &copied, error);

	for (guint32 uid = 0; ok && (uid = seqset_next(uids, uid));)
		g_string_append_printf(out, "%s%u:%u", out->len ? " " : "", uid,
				       imap_copied_uid(&copied, uid));
	imap_copied_clear(&copied);
	return ok;
}

static gboolean act_copy(struct imap *s, char **arg, GString *out, GError **error)
{
	return say_copied(s, arg, out, error, imap_copy);
}

static gboolean act_move(struct imap *s, char **arg, GString *out, GError **error)
{
	return say_copied(s, arg, out, error, imap_move);
}

static gboolean act_expunge(struct imap *s, char **arg, GString *out, GError **error)
{
	auto_ptr(seqset) uids = seqset_parse(arg[1], -1);

	return imap_expunge(s, uids, error);
}

static gboolean act_append(struct imap *s, char **arg, GString *out, GError **error)
{
	g_autoptr(GString) text = fake_unescape(arg[2]);
	int fd = memfd_create("message", 0);
	struct imap_append a = {.name = arg[1], .flags = FLAG_SEEN, .fd = fd};
	guint32 validity, uid;
	gboolean ok = write(fd, text->str, text->len) == (gssize)text->len &&
		      imap_append(s, &a, &validity, &uid, error);

	close(fd);
	if (ok)
		g_string_append_printf(out, "%u:%u", validity, uid);
	return ok;
}

static gboolean act_notify(struct imap *s, char **arg, GString *out, GError **error)
{
	gboolean on;

	if (!imap_notify(s, &on, error))
		return FALSE;
	g_string_append(out, on ? "on" : "off");
	return TRUE;
}

static void add_told(const char *name, const struct imap_status *status, void *data)
{
	g_string_append_printf(data, "%s %x next %u modseq %" G_GUINT64_FORMAT " | ", name,
			       status->has, status->uidnext, status->highestmodseq);
}

static gboolean act_told(struct imap *s, char **arg, GString *out, GError **error)
{
	g_string_append_printf(out, "bits %u", imap_take_told(s, add_told, out));
	return TRUE;
}

/* "appends mailbox n": n messages, "one", "two" … in a line each. */
static gboolean act_appends(struct imap *s, char **arg, GString *out, GError **error)
{
	static const char *const texts[] = {"one\n", "two\n", "three\n", "four\n"};
	static const char *const fates[] = {"not sent", "unknown", "stored", "refused"};
	guint n = MIN((guint)atoi(arg[2]), G_N_ELEMENTS(texts));
	struct imap_append messages[G_N_ELEMENTS(texts)];
	struct imap_appended appended[G_N_ELEMENTS(texts)];
	GError *lost = NULL;

	for (guint i = 0; i < n; i++) {
		messages[i] =
		    (struct imap_append){.name = arg[1], .fd = memfd_create("message", 0)};
		assert_int_equal(write(messages[i].fd, texts[i], strlen(texts[i])),
				 strlen(texts[i]));
	}
	imap_append_all(s, messages, n, appended, &lost);
	for (guint i = 0; i < n; i++) {
		g_string_append_printf(out, "%s%s", i ? " | " : "", fates[appended[i].fate]);
		if (appended[i].uid)
			g_string_append_printf(out, " %u:%u", appended[i].uidvalidity,
					       appended[i].uid);
		g_clear_error(&appended[i].refusal);
		close(messages[i].fd);
	}
	if (lost)
		g_string_append_printf(out, " | lost");
	g_clear_error(&lost);
	return TRUE;
}

static gboolean act_alive(struct imap *s, char **arg, GString *out, GError **error)
{
	g_string_append(out, imap_is_alive(s) ? "yes" : "no");
	return TRUE;
}

static const struct {
	const char *name;
	act_fn act;
} acts[] = {
    {"select", act_select}, {"examine", act_select},   {"noop", act_noop},
    {"idle", act_idle},	    {"capabilities", act_has}, {"list", act_list},
    {"info", act_info},	    {"fetch", act_fetch},      {"uids", act_uids},
    {"find", act_find},	    {"flag", act_flag},	       {"copy", act_copy},
    {"move", act_move},	    {"expunge", act_expunge},  {"append", act_append},
    {"alive", act_alive},   {"place", act_place},      {"notify", act_notify},
    {"told", act_told},	    {"resync", act_resync},    {"appends", act_appends},
};

static gboolean act(struct dialogue *d, struct imap *s, const char *what, const char *wanted)
{
	g_auto(GStrv) args = g_strsplit(what, " ", 3);
	g_autoptr(GString) out = g_string_new(NULL);
	g_autofree char *got = NULL;
	GError *error = NULL;

	for (gsize i = 0; i < G_N_ELEMENTS(acts); i++)
		if (!strcmp(acts[i].name, args[0])) {
			gboolean ok = acts[i].act(s, args, out, &error);

			got = dialogue_outcome(ok, out->str, error);
			return dialogue_check(d, what, wanted, got);
		}
	return dialogue_check(d, what, wanted, "there is no such act");
}

static gboolean run(struct dialogue *d)
{
	auto_ptr(waker) waker = waker_new();
	struct imap_account account = {
	    .server = d->server,
	    .auth = d->auth,
	    .allow_preauth = !!dialogue_get(d, "preauth", NULL),
	    .deflate = !!dialogue_get(d, "deflate", NULL),
	    .max_literal = (guint64)atol(dialogue_get(d, "max_literal", "0")),
	};
	GError *error = NULL;
	struct imap *s = imap_open(&account, waker, &error);
	g_autofree char *got = dialogue_outcome(s != NULL, NULL, error);
	gboolean ok = dialogue_check(d, "open", dialogue_get(d, "open", "ok"), got);

	for (guint i = 0; s && i < d->does->len; i++)
		ok = act(d, s, d->does->pdata[i], d->is->pdata[i]) && ok;
	imap_close(s);
	return ok;
}

static void every_imap_dialogue_goes_as_written(void **state)
{
	assert_int_equal(dialogue_play_all(".imap", run), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(every_imap_dialogue_goes_as_written),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
