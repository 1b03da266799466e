/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Names of keyword letters in state.db, in the cache and in dovecot-keywords. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "cur/base/error.h"
#include "cur/mail/flags.h"
#include "cur/store/hcache.h"
#include "cur/store/keywords.h"
#include "cur/store/maildir.h"
#include "fixture.h"

enum { A = 1 << KEYWORD_SHIFT, B = A << 1, C = B << 1, D = C << 1 };

static struct store *must_open(void **state)
{
	g_autofree char *data = g_build_filename(*state, "data", NULL);
	g_autofree char *cache = g_build_filename(*state, "headers.mdb", NULL);
	g_autoptr(GError) error = NULL;
	struct store *store = store_open(data, cache, &error);

	if (!store)
		fail_msg("%s", error->message);
	return store;
}

static guint32 make_named(void **state, struct store *store, const char *account, const char *name)
{
	g_autofree char *path = g_build_filename(*state, name, NULL);
	struct state_mailbox mb = {.name = path,
				   .account = account,
				   .folder = name,
				   .server_name = "",
				   .path = path,
				   .role = ""};

	assert_true(maildir_create(path, NULL));
	assert_true(store_begin(store, NULL));
	assert_true(store_put_mailbox(store, &mb, NULL));
	assert_true(store_commit(store, NULL));
	return mb.number;
}

static guint32 make_box(void **state, struct store *store, const char *account)
{
	return make_named(state, store, account, "box");
}

static void add_message(struct store *store, guint32 box, mark_t mark, const char *base)
{
	struct state_message msg = {.mailbox = box, .mark = mark, .base = base};
	struct row row = {.id_hash = 1};

	assert_true(store_begin(store, NULL));
	assert_true(store_add(store, &msg, &row, "", 0, NULL));
	assert_true(store_commit(store, NULL));
}

static char *file(void **state)
{
	g_autofree char *path = g_build_filename(*state, "box", "dovecot-keywords", NULL);
	char *text = NULL;

	return g_file_get_contents(path, &text, NULL, NULL) ? text : g_strdup("none");
}

static void write_file(void **state, const char *text)
{
	g_autofree char *path = g_build_filename(*state, "box", "dovecot-keywords", NULL);

	assert_true(g_file_set_contents(path, text, -1, NULL));
}

static char *names(struct store *store, guint32 box)
{
	auto_ptr(keywords) kw = store_keywords(store, box);

	return keywords_format(kw);
}

#define IS(what, text)                                                                             \
	do {                                                                                       \
		g_autofree char *got = (what);                                                     \
		assert_string_equal(got, text);                                                    \
	} while (0)

static void a_name_is_in_state_cache_and_file(void **state)
{
	auto_ptr(store) store = must_open(state);
	guint32 box = make_box(state, store, "me@x");
	struct hcache_mailbox cached;
	struct envelope env;
	gboolean left_out;
	mark_t bits;

	assert_true(store_learn_keywords(store, box, "todo $Junk a(b", &bits, &left_out, NULL));
	assert_int_equal(bits, A | B);
	assert_false(left_out);
	add_message(store, box, B | A, "1");
	add_message(store, box, 0, "2");
	IS(file(state), "0 todo\n1 $Junk\n");
	store_lock(store);
	assert_true(hcache_renew(store_cache(store), NULL));
	assert_true(hcache_mailbox(store_cache(store), box, &cached));
	assert_string_equal(cached.keywords, "todo $Junk");
	hcache_text(store_cache(store), box, 0, &env);
	assert_string_equal(env.field[ENV_KEYWORDS], "$Junk todo");
	hcache_text(store_cache(store), box, 1, &env);
	assert_string_equal(env.field[ENV_KEYWORDS], "");
	hcache_release(store_cache(store));
	store_unlock(store);
}

