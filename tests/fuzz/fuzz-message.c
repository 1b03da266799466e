/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reading messages: scan, parts, display, HTML. The seeds are tests/corpus/. */
#include <stddef.h>
#include <stdint.h>

#include "message.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	fuzz_message((const char *)data, size);
	return 0;
}
