/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the backticks of a muttrc answered, told from a program to the engine that it starts: a
 * shell, or a question of a password manager, is run once for both. A pair of sockets that only
 * the two have; nothing of it is in a file, an argument or the environment.
 */
#ifndef CUR_CONF_SHELLS_H
#define CUR_CONF_SHELLS_H

#include <glib.h>

struct conf;

/* ends[0] is for who tells, ends[1] for who hears. Both yours. FALSE: there is no pair. */
gboolean shells_pair(int ends[2]);

/*
 * From now on until conf_end_shells, tell what backticks answer, or take the answers from there
 * instead of running them. What was not told is run. The descriptor is taken.
 */
void conf_tell_shells(struct conf *conf, int fd);
void conf_hear_shells(struct conf *conf, int fd);
/* It is read: who hears need not wait for more. Nothing when it was not begun. */
void conf_end_shells(struct conf *conf);

#endif
