/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The terminal by curses. In raw mode every byte typed is a key, so no key ends
 * or stops the program behind its back; signals from outside come through the
 * main loop. However the program ends, screen_close() gives the terminal back.
 */
#include "cur/ui/screen.h"

/* curses has a function of the name that conf/keys.h uses; nobody here wants it. */
#define key_name curses_key_name
#include <curses.h>
#undef key_name
#include <glib-unix.h>
#include <langinfo.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "cur/base/error.h"
#include "cur/base/text.h"
#include "cur/conf/keys.h"
#include "terminal.h"

enum {
	KEY_PASTE_BEGIN = KEY_MAX + 1,
	KEY_PASTE_END,
	/* Long enough for a function key over a slow line, too short to be noticed. */
	ESCAPE_DELAY_MS = 50,
	PASTE_MAX = 1 << 20,
	AHEAD_MAX = 4096,
	CTRL_C = 3,
	CTRL_G = 7,
	CTRL_Z = 26,
};

/* As get_wch() gave it. */
struct typed {
	int status;
	wint_t c;
};

struct screen {
	struct screen_events events;
	void *data;
	SCREEN *term;
	struct paint paint;
	int left; /* how many times screen_leave() waits for screen_return() */
	guint input;
	GArray *signals; /* guint source ids */
	GArray *ahead;	 /* struct typed: read by screen_interrupted(), not taken yet */
	guint ahead_source;
	GHashTable *keys;  /* curses code -> KEYCODE_ for modified keys */
	GString *paste;	   /* what is being pasted, or NULL */
	gboolean brackets; /* the terminal was asked to bracket pastes */
	gboolean titled;
};

/* ---- keys ------------------------------------------------------------------ */

static const struct {
	int curses;
	int ours;
} plain_keys[] = {
    {KEY_UP, KEYCODE_UP},
    {KEY_DOWN, KEYCODE_DOWN},
    {KEY_LEFT, KEYCODE_LEFT},
    {KEY_RIGHT, KEYCODE_RIGHT},
    {KEY_HOME, KEYCODE_HOME},
    {KEY_END, KEYCODE_END},
    {KEY_PPAGE, KEYCODE_PAGE_UP},
    {KEY_NPAGE, KEYCODE_PAGE_DOWN},
    {KEY_IC, KEYCODE_INSERT},
    {KEY_DC, KEYCODE_DELETE},
    {KEY_BACKSPACE, KEYCODE_BACKSPACE},
    {KEY_BTAB, KEYCODE_BACKTAB},
    {KEY_ENTER, KEYCODE_KEYPAD_ENTER},
    {KEY_NEXT, KEYCODE_NEXT},
    {KEY_PREVIOUS, KEYCODE_PREV},
    {KEY_SUSPEND, CTRL_Z}, /* so terminfo calls it where it has a name for it (linux) */
    {KEY_SR, KEYCODE_SHIFT | KEYCODE_UP},
    {KEY_SF, KEYCODE_SHIFT | KEYCODE_DOWN},
    {KEY_SLEFT, KEYCODE_SHIFT | KEYCODE_LEFT},
    {KEY_SRIGHT, KEYCODE_SHIFT | KEYCODE_RIGHT},
    {KEY_SHOME, KEYCODE_SHIFT | KEYCODE_HOME},
    {KEY_SEND, KEYCODE_SHIFT | KEYCODE_END},
    {KEY_SNEXT, KEYCODE_SHIFT | KEYCODE_NEXT},
    {KEY_SPREVIOUS, KEYCODE_SHIFT | KEYCODE_PREV},
};

/* terminfo's names of keys with modifiers (user_caps(5)): kUP3 is Alt-Up, kUP5 Ctrl-Up. */
static const struct {
	const char *name;
	int ours;
} modified_keys[] = {
    {"kUP", KEYCODE_UP},    {"kDN", KEYCODE_DOWN}, {"kLFT", KEYCODE_LEFT}, {"kRIT", KEYCODE_RIGHT},
    {"kHOM", KEYCODE_HOME}, {"kEND", KEYCODE_END}, {"kNXT", KEYCODE_NEXT}, {"kPRV", KEYCODE_PREV},
};

/* A capability of the terminal as a string; NULL when it lacks it. */
static const char *capability(const char *name)
{
	const char *text = tigetstr(name);

	return text == (const char *)-1 ? NULL : text;
}

