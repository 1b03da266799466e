/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * JSON lines (RFC 8259), always valid UTF-8: bytes that are not become U+FFFD,
 * and control characters, C1 included, are escaped, so that a terminal may show
 * a line as it is.
 */
#ifndef CLI_JSON_H
#define CLI_JSON_H

#include <glib.h>

struct json {
	GString *out;
	gboolean comma; /* the next value needs one before it */
};

void json_init(struct json *json);
void json_clear(struct json *json);

/* `key` is NULL within an array. */
void json_object(struct json *json, const char *key);
void json_end_object(struct json *json);
void json_array(struct json *json, const char *key);
void json_end_array(struct json *json);
void json_string(struct json *json, const char *key, const char *text);
void json_text(struct json *json, const char *key, const char *text, gssize n);
void json_number(struct json *json, const char *key, gint64 number);
void json_boolean(struct json *json, const char *key, gboolean value);

/* Print what was written as one line, and begin anew. */
void json_print(struct json *json);

#endif
