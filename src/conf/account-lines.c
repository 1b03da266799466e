/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What an `account` command stands for: settings, and the lines of muttrc that give them effect. */
#include <string.h>

#include "account-block.h"
#include "cur/base/error.h"
#include "cur/base/path.h"
#include "cur/mail/address.h"
#include "server.h"

/* clang-format off */
/* Roles of folders: the variable, and what the folder is called unless the block says it. */
static const struct {
	enum block_key key;
	const char *variable;
	const char *usual; /* NULL: none */
} roles[] = {
    {BLOCK_INBOX, "spoolfile", "INBOX"},
    {BLOCK_SENT, "record", "Sent"},
    {BLOCK_DRAFTS, "postponed", "Drafts"},
    {BLOCK_TRASH, "trash", "Trash"},
    {BLOCK_ARCHIVE, "archive", NULL},
    {BLOCK_SPAM, "junk", NULL},
};
/* clang-format on */

/* "imaps://user@host/": the URL with the account's user when it names none; no password. Yours. */
static char *server_of(const struct account_block *b, enum block_key key)
{
	struct server s;
	g_autofree char *base = NULL;
	const char *user = b->value[BLOCK_USER];

	server_parse(b->value[key], &s, NULL);
	base = server_url(&s, s.user ? s.user : user ? user : "");
	server_clear(&s);
	return g_strconcat(base, "/", NULL);
}

/* Where = stands for: ends in a slash when it is a server. Yours. */
static char *root_of(const struct account_block *b)
{
	if (b->value[BLOCK_IMAP])
		return server_of(b, BLOCK_IMAP);
	if (b->value[BLOCK_FOLDER]) {
		g_autofree char *home = path_home_expand(b->value[BLOCK_FOLDER]);

		return path_absolute(home);
	}
	return server_of(b, BLOCK_POP);
}

gboolean account_block_is_apart(const struct account_block *b, const struct account_block *other,
				GError **error)
{
	g_autofree char *root = root_of(b);
	g_autofree char *taken = root_of(other);

	if (!strcmp(root, taken))
		return error_set(error, CUR_ERROR_USAGE,
				 "account %s: its mail lies where that of account %s does", b->name,
				 other->name);
	if (!strstr(root, "://") && !strstr(taken, "://") &&
	    (path_lies_in(root, taken) || path_lies_in(taken, root)))
		return error_set(error, CUR_ERROR_USAGE,
				 "account %s: the folder of one lies in the other's: account %s",
				 b->name, other->name);
	return TRUE;
}

/* A folder below the root by its name, and whatever else as it is. Yours. */
static char *below_root(const char *root, const char *name)
{
	gboolean shortcut = strchr("=+", *name) != NULL;

	if (!shortcut && (strchr("/~!", *name) || strstr(name, "://")))
		return g_strdup(name);
	return g_strconcat(root, g_str_has_suffix(root, "/") ? "" : "/", name + shortcut, NULL);
}

static void add_set(struct account_block *b, const char *name, const char *value)
{
	struct block_set *set = g_new0(struct block_set, 1);

	set->name = name;
	set->value = g_strdup(value);
	g_ptr_array_add(b->set, set);
}

/* A folder below the root by its name alone, and whatever else as it is written. Yours. */
static char *folder_name(const char *text)
{
	if (!*text || strchr("=+/~!", *text) || strstr(text, "://"))
		return g_strdup(text);
	return g_strconcat("=", text, NULL);
}

static void set_folders(struct account_block *b, const char *root)
{
	gboolean has_folders = b->value[BLOCK_IMAP] || b->value[BLOCK_FOLDER];

	if (b->value[BLOCK_IMAP])
		add_set(b, "folder", root);
	else if (b->value[BLOCK_FOLDER])
		add_set(b, "folder", b->value[BLOCK_FOLDER]);
	for (guint i = 0; i < G_N_ELEMENTS(roles); i++) {
		const char *given = b->value[roles[i].key];
		g_autofree char *name = NULL;

		if (!given && b->value[BLOCK_POP] && roles[i].key == BLOCK_INBOX)
			name = server_of(b, BLOCK_POP);
		else if (given)
			name = folder_name(given);
		else if (has_folders && roles[i].usual)
			name = folder_name(roles[i].usual);
		if (name)
			add_set(b, roles[i].variable, name);
	}
}

