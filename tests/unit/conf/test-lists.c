/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Lists, aliases, groups, colours, hooks: what commands store. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "cur/base/error.h"
#include "cur/conf/colors.h"
#include "cur/conf/hooks.h"
#include "cur/conf/keep.h"
#include "cur/conf/lists.h"
#include "muttrc.h"

static void headers_are_ignored_by_prefix(void **state)
{
	auto_ptr(conf) conf = conf_of("ignore *\nunignore from: date x-\nignore x-spam");

	assert_true(conf_is_ignored(conf, "Received: x"));
	assert_false(conf_is_ignored(conf, "From: x"));
	assert_false(conf_is_ignored(conf, "DATE: x"));
	assert_false(conf_is_ignored(conf, "X-Mailer: x"));
}

static void types_match_with_and_without_a_star(void **state)
{
	auto_ptr(conf) conf =
	    conf_of("auto_view text/html image/* application\nunauto_view image/*");

	assert_true(conf_auto_view(conf, "text/html"));
	assert_true(conf_auto_view(conf, "TEXT/HTML"));
	assert_false(conf_auto_view(conf, "text/plain"));
	assert_false(conf_auto_view(conf, "image/png"));
	assert_true(conf_auto_view(conf, "application/pdf"));
	assert_false(conf_auto_view(conf, "applications/pdf"));
}

static void lists_have_exceptions(void **state)
{
	auto_ptr(conf) conf = conf_of("lists a@x\nsubscribe ^b@x\nunlists nota@x\n"
				      "alternates me@x\nunalternates notme@x");

	assert_true(conf_is_list(conf, "A@X.org"));
	assert_true(conf_is_list(conf, "b@x.org"));
	assert_true(conf_is_subscribed(conf, "b@x.org"));
	assert_false(conf_is_subscribed(conf, "a@x.org"));
	assert_false(conf_is_list(conf, "nota@x.org"));
	assert_true(conf_is_alternate(conf, "ME@x"));
	assert_false(conf_is_alternate(conf, "notme@x"));
	assert_true(conf_command(conf, "unsubscribe ^b@x", NULL, NULL));
	assert_true(conf_is_list(conf, "b@x.org"));
	assert_false(conf_is_subscribed(conf, "b@x.org"));
	assert_true(conf_command(conf, "unlists *", NULL, NULL));
	assert_false(conf_is_list(conf, "a@x.org"));
}

static void groups_hold_addresses_and_expressions(void **state)
{
	auto_ptr(conf) conf = conf_of("group -group g -addr Ann@x -rx @y\\.org$\n"
				      "alias -group g bob Bob <bob@z>\n"
				      "ungroup -group g -addr ann@x");

	assert_false(conf_in_group(conf, "g", "ann@x"));
	assert_true(conf_in_group(conf, "g", "x@Y.org"));
	assert_true(conf_in_group(conf, "g", "BOB@z"));
	assert_false(conf_in_group(conf, "h", "bob@z"));
	assert_false(conf_command(conf, "group -group g x", NULL, NULL));
}

static void an_alias_keeps_its_quotes(void **state)
{
	auto_ptr(conf) conf =
	    conf_of("alias Bob \"X; Y\" <b@c>, d@e # a friend\nalias BOB z@z; x@y");
	const struct alias *a = conf_alias(conf, "bob");

	assert_int_equal(conf_aliases(conf)->len, 1);
	assert_string_equal(a->addresses, "z@z; x@y");
	assert_null(a->comment);
	assert_true(conf_command(conf, "alias q \"X; Y\" <b@c> # note", NULL, NULL));
	a = conf_alias(conf, "q");
	assert_string_equal(a->addresses, "\"X; Y\" <b@c>");
	assert_string_equal(a->comment, "note");
	assert_true(conf_command(conf, "unalias bob q", NULL, NULL));
	assert_int_equal(conf_aliases(conf)->len, 0);
}

static void my_headers_replace_and_go(void **state)
{
	auto_ptr(conf) conf = conf_of("my_hdr X-A: \"one\"\nmy_hdr x-a: two; my_hdr X-B: b");
	const GPtrArray *headers = conf_my_headers(conf);

	assert_int_equal(headers->len, 2);
	assert_string_equal(g_ptr_array_index(headers, 0), "x-a: two");
	assert_true(conf_command(conf, "unmy_hdr X-A:", NULL, NULL));
	assert_int_equal(headers->len, 1);
	assert_false(conf_command(conf, "my_hdr X: a\\nBcc: x", NULL, NULL));
}