static GHashTable *learn_keys(void)
{
	GHashTable *keys = g_hash_table_new(NULL, NULL);
	static const struct {
		char digit;
		int modifier;
	} modifiers[] = {{'3', KEYCODE_ALT}, {'5', KEYCODE_CTRL}};

	for (guint i = 0; i < G_N_ELEMENTS(plain_keys); i++)
		g_hash_table_insert(keys, GINT_TO_POINTER(plain_keys[i].curses),
				    GINT_TO_POINTER(plain_keys[i].ours));
	for (guint i = 0; i < G_N_ELEMENTS(modified_keys); i++)
		for (guint m = 0; m < G_N_ELEMENTS(modifiers); m++) {
			g_autofree char *name =
			    g_strdup_printf("%s%c", modified_keys[i].name, modifiers[m].digit);
			const char *sequence = capability(name);
			int code = sequence ? key_defined(sequence) : 0;

			if (code > 0)
				g_hash_table_insert(
				    keys, GINT_TO_POINTER(code),
				    GINT_TO_POINTER(modified_keys[i].ours | modifiers[m].modifier));
		}
	return keys;
}

/* 0 for a key that has no code of ours. */
static int translate(struct screen *screen, int status, wint_t c)
{
	if (status != KEY_CODE_YES)
		return c == 127 ? KEYCODE_BACKSPACE : (int)c;
	if (c >= KEY_F(0) && c <= KEY_F(63))
		return KEYCODE_F0 + (int)(c - KEY_F(0));
	return GPOINTER_TO_INT(g_hash_table_lookup(screen->keys, GINT_TO_POINTER((int)c)));
}

/* ---- input ------------------------------------------------------------------- */

static void end_paste(struct screen *screen)
{
	g_autoptr(GString) text = g_steal_pointer(&screen->paste);

	screen->events.paste(text->str, screen->data);
}

/* Characters between the brackets are text, whatever keys they would be (U04). */
static void add_to_paste(struct screen *screen, int status, wint_t c)
{
	if (status == KEY_CODE_YES && c == KEY_PASTE_END)
		end_paste(screen);
	else if (status != KEY_CODE_YES && screen->paste->len < PASTE_MAX)
		g_string_append_unichar(screen->paste, c == '\r' ? '\n' : (gunichar)c);
}

static void take_key(struct screen *screen, int status, wint_t c)
{
	int key;

	if (screen->paste) {
		add_to_paste(screen, status, c);
		return;
	}
	if (status == KEY_CODE_YES && c == KEY_PASTE_BEGIN) {
		screen->paste = g_string_new(NULL);
		return;
	}
	key = translate(screen, status, c);
	if (key)
		screen->events.key(key, screen->data);
}

/* What was typed while the program was busy, in order, before what comes now. */
static int next_input(struct screen *screen, wint_t *c)
{
	struct typed typed;

	if (!screen->ahead->len)
		return get_wch(c);
	typed = g_array_index(screen->ahead, struct typed, 0);
	g_array_remove_index(screen->ahead, 0);
	*c = typed.c;
	return typed.status;
}

/* Readable, and nothing to read: that is the end of the file, for ever (U17). */
static gboolean at_end(void)
{
	struct pollfd fd = {.fd = STDIN_FILENO, .events = POLLIN};
	int waiting = 0;

	if (poll(&fd, 1, 0) <= 0)
		return FALSE;
	if (fd.revents & (POLLHUP | POLLERR | POLLNVAL))
		return TRUE;
	return ioctl(STDIN_FILENO, FIONREAD, &waiting) < 0 || waiting == 0;
}

static gboolean readable(int fd, GIOCondition condition, void *data)
{
	struct screen *screen = data;
	gboolean any = FALSE;
	wint_t c;
	int status;

	while (screen->input && (status = next_input(screen, &c)) != ERR) {
		any = TRUE;
		take_key(screen, status, c);
	}
	if (screen->input && ((!any && at_end()) || condition & (G_IO_HUP | G_IO_ERR))) {
		screen->input = 0;
		screen->events.gone(screen->data);
		return G_SOURCE_REMOVE;
	}
	return screen->input != 0;
}

static gboolean take_ahead(void *data)
{
	struct screen *screen = data;

	screen->ahead_source = 0;
	if (screen->input)
		readable(STDIN_FILENO, G_IO_IN, screen);
	return G_SOURCE_REMOVE;
}

