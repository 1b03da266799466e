/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Drafts made into bytes: read back with our own parser, and looked at as bytes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <glib/gstdio.h>
#include <string.h>

#include "cur/base/error.h"
#include "cur/mail/build.h"
#include "cur/mail/message.h"

static const struct build_options options = {
    .hostname = "host.example", .now = 1710428400, .allow_8bit = TRUE, .utc_date = TRUE};

static struct draft *simple(const char *body)
{
	struct draft *draft = draft_new();

	draft_set(&draft->from, "Me <me@example.org>");
	draft_set(&draft->to, "you@example.org");
	draft_set(&draft->subject, "Hi");
	draft_set(&draft->body, body);
	return draft;
}

static void build(const struct draft *draft, const struct build_options *o,
		  struct built_message *built)
{
	g_autoptr(GError) error = NULL;

	if (!draft_build(draft, o, built, &error))
		fail_msg("%s", error->message);
}

/* Tests only: these bytes were a GString, so a NUL follows them. */
static const char *text_of(GBytes *bytes)
{
	return g_bytes_get_data(bytes, NULL);
}

/* P72: what holds for every message, whatever was in the draft. */
static void assert_wire_safe(GBytes *bytes)
{
	gsize n, line = 0;
	const char *data = g_bytes_get_data(bytes, &n);
	gboolean in_header = TRUE;

	assert_int_equal(data[n - 1], '\n');
	for (gsize i = 0; i < n; i++) {
		assert_true(data[i] != '\0' && data[i] != '\r');
		if (in_header)
			assert_true((guchar)data[i] < 0x80);
		if (data[i] == '\n' && line == 0)
			in_header = FALSE;
		line = data[i] == '\n' ? 0 : line + 1;
		assert_true(line <= 998);
	}
}

static void a_plain_message_is_plain(void **state)
{
	auto_ptr(draft) draft = simple("Hello\n.\nFrom here\n");
	struct built_message built;

	build(draft, &options, &built);
	assert_true(g_str_has_prefix(text_of(built.message),
				     "Date: Thu, 14 Mar 2024 15:00:00 +0000\n"
				     "From: Me <me@example.org>\n"
				     "To: you@example.org\n"
				     "Subject: Hi\n"
				     "Message-ID: <"));
	assert_non_null(strstr(text_of(built.message),
			       "@host.example>\n"
			       "MIME-Version: 1.0\n"
			       "Content-Type: text/plain; charset=us-ascii\n"
			       "Content-Disposition: inline\n"
			       "Content-Transfer-Encoding: 7bit\n\n"
			       "Hello\n.\nFrom here\n"));
	assert_string_equal(built.envelope_from, "me@example.org");
	assert_int_equal(built.recipients->len, 1);
	built_message_clear(&built);
}

/* P72 */
static void hostile_bodies_go_out_safe_and_come_back_whole(void **state)
{
	g_autofree char *wide = g_strnfill(5000, 'x');
	g_autofree char *cyrillic = g_strconcat("Привет ", wide, "\n", NULL);
	const char *const bodies[] = {"bare\rCR\n", "\r.\r\n", "a\n.\nb\n",
				      wide,	    cyrillic,  "trailing \t\nblank \n",
				      "=3D = ==\n", "",	       "no newline"};
	const struct build_options variants[] = {
	    options,
	    {.hostname = "h", .allow_8bit = FALSE},
	    {.hostname = "h", .allow_8bit = TRUE, .encode_from = TRUE},
	};

	for (gsize i = 0; i < G_N_ELEMENTS(bodies); i++)
		for (gsize v = 0; v < G_N_ELEMENTS(variants); v++) {
			auto_ptr(draft) draft = simple(bodies[i]);
			auto_ptr(message) message = NULL;
			g_autoptr(GBytes) content = NULL;
			struct built_message built;
			gsize n;

			build(draft, &variants[v], &built);
			if (*bodies[i] && bodies[i][strlen(bodies[i]) - 1] == '\n')
				assert_wire_safe(built.message);
			message = message_new(built.message);
			content = part_decode(message_root(message));
			n = g_bytes_get_size(content);
			if (i != 1) /* CR LF is a line end, not content */
				assert_memory_equal(g_bytes_get_data(content, NULL), bodies[i],
						    MIN(n, strlen(bodies[i])));
			built_message_clear(&built);
		}
}