static void a_stale_record_of_the_mailbox_does_not_undo_a_name(void **state)
{
	auto_ptr(store) store = must_open(state);
	guint32 box = make_box(state, store, "me@x");
	g_autofree struct state_mailbox *stale = NULL;
	struct hcache_mailbox cached;
	mark_t bits;

	store_lock(store);
	stale = state_mailbox(store_state(store), box);
	store_unlock(store);
	assert_true(store_learn_keywords(store, box, "todo", &bits, NULL, NULL));
	assert_true(store_begin(store, NULL));
	assert_true(store_put_mailbox(store, stale, NULL));
	assert_true(store_commit(store, NULL));
	IS(names(store, box), "todo");
	store_lock(store);
	assert_true(hcache_renew(store_cache(store), NULL));
	assert_true(hcache_mailbox(store_cache(store), box, &cached));
	assert_string_equal(cached.keywords, "todo");
	hcache_release(store_cache(store));
	store_unlock(store);
}

static void a_mailbox_without_keywords_has_no_file(void **state)
{
	auto_ptr(store) store = must_open(state);
	guint32 box = make_box(state, store, "me@x");

	assert_true(store_share_keywords(store, box, NULL));
	IS(file(state), "none");
}

/* What the file says, what state.db says, and who is right. */
static void file_and_state_are_brought_together(void **state)
{
	static const struct {
		const char *account, *ours, *file, *names, *after;
	} cases[] = {
	    {"me@x", "", "0 a\n1 b\n", "a b", "0 a\n1 b\n"},
	    {"me@x", "a", "1 b\n", "a b", "0 a\n1 b\n"},
	    {"me@x", "a b", "0 x\n1 b\n", "a b", "0 a\n1 b\n"},
	    {"", "a b", "0 x\n1 b\n", "x b", "0 x\n1 b\n"},
	    {"", "a b", "0 b\n1 a\n", "b a", "0 b\n1 a\n"},
	    {"", "a b c", "0 c\n", "c b", "0 c\n1 b\n"},
	    {"me@x", "a b", "0 b\n1 a\n", "a b", "0 a\n1 b\n"},
	    {"me@x", "a", "", "a", "0 a\n"},
	    {"me@x", "", "25 z\n0 a\n", "a", "0 a\n25 z\n"},
	    {"me@x", "a", "1 A\n", "a", "0 a\n"},
	    {"me@x", "", "x\n-1 a\n99999999999999999999999 a\n0 b(\n1  c\n2 $Forwarded\n3 ok\n",
	     "   ok", "3 ok\n99999999999999999999999 a\n"},
	};

	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		auto_ptr(store) store = must_open(state);
		guint32 box = make_box(state, store, cases[i].account);

		assert_true(store_begin(store, NULL));
		assert_true(store_set_keywords(store, box, cases[i].ours, NULL));
		assert_true(store_commit(store, NULL));
		write_file(state, cases[i].file);
		assert_true(store_share_keywords(store, box, NULL));
		IS(names(store, box), cases[i].names);
		IS(file(state), cases[i].after);
		assert_true(store_begin(store, NULL));
		assert_true(store_drop_mailbox(store, box, NULL));
		assert_true(store_commit(store, NULL));
	}
}

/* The file may have its line while the messages with that letter were not looked at yet. */
static void a_letter_that_another_program_has_just_named_is_not_given_away(void **state)
{
	auto_ptr(store) store = must_open(state);
	guint32 box = make_box(state, store, "me@x"),
		other = make_named(state, store, "me@x", "other");
	mark_t bits;

	assert_true(store_learn_keywords(store, other, "usual names here", &bits, NULL, NULL));
	write_file(state, "0 theirs\n");
	assert_true(store_guess_keywords(store, box, A | B, NULL));
	IS(names(store, box), "theirs names");
	write_file(state, "0 theirs\n1 names\n2 too\n");
	assert_true(store_learn_keywords(store, box, "here", &bits, NULL, NULL));
	assert_int_equal(bits, D);
	IS(file(state), "0 theirs\n1 names\n2 too\n3 here\n");
}

