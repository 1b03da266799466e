/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The lines of the sidebar, the browser, attachments, aliases, queries and compose. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "cur/format/of-alias.h"
#include "cur/format/of-attach.h"
#include "cur/format/of-compose.h"
#include "cur/format/of-folder.h"
#include "cur/format/of-query.h"
#include "cur/format/of-sidebar.h"

static void assert_line(enum expando_domain domain, const char *format, int cols,
			struct expando_source source, const char *expected)
{
	auto_ptr(expando) expando = expando_compile(domain, format, NULL);
	g_autofree char *text = expando_text(expando, cols, &source);

	assert_string_equal(text, expected);
}

static void the_sidebar_shows_what_is_new(void **state)
{
	struct sidebar_values v = {
	    .name = "Почта", .messages = 10, .unread = 3, .new = 1, .flagged = 3, .has_new = TRUE};
	static const char format[] = "%B%?F? [%F]?%* %?N?%N/?%S";

	assert_line(EXPANDO_SIDEBAR, format, 16, sidebar_source(&v), "Почта [3]   3/10");
	v.unread = v.flagged = 0;
	assert_line(EXPANDO_SIDEBAR, format, 16, sidebar_source(&v), "Почта         10");
	assert_line(EXPANDO_SIDEBAR, "%n%!|%r|%D.", -1, sidebar_source(&v), "N|10|Почта.");
	v.flagged = 2;
	assert_line(EXPANDO_SIDEBAR, "%!", -1, sidebar_source(&v), "!!");
	v.flagged = 9;
	assert_line(EXPANDO_SIDEBAR, "%!", -1, sidebar_source(&v), "9!");
}

static void the_browser_shows_files_and_folders_of_a_server(void **state)
{
	struct folder_values v = {.number = 2,
				  .name = "Lists",
				  .type_mark = '/',
				  .owner = "me",
				  .group = "us",
				  .mode = S_IFDIR | 0750,
				  .links = 3,
				  .size_bytes = 4096,
				  .mtime = 86400 * 365,
				  .has_new = TRUE,
				  .date_format = "!%Y"};

	assert_line(EXPANDO_FOLDER, "%2C %t %N %F %2l %-4.4u %-4.4g %5s %d %f", -1,
		    folder_source(&v), " 2   N drwxr-x---  3 me   us    4.0K Jan 01  1971 Lists/");
	assert_line(EXPANDO_FOLDER, "%D %[%m] %i", -1, folder_source(&v), "1971 01 Lists/");
	v.is_remote = TRUE;
	v.mtime = 0;
	assert_line(EXPANDO_FOLDER, "%F|%d|%?m?%m&none?.", -1, folder_source(&v), "IMAP||none.");
}

static void attachments_show_type_and_size(void **state)
{
	const struct attach_values v = {.number = 1,
					.description = "a picture",
					.file = "p.png",
					.major = "image",
					.minor = "png",
					.encoding = "base64",
					.tree = "└─>",
					.disposition = 'A',
					.size_bytes = 2048,
					.tagged = TRUE,
					.unlink = TRUE};

	assert_line(EXPANDO_ATTACH, "%u%D%I %t%4n %T%.40d%> [%.7m/%.10M, %.6e%?C?, %C?, %s] ", 64,
		    attach_source(&v),
		    "- A *   1 └─>a picture                [image/png, base64, 2.0K] ");
	assert_line(EXPANDO_ATTACH, "%F %c%?I?!&-?", -1, attach_source(&v), "p.png n!");
}

static void aliases_and_answers_show_addresses(void **state)
{
	const struct alias_values a = {
	    .number = 3, .alias = "ann", .addresses = "Ann S <ann@x>, bob@x", .deleted = TRUE};
	const struct query_values q = {
	    .number = 1, .address = "ann@x", .name = "Ann S", .extra = "office", .tagged = TRUE};

	assert_line(EXPANDO_ALIAS, "%4n %2f %t %-10a   %r", -1, alias_source(&a),
		    "   3  d   ann          Ann S <ann@x>, bob@x");
	assert_line(EXPANDO_ALIAS, "%E; %N", -1, alias_source(&a), "ann@x, bob@x; Ann S");
	assert_line(EXPANDO_QUERY, "%4c %t %-10.10a %-8.8n %?e?(%e)?", -1, query_source(&q),
		    "   1 * ann@x      Ann S    (office)");
	assert_line(EXPANDO_QUERY, "%A", -1, query_source(&q), "Ann S <ann@x>");
}

static void compose_shows_the_size(void **state)
{
	const struct compose_values v = {
	    .attachments = 2, .size_bytes = 1500, .hostname = "h", .version = "cur 0.1"};

	assert_line(EXPANDO_COMPOSE, "-- %v: Compose  [Approx. msg size: %l   Atts: %a]%>-", 60,
		    compose_source(&v),
		    "-- cur 0.1: Compose  [Approx. msg size: 1.5K   Atts: 2]-----");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(the_sidebar_shows_what_is_new),
	    cmocka_unit_test(the_browser_shows_files_and_folders_of_a_server),
	    cmocka_unit_test(attachments_show_type_and_size),
	    cmocka_unit_test(aliases_and_answers_show_addresses),
	    cmocka_unit_test(compose_shows_the_size),
	};

	setenv("TZ", "UTC", 1);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
