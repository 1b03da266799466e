/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The variables about signing and encrypting, put to use. */
#include "cur/model/security.h"

#include <string.h>

#include "cur/base/error.h"
#include "cur/base/regex.h"
#include "cur/conf/conf.h"
#include "cur/conf/hooks.h"
#include "cur/crypt/open.h"
#include "cur/mail/address.h"
#include "cur/model/submit.h"

/* ---- whether ---- */

struct answered {
	gboolean any, sealed, signed_, pgp, smime, inline_pgp;
};

static void look_at(struct original *original, struct answered *a)
{
	const struct unseal_options options = {.inline_pgp = TRUE};
	unsigned found = unseal_look(original->message, &options);

	a->any = TRUE;
	a->sealed = a->sealed || found & UNSEAL_ENCRYPTED ||
		    (original->opened && unsealed_is_decrypted(original->opened));
	a->signed_ = a->signed_ || found & UNSEAL_SIGNED;
	a->inline_pgp = a->inline_pgp || found & UNSEAL_INLINE;
	a->smime = a->smime || found & UNSEAL_SMIME;
	a->pgp = a->pgp || (found && !(found & UNSEAL_SMIME));
}

/* $crypt_autopgp, $crypt_autosmime: the one that was answered, else the usual one. FALSE: none may
 * be. */
static gboolean choose_protocol(const struct settings *s, const struct answered *a,
				struct draft_security *security)
{
	if (a->pgp && s->crypt_autopgp)
		security->smime = FALSE;
	else if (a->smime && s->crypt_autosmime)
		security->smime = TRUE;
	else if (s->smime_is_default && s->crypt_autosmime)
		security->smime = TRUE;
	else if (s->crypt_autopgp)
		security->smime = FALSE;
	else if (s->crypt_autosmime)
		security->smime = TRUE;
	else
		return FALSE;
	return TRUE;
}

void security_choose(const struct conf *conf, struct draft *draft,
		     struct original *const originals[], guint n)
{
	const struct settings *s = conf_settings(conf);
	struct draft_security *security = &draft->security;
	struct answered a = {0};

	if (security_wanted(draft))
		return;
	for (guint i = 0; i < n; i++)
		look_at(originals[i], &a);
	security->sign = s->crypt_autosign || (a.signed_ && s->crypt_replysign) ||
			 (a.sealed && s->crypt_replysignencrypted);
	security->encrypt = s->crypt_autoencrypt || (a.sealed && s->crypt_replyencrypt);
	if (!choose_protocol(s, &a, security))
		security->sign = security->encrypt = FALSE;
	security->inline_pgp = !security->smime && security_wanted(draft) &&
			       (s->pgp_autoinline || (a.inline_pgp && s->pgp_replyinline));
	/* What was answered decides; oppenc only adds to it. */
	security->manual = security->encrypt;
}

void security_as_found(struct draft *draft, unsigned found)
{
	if (!(found & UNSEAL_ENCRYPTED))
		return;
	draft->security.encrypt = TRUE;
	draft->security.smime = (found & UNSEAL_SMIME) != 0;
}

gboolean security_wanted(const struct draft *draft)
{
	return draft->security.sign || draft->security.encrypt;
}

char *security_text(const struct draft *draft)
{
	const struct draft_security *s = &draft->security;

	if (!security_wanted(draft))
		return g_strdup("None");
	return g_strdup_printf("%s (%s)",
			       !s->encrypt ? "Sign"
			       : s->sign   ? "Sign, Encrypt"
					   : "Encrypt",
			       s->smime	       ? "S/MIME"
			       : s->inline_pgp ? "inline PGP"
					       : "PGP/MIME");
}

void security_open_options(const struct conf *conf, struct unseal_options *options)
{
	const struct settings *s = conf_settings(conf);

	*options = (struct unseal_options){
	    .verify = s->crypt_verify_sig == QUAD_YES,
	    .inline_pgp = s->pgp_auto_decode,
	    .timestamp = s->crypt_timestamp,
	    .encryption_info = s->crypt_encryption_info,
	    .no_fields = !s->crypt_protected_headers_read,
	    .pkcs7_encrypted =
		g_ascii_strcasecmp(s->smime_pkcs7_default_smime_type, "enveloped") == 0 ||
		g_ascii_strcasecmp(s->smime_pkcs7_default_smime_type, "encrypted") == 0,
	};
}