/* M40, P70 */
static void line_breaks_in_headers_and_addresses_stop_the_message(void **state)
{
	static const struct {
		gsize offset;
		const char *value;
	} cases[] = {
	    {offsetof(struct draft, subject), "Hi\nBcc: evil@x"},
	    {offsetof(struct draft, subject), "Hi\r\n\r\nbody"},
	    {offsetof(struct draft, in_reply_to), "<a@b>\nBcc: evil@x"},
	    {offsetof(struct draft, reply_to), "a@b\nBcc: evil@x"},
	    {offsetof(struct draft, message_id), "<a@b>\nX: y"},
	    {offsetof(struct draft, to), ""},
	    {offsetof(struct draft, to), "\"a b\n\"@example.org"},
	    {offsetof(struct draft, from), ""},
	};

	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		auto_ptr(draft) draft = simple("x\n");
		struct built_message built;
		g_autoptr(GError) error = NULL;

		draft_set((char **)(void *)((char *)draft + cases[i].offset), cases[i].value);
		assert_false(draft_build(draft, &options, &built, &error));
		assert_true(error_is(error, CUR_ERROR_USAGE));
	}
}

static void extra_headers_are_checked_and_ours_cannot_be_forged(void **state)
{
	auto_ptr(draft) draft = simple("x\n");
	struct built_message built;
	g_autoptr(GError) error = NULL;

	assert_true(draft_add_header(draft, "X-Note: Grüße", NULL));
	assert_true(draft_add_header(draft, "Content-Type: text/html", NULL));
	assert_true(draft_add_header(draft, "X-Mutt-Fcc: /etc/passwd", NULL));
	assert_true(draft_add_header(draft, "Cc: c@example.org", NULL));
	assert_true(draft_add_header(draft, "CC: d@example.org", NULL));
	assert_false(draft_add_header(draft, "X-A: b\nBcc: c", &error));
	assert_false(draft_add_header(draft, "no colon", NULL));
	assert_false(draft_add_header(draft, "bad name: x", NULL));
	build(draft, &options, &built);
	assert_non_null(strstr(text_of(built.message), "\nX-Note: =?"));
	assert_non_null(strstr(text_of(built.message), "\nCc: c@example.org, d@example.org\n"));
	assert_null(strstr(text_of(built.message), "text/html"));
	assert_null(strstr(text_of(built.message), "passwd"));
	assert_wire_safe(built.message);
	assert_int_equal(built.recipients->len, 3);
	built_message_clear(&built);
}

/* M78 */
static void bcc_is_not_sent_and_kept_for_the_copy_on_request(void **state)
{
	struct build_options keep = options;
	auto_ptr(draft) draft = simple("x\n");
	struct built_message built;

	draft_set(&draft->bcc, "Secret <secret@example.org>");
	build(draft, &options, &built);
	assert_null(strstr(text_of(built.message), "ecret"));
	assert_null(strstr(text_of(built.fcc), "ecret"));
	assert_int_equal(built.recipients->len, 2);
	built_message_clear(&built);

	keep.keep_bcc_in_fcc = TRUE;
	build(draft, &keep, &built);
	assert_null(strstr(text_of(built.message), "ecret"));
	assert_non_null(strstr(text_of(built.fcc), "\nBcc: Secret <secret@example.org>\n"));
	built_message_clear(&built);
}

static void the_first_charset_that_fits_is_used(void **state)
{
	static const char *const charsets[] = {"us-ascii", "iso-8859-1", "utf-8", NULL};
	static const struct {
		const char *body, *type;
	} cases[] = {
	    {"plain\n", "charset=us-ascii\n"},
	    {"Grüße\n", "charset=iso-8859-1\n"},
	    {"Привет\n", "charset=utf-8\n"},
	};

	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		struct build_options o = options;
		auto_ptr(draft) draft = simple(cases[i].body);
		auto_ptr(message) message = NULL;
		g_autofree char *text = NULL;
		struct built_message built;

		o.send_charset = charsets;
		build(draft, &o, &built);
		assert_non_null(strstr(text_of(built.message), cases[i].type));
		message = message_new(built.message);
		text = part_text(message_root(message), NULL);
		assert_string_equal(text, cases[i].body);
		built_message_clear(&built);
	}
}

