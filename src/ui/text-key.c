/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "text-key.h"

#include <termios.h>
#include <unistd.h>

#include "cur/conf/bindings.h"

void text_key_unbound(struct app *app, int menu)
{
	const struct binding *help = conf_binding_of(app->conf, menu, FN_HELP);
	g_autofree char *key = help ? keys_name(help->keys, help->n_keys) : NULL;

	if (key)
		app_error(app, "Key is not bound.  Press '%s' for help.", key);
	else
		app_error(app, "Key is not bound.");
}

void text_key_wait(void)
{
	struct termios before, raw;
	char byte;

	if (tcgetattr(STDIN_FILENO, &before) < 0)
		return;
	raw = before;
	raw.c_lflag &= ~(ICANON | ECHO);
	raw.c_cc[VMIN] = 1;
	raw.c_cc[VTIME] = 0;
	tcsetattr(STDIN_FILENO, TCSANOW, &raw);
	if (read(STDIN_FILENO, &byte, 1) < 0)
		byte = 0;
	tcsetattr(STDIN_FILENO, TCSANOW, &before);
}