/* ---- whose keys ---- */

static const char *first_of(const char *a, const char *b)
{
	return *a ? a : b;
}

const char *security_signer(const struct conf *conf, const struct draft *draft)
{
	const struct settings *s = conf_settings(conf);

	if (draft->sign_as && *draft->sign_as)
		return draft->sign_as;
	return draft->security.smime ? first_of(s->smime_sign_as, s->smime_default_key)
				     : first_of(s->pgp_sign_as, s->pgp_default_key);
}

/* The key to encrypt for ourselves with; "": none is wanted. */
static const char *security_self(const struct conf *conf, const struct draft *draft)
{
	const struct settings *s = conf_settings(conf);

	if (draft->security.smime)
		return s->smime_self_encrypt || s->smime_encrypt_self == QUAD_YES
			   ? s->smime_default_key
			   : "";
	return s->pgp_self_encrypt || s->pgp_encrypt_self == QUAD_YES ? s->pgp_default_key : "";
}

static void addressee_free(void *data)
{
	struct addressee *who = data;

	g_free(who->address);
	g_free(who->hook);
	g_free(who);
}

/* The key that the first crypt-hook for this address names, or NULL. Borrowed. */
static const char *hook_key(const struct conf *conf, const char *address)
{
	const GPtrArray *hooks = conf_hooks(conf, HOOK_CRYPT);

	for (guint i = 0; hooks && i < hooks->len; i++) {
		const struct hook *hook = hooks->pdata[i];

		if (hook->re && regex_match(hook->re, address, -1) != hook->negated)
			return hook->command;
	}
	return NULL;
}

static void add_addressees(const struct conf *conf, GPtrArray *all, const char *field,
			   gboolean hidden)
{
	g_autoptr(GPtrArray) list = address_parse(field ? field : "");

	address_list_unique(list, TRUE);
	for (guint i = 0; i < list->len; i++) {
		struct addressee *who = g_new0(struct addressee, 1);

		who->address = address_spec(list->pdata[i]);
		who->hook = g_strdup(hook_key(conf, who->address));
		who->hidden = hidden;
		g_ptr_array_add(all, who);
	}
}

static void add_self(GPtrArray *all, const char *key)
{
	struct addressee *who = g_new0(struct addressee, 1);

	who->address = g_strdup(key);
	who->is_self = TRUE;
	g_ptr_array_add(all, who);
}

GPtrArray *security_addressees(const struct conf *conf, const struct draft *draft)
{
	GPtrArray *all = g_ptr_array_new_with_free_func(addressee_free);
	const char *self = security_self(conf, draft);

	add_addressees(conf, all, draft->to, FALSE);
	add_addressees(conf, all, draft->cc, FALSE);
	add_addressees(conf, all, draft->bcc, TRUE);
	if (*self)
		add_self(all, self);
	return all;
}

struct draft security_kept(const struct draft *draft)
{
	struct draft kept = *draft;

	kept.security = (struct draft_security){.encrypt = TRUE, .smime = draft->security.smime};
	return kept;
}

GPtrArray *security_keepers(const struct conf *conf, const struct draft *draft)
{
	const struct settings *s = conf_settings(conf);
	const char *key =
	    first_of(draft->security.smime ? s->smime_default_key : s->pgp_default_key,
		     s->postpone_encrypt_as);
	GPtrArray *all;

	if (!*key)
		return NULL;
	all = g_ptr_array_new_with_free_func(addressee_free);
	add_self(all, key);
	return all;
}

GPtrArray *security_candidates(const GPtrArray *keys)
{
	GPtrArray *candidates = g_ptr_array_new();

	for (guint i = 0; i < keys->len; i++) {
		const struct crypt_key *key = keys->pdata[i];

		/* GnuPG says of what has expired that it can do nothing. */
		if (key->can_encrypt || !crypt_key_is_usable(key))
			g_ptr_array_add(candidates, (void *)key);
	}
	return candidates;
}

