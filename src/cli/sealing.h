/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Signing and encrypting for scripts: nobody is there to choose a key. */
#ifndef CLI_SEALING_H
#define CLI_SEALING_H

#include "cur/mail/draft.h"

struct conf;

/*
 * The draft's entity as $crypt_autosign and $crypt_autoencrypt want it sealed. FALSE with error:
 * there is not one key for everybody, or GnuPG failed. *entity stays NULL when nothing is wanted.
 */
gboolean sealing_automatic(struct conf *conf, struct draft *draft, GBytes **entity, GError **error);

#endif