/* Many a login name is the address. */
static gboolean is_address(const char *text)
{
	auto_ptr(address) a = address_parse_one(text);

	return a && *a->local && *a->host;
}

static void set_sender(struct account_block *b)
{
	const char *user = b->value[BLOCK_USER];

	if (b->value[BLOCK_FROM])
		add_set(b, "from", b->value[BLOCK_FROM]);
	else if (user && is_address(user))
		add_set(b, "from", user);
	if (b->value[BLOCK_REALNAME])
		add_set(b, "realname", b->value[BLOCK_REALNAME]);
	if (b->value[BLOCK_SIGNATURE])
		add_set(b, "signature", b->value[BLOCK_SIGNATURE]);
	if (b->value[BLOCK_IDENTITIES])
		add_set(b, "reverse_name", "yes");
}

static void set_transport(struct account_block *b)
{
	g_autofree char *url = b->value[BLOCK_SMTP] ? server_of(b, BLOCK_SMTP) : NULL;

	if (url || b->value[BLOCK_SENDMAIL])
		add_set(b, "smtp_url", url ? url : "");
	if (b->value[BLOCK_SENDMAIL])
		add_set(b, "sendmail", b->value[BLOCK_SENDMAIL]);
}

const char *account_block_set(const struct account_block *b, const char *variable)
{
	for (guint i = 0; i < b->set->len; i++) {
		const struct block_set *set = g_ptr_array_index(b->set, i);

		if (!strcmp(set->name, variable))
			return set->value;
	}
	return NULL;
}

/* ---- lines ----------------------------------------------------------------------------- */

/* In the quotes that leave it readable. Yours. */
static char *quote(const char *text)
{
	return strpbrk(text, "'\n\r\t") ? words_quote(text) : g_strconcat("'", text, "'", NULL);
}

static void add_assignment(GString *line, const char *name, const char *value)
{
	g_autofree char *quoted = words_quote(value);

	g_string_append_printf(line, " %s=%s", name, quoted);
}

/* "set a="x" b="y"" of all there is, or of the transport alone. Yours. */
static char *set_command(const struct account_block *b, gboolean only_transport)
{
	GString *line = g_string_new("set");

	for (guint i = 0; i < b->set->len; i++) {
		const struct block_set *set = g_ptr_array_index(b->set, i);

		if (!only_transport || !strcmp(set->name, "smtp_url") ||
		    !strcmp(set->name, "sendmail"))
			add_assignment(line, set->name, set->value);
	}
	return g_string_free(line, FALSE);
}

char *account_block_command(const struct account_block *b)
{
	return set_command(b, FALSE);
}

static const char *add_line(struct account_block *b, char *line)
{
	g_ptr_array_add(b->lines, line);
	return line;
}

/* What lies below this, as a regex. Yours. */
static char *beginning_with(const char *root)
{
	g_autofree char *escaped = regex_escape(root);
	g_autofree char *pattern =
	    g_strconcat("^", escaped, g_str_has_suffix(root, "/") ? "" : "(/|$)", NULL);

	return quote(pattern);
}

static const char *add_folder_hook(struct account_block *b, const char *command)
{
	g_autofree char *root = root_of(b);
	g_autofree char *pattern = beginning_with(root);
	g_autofree char *quoted = quote(command);

	return add_line(b, g_strdup_printf("folder-hook %s %s", pattern, quoted));
}

const char *account_block_add_hook(struct account_block *b, const char *variable, const char *value)
{
	g_autoptr(GString) command = g_string_new("set");

	add_assignment(command, variable, value);
	return add_folder_hook(b, command->str);
}

