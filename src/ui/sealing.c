/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * From a draft to a sealed entity. Who is written to is gone through one by one: a crypt-hook may
 * name the key, one that is surely his is taken, else the user is asked.
 */
#include "sealing.h"

#include "cur/base/error.h"
#include "cur/conf/conf.h"
#include "cur/model/security.h"
#include "cur/ui/app.h"
#include "cur/ui/prompt.h"
#include "keys-menu.h"
#include "opener.h"
#include "waiting.h"

#define LOOKING "Looking for keys"

struct sealing {
	struct app *app;
	struct seal_request *request; /* a reference of ours */
	GPtrArray *who;		      /* struct addressee * */
	struct found_keys *found;     /* for each of them; NULL: not looked for yet */
	guint next;		      /* the one that is dealt with */
	const char *given_up;	      /* what is told when there is no key */
	sealing_fn done;
	void *data;
};

static void end(struct sealing *s, GBytes *entity)
{
	struct app *app = s->app;
	sealing_fn done = s->done;
	void *data = s->data;

	g_atomic_rc_box_release_full(s->request, seal_request_clear);
	g_ptr_array_unref(s->who);
	security_found_free(s->found);
	g_free(s);
	done(app, entity, data);
}

static struct addressee *current(const struct sealing *s)
{
	return g_ptr_array_index(s->who, s->next);
}

static gboolean never_asks(const void *found)
{
	return FALSE;
}

/* NULL: the user stopped it, or it failed, which is told. */
static struct found_keys *found_or_told(struct app *app, struct found_keys *found)
{
	if (!found || found->lists)
		return found;
	app_gerror(app, &found->error);
	security_found_free(found);
	return NULL;
}

static struct found_keys *find_keys(struct app *app, struct crypt_work *work)
{
	return found_or_told(app, opener_work(app, LOOKING, work, never_asks));
}

/* ---- the work itself ---- */

static gboolean asks(const void *sealed)
{
	return error_is(((const struct sealed *)sealed)->error, CUR_ERROR_AUTH);
}

static void did_it(void *result, void *data)
{
	struct sealing *s = data;
	struct sealed *sealed = result;
	GBytes *entity = sealed ? g_steal_pointer(&sealed->entity) : NULL;

	if (sealed) {
		app_gerror(s->app, &sealed->error);
		sealed_free(sealed);
	}
	end(s, entity);
}

static void do_it(struct sealing *s)
{
	const struct seal_request *r = s->request;
	struct crypt_work work = {.run = seal_run,
				  .free_result = sealed_free,
				  .clear_data = seal_request_clear,
				  .data = g_atomic_rc_box_acquire(s->request)};

	waiting_start(s->app,
		      r->encrypt ? (r->sign ? "Signing and encrypting" : "Encrypting") : "Signing",
		      &work, asks, did_it, s);
}

/* ---- a key for everybody ---- */

static void go_on(struct sealing *s);

static void take_key(struct sealing *s, const struct crypt_key *key)
{
	GPtrArray *list = current(s)->hidden ? s->request->hidden : s->request->recipients;

	g_ptr_array_add(list, g_strdup(key->fingerprint));
	s->next++;
}

static void chosen(struct app *app, const struct crypt_key *key, void *data)
{
	struct sealing *s = data;

	if (!key) {
		app_message(app, "%s: no key for %s.", s->given_up, current(s)->address);
		end(s, NULL);
		return;
	}
	take_key(s, key);
	go_on(s);
}

static void choose_among(struct sealing *s, const GPtrArray *keys)
{
	g_autofree char *title = g_strdup_printf(
	    "%s keys matching \"%s\"", s->request->protocol == CRYPT_SMIME ? "S/MIME" : "PGP",
	    current(s)->address);

	keys_menu_open(s->app, keys, FALSE, title, chosen, s);
}

static void ask_for_key(struct sealing *s);

/* What the user typed: an id, a name. */
static void key_typed(struct app *app, const char *text, void *data)
{
	struct sealing *s = data;
	g_autoptr(GPtrArray) candidates = NULL;
	struct found_keys *found;
	struct crypt_work work;

	if (!text || !*text) {
		chosen(app, NULL, s);
		return;
	}
	security_find_text(&work, s->request->protocol, text, FALSE);
	found = find_keys(app, &work);
	candidates = found ? security_candidates(g_ptr_array_index(found->lists, 0)) : NULL;
	if (candidates && candidates->len) {
		choose_among(s, candidates);
	} else if (candidates) {
		app_error(app, "No keys match '%s'.", text);
		ask_for_key(s);
	} else {
		end(s, NULL);
	}
	security_found_free(found);
}

static void ask_for_key(struct sealing *s)
{
	g_autofree char *question = g_strdup_printf("Enter keyID for %s: ", current(s)->address);
	struct ask ask = {
	    .question = question, .history = HISTORY_OTHER, .done = key_typed, .data = s};

	prompt_ask(s->app, &ask);
}

