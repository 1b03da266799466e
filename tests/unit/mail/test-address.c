/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Addresses as they should be, as they are, and as attackers write them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "cur/mail/address.h"
#include "material.h"

static const struct {
	const char *text, *formatted;
} cases[] = {
    {"a@b.org", "a@b.org"},
    {"<a@b.org>", "a@b.org"},
    {"root", "root"},
    {"Anna B <a@b.org>", "Anna B <a@b.org>"},
    {"J. Smith <a@b.org>", "J. Smith <a@b.org>"},
    {"\"Smith, John\" <a@b.org>", "\"Smith, John\" <a@b.org>"},
    {"\"John Smith\" <a@b.org>", "John Smith <a@b.org>"},
    {"\"Back\\\\slash \\\"q\\\"\" <a@b.org>", "\"Back\\\\slash \\\"q\\\"\" <a@b.org>"},
    {"a@b.org (Anna B)", "Anna B <a@b.org>"},
    {"Anna <a@b.org> (work), c@d", "Anna <a@b.org>, c@d"},
    {"a@b,\r\n\tc@d", "a@b, c@d"},
    {"a@b; c@d", "a@b, c@d"},
    {",, a@b ,,", "a@b"},
    {"friends: a@b, C <c@d>;", "friends: a@b, C <c@d>;"},
    {"undisclosed-recipients:;", "undisclosed-recipients:;"},
    {"=?utf-8?B?0JjQstCw0L0=?= <i@b>", "Иван <i@b>"},
    {"=?utf-8?Q?Smith,_John?= <a@b>", "\"Smith, John\" <a@b>"},
    {"\"=?koi8-r?B?6dfBzg==?=\" <i@b>", "Иван <i@b>"},
    {"John Smith a@b.org", "John Smith <a@b.org>"},
    {"<a@b.org> Anna", "Anna <a@b.org>"},
    {"<@relay,@other:a@b>", "a@b"},
    {"a@[IPv6:2001:db8::1]", "a@[IPv6:2001:db8::1]"},
    {"\"a b\"@c.org", "\"a b\"@c.org"},
    {"Just A Name", "Just A Name"},
    {"", ""},
    /* M17: what is never closed is an ordinary character. */
    {"\"John <a@b>", "\"\\\"John\" <a@b>"},
    {"John <a@b", "John <a@b>"},
    {"John (x <a@b>", "\"John (x\" <a@b>"},
    /* M53: the real address is last, and what came before stays visible. */
    {"Boss <a@x>: evil@y;", "\"Boss <a@x>\": evil@y;"},
    {"A <a@x> <b@y>", "\"A <a@x>\" <b@y>"},
    {"\"a@b\"@c", "\"a@b\"@c"},
    {"<\"a@b\">", "\"a@b\""},
    {"real@x (evil@y) <b@z>", "\"real@x\" <b@z>"},
    {"=?utf-8?Q?boss=40x.org?=@evil.org", "=?utf-8?Q?boss=40x.org?=@evil.org"},
};

static void a_field_gives_its_addresses(void **state)
{
	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autoptr(GPtrArray) list = address_parse(cases[i].text);
		g_autofree char *formatted = address_format_list(list);
		if (strcmp(formatted, cases[i].formatted))
			print_error("%s -> %s\n", cases[i].text, formatted);
		assert_string_equal(formatted, cases[i].formatted);
	}
}

static void what_was_written_is_read_the_same_again(void **state)
{
	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autoptr(GPtrArray) list = address_parse(cases[i].formatted);
		g_autofree char *formatted = address_format_list(list);
		assert_string_equal(formatted, cases[i].formatted);
	}
}

/* M52: a name of control characters and line ends can break no line. */
static void a_name_has_no_control_characters(void **state)
{
	g_autoptr(GPtrArray) list =
	    address_parse("=?utf-8?Q?a=0D=0ABcc:_x=1B[31m=00?= <a@b\x1b]0;x\a.org>");
	const struct address *a = list->pdata[0];
	for (const char *p = a->name; *p; p++)
		assert_true((guchar)*p >= ' ');
	for (const char *p = a->host; *p; p++)
		assert_true((guchar)*p >= ' ');
}

static void hostile_fields_take_linear_time(void **state) /* M15, M16 */
{
	static const struct {
		const char *piece;
		gsize times;
	} hostile[] = {
	    {";", 20000},	{"(", 200000},	    {"a:", 50000},	   {"\"", 200001},
	    {"<", 200000},	{"[", 200000},	    {"a@[", 100000},	   {"\\", 200000},
	    {"<\"", 100000},	{"(\\", 100000},    {"a <b@c> ", 50000},   {"=?", 100000},
	    {"=?a?q?", 100000}, {"a@b,", 1000000},  {"A <a@b>, ", 500000}, {"@", 200000},
	    {"x ", 500000},	{"\"a\" ", 200000}, {"(a)(b) ", 100000},
	};
	for (gsize i = 0; i < G_N_ELEMENTS(hostile); i++) {
		g_autofree char *text = repeat(hostile[i].piece, hostile[i].times);
		clock_t start = clock();
		g_autoptr(GPtrArray) list = address_parse(text);
		g_autofree char *formatted = address_format_list(list);
		assert_true(list->len <= ADDRESS_COUNT_MAX + 2);
		assert_quick(start);
	}
}

