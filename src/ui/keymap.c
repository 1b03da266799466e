/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Key sequences and the queue of keys to come. */
#include "cur/ui/keymap.h"

#include "cur/conf/bindings.h"
#include "cur/conf/keys.h"

enum {
	MACROS_MAX = 1000, /* macros that one typed key may set off */
	QUEUE_MAX = 100000,
};

struct keymap {
	const struct conf *conf;
	int keys[KEYS_MAX];
	guint n;
	GArray *queue; /* int, the next one last */
	guint macros;  /* since the last typed key */
};

struct keymap *keymap_new(const struct conf *conf)
{
	struct keymap *km = g_new0(struct keymap, 1);

	km->conf = conf;
	km->queue = g_array_new(FALSE, FALSE, sizeof(int));
	return km;
}

void keymap_free(struct keymap *km)
{
	if (!km)
		return;
	g_array_unref(km->queue);
	g_free(km);
}

void keymap_reset(struct keymap *km)
{
	km->n = 0;
}

gboolean keymap_pending(const struct keymap *km)
{
	return km->n > 0;
}

void keymap_push(struct keymap *km, const char *keys)
{
	g_autoptr(GArray) codes = g_array_new(FALSE, FALSE, sizeof(int));

	keys_parse_sequence(keys, codes);
	for (guint i = codes->len; i-- > 0 && km->queue->len < QUEUE_MAX;)
		g_array_append_val(km->queue, g_array_index(codes, int, i));
}

gboolean keymap_next(struct keymap *km, int *key)
{
	if (!km->queue->len)
		return FALSE;
	*key = g_array_index(km->queue, int, km->queue->len - 1);
	g_array_set_size(km->queue, km->queue->len - 1);
	return TRUE;
}

void keymap_flush(struct keymap *km)
{
	g_array_set_size(km->queue, 0);
	keymap_reset(km);
}

void keymap_flush_to(struct keymap *km, enum function fn)
{
	int key;

	while (keymap_next(km, &key) && key != KEYCODE_FUNCTION + (int)fn)
		;
}

static enum keymap_result expand_macro(struct keymap *km, const struct binding *binding)
{
	if (++km->macros > MACROS_MAX || km->queue->len >= QUEUE_MAX) {
		keymap_flush(km);
		return KEYMAP_LOOP;
	}
	keymap_push(km, binding->macro);
	return KEYMAP_MORE;
}

enum keymap_result keymap_feed(struct keymap *km, enum menu menu, int key, gboolean typed,
			       enum function *fn)
{
	const struct binding *binding;
	gboolean partial = FALSE;

	if (typed)
		km->macros = 0;
	if (key >= KEYCODE_FUNCTION) {
		keymap_reset(km);
		*fn = key - KEYCODE_FUNCTION;
		return KEYMAP_FUNCTION;
	}
	km->keys[km->n++] = key;
	binding = conf_binding_find(km->conf, menu, km->keys, km->n, &partial);
	if (!binding && partial && km->n < KEYS_MAX)
		return KEYMAP_MORE;
	keymap_reset(km);
	if (!binding)
		return KEYMAP_UNBOUND;
	if (binding->macro)
		return expand_macro(km, binding);
	*fn = binding->function;
	return KEYMAP_FUNCTION;
}