/* Keys were found for everybody, or not. */
static void go_on(struct sealing *s)
{
	while (s->next < s->who->len) {
		const GPtrArray *keys = g_ptr_array_index(s->found->lists, s->next);
		g_autoptr(GPtrArray) candidates = security_candidates(keys);
		const struct crypt_key *key = security_pick(current(s), candidates, FALSE);

		if (key) {
			take_key(s, key);
		} else if (candidates->len) {
			choose_among(s, candidates);
			return;
		} else {
			ask_for_key(s);
			return;
		}
	}
	do_it(s);
}

static void looked(void *result, void *data)
{
	struct sealing *s = data;

	s->found = found_or_told(s->app, result);
	s->next = 0;
	if (s->found)
		go_on(s);
	else
		end(s, NULL);
}

static void look(struct sealing *s)
{
	struct crypt_work work;

	security_find(&work, s->request->protocol, g_ptr_array_ref(s->who));
	waiting_start(s->app, LOOKING, &work, never_asks, looked, s);
}

/* ---- what crypt-hooks say ---- */

static void ask_hooks(struct sealing *s);

static void hook_answered(struct app *app, int yes, void *data)
{
	struct sealing *s = data;

	if (yes < 0) {
		app_message(app, "%s.", s->given_up);
		end(s, NULL);
		return;
	}
	if (yes == 0)
		g_clear_pointer(&current(s)->hook, g_free);
	s->next++;
	ask_hooks(s);
}

static void ask_hooks(struct sealing *s)
{
	while (s->next < s->who->len && !current(s)->hook)
		s->next++;
	if (s->next == s->who->len) {
		look(s);
		return;
	}
	g_autofree char *question =
	    g_strdup_printf("Use keyID = \"%s\" for %s?", current(s)->hook, current(s)->address);

	prompt_yes_no(s->app, question,
		      app_settings(s->app)->crypt_confirmhook ? QUAD_ASK_YES : QUAD_YES,
		      hook_answered, s);
}

/* S/MIME names in a message all it is encrypted for. */
static gboolean can_hide(struct sealing *s)
{
	for (guint i = 0; i < s->who->len; i++) {
		const struct addressee *who = g_ptr_array_index(s->who, i);

		if (who->hidden && s->request->protocol == CRYPT_SMIME)
			return FALSE;
	}
	return TRUE;
}

/* NULL, and it is told, and `done` called. Takes `who`. */
static struct sealing *sealing_new(struct app *app, const struct draft *draft, GPtrArray *who,
				   sealing_fn done, void *data)
{
	GError *error = NULL;
	struct seal_request *request = security_request(app->conf, draft, &error);
	struct sealing *s;

	if (!request) {
		g_ptr_array_unref(who);
		app_gerror(app, &error);
		done(app, NULL, data);
		return NULL;
	}
	s = g_new0(struct sealing, 1);
	*s = (struct sealing){.app = app,
			      .request = request,
			      .who = who,
			      .given_up = "Mail not sent",
			      .done = done,
			      .data = data};
	return s;
}

void sealing_keep(struct app *app, const struct draft *draft, sealing_fn done, void *data)
{
	const struct draft kept = security_kept(draft);
	GPtrArray *who = security_keepers(app->conf, draft);
	struct sealing *s;

	if (!who) {
		app_error(app, "Not postponed: $%s names no key to encrypt for.",
			  draft->security.smime ? "smime_default_key" : "pgp_default_key");
		done(app, NULL, data);
		return;
	}
	s = sealing_new(app, &kept, who, done, data);
	if (!s)
		return;
	s->given_up = "Not postponed";
	look(s);
}

void sealing_start(struct app *app, const struct draft *draft, sealing_fn done, void *data)
{
	struct sealing *s =
	    sealing_new(app, draft, security_addressees(app->conf, draft), done, data);

	if (!s)
		return;
	if (!s->request->encrypt) {
		do_it(s);
	} else if (can_hide(s)) {
		ask_hooks(s);
	} else {
		app_error(app, "S/MIME tells everybody whose certificates it is encrypted for: "
			       "write to Bcc in a message of its own.");
		end(s, NULL);
	}
}

/* ---- as it comes ---- */

static gboolean everybody_has_one(struct app *app, const struct draft *draft)
{
	g_autoptr(GPtrArray) who = security_addressees(app->conf, draft);
	gboolean weak = !app_settings(app)->crypt_opportunistic_encrypt_strong_keys;
	gboolean all = who->len > 0;
	struct found_keys *found;
	struct crypt_work work;

	security_find(&work, draft->security.smime ? CRYPT_SMIME : CRYPT_PGP, g_ptr_array_ref(who));
	found = all ? find_keys(app, &work) : NULL;
	for (guint i = 0; found && all && i < who->len; i++)
		all = security_pick(g_ptr_array_index(who, i), g_ptr_array_index(found->lists, i),
				    weak) != NULL;
	all = all && found;
	security_found_free(found);
	return all;
}

gboolean sealing_opportune(struct app *app, struct draft *draft)
{
	gboolean before = draft->security.encrypt;

	if (!app_settings(app)->crypt_opportunistic_encrypt || draft->security.manual)
		return FALSE;
	draft->security.encrypt = everybody_has_one(app, draft);
	return draft->security.encrypt != before;
}