static void equality_ignores_the_case_and_the_form_of_a_host(void **state)
{
	auto_ptr(address) a = address_new("", "Anna", "Example.ORG");
	auto_ptr(address) b = address_new("x", "anna", "example.org");
	auto_ptr(address) c = address_new("", "i", "почта.рф");
	auto_ptr(address) d = address_new("", "i", "xn--80a1acny.xn--p1ai");
	assert_true(address_equal(a, b));
	assert_true(address_equal(c, d));
	assert_false(address_equal(a, c));
}

static void hosts_are_written_for_people_and_for_servers(void **state)
{
	auto_ptr(address) a = address_new("", "i", "xn--80a1acny.xn--p1ai");
	g_autofree char *shown = address_spec_display(a);
	assert_string_equal(shown, "i@почта.рф");
	g_autofree char *ascii = address_host_to_ascii("почта.рф", NULL);
	assert_string_equal(ascii, "xn--80a1acny.xn--p1ai");
}

static void a_header_for_sending_is_ascii_and_reads_back(void **state)
{
	static const char *const texts[] = {"Иван Петров <i@почта.рф>", "\"Smith, John\" <a@b.org>",
					    "J. Smith <a@b.org>", "team: Ольга <o@b>, c@d;"};
	for (gsize i = 0; i < G_N_ELEMENTS(texts); i++) {
		g_autoptr(GPtrArray) list = address_parse(texts[i]);
		g_autofree char *header = address_format_header(list);
		assert_true(g_str_is_ascii(header));
		g_autoptr(GPtrArray) again = address_parse(header);
		assert_int_equal(again->len, list->len);
		for (guint k = 0; k < list->len; k++) {
			const struct address *x = list->pdata[k], *y = again->pdata[k];
			assert_string_equal(x->name, y->name);
			assert_true(address_equal(x, y));
		}
	}
}

static void no_address_can_begin_a_new_field(void **state) /* M40 */
{
	g_autoptr(GPtrArray) list = address_list_new();
	g_ptr_array_add(list, address_new("a\r\nBcc: x", "b\nc", "d\re"));
	g_autofree char *header = address_format_header(list);
	assert_null(strpbrk(header, "\r\n"));
}

static void a_list_has_each_mailbox_once(void **state)
{
	g_autoptr(GPtrArray) list = address_parse("A <a@b>, g: c@d, a@B;, x@y, C@D, x@y");
	address_list_unique(list, TRUE);
	g_autofree char *text = address_format_list(list);
	assert_string_equal(text, "A <a@b>, c@d, x@y");
}

static void an_envelope_refuses_what_could_be_a_command(void **state) /* P70 */
{
	static const struct {
		const char *local, *host;
		gboolean ok;
	} envelopes[] = {
	    {"a", "b.org", TRUE},    {"root", "", TRUE}, {"a\r\nRCPT TO:<x", "b", FALSE},
	    {"a", "b\n", FALSE},     {"a>", "b", FALSE}, {"a<", "b", FALSE},
	    {"a b", "c", FALSE},     {"", "b", FALSE},	 {"a\x7f", "b", FALSE},
	    {"i", "почта.рф", TRUE},
	};
	for (gsize i = 0; i < G_N_ELEMENTS(envelopes); i++) {
		auto_ptr(address) a = address_new("", envelopes[i].local, envelopes[i].host);
		g_autoptr(GError) error = NULL;
		g_autofree char *spec = address_envelope(a, &error);
		assert_int_equal(spec != NULL, envelopes[i].ok);
		assert_int_equal(error == NULL, envelopes[i].ok);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_field_gives_its_addresses),
	    cmocka_unit_test(what_was_written_is_read_the_same_again),
	    cmocka_unit_test(a_name_has_no_control_characters),
	    cmocka_unit_test(hostile_fields_take_linear_time),
	    cmocka_unit_test(equality_ignores_the_case_and_the_form_of_a_host),
	    cmocka_unit_test(hosts_are_written_for_people_and_for_servers),
	    cmocka_unit_test(a_header_for_sending_is_ascii_and_reads_back),
	    cmocka_unit_test(no_address_can_begin_a_new_field),
	    cmocka_unit_test(a_list_has_each_mailbox_once),
	    cmocka_unit_test(an_envelope_refuses_what_could_be_a_command),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
