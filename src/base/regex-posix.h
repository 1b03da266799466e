/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From the grammar that mutt users write (POSIX extended, with GNU's anchors) to PCRE2's. */
#ifndef CUR_BASE_REGEX_POSIX_H
#define CUR_BASE_REGEX_POSIX_H

/* `text` for pcre2_compile, which finds what is wrong in it. Yours. */
char *regex_from_posix(const char *text);

#endif