/* A key that a name was asked for fits by that; others have the very address. */
static gboolean fits(const struct addressee *who, const struct crypt_key *key)
{
	return who->hook || who->is_self || !g_ascii_strcasecmp(who->address, key->address);
}

const struct crypt_key *security_pick(const struct addressee *who, const GPtrArray *keys,
				      gboolean weak)
{
	gboolean named = who->hook || who->is_self;
	const struct crypt_key *picked = NULL;

	for (guint i = 0; i < keys->len; i++) {
		const struct crypt_key *key = keys->pdata[i];
		gboolean strong = named || weak || key->validity >= CRYPT_VALIDITY_FULL;

		if (!key->can_encrypt || !crypt_key_is_usable(key) || !strong || !fits(who, key))
			continue;
		if (picked && strcmp(picked->fingerprint, key->fingerprint) != 0)
			return weak ? picked : NULL;
		picked = key;
	}
	return picked;
}

/* ---- what to do ---- */

struct seal_request *security_request(struct conf *conf, const struct draft *draft, GError **error)
{
	const struct draft_security *s = &draft->security;
	GBytes *entity = submit_entity(conf, draft, error);
	struct seal_request *r;

	if (!entity)
		return NULL;
	r = seal_request_new();
	r->protocol = s->smime ? CRYPT_SMIME : CRYPT_PGP;
	r->sign = s->sign;
	r->encrypt = s->encrypt;
	r->inline_pgp = s->inline_pgp && !s->smime;
	r->nested = conf_settings(conf)->pgp_retainable_sigs;
	r->signer = g_strdup(security_signer(conf, draft));
	r->entity = entity;
	return r;
}

const char *security_subject(const struct conf *conf, const struct draft *draft)
{
	const struct settings *s = conf_settings(conf);
	gboolean hides = draft->security.encrypt && !draft->security.inline_pgp &&
			 s->crypt_protected_headers_write && draft->subject && *draft->subject;

	return hides && *s->crypt_protected_headers_subject ? s->crypt_protected_headers_subject
							    : NULL;
}

/* ---- looking for keys ---- */

struct finding {
	enum crypt_protocol protocol;
	gboolean secret;
	GPtrArray *addressees; /* NULL: by pattern */
	char *pattern;
};

static void clear_finding(void *data)
{
	struct finding *f = data;

	if (f->addressees)
		g_ptr_array_unref(f->addressees);
	g_free(f->pattern);
}

static void *run_finding(struct crypt_session *session, void *data)
{
	const struct finding *f = data;
	struct found_keys *found = g_new0(struct found_keys, 1);
	g_autoptr(GPtrArray) patterns = g_ptr_array_new();

	for (guint i = 0; f->addressees && i < f->addressees->len; i++) {
		const struct addressee *who = f->addressees->pdata[i];

		g_ptr_array_add(patterns, who->hook ? who->hook : who->address);
	}
	if (f->pattern)
		g_ptr_array_add(patterns, f->pattern);
	g_ptr_array_add(patterns, NULL);
	found->lists = crypt_keys_find(session, f->protocol, (const char *const *)patterns->pdata,
				       f->secret, &found->error);
	return found;
}

void security_found_free(void *data)
{
	struct found_keys *found = data;

	if (!found)
		return;
	if (found->lists)
		g_ptr_array_unref(found->lists);
	g_clear_error(&found->error);
	g_free(found);
}

static void find(struct crypt_work *work, struct finding **f, enum crypt_protocol protocol)
{
	*f = g_atomic_rc_box_new0(struct finding);
	(*f)->protocol = protocol;
	*work = (struct crypt_work){.run = run_finding,
				    .free_result = security_found_free,
				    .data = *f,
				    .clear_data = clear_finding};
}

void security_find(struct crypt_work *work, enum crypt_protocol protocol, GPtrArray *addressees)
{
	struct finding *f;

	find(work, &f, protocol);
	f->addressees = addressees;
}

void security_find_text(struct crypt_work *work, enum crypt_protocol protocol, const char *pattern,
			gboolean secret)
{
	struct finding *f;

	find(work, &f, protocol);
	f->pattern = g_strdup(pattern);
	f->secret = secret;
}
