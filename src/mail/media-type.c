/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a file to attach is: by the end of its name, by its first bytes, by being text. */
#include <string.h>

#include "cur/mail/build.h"

static const struct {
	const char *ending, *type;
} endings[] = {
    {"7z", "application/x-7z-compressed"},
    {"asc", "text/plain"},
    {"bmp", "image/bmp"},
    {"bz2", "application/x-bzip2"},
    {"c", "text/x-csrc"},
    {"css", "text/css"},
    {"csv", "text/csv"},
    {"diff", "text/x-diff"},
    {"doc", "application/msword"},
    {"docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"},
    {"eml", "message/rfc822"},
    {"epub", "application/epub+zip"},
    {"flac", "audio/flac"},
    {"gif", "image/gif"},
    {"gz", "application/gzip"},
    {"h", "text/x-chdr"},
    {"htm", "text/html"},
    {"html", "text/html"},
    {"ics", "text/calendar"},
    {"jpeg", "image/jpeg"},
    {"jpg", "image/jpeg"},
    {"js", "text/javascript"},
    {"json", "application/json"},
    {"log", "text/plain"},
    {"m4a", "audio/mp4"},
    {"md", "text/markdown"},
    {"mov", "video/quicktime"},
    {"mp3", "audio/mpeg"},
    {"mp4", "video/mp4"},
    {"odp", "application/vnd.oasis.opendocument.presentation"},
    {"ods", "application/vnd.oasis.opendocument.spreadsheet"},
    {"odt", "application/vnd.oasis.opendocument.text"},
    {"ogg", "audio/ogg"},
    {"opus", "audio/opus"},
    {"patch", "text/x-diff"},
    {"pdf", "application/pdf"},
    {"png", "image/png"},
    {"ppt", "application/vnd.ms-powerpoint"},
    {"pptx", "application/vnd.openxmlformats-officedocument.presentationml.presentation"},
    {"ps", "application/postscript"},
    {"py", "text/x-python"},
    {"rtf", "application/rtf"},
    {"sh", "text/x-shellscript"},
    {"svg", "image/svg+xml"},
    {"tar", "application/x-tar"},
    {"tex", "text/x-tex"},
    {"tgz", "application/gzip"},
    {"tif", "image/tiff"},
    {"tiff", "image/tiff"},
    {"txt", "text/plain"},
    {"vcf", "text/vcard"},
    {"wav", "audio/x-wav"},
    {"webm", "video/webm"},
    {"webp", "image/webp"},
    {"xls", "application/vnd.ms-excel"},
    {"xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"},
    {"xml", "application/xml"},
    {"xz", "application/x-xz"},
    {"zip", "application/zip"},
    {"zst", "application/zstd"},
};

static const struct {
	const char *bytes;
	gsize n;
	const char *type;
} beginnings[] = {
    {"%PDF-", 5, "application/pdf"},	  {"\x89PNG\r\n", 6, "image/png"},
    {"\xff\xd8\xff", 3, "image/jpeg"},	  {"GIF8", 4, "image/gif"},
    {"PK\003\004", 4, "application/zip"}, {"\x1f\x8b", 2, "application/gzip"},
};

static const char *type_by_content(const guint8 *head, gsize n)
{
	for (gsize i = 0; i < G_N_ELEMENTS(beginnings); i++)
		if (n >= beginnings[i].n && memcmp(head, beginnings[i].bytes, beginnings[i].n) == 0)
			return beginnings[i].type;
	for (gsize i = 0; i < n; i++)
		if (head[i] < ' ' && !strchr("\t\n\r\f\033", head[i] ? head[i] : 1))
			return "application/octet-stream";
	return "text/plain";
}

const char *build_type_of_ending(const char *ending)
{
	for (gsize i = 0; i < G_N_ELEMENTS(endings); i++)
		if (g_ascii_strcasecmp(endings[i].ending, ending) == 0)
			return endings[i].type;
	return NULL;
}

char *build_media_type(const char *name, const guint8 *head, gsize n)
{
	const char *dot = name ? strrchr(name, '.') : NULL;
	const char *type = dot ? build_type_of_ending(dot + 1) : NULL;

	return g_strdup(type ? type : type_by_content(head, n));
}

/* Parameters may follow the type. */
gboolean build_is_media_type(const char *text)
{
	gsize n = strcspn(text, "; ");
	const char *slash = memchr(text, '/', n);

	for (gsize i = 0; i < n; i++)
		if (!g_ascii_isalnum(text[i]) && !strchr("/!#$&-^_.+", text[i]))
			return FALSE;
	return slash && slash > text && slash + 1 < text + n && g_str_is_ascii(text) &&
	       !strpbrk(text, "\r\n");
}
