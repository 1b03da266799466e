/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A signature is good when GnuPG says so, the key is known to belong to who it names, and it names
 * the sender. All else is told and not called good: any name can be written into a key.
 */
#include "verdict.h"

#include <string.h>

#include "cur/mail/address.h"
#include "cur/mail/date.h"
#include "cur/mail/opened.h"

enum { SIGNATURES_MAX = 20 };

/* A copy: GPGME's goes with the next operation. */
struct signature {
	gpgme_err_code_t status;
	char *fingerprint;
	gint64 made, expires; /* Unix seconds; 0: not said */
	gpgme_validity_t validity;
	gpgme_sigsum_t summary;
};

static void clear_signature(void *signature)
{
	g_free(((struct signature *)signature)->fingerprint);
}

static GArray *signatures_of(gpgme_ctx_t ctx)
{
	gpgme_verify_result_t result = gpgme()->op_verify_result(ctx);
	GArray *list = g_array_new(FALSE, FALSE, sizeof(struct signature));

	g_array_set_clear_func(list, clear_signature);
	for (gpgme_signature_t s = result ? result->signatures : NULL;
	     s && list->len < SIGNATURES_MAX; s = s->next) {
		struct signature copy = {
		    .status = gpgme_err_code(s->status),
		    .fingerprint = g_strdup(s->fpr ? s->fpr : ""),
		    .made = (gint64)s->timestamp,
		    .expires = (gint64)s->exp_timestamp,
		    .validity = s->validity,
		    .summary = s->summary,
		};

		g_array_append_val(list, copy);
	}
	return list;
}

/* ---- whose key it is ---- */

/* Is it one of the user ids that its owner stands by? */
static gboolean is_claimed(gpgme_user_id_t uid)
{
	return !uid->revoked && !uid->invalid;
}

/* The address of a user id; an S/MIME subject's stands in angle brackets of its own. NULL: none. */
static struct address *address_of(gpgme_user_id_t uid)
{
	const char *text = uid->email && *uid->email ? uid->email : uid->uid;

	return text ? address_parse_one(text) : NULL;
}

static gboolean names_sender(gpgme_user_id_t uid, const GPtrArray *from)
{
	auto_ptr(address) a = address_of(uid);

	return a && *a->host && address_list_has(from, a);
}

/* The best that is known of a user id that names the sender; -1: none does. */
static int sender_validity(gpgme_key_t key, const GPtrArray *from)
{
	int best = -1;

	for (gpgme_user_id_t uid = key->uids; uid; uid = uid->next)
		if (is_claimed(uid) && names_sender(uid, from))
			best = MAX(best, (int)uid->validity);
	return best;
}

static void note_names(GArray *notes, const char *how, gpgme_key_t key, enum opened_tone tone)
{
	gboolean first = TRUE;

	for (gpgme_user_id_t uid = key->uids; uid; uid = uid->next) {
		if (!is_claimed(uid) || !uid->uid || !*uid->uid)
			continue;
		opened_note(notes, tone, "%*s %s", first ? 0 : (int)strlen(how),
			    first ? how : "aka:", uid->uid);
		first = FALSE;
	}
	if (first)
		opened_note(notes, tone, "%s a key without a name", how);
}

static void note_time(GArray *notes, const char *what, gint64 seconds)
{
	g_autofree char *text =
	    seconds ? date_format_header(seconds, date_local_zone(seconds)) : NULL;

	if (text)
		opened_note(notes, OPENED_VERDICT, "%*s %s", (int)strlen("Good signature from:"),
			    what, text);
}

/* ---- one signature ---- */

static const char *validity_warning(int validity)
{
	switch (validity) {
	case GPGME_VALIDITY_FULL:
	case GPGME_VALIDITY_ULTIMATE:
	case GPGME_VALIDITY_MARGINAL:
		return NULL;
	case GPGME_VALIDITY_NEVER:
		return "WARNING: The key does NOT BELONG to the person named as shown above";
	default:
		return "WARNING: It is NOT certain that the key belongs to the person named as "
		       "shown "
		       "above";
	}
}

