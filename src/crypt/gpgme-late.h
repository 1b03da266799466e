/* SPDX-License-Identifier: GPL-3.0-or-later */
/* GPGME, loaded by the first who has something to open, to seal, or a key to find. */
#ifndef CUR_CRYPT_GPGME_LATE_H
#define CUR_CRYPT_GPGME_LATE_H

#include <gpgme.h>

#include "cur/base/library.h"

/* clang-format off */
#define GPGME_FUNCTIONS(X) \
	X(gpgme, cancel_async) \
	X(gpgme, check_version) \
	X(gpgme, data_identify) \
	X(gpgme, data_new) \
	X(gpgme, data_new_from_cbs) \
	X(gpgme, data_new_from_mem) \
	X(gpgme, data_release) \
	X(gpgme, get_dirinfo) \
	X(gpgme, get_key) \
	X(gpgme, hash_algo_name) \
	X(gpgme, key_ref) \
	X(gpgme, key_unref) \
	X(gpgme, new) \
	X(gpgme, op_assuan_transact_ext) \
	X(gpgme, op_decrypt) \
	X(gpgme, op_decrypt_result) \
	X(gpgme, op_decrypt_verify) \
	X(gpgme, op_encrypt) \
	X(gpgme, op_encrypt_result) \
	X(gpgme, op_encrypt_sign) \
	X(gpgme, op_export_keys) \
	X(gpgme, op_import) \
	X(gpgme, op_import_result) \
	X(gpgme, op_keylist_end) \
	X(gpgme, op_keylist_next) \
	X(gpgme, op_keylist_start) \
	X(gpgme, op_sign) \
	X(gpgme, op_sign_result) \
	X(gpgme, op_verify) \
	X(gpgme, op_verify_result) \
	X(gpgme, pubkey_algo_name) \
	X(gpgme, release) \
	X(gpgme, set_armor) \
	X(gpgme, set_ctx_flag) \
	X(gpgme, set_keylist_mode) \
	X(gpgme, set_offline) \
	X(gpgme, set_pinentry_mode) \
	X(gpgme, set_protocol) \
	X(gpgme, set_textmode) \
	X(gpgme, signers_add) \
	X(gpgme, signers_clear) \
	X(gpgme, strerror)
/* clang-format on */

struct gpgme {
	GPGME_FUNCTIONS(LIBRARY_POINTER)
};

/* FALSE with IO: it is not there. From any thread. */
gboolean gpgme_load(GError **error);
/* After gpgme_load() was TRUE. */
const struct gpgme *gpgme(void);

#endif