static void take_ahead_later(struct screen *screen)
{
	if (screen->ahead->len && !screen->ahead_source)
		screen->ahead_source = g_idle_add(take_ahead, screen);
}

gboolean screen_interrupted(struct screen *screen)
{
	struct typed typed;

	while (!screen->left && (typed.status = get_wch(&typed.c)) != ERR) {
		if (typed.status != KEY_CODE_YES && (typed.c == CTRL_G || typed.c == CTRL_C)) {
			screen_drop_input(screen);
			return TRUE;
		}
		if (screen->ahead->len < AHEAD_MAX)
			g_array_append_val(screen->ahead, typed);
	}
	take_ahead_later(screen);
	return FALSE;
}

guint screen_waiting(const struct screen *screen)
{
	return screen->ahead->len;
}

static void listen_to_input(struct screen *screen, gboolean on)
{
	if (on && !screen->input) {
		screen->input =
		    g_unix_fd_add(STDIN_FILENO, G_IO_IN | G_IO_HUP | G_IO_ERR, readable, screen);
		take_ahead_later(screen);
	} else if (!on && screen->input) {
		g_source_remove(screen->input);
		screen->input = 0;
	}
}

void screen_hold(struct screen *screen, gboolean hold)
{
	listen_to_input(screen, !hold);
}

/* ---- signals ------------------------------------------------------------------- */

static void take_size(void)
{
	struct winsize size;

	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_row && size.ws_col)
		resizeterm(size.ws_row, size.ws_col);
}

static gboolean on_resize(void *data)
{
	struct screen *screen = data;

	if (!screen->left) {
		take_size();
		screen_clear(screen);
	}
	screen->events.resized(screen->data);
	return G_SOURCE_CONTINUE;
}

static gboolean on_end(void *data)
{
	struct screen *screen = data;

	screen->events.gone(screen->data);
	return G_SOURCE_CONTINUE;
}

static void watch_signals(struct screen *screen)
{
	static const struct {
		int number;
		GSourceFunc handler;
	} table[] = {{SIGWINCH, on_resize}, {SIGHUP, on_end}, {SIGTERM, on_end}, {SIGINT, on_end}};

	for (guint i = 0; i < G_N_ELEMENTS(table); i++) {
		guint id = g_unix_signal_add(table[i].number, table[i].handler, screen);

		g_array_append_val(screen->signals, id);
	}
	signal(SIGPIPE, SIG_IGN);
}

/* ---- start and end --------------------------------------------------------------- */

static void bracket_pastes(struct screen *screen, gboolean on)
{
	if (!screen->brackets)
		return;
	fputs(on ? "\033[?2004h" : "\033[?2004l", stdout);
	fflush(stdout);
}

static void set_modes(struct screen *screen)
{
	raw();
	noecho();
	nonl();
	intrflush(stdscr, FALSE);
	keypad(stdscr, TRUE);
	meta(stdscr, TRUE);
	nodelay(stdscr, TRUE);
	set_escdelay(ESCAPE_DELAY_MS);
	define_key("\033[200~", KEY_PASTE_BEGIN);
	define_key("\033[201~", KEY_PASTE_END);
	if (has_colors() && start_color() == OK) {
		use_default_colors();
		screen->paint.n_colors = COLORS;
	}
}

static gboolean check_terminal(GError **error)
{
	const char *term = g_getenv("TERM");

	if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO))
		return error_set(error, CUR_ERROR_USAGE,
				 "standard input and output must be a terminal");
	if (!term || !*term)
		return error_set(error, CUR_ERROR_USAGE, "TERM is not set");
	return TRUE;
}

struct screen *screen_open(const struct screen_events *events, void *data, GError **error)
{
	SCREEN *term;

	if (!check_terminal(error))
		return NULL;
	term = newterm(NULL, stdout, stdin);
	if (!term) {
		error_set(error, CUR_ERROR_USAGE, "unknown terminal type '%s'", g_getenv("TERM"));
		return NULL;
	}
	if (!capability("cup")) {
		endwin();
		delscreen(term);
		error_set(error, CUR_ERROR_USAGE, "terminal '%s' cannot place its cursor",
			  g_getenv("TERM"));
		return NULL;
	}

	struct screen *screen = g_new0(struct screen, 1);