/* How to log in at one of its servers. */
static void add_account_hook(struct account_block *b, enum block_key key, const char *protocol)
{
	g_autofree char *url = server_of(b, key);
	g_autofree char *pattern = beginning_with(url);
	g_autofree char *quoted = NULL;
	g_autoptr(GString) command = g_string_new("set");
	struct server s;
	const struct {
		const char *variable, *value;
	} secrets[] = {{"pass", b->value[BLOCK_PASS]},
		       {"pass_command", b->value[BLOCK_PASS_COMMAND]},
		       {"oauth_refresh_command", b->value[BLOCK_OAUTH_COMMAND]}};

	server_parse(b->value[key], &s, NULL);
	for (guint i = 0; i < G_N_ELEMENTS(secrets); i++) {
		g_autofree char *name = g_strdup_printf("%s_%s", protocol, secrets[i].variable);
		const char *value = secrets[i].value;

		/* A password in the URL is taken out of what is written down. */
		if (i == 0 && s.pass)
			value = s.pass;
		add_assignment(command, name, value ? value : "");
	}
	server_clear(&s);
	quoted = quote(command->str);
	add_line(b, g_strdup_printf("account-hook %s %s", pattern, quoted));
}

static void add_mailbox(GString *line, const char *root, const char *name)
{
	g_autofree char *whole = below_root(root, name);
	g_autofree char *quoted = words_quote(whole);

	g_string_append_printf(line, " %s", quoted);
}

/* The inbox is shown by the account's name; the others by their own. */
static void add_mailboxes(struct account_block *b, const char *root)
{
	const char *more = b->value[BLOCK_MAILBOXES], *inbox = account_block_set(b, "spoolfile");
	g_auto(GStrv) names = g_strsplit_set(more ? more : "", ", \t\n", -1);
	g_autofree char *label = words_quote(b->name);
	GString *line = g_string_new("mailboxes -label ");

	g_string_append(line, label);
	add_mailbox(line, root, inbox);
	for (char **name = names; *name; name++)
		if (**name)
			add_mailbox(line, root, *name);
	add_line(b, g_string_free(line, FALSE));
}

/* "^(a@x|b@y)$" of every address of the account, or NULL. Yours. */
static char *addresses_regex(const struct account_block *b)
{
	const char *from = account_block_set(b, "from");
	const char *others = b->value[BLOCK_IDENTITIES];
	g_autofree char *all = g_strconcat(from ? from : "", ", ", others ? others : "", NULL);
	g_autoptr(GPtrArray) list = address_parse(all);
	GString *regex = g_string_new("^(");

	for (guint i = 0; i < list->len; i++) {
		g_autofree char *spec = address_spec(g_ptr_array_index(list, i));
		g_autofree char *escaped = regex_escape(spec);

		g_string_append_printf(regex, "%s%s", regex->len > 2 ? "|" : "", escaped);
	}
	if (!list->len) {
		g_string_free(regex, TRUE);
		return NULL;
	}
	g_string_append(regex, ")$");
	return g_string_free(regex, FALSE);
}

/* Who writes decides how it leaves and where the copy stays, wherever one is. */
static void add_sender_hooks(struct account_block *b, const char *root)
{
	g_autofree char *regex = addresses_regex(b);
	g_autofree char *alternate = regex ? quote(regex) : NULL;
	g_autofree char *pattern = regex ? g_strdup_printf("~f '%s'", regex) : NULL;
	g_autofree char *quoted = pattern ? words_quote(pattern) : NULL;
	const char *record = account_block_set(b, "record");

	if (!regex)
		return;
	add_line(b, g_strdup_printf("alternates %s", alternate));
	if (account_block_set(b, "smtp_url")) {
		g_autofree char *transport = set_command(b, TRUE);
		g_autofree char *command = quote(transport);

		add_line(b, g_strdup_printf("send2-hook %s %s", quoted, command));
	}
	if (record && *record) {
		g_autofree char *path = below_root(root, record);
		g_autofree char *mailbox = words_quote(path);

		add_line(b, g_strdup_printf("fcc-hook %s %s", quoted, mailbox));
	}
}

void account_block_write(struct account_block *b)
{
	g_autofree char *root = root_of(b);
	g_autofree char *command = NULL;

	set_folders(b, root);
	set_sender(b);
	set_transport(b);
	command = set_command(b, FALSE);
	add_folder_hook(b, command);
	if (b->value[BLOCK_IMAP])
		add_account_hook(b, BLOCK_IMAP, "imap");
	if (b->value[BLOCK_POP])
		add_account_hook(b, BLOCK_POP, "pop");
	if (b->value[BLOCK_SMTP])
		add_account_hook(b, BLOCK_SMTP, "smtp");
	add_mailboxes(b, root);
	add_sender_hooks(b, root);
}