static void attachments_come_back_byte_for_byte(void **state)
{
	g_autofree char *dir = g_dir_make_tmp("cur-build-XXXXXX", NULL);
	g_autofree char *path = g_build_filename(dir, "Отчёт \"1\".csv", NULL);
	static const char data[] = "a;b\r\nc;d\n\rlone";
	auto_ptr(draft) draft = simple("see below\n");
	auto_ptr(message) message = NULL;
	g_autoptr(GBytes) back = NULL;
	struct built_message built;
	struct part *part;

	assert_true(g_file_set_contents(path, data, sizeof(data) - 1, NULL));
	g_ptr_array_add(draft->parts, draft_part_new_file(path, FALSE));
	g_ptr_array_add(draft->parts,
			draft_part_new_message(g_bytes_new_static("Subject: in\r\n\r\nhey\r\n", 20),
					       "the other"));
	build(draft, &options, &built);
	assert_wire_safe(built.message);
	message = message_new(built.message);
	part = message_find_part(message, "2");
	assert_string_equal(part->file_name, "Отчёт \"1\".csv");
	assert_true(part_is(part, "text", "csv"));
	back = part_decode(part);
	assert_int_equal(g_bytes_get_size(back), sizeof(data) - 1);
	assert_memory_equal(g_bytes_get_data(back, NULL), data, sizeof(data) - 1);
	part = message_find_part(message, "3");
	assert_true(part_is(part, "message", "rfc822"));
	assert_string_equal(part->description, "the other");
	built_message_clear(&built);
	g_unlink(path);
	g_rmdir(dir);
}

static void a_missing_attachment_stops_the_message(void **state)
{
	auto_ptr(draft) draft = simple("x\n");
	struct built_message built;
	g_autoptr(GError) error = NULL;

	g_ptr_array_add(draft->parts, draft_part_new_file("/nonexistent/file", FALSE));
	assert_false(draft_build(draft, &options, &built, &error));
	assert_true(error_is(error, CUR_ERROR_GONE));
	assert_null(built.message);
}

static void flowed_text_is_stuffed_and_wrapped(void **state)
{
	struct build_options o = options;
	auto_ptr(draft) draft = simple("From me\n> quoted\nA paragraph that is a good deal longer "
				       "than the seventy-two columns "
				       "that fit a line.\n");
	struct built_message built;

	o.wrap_flowed = TRUE;
	draft->text_flowed = TRUE;
	build(draft, &o, &built);
	assert_non_null(strstr(text_of(built.message), "format=flowed\n"));
	assert_non_null(strstr(text_of(built.message), "\n From me\n"));
	assert_non_null(strstr(text_of(built.message), "columns \nthat fit a line.\n"));
	built_message_clear(&built);
}

static void long_references_are_folded(void **state)
{
	auto_ptr(draft) draft = simple("x\n");
	g_autoptr(GString) references = g_string_new(NULL);
	struct built_message built;

	for (int i = 0; i < 500; i++)
		g_string_append_printf(references, "%s<%d.some-long-id@mail.example.org>",
				       i ? " " : "", i);
	draft_set(&draft->references, references->str);
	build(draft, &options, &built);
	assert_wire_safe(built.message);
	built_message_clear(&built);
}

static void types_come_from_names_and_then_from_content(void **state)
{
	static const struct {
		const char *name, *head, *type;
	} cases[] = {
	    {"a.PDF", "", "application/pdf"},	  {"noext", "%PDF-1.7", "application/pdf"},
	    {"noext", "plain\n", "text/plain"},	  {"noext", "\001\002", "application/octet-stream"},
	    {"a.tar.gz", "", "application/gzip"}, {NULL, "GIF89a", "image/gif"},
	};

	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autofree char *type = build_media_type(
		    cases[i].name, (const guint8 *)cases[i].head, strlen(cases[i].head));

		assert_string_equal(type, cases[i].type);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_plain_message_is_plain),
	    cmocka_unit_test(hostile_bodies_go_out_safe_and_come_back_whole),
	    cmocka_unit_test(line_breaks_in_headers_and_addresses_stop_the_message),
	    cmocka_unit_test(extra_headers_are_checked_and_ours_cannot_be_forged),
	    cmocka_unit_test(bcc_is_not_sent_and_kept_for_the_copy_on_request),
	    cmocka_unit_test(the_first_charset_that_fits_is_used),
	    cmocka_unit_test(attachments_come_back_byte_for_byte),
	    cmocka_unit_test(a_missing_attachment_stops_the_message),
	    cmocka_unit_test(flowed_text_is_stuffed_and_wrapped),
	    cmocka_unit_test(long_references_are_folded),
	    cmocka_unit_test(types_come_from_names_and_then_from_content),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
