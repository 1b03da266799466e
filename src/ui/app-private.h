/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the files that make up the app share: app.c, turn.c, layout.c, view.c. */
#ifndef UI_APP_PRIVATE_H
#define UI_APP_PRIVATE_H

#include "cur/ui/app.h"

struct cache;
struct filtered;
struct hcache;
struct opened_last;
struct progress;
struct status;
struct server_search;
struct waiting;
struct wanted;

struct app_private {
	GMainLoop *loop;
	GSource *turn; /* draws and lets the snapshot go before each sleep */
	struct cache *cache;
	struct hcache *hcache;	  /* of this turn, NULL when there is none */
	gboolean in_turn;	  /* the snapshot is this turn's */
	gboolean directory_stale; /* mailboxes or counts changed */
	gboolean redraw;	  /* everything */
	gboolean redraw_message;  /* the bottom line */
	gboolean relayout;	  /* sizes or the stack changed */
	struct progress *progress;
	gint64 progress_drawn; /* monotonic ($time_inc) */
	struct status *status; /* being asked for, or NULL */
	struct filtered *filtered;
	struct wanted *wanted;		     /* texts that the user waits for, or NULL */
	struct server_search *server_search; /* what a server is asked, or NULL */
	struct waiting *waiting;	     /* keys are held until GnuPG is done, or NULL */
	guint tick;			     /* timer: once a second, for what ages */
	gint64 last_beep;		     /* monotonic microseconds: one beep an interval */
	guint tick_count;
	gboolean new_mail;	    /* came since the last tick ($new_mail_command) */
	int idle_seconds;	    /* since the last key ($timeout) */
	GPtrArray *closing;	    /* views to be freed at the end of the turn */
	char *previous;		    /* canonical name of the mailbox before this one ('-') */
	struct opened_last *opened; /* opener.c: the message that was opened last, or NULL */
	char *title;		    /* last window title sent */
	GQueue *viewed;		    /* struct temporary *: files that viewers may still read */
	char *search;		    /* last search in a menu */
	gboolean search_backward;
	char *index_search; /* last pattern searched in the index */
	gboolean index_search_backward;
	gboolean hurried;     /* ^G or ^C while the program ends: do not wait */
	gboolean on_tagged;   /* the function that ran last acted on tagged messages */
	gboolean started;     /* the first screen stands */
	GHashTable *vanished; /* names of mailboxes about which vanished.c asks, NULL none */
	const struct app_start *start;
};

/* ---- app.c ---- */
/* Does a function called now act on the tagged messages (';', $auto_tag)? */
gboolean app_means_tagged(struct app *app);
/* Does the key give up a question or a sequence of keys? $abort_key and Ctrl-C do. */
gboolean app_is_abort(const struct app *app, int key);
/* Type what macros, push and exec left. */
void app_run_queue(struct app *app);

/* ---- turn.c ---- */
/* Renew the snapshot and bring the models up to date, once a turn. */
void turn_begin(struct app *app);
/* Let the snapshot go: before sleeping, and before a child gets the terminal. */
void turn_release(struct app *app);
/* At the end: until the engine took what was asked of it (U21). FALSE: it did not take all. */
gboolean turn_hand_over(struct app *app, GError **error);
/* Start and stop hearing the engine, the clock and the end of each turn. */
void turn_start(struct app *app);
void turn_stop(struct app *app);

/* ---- view.c ---- */
void view_settings_changed(struct app *app);

/* ---- layout.c ---- */
/* Draw what is marked, send it to the terminal. */
void layout_draw(struct app *app);

#endif
