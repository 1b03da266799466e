/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Points between durable steps where a test stops the process as a power cut
 * would: with CUR_TEST_STOP=n it kills itself at the n-th point, with
 * CUR_TEST_STEPS=file the names of the points passed are appended there, a line
 * each. Otherwise nothing happens. Safe from every thread.
 */
#ifndef CUR_BASE_STEP_H
#define CUR_BASE_STEP_H

void step_point(const char *name);

#endif