	screen->events = *events;
	screen->data = data;
	screen->term = term;
	screen->signals = g_array_new(FALSE, FALSE, sizeof(guint));
	screen->ahead = g_array_new(FALSE, FALSE, sizeof(struct typed));
	screen->paint.looks = g_array_new(FALSE, FALSE, sizeof(struct terminal_look));
	screen->paint.rules = g_hash_table_new(NULL, NULL);
	screen->paint.palette = g_hash_table_new(NULL, NULL);
	screen->paint.unicode = g_str_equal(nl_langinfo(CODESET), "UTF-8");
	screen->paint.on = TRUE;
	set_modes(screen);
	screen->keys = learn_keys();
	take_size();
	screen->brackets = !g_str_has_prefix(g_getenv("TERM"), "vt");
	bracket_pastes(screen, TRUE);
	watch_signals(screen);
	listen_to_input(screen, TRUE);
	return screen;
}

static void reset_title(struct screen *screen)
{
	if (screen->titled)
		screen_title(screen, "", "");
}

void screen_close(struct screen *screen)
{
	if (!screen)
		return;
	listen_to_input(screen, FALSE);
	if (screen->ahead_source)
		g_source_remove(screen->ahead_source);
	for (guint i = 0; i < screen->signals->len; i++)
		g_source_remove(g_array_index(screen->signals, guint, i));
	if (!screen->left) {
		reset_title(screen);
		bracket_pastes(screen, FALSE);
		move(LINES - 1, 0);
		clrtoeol();
		refresh();
		endwin();
	}
	delscreen(screen->term);
	g_array_unref(screen->signals);
	g_array_unref(screen->ahead);
	g_array_unref(screen->paint.looks);
	g_hash_table_unref(screen->paint.rules);
	g_hash_table_unref(screen->paint.palette);
	g_hash_table_unref(screen->keys);
	if (screen->paste)
		g_string_free(screen->paste, TRUE);
	g_free(screen);
}

void screen_leave(struct screen *screen)
{
	if (screen->left++)
		return;
	listen_to_input(screen, FALSE);
	bracket_pastes(screen, FALSE);
	def_prog_mode();
	endwin();
	screen->paint.on = FALSE;
}

void screen_return(struct screen *screen)
{
	if (--screen->left)
		return;
	reset_prog_mode();
	take_size();
	bracket_pastes(screen, TRUE);
	screen->paint.on = TRUE;
	screen_clear(screen);
	listen_to_input(screen, TRUE);
	screen->events.resized(screen->data);
}

void screen_suspend(struct screen *screen)
{
	struct sigaction standard = {.sa_handler = SIG_DFL}, ours;

	screen_leave(screen);
	sigaction(SIGTSTP, &standard, &ours);
	kill(0, SIGTSTP);
	sigaction(SIGTSTP, &ours, NULL);
	screen_return(screen);
}

/* ---- output ------------------------------------------------------------------------ */

int screen_rows(const struct screen *screen)
{
	return LINES;
}

int screen_cols(const struct screen *screen)
{
	return COLS;
}

struct paint *screen_paint(struct screen *screen)
{
	return &screen->paint;
}

void screen_flush(struct screen *screen, int y, int x, gboolean visible)
{
	if (screen->left)
		return;
	move(CLAMP(y, 0, LINES - 1), CLAMP(x, 0, COLS - 1));
	curs_set(visible ? 1 : 0);
	refresh();
}

void screen_clear(struct screen *screen)
{
	clearok(curscr, TRUE);
}

void screen_drop_input(struct screen *screen)
{
	g_array_set_size(screen->ahead, 0);
	if (!screen->left)
		flushinp();
}

void screen_beep(struct screen *screen)
{
	if (!screen->left)
		beep();
}

/* xterm's "Set Text Parameters": 1 icon name, 2 window title. */
void screen_title(struct screen *screen, const char *title, const char *icon)
{
	if (screen->left || tigetflag("XT") <= 0)
		return;

	g_autofree char *safe_title = text_safe(title, -1, TEXT_SAFE_LINE);
	g_autofree char *safe_icon = text_safe(icon, -1, TEXT_SAFE_LINE);

	printf("\033]2;%s\007\033]1;%s\007", safe_title, safe_icon);
	fflush(stdout);
	screen->titled = TRUE;
}