static void mailboxes_have_options_and_labels(void **state)
{
	auto_ptr(conf) conf = conf_of("set folder=/m\n"
				      "mailboxes =a -label L -nonotify '=c d' =e\n"
				      "named-mailboxes N /n\nunmailboxes =a");
	const GPtrArray *list = conf_mailboxes(conf);
	const struct mailbox_entry *e = g_ptr_array_index(list, 0);

	assert_int_equal(list->len, 3);
	assert_string_equal(e->text, "/m/c d");
	assert_string_equal(e->label, "L");
	assert_false(e->notify);
	assert_true(e->poll);
	e = g_ptr_array_index(list, 1);
	assert_null(e->label);
	assert_true(e->notify);
}

/* C17 */
static void names_are_never_expanded_twice(void **state)
{
	auto_ptr(conf) conf = conf_of("set folder=/m\nset my_n='`touch /x`$(id)%s#'\n"
				      "mailboxes \"=$my_n\"");
	const struct mailbox_entry *e = g_ptr_array_index(conf_mailboxes(conf), 0);

	assert_string_equal(e->text, "/m/`touch /x`$(id)%s#");
}

static void subjects_are_rewritten(void **state)
{
	auto_ptr(conf) conf =
	    conf_of("subjectrx '\\[list\\] *' '%L%R'\nsubjectrx '(a)(b)' '%2%1%%'");
	g_autofree char *one = conf_rewrite_subject(conf, "Re: [LIST] x");
	g_autofree char *two = conf_rewrite_subject(conf, "ab");

	assert_string_equal(one, "Re: x");
	assert_string_equal(two, "ba%");
	assert_null(conf_rewrite_subject(conf, "z"));
}

static void scores_are_kept(void **state)
{
	auto_ptr(conf) conf = conf_of("score ~N 10\nscore ~D =-5\nscore ~N 9999\nunscore ~D\n");
	const struct score_entry *s = g_ptr_array_index(conf_scores(conf), 0);

	assert_int_equal(conf_scores(conf)->len, 1);
	assert_int_equal(s->value, 9999);
	assert_true(s->final);
}

/* ---- colours -------------------------------------------------------------------- */

static void colours_are_read_in_all_their_forms(void **state)
{
	auto_ptr(conf) conf =
	    conf_of("color error bold brightred #102030\ncolor tree color200 default\n"
		    "color index red default ~N\ncolor index blue default ~D\n"
		    "color index green default ~N\ncolor body alertwhite black http:\n"
		    "color compose header red blue\ncolor status red blue x 1\n"
		    "mono error reverse\nuncolor index ~D");
	const struct color_rule *r = conf_color(conf, COLOR_ERROR);
	const GPtrArray *rules = conf_color_rules(conf, COLOR_INDEX);

	assert_int_equal(r->attributes, ATTRIBUTE_BOLD);
	assert_true(r->fg.bright);
	assert_int_equal(r->fg.value, 1);
	assert_int_equal(r->bg.kind, COLOR_IS_RGB);
	assert_int_equal(r->bg.value, 0x102030);
	r = conf_color(conf, COLOR_TREE);
	assert_int_equal(r->fg.value, 200);
	assert_int_equal(r->bg.kind, COLOR_IS_DEFAULT);
	assert_int_equal(rules->len, 1);
	r = g_ptr_array_index(rules, 0);
	assert_int_equal(r->fg.value, 2);
	assert_string_equal(r->text, "~N");
	r = g_ptr_array_index(conf_color_rules(conf, COLOR_BODY), 0);
	assert_true(r->fg.alert);
	assert_true(regex_match(r->re, "see http://x", -1));
	assert_non_null(conf_color(conf, COLOR_COMPOSE_HEADER));
	r = g_ptr_array_index(conf_color_rules(conf, COLOR_STATUS), 0);
	assert_int_equal(r->group, 1);
	assert_int_equal(conf_mono(conf, COLOR_ERROR)->attributes, ATTRIBUTE_REVERSE);
	assert_true(conf_command(conf, "uncolor *", NULL, NULL));
	assert_null(conf_color(conf, COLOR_ERROR));
}

/* ---- hooks ---------------------------------------------------------------------- */

static const char *signature_after(struct conf *conf, const char *mailbox)
{
	assert_true(conf_run_folder_hooks(conf, mailbox, NULL));
	return conf_settings(conf)->hostname;
}

static void folder_hooks_run_in_order_for_what_matches(void **state)
{
	auto_ptr(conf) conf = conf_of("set folder=/m\n"
				      "folder-hook . 'set hostname=all'\n"
				      "folder-hook =work/ 'set hostname=work'\n"
				      "folder-hook !work 'set realname=no'\n"
				      "folder-hook -noregex =a.c 'set hostname=plain'\n"
				      "folder-hook imaps://h/L 'set hostname=url'\n"
				      "set realname=x");

	assert_string_equal(signature_after(conf, "/m/other"), "all");
	assert_string_equal(conf_settings(conf)->realname, "no");
	assert_string_equal(signature_after(conf, "/m/work/x"), "work");
	assert_string_equal(signature_after(conf, "/m/network"), "all");
	assert_string_equal(signature_after(conf, "/m/abc"), "all");
	assert_string_equal(signature_after(conf, "/m/a.c"), "plain");
	/* written without the user that the canonical name has */
	assert_string_equal(signature_after(conf, "imaps://me@h/Lists"), "url");
}

