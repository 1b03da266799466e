/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The fuzz targets without a fuzzer: each file named as an argument is one input. */
#include <glib.h>
#include <stddef.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int main(int argc, char **argv)
{
	for (int i = 1; i < argc; i++) {
		g_autoptr(GError) error = NULL;
		g_autofree char *bytes = NULL;
		gsize n;

		if (!g_file_get_contents(argv[i], &bytes, &n, &error))
			g_error("%s", error->message);
		LLVMFuzzerTestOneInput((const uint8_t *)bytes, n);
	}
	return 0;
}