/* The text is what was signed; is it who it seems to be? */
static enum verdict judge_good(const struct signature *s, gpgme_key_t key, const GPtrArray *from,
			       enum crypt_protocol protocol, GArray *notes)
{
	int validity = sender_validity(key, from);
	gboolean is_sender = validity >= 0;
	const char *warning;

	note_names(notes, "Good signature from:", key, OPENED_VERDICT);
	note_time(notes, "created:", s->made);
	/* A certificate is believed or not as a whole. */
	if (protocol == CRYPT_SMIME || !is_sender)
		validity = (int)s->validity;
	if (protocol == CRYPT_SMIME && s->summary & GPGME_SIGSUM_VALID)
		validity = GPGME_VALIDITY_FULL;
	warning = validity_warning(validity);
	if (warning) {
		opened_note(notes, OPENED_BAD, "%s", warning);
		opened_note(notes, OPENED_VERDICT, "Fingerprint: %s", s->fingerprint);
	}
	if (!is_sender)
		opened_note(notes, OPENED_BAD,
			    "WARNING: The key does not name the sender of this message");
	return is_sender && !warning ? VERDICT_GOOD : VERDICT_DOUBTFUL;
}

/* A signature that was good once, or of a key that is not any more. */
static const char *aged(gpgme_err_code_t status)
{
	switch (status) {
	case GPG_ERR_SIG_EXPIRED:
		return "Warning: The signature has expired";
	case GPG_ERR_KEY_EXPIRED:
		return "Warning: The key used to create the signature has expired";
	case GPG_ERR_CERT_REVOKED:
		return "Warning: The key used to create the signature has been revoked";
	default:
		return NULL;
	}
}

static enum verdict judge_other(const struct signature *s, gpgme_key_t key, GArray *notes)
{
	const char *age = aged(s->status);
	gboolean bad = s->status == GPG_ERR_BAD_SIGNATURE;
	gboolean no_key = s->status == GPG_ERR_NO_PUBKEY;

	if (key)
		note_names(notes, bad ? "*BAD* signature from:" : "Problem signature from:", key,
			   OPENED_BAD);
	else
		opened_note(notes, OPENED_BAD, "%s KeyID %s",
			    bad ? "*BAD* signature from:" : "Problem signature from:",
			    *s->fingerprint ? s->fingerprint : "(unknown)");
	note_time(notes, "created:", s->made);
	if (age)
		opened_note(notes, OPENED_BAD, "%s", age);
	else if (no_key)
		opened_note(notes, OPENED_BAD, "Can't verify due to a missing key or certificate");
	else if (!bad)
		opened_note(notes, OPENED_BAD, "Can't verify: %s",
			    gpgme()->strerror(gpgme_error(s->status)));
	return age && key ? VERDICT_DOUBTFUL : VERDICT_BAD;
}

static enum verdict judge(gpgme_ctx_t ctx, const struct signature *s, const GPtrArray *from,
			  enum crypt_protocol protocol, GArray *notes)
{
	gpgme_key_t key = NULL;
	enum verdict verdict;

	if (*s->fingerprint && gpgme()->get_key(ctx, s->fingerprint, &key, 0))
		key = NULL;
	if (s->status == GPG_ERR_NO_ERROR && key)
		verdict = judge_good(s, key, from, protocol, notes);
	else
		verdict = judge_other(s, key, notes);
	if (key)
		gpgme()->key_unref(key);
	return verdict;
}

enum verdict verdict_of(gpgme_ctx_t ctx, enum crypt_protocol protocol, const GPtrArray *from,
			GArray *notes)
{
	g_autoptr(GArray) signatures = signatures_of(ctx);
	enum verdict worst = VERDICT_NONE;

	for (guint i = 0; i < signatures->len; i++) {
		const struct signature *s = &g_array_index(signatures, struct signature, i);
		enum verdict verdict = judge(ctx, s, from, protocol, notes);

		worst = MIN(worst, verdict);
	}
	return worst;
}