/* Words are expanded when the hook is defined, and again when it runs. */
static void hooks_are_read_twice(void **state)
{
	auto_ptr(conf) conf = conf_of("set my_s=a\n"
				      "folder-hook x set hostname=$my_s\n"
				      "folder-hook y 'set hostname=$my_s'\n"
				      "set my_s=b");

	assert_string_equal(signature_after(conf, "/x"), "a");
	assert_string_equal(signature_after(conf, "/y"), "b");
}

static void an_error_in_a_hook_stops_the_others(void **state)
{
	auto_ptr(conf) conf =
	    conf_of("folder-hook . 'set nosuch_x=1'\nfolder-hook . 'set hostname=q'");
	g_autoptr(GError) error = NULL;

	assert_false(conf_run_folder_hooks(conf, "/x", &error));
	assert_true(g_str_has_prefix(error->message, "folder-hook: "));
	assert_string_not_equal(conf_settings(conf)->hostname, "q");
}

static void doubles_are_dropped_or_replaced_by_kind(void **state)
{
	auto_ptr(conf) conf = conf_of("send-hook ~A 'set quit'\nsend-hook ~A 'set quit'\n"
				      "send-hook ~A 'set beep'\n"
				      "save-hook ~A =x\nsave-hook ~N =y\nsave-hook ~A =z\n"
				      "fcc-save-hook ~D =q\n"
				      "save-hook bob =b\nfcc-hook . =all");
	const struct hook *h = g_ptr_array_index(conf_hooks(conf, HOOK_SAVE), 0);

	assert_int_equal(conf_hooks(conf, HOOK_SEND)->len, 2);
	assert_int_equal(conf_hooks(conf, HOOK_SAVE)->len, 4);
	assert_string_equal(h->command, "=z");
	assert_int_equal(conf_hooks(conf, HOOK_FCC)->len, 2);
	h = g_ptr_array_index(conf_hooks(conf, HOOK_SAVE), 3);
	assert_string_equal(h->pattern, "~f \"bob\" !~P | (~P ~C \"bob\")");
	h = g_ptr_array_index(conf_hooks(conf, HOOK_FCC), 1);
	assert_string_equal(h->pattern, "~A");
	assert_true(conf_command(conf, "unhook save-hook", NULL, NULL));
	assert_int_equal(conf_hooks(conf, HOOK_SAVE)->len, 0);
	assert_int_equal(conf_hooks(conf, HOOK_SEND)->len, 2);
	assert_false(conf_command(conf, "unhook nosuch", NULL, NULL));
}

static void test_unkeep(void **state)
{
	auto_ptr(conf) conf =
	    conf_of("keep -days 30 =lists; keep -days 7 =news =old; unkeep =news");
	g_autoptr(GPtrArray) some = conf_keep_rules(conf);
	g_autoptr(GPtrArray) none = NULL;

	assert_int_equal(keep_for(some, "lists").days, 30);
	assert_int_equal(keep_for(some, "old").days, 7);
	assert_int_equal(keep_for(some, "news").days, 0);
	assert_true(conf_command(conf, "unkeep *", NULL, NULL));
	none = conf_keep_rules(conf);
	assert_int_equal(keep_for(none, "lists").days, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_unkeep),
	    cmocka_unit_test(headers_are_ignored_by_prefix),
	    cmocka_unit_test(types_match_with_and_without_a_star),
	    cmocka_unit_test(lists_have_exceptions),
	    cmocka_unit_test(groups_hold_addresses_and_expressions),
	    cmocka_unit_test(an_alias_keeps_its_quotes),
	    cmocka_unit_test(my_headers_replace_and_go),
	    cmocka_unit_test(mailboxes_have_options_and_labels),
	    cmocka_unit_test(names_are_never_expanded_twice),
	    cmocka_unit_test(subjects_are_rewritten),
	    cmocka_unit_test(scores_are_kept),
	    cmocka_unit_test(colours_are_read_in_all_their_forms),
	    cmocka_unit_test(folder_hooks_run_in_order_for_what_matches),
	    cmocka_unit_test(hooks_are_read_twice),
	    cmocka_unit_test(an_error_in_a_hook_stops_the_others),
	    cmocka_unit_test(doubles_are_dropped_or_replaced_by_kind),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