static void letters_that_no_message_has_are_given_anew_when_all_are_taken(void **state)
{
	auto_ptr(store) store = must_open(state);
	guint32 box = make_box(state, store, "me@x");
	g_autoptr(GString) all = g_string_new(NULL);
	gboolean left_out;
	mark_t bits;

	for (guint i = 0; i < KEYWORDS_MAX; i++)
		g_string_append_printf(all, " w%u", i);
	assert_true(store_learn_keywords(store, box, all->str, &bits, NULL, NULL));
	assert_int_equal(bits, KEYWORD_BITS);
	add_message(store, box, KEYWORD_BITS & ~(mark_t)C, "1");
	assert_true(store_learn_keywords(store, box, "more", &bits, &left_out, NULL));
	assert_true(left_out && !bits);
	assert_true(store_free_keywords(store, box, NULL));
	assert_true(store_learn_keywords(store, box, "more most", &bits, &left_out, NULL));
	assert_int_equal(bits, C);
	assert_true(left_out);
	assert_true(store_share_keywords(store, box, NULL));
	g_autofree char *text = file(state);
	assert_non_null(strstr(text, "2 more\n"));
	assert_null(strstr(text, "w2\n"));
}

static void a_letter_in_files_without_a_name_is_not_given_away(void **state)
{
	auto_ptr(store) store = must_open(state);
	guint32 box = make_box(state, store, "me@x");
	mark_t bits;

	add_message(store, box, A | C, "1");
	assert_true(store_learn_keywords(store, box, "x y", &bits, NULL, NULL));
	assert_int_equal(bits, B | D);
}

/* A letter means the same in all mailboxes of an account while there are letters enough. */
static void a_name_gets_the_letter_it_has_in_the_accounts_other_mailboxes(void **state)
{
	auto_ptr(store) store = must_open(state);
	guint32 first = make_named(state, store, "me@x", "first");
	guint32 second = make_named(state, store, "me@x", "second");
	guint32 other = make_named(state, store, "you@x", "other");
	mark_t bits;

	assert_true(store_learn_keywords(store, first, "a b c", &bits, NULL, NULL));
	assert_true(store_learn_keywords(store, second, "c d", &bits, NULL, NULL));
	assert_int_equal(bits, C | D);
	assert_true(store_learn_keywords(store, other, "c d", &bits, NULL, NULL));
	assert_int_equal(bits, A | B);
	assert_true(store_guess_keywords(store, second, B | D | D << 1, NULL));
	IS(names(store, second), " b c d");
	assert_true(store_guess_keywords(store, other, C, NULL));
	IS(names(store, other), "c d");
}

/* Kept for the index, which knows flags as tags: each change of what it shows. */
static void changed_tags_are_listed_until_the_index_has_them(void **state)
{
	auto_ptr(store) store = must_open(state);
	guint32 box = make_box(state, store, "me@x");
	g_autoptr(GArray) list = NULL;

	add_message(store, box, 0, "1");
	add_message(store, box, 0, "2");
	assert_true(store_begin(store, NULL));
	assert_true(store_mark(store, box, 1, MARK_PENDING, NULL));
	assert_true(store_mark(store, box, 2, 1u << 31, NULL));
	assert_true(store_mark(store, box, 2, 1u << 31 | FLAG_PASSED, NULL));
	list = state_retags(store_state(store), 10);
	assert_int_equal(list->len, 1);
	assert_int_equal(g_array_index(list, struct state_retag, 0).lid, 2);
	assert_true(state_drop_retags(store_state(store),
				      g_array_index(list, struct state_retag, 0).id, NULL));
	g_array_unref(list);
	list = state_retags(store_state(store), 10);
	assert_int_equal(list->len, 0);
	assert_true(store_commit(store, NULL));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    IN_FOLDER(a_name_is_in_state_cache_and_file),
	    IN_FOLDER(a_stale_record_of_the_mailbox_does_not_undo_a_name),
	    IN_FOLDER(a_mailbox_without_keywords_has_no_file),
	    IN_FOLDER(file_and_state_are_brought_together),
	    IN_FOLDER(letters_that_no_message_has_are_given_anew_when_all_are_taken),
	    IN_FOLDER(a_letter_that_another_program_has_just_named_is_not_given_away),
	    IN_FOLDER(a_letter_in_files_without_a_name_is_not_given_away),
	    IN_FOLDER(a_name_gets_the_letter_it_has_in_the_accounts_other_mailboxes),
	    IN_FOLDER(changed_tags_are_listed_until_the_index_has_them),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
