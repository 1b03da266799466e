/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Drafts through the editor's file and through a postponed message, and back. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <glib/gstdio.h>
#include <string.h>

#include "cur/mail/draft.h"

static char *dir, *file;

static int set_up(void **state)
{
	dir = g_dir_make_tmp("cur-draft-XXXXXX", NULL);
	file = g_build_filename(dir, "draft", NULL);
	return 0;
}

static int tear_down(void **state)
{
	g_unlink(file);
	g_rmdir(dir);
	g_free(file);
	g_free(dir);
	return 0;
}

static struct draft *full(void)
{
	struct draft *draft = draft_new();
	struct draft_part *part =
	    draft_part_new_bytes(g_bytes_new_static("\001\002\000\003", 4), NULL, "дата.bin");

	draft_set(&draft->from, "Me <me@example.org>");
	draft_set(&draft->to, "Жан <zhan@example.org>, b@example.org");
	draft_set(&draft->bcc, "secret@example.org");
	draft_set(&draft->subject, "Привет, world");
	draft_set(&draft->in_reply_to, "<parent@x>");
	draft_set(&draft->references, "<root@x> <parent@x>");
	draft_set(&draft->body, " indented\nFrom me\nпривет\n-- \nsig\n");
	draft_set(&draft->answered, "3.1207");
	draft_set(&draft->transport, "smtp://me@host:587");
	draft->text_flowed = TRUE;
	g_ptr_array_add(draft->fcc, g_strdup("imaps://me@host/Sent"));
	g_ptr_array_add(draft->fcc, g_strdup("/home/me/копия"));
	g_ptr_array_add(draft->headers, g_strdup("X-Note: один"));
	part->description = g_strdup("numbers");
	g_ptr_array_add(draft->parts, part);
	return draft;
}

static void a_postponed_message_comes_back_as_it_was(void **state)
{
	auto_ptr(draft) draft = full();
	auto_ptr(draft) back = NULL;
	g_autoptr(GBytes) bytes = draft_write(draft, NULL);
	struct draft_part *part;

	assert_non_null(bytes);
	back = draft_read(bytes, TRUE, NULL);
	assert_string_equal(back->from, draft->from);
	assert_string_equal(back->to, draft->to);
	assert_string_equal(back->bcc, draft->bcc);
	assert_string_equal(back->subject, draft->subject);
	assert_string_equal(back->in_reply_to, draft->in_reply_to);
	assert_string_equal(back->references, draft->references);
	assert_string_equal(back->body, draft->body);
	assert_string_equal(back->answered, draft->answered);
	assert_string_equal(back->transport, draft->transport);
	assert_true(back->text_flowed);
	assert_int_equal(back->fcc->len, 2);
	assert_string_equal(back->fcc->pdata[1], "/home/me/копия");
	assert_int_equal(back->headers->len, 1);
	assert_string_equal(back->headers->pdata[0], "X-Note: один");
	assert_int_equal(back->parts->len, 1);
	part = back->parts->pdata[0];
	assert_string_equal(part->name, "дата.bin");
	assert_string_equal(part->description, "numbers");
	assert_int_equal(g_bytes_get_size(part->bytes), 4);
}

/* M43 */
static void a_draft_from_a_server_names_no_file_and_no_copy(void **state)
{
	static const char hostile[] = "From: a@b\nTo: c@d\nSubject: x\n"
				      "X-Cur-Fcc: /etc/passwd\nX-Mutt-Fcc: /etc/passwd\n"
				      "X-Cur-Transport: sendmail:/bin/sh\nX-Cur-Account: evil\n"
				      "X-Cur-Answered: 1.1\nFcc: /etc/x\nAttach: /etc/shadow\n"
				      "X-Other-Compose: y\nX-Spy: z\n\nbody\n";
	g_autoptr(GBytes) bytes = g_bytes_new_static(hostile, sizeof(hostile) - 1);
	auto_ptr(draft) draft = draft_read(bytes, FALSE, NULL);

	assert_string_equal(draft->to, "c@d");
	assert_string_equal(draft->body, "body\n");
	assert_int_equal(draft->fcc->len, 0);
	assert_int_equal(draft->parts->len, 0);
	assert_int_equal(draft->headers->len, 0);
	assert_null(draft->transport);
	assert_null(draft->account);
	assert_null(draft->answered);
}

static void a_group_of_parts_comes_back_as_it_was(void **state)
{
	auto_ptr(draft) draft = full();
	auto_ptr(draft) back = NULL;
	g_autoptr(GPtrArray) members = g_ptr_array_new();
	g_autoptr(GBytes) bytes = NULL;
	struct draft_part *group;

	draft_place_text(draft);
	g_ptr_array_add(members, draft->parts->pdata[0]);
	assert_false(draft_group(draft, members, "multipart/alternative", NULL));
	g_ptr_array_add(members, draft->parts->pdata[1]);
	assert_true(draft_group(draft, members, "multipart/alternative", NULL));
	bytes = draft_write(draft, NULL);
	back = draft_read(bytes, TRUE, NULL);
	assert_int_equal(back->parts->len, 1);
	group = back->parts->pdata[0];
	assert_string_equal(group->type, "multipart/alternative");
	assert_int_equal(group->children->len, 2);
	assert_true(((struct draft_part *)group->children->pdata[0])->is_text);
	assert_string_equal(back->body, draft->body);
	assert_int_equal(draft_n_attachments(back), 1);
	/* A group of one is none. */
	draft_remove(back, group->children->pdata[1]);
	assert_int_equal(back->parts->len, 1);
	assert_true(((struct draft_part *)back->parts->pdata[0])->is_text);
}

