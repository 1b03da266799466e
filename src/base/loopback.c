/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Told by the spelling: what a name leads to is another's to say. */
#include "cur/base/loopback.h"

#include <arpa/inet.h>
#include <string.h>

gboolean host_is_loopback(const char *host)
{
	struct in_addr v4;

	if (inet_pton(AF_INET, host, &v4) == 1)
		return ntohl(v4.s_addr) >> 24 == IN_LOOPBACKNET;
	return !g_ascii_strcasecmp(host, "localhost") || !strcmp(host, "::1");
}
