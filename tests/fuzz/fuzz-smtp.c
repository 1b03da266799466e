/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any bytes as all that an SMTP server says: what it refused, it did not take. */
#include <stddef.h>
#include <stdint.h>

#include "cur/net/smtp.h"
#include "memory-link.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void send_one(struct smtp *s, gboolean allow_some)
{
	static const char *const recipients[] = {"bob@example.net", "carol@example.net", NULL};
	struct smtp_message message = {.sender = "anna@example.org",
				       .recipients = recipients,
				       .fd = memory_link_message(),
				       .allow_some = allow_some};
	struct smtp_result result;
	gboolean ok = smtp_send(s, &message, &result, NULL);

	g_assert_true(!ok || (result.code == 0 && !result.words));
	g_assert_true(!result.words || g_utf8_validate(result.words, -1, NULL));
	smtp_result_clear(&result);
	close(message.fd);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct auth_account login = {.user = "anna", .password = "secret"};
	struct smtp_account account = {.server = {.protocol = LINK_SMTP, .host = "localhost"},
				       .auth = size % 2 ? &login : NULL};
	struct smtp *s;

	memory_link_set(data, size);
	s = smtp_open(&account, NULL, NULL);
	if (!s)
		return 0;
	send_one(s, FALSE);
	if (smtp_is_usable(s))
		send_one(s, TRUE);
	smtp_close(s);
	return 0;
}
