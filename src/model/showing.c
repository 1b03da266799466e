/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Settings and lists of a muttrc as display_options. */
#include "cur/model/showing.h"

#include <string.h>

#include "cur/conf/conf.h"
#include "cur/conf/lists.h"
#include "cur/crypt/open.h"

static gboolean is_ignored(const char *name, void *data)
{
	const struct showing *showing = data;

	return conf_is_ignored(showing->conf, name);
}

/* The same strings, with a NULL at the end. */
static GPtrArray *with_end(const GPtrArray *list)
{
	GPtrArray *array = g_ptr_array_new();

	for (guint i = 0; list && i < list->len; i++)
		g_ptr_array_add(array, g_ptr_array_index(list, i));
	g_ptr_array_add(array, NULL);
	return array;
}

static const char *const *strings(const GPtrArray *array)
{
	return (const char *const *)array->pdata;
}

static enum display_alternatives alternatives_of(const struct settings *s)
{
	if (!strcmp(s->show_multipart_alternative, "info"))
		return ALTERNATIVES_TOLD;
	return !strcmp(s->show_multipart_alternative, "inline") ? ALTERNATIVES_ALL
								: ALTERNATIVES_ONE;
}

void showing_init(struct showing *showing, const struct conf *conf)
{
	const struct settings *s = conf_settings(conf);

	*showing = (struct showing){.conf = conf};
	showing->hdr_order = with_end(conf_header_order(conf));
	showing->alternative_order = with_end(conf_alternative_order(conf));
	showing->assumed_charset = g_strsplit(s->assumed_charset, ":", -1);
	showing->languages =
	    *s->preferred_languages ? g_strsplit_set(s->preferred_languages, ",: ", -1) : NULL;
	showing->options = (struct display_options){
	    .weed = s->weed,
	    .is_ignored = is_ignored,
	    .hdr_order = strings(showing->hdr_order),
	    .alternative_order = strings(showing->alternative_order),
	    .alternatives = alternatives_of(s),
	    .languages = (const char *const *)showing->languages,
	    .assumed_charset = (const char *const *)showing->assumed_charset,
	    .quote_regexp = s->quote_regexp.re,
	    .smileys = s->smileys.re,
	    .honor_disposition = s->honor_disposition,
	    .reflow_text = s->reflow_text,
	    .space_quotes = s->reflow_space_quotes,
	    .data = showing,
	};
}

void showing_clear(struct showing *showing)
{
	g_ptr_array_unref(showing->hdr_order);
	g_ptr_array_unref(showing->alternative_order);
	g_strfreev(showing->assumed_charset);
	g_strfreev(showing->languages);
	*showing = (struct showing){0};
}

void showing_open(struct showing *showing, const struct unsealed *opened)
{
	showing->options.opened = opened ? unsealed_table(opened) : NULL;
	showing->options.weed_protected =
	    conf_settings(showing->conf)->crypt_protected_headers_weed;
}

char *showing_text(const struct conf *conf, struct message *message, const struct unsealed *opened,
		   enum showing_header header, enum showing_use use)
{
	const struct settings *s = conf_settings(conf);
	struct showing showing;
	auto_ptr(display) display = NULL;
	char *text;

	showing_init(&showing, conf);
	showing.options.no_headers = header == SHOWING_NO_HEADER;
	/* What a part says of itself is weeded also where the message says nothing. */
	showing.options.weed = header == SHOWING_NO_HEADER ? s->weed : header == SHOWING_WEEDED;
	showing.options.no_markers = use != SHOWING_READ;
	showing.options.first_part_only = use == SHOWING_QUOTED && s->include_onlyfirst;
	showing_open(&showing, opened);
	showing.options.omit_secret_parts = use == SHOWING_QUOTED && !s->include_encrypted;
	display = display_new(opened ? unsealed_message(opened) : message, &showing.options);
	text = display_to_text(display);
	g_clear_pointer(&display, display_free);
	showing_clear(&showing);
	return text;
}