static void what_a_stranger_says_of_a_part_does_not_keep_it_from_being_sent(void **state)
{
	static const char odd[] = "From: a@b\nTo: c@d\nSubject: x\nMIME-Version: 1.0\n"
				  "Content-Type: text/plain\nContent-ID: <\303\244\001@x>\n"
				  "Content-Language: \303\244, =?utf-8?q?=0Ax?=\n\nbody\n";
	g_autoptr(GBytes) bytes = g_bytes_new_static(odd, sizeof(odd) - 1);
	auto_ptr(draft) draft = draft_read(bytes, FALSE, NULL);
	g_autoptr(GBytes) written = draft_write(draft, NULL);

	assert_non_null(written);
	assert_string_equal(draft->body, "body\n");
}

static void the_editor_gets_headers_and_gives_them_back(void **state)
{
	auto_ptr(draft) draft = full();
	g_autofree char *text = NULL;

	assert_true(draft_edit_write(draft, TRUE, file, NULL));
	assert_true(g_file_get_contents(file, &text, NULL, NULL));
	assert_string_equal(text, "From: Me <me@example.org>\n"
				  "To: Жан <zhan@example.org>, b@example.org\n"
				  "Cc: \n"
				  "Bcc: secret@example.org\n"
				  "Subject: Привет, world\n"
				  "Reply-To: \n"
				  "In-Reply-To: <parent@x>\n"
				  "X-Note: один\n"
				  "\n"
				  " indented\nFrom me\nпривет\n-- \nsig\n");
	assert_true(draft_edit_read(draft, TRUE, file, NULL));
	assert_string_equal(draft->to, "Жан <zhan@example.org>, b@example.org");
	assert_string_equal(draft->references, "<root@x> <parent@x>");
	assert_string_equal(draft->body, " indented\nFrom me\nпривет\n-- \nsig\n");
	assert_int_equal(draft->headers->len, 1);
	assert_string_equal(draft->answered, "3.1207");
}

static const struct {
	const char *edited, *to, *subject, *body;
	guint n_fcc, n_parts;
} edits[] = {
    {"To: a@b\nSubject: s\n\nbody\n", "a@b", "s", "body\n", 2, 1},
    {"To: a@b\nTo: c@d\n\n", "a@b, c@d", NULL, "", 2, 1},
    {"To: a@b,\n c@d\nSubject: s\n\nx\n", "a@b, c@d", "s", "x\n", 2, 1},
    {"To: a@b\nFcc: =new\nAttach: /etc/my\\ file some words\n\nx\n", "a@b", NULL, "x\n", 1, 2},
    {"To: a@b\nthis is no header\nSubject: s\n\nx\n", "a@b", NULL,
     "this is no header\nSubject: s\n\nx\n", 2, 1},
    {"no header at all\n\nx\n", "Жан <zhan@example.org>, b@example.org", "Привет, world",
     "no header at all\n\nx\n", 2, 1},
    {"To: a@b\r\nSubject: s\r\n\r\nx\n", "a@b", "s", "x\n", 2, 1},
    {"To: a@b\r\nSubject: s\r\n\r\n> x\r\n\r\na\rb\r\n", "a@b", "s", "> x\n\na\rb\n", 2, 1},
    {"To: a@b", "a@b", NULL, "", 2, 1},
    {"\nonly text\n", "Жан <zhan@example.org>, b@example.org", "Привет, world", "only text\n", 2,
     1},
};

static void whatever_the_editor_leaves_no_text_is_lost(void **state)
{
	for (gsize i = 0; i < G_N_ELEMENTS(edits); i++) {
		auto_ptr(draft) draft = full();

		assert_true(g_file_set_contents(file, edits[i].edited, -1, NULL));
		assert_true(draft_edit_read(draft, TRUE, file, NULL));
		assert_string_equal(draft->to, edits[i].to);
		if (edits[i].subject)
			assert_string_equal(draft->subject, edits[i].subject);
		else
			assert_null(draft->subject);
		assert_string_equal(draft->body, edits[i].body);
		assert_int_equal(draft->fcc->len, edits[i].n_fcc);
		assert_int_equal(draft->parts->len, edits[i].n_parts);
	}
}

static void deleting_in_reply_to_leaves_the_thread(void **state)
{
	auto_ptr(draft) draft = full();

	assert_true(g_file_set_contents(file, "To: a@b\n\nx\n", -1, NULL));
	assert_true(draft_edit_read(draft, TRUE, file, NULL));
	assert_null(draft->references);
}

static void a_draft_that_cannot_be_written_leaves_the_old_one(void **state)
{
	auto_ptr(draft) draft = full();
	g_autofree char *text = NULL;
	g_autoptr(GError) error = NULL;

	assert_true(g_file_set_contents(file, "old", -1, NULL));
	g_ptr_array_add(draft->parts, draft_part_new_file("/nonexistent/x", FALSE));
	assert_false(draft_save(draft, file, &error));
	assert_true(g_file_get_contents(file, &text, NULL, NULL));
	assert_string_equal(text, "old");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_postponed_message_comes_back_as_it_was),
	    cmocka_unit_test(a_draft_from_a_server_names_no_file_and_no_copy),
	    cmocka_unit_test(a_group_of_parts_comes_back_as_it_was),
	    cmocka_unit_test(what_a_stranger_says_of_a_part_does_not_keep_it_from_being_sent),
	    cmocka_unit_test(the_editor_gets_headers_and_gives_them_back),
	    cmocka_unit_test(whatever_the_editor_leaves_no_text_is_lost),
	    cmocka_unit_test(deleting_in_reply_to_leaves_the_thread),
	    cmocka_unit_test(a_draft_that_cannot_be_written_leaves_the_old_one),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
