/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Reading messages: scan, parts, display, HTML. Seeds are tests/corpus/.
 * Built with -fsanitize=fuzzer it is a libFuzzer target; built without
 * (-DFUZZ_FILES) it reads the files it is given.
 */
#include <stdint.h>
#include <stdio.h>

#include "message.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	fuzz_message((const char *)data, size);
	return 0;
}

#ifdef FUZZ_FILES
int main(int argc, char **argv)
{
	for (int i = 1; i < argc; i++) {
		g_autofree char *text = NULL;
		gsize n;
		if (!g_file_get_contents(argv[i], &text, &n, NULL)) {
			fprintf(stderr, "cannot read '%s'\n", argv[i]);
			return 1;
		}
		LLVMFuzzerTestOneInput((const uint8_t *)text, n);
	}
	return 0;
}
#endif
