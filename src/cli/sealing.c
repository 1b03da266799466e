/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Keys are taken only where it is plain which; a crypt-hook says so without being confirmed. */
#include "sealing.h"

#include "cur/base/error.h"
#include "cur/model/security.h"

static gboolean take_keys(const GPtrArray *who, const GPtrArray *lists, struct seal_request *r,
			  GError **error)
{
	for (guint i = 0; i < who->len; i++) {
		const struct addressee *one = who->pdata[i];
		const struct crypt_key *key = security_pick(one, lists->pdata[i], FALSE);

		if (!key)
			return error_set(error, CUR_ERROR_GONE,
					 "there is not one trusted key for '%s' (see crypt-hook)",
					 one->address);
		if (one->hidden && r->protocol == CRYPT_SMIME)
			return error_set(error, CUR_ERROR_USAGE,
					 "S/MIME would tell everybody of '%s' in Bcc",
					 one->address);
		g_ptr_array_add(one->hidden ? r->hidden : r->recipients,
				g_strdup(key->fingerprint));
	}
	return TRUE;
}

static gboolean find_keys(struct conf *conf, const struct draft *draft, struct seal_request *r,
			  GError **error)
{
	g_autoptr(GPtrArray) who = security_addressees(conf, draft);
	struct found_keys *found;
	struct crypt_work work;
	gboolean ok;

	security_find(&work, r->protocol, g_ptr_array_ref(who));
	found = crypt_run(&work);
	ok = found->lists && take_keys(who, found->lists, r, error);
	if (found->error)
		g_propagate_error(error, g_steal_pointer(&found->error));
	security_found_free(found);
	return ok;
}

static GBytes *seal(struct seal_request *r, GError **error)
{
	struct crypt_work work = {.run = seal_run,
				  .clear_data = seal_request_clear,
				  .data = g_atomic_rc_box_acquire(r),
				  .may_ask = TRUE};
	struct sealed *sealed = crypt_run(&work);
	GBytes *entity = g_steal_pointer(&sealed->entity);

	if (sealed->error)
		g_propagate_error(error, g_steal_pointer(&sealed->error));
	sealed_free(sealed);
	return entity;
}

gboolean sealing_automatic(struct conf *conf, struct draft *draft, GBytes **entity, GError **error)
{
	struct seal_request *r;

	security_choose(conf, draft, NULL, 0);
	if (!security_wanted(draft))
		return TRUE;
	r = security_request(conf, draft, error);
	if (r && (!r->encrypt || find_keys(conf, draft, r, error)))
		*entity = seal(r, error);
	if (r)
		g_atomic_rc_box_release_full(r, seal_request_clear);
	return *entity != NULL;
}
