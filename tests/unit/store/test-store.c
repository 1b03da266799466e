/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The store as a whole: killed after every durable step, cache lost, lock held, outbox. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <sqlite3.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cur/base/error.h"
#include "cur/mail/flags.h"
#include "cur/mail/scan.h"
#include "cur/store/hcache.h"
#include "cur/store/maildir.h"
#include "cur/store/outbox.h"
#include "cur/store/store.h"
#include "fixture.h"

/* Takes the place of libc's in this program. */
static int fail_fsync;

int fsync(int fd)
{
	if (fail_fsync) {
		errno = EIO;
		return -1;
	}
	return syscall(SYS_fsync, fd);
}

static const char mail[] = "From: a@example.org\nSubject: hello\nMessage-ID: <1@x>\n\nbody\n";

static struct store *open_store(void **state, GError **error)
{
	g_autofree char *data = g_build_filename(*state, "data", NULL);
	g_autofree char *cache = g_build_filename(*state, "cache", "headers.mdb", NULL);

	return store_open(data, cache, error);
}

static struct store *must_open(void **state)
{
	g_autoptr(GError) error = NULL;
	struct store *store = open_store(state, &error);

	if (!store)
		fail_msg("%s", error->message);
	return store;
}

/* The mailbox of these tests, made when it is not there. */
static guint32 the_box(struct store *store)
{
	g_autofree char *path = store_maildir_path(store, "me@example.org", "INBOX");
	g_autofree struct state_mailbox *known = NULL;
	struct state_mailbox mb = {
	    .name = "imaps://me@example.org/INBOX",
	    .account = "me@example.org",
	    .folder = "INBOX",
	    .server_name = "INBOX",
	    .delimiter = '/',
	    .path = path,
	    .role = "",
	    .last_scan = 1,
	};

	store_lock(store);
	known = state_mailbox_by_name(store_state(store), mb.name);
	store_unlock(store);
	if (known)
		return known->number;
	assert_true(maildir_create(path, NULL));
	assert_true(store_begin(store, NULL));
	assert_true(store_put_mailbox(store, &mb, NULL));
	assert_true(store_commit(store, NULL));
	return mb.number;
}

/* A message arrives as in the engine: file, state, cache. Gives its lid. */
static guint32 arrive(struct store *store, guint32 box, guint32 uid, mark_t mark)
{
	g_autofree char *path = store_maildir_path(store, "me@example.org", "INBOX");
	auto_ptr(maildir) md = maildir_open(path, NULL);
	auto_ptr(delivery) d = delivery_open(md, NULL);
	struct delivery *one = d;
	struct row row;
	g_autofree char *text = NULL;
	gsize n;

	assert_true(delivery_write(d, mail, strlen(mail), NULL));
	assert_true(delivery_finish(d, uid, mark, 1000, NULL));
	assert_true(delivery_commit(&one, 1, NULL));
	struct scan_hints hints = {.file = delivery_base(d)};
	assert_true(scan_file(delivery_path(d), &hints, &row, &text, &n, NULL));
	struct state_message msg = {
	    .mailbox = box,
	    .uid = uid,
	    .mark = mark,
	    .id_hash = row.id_hash,
	    .base = delivery_base(d),
	};
	assert_true(store_begin(store, NULL));
	assert_true(store_add(store, &msg, &row, text, n, NULL));
	assert_true(store_commit(store, NULL));
	return msg.lid;
}

/* What the cache shows: "lid:flags:subject " of each live row. */
static char *cached(struct store *store, guint32 box)
{
	struct hcache *hc = store_cache(store);
	GString *out = g_string_new(NULL);
	struct hcache_head head;

	store_lock(store);
	assert_true(hcache_renew(hc, NULL));
	if (hcache_head(hc, box, &head))
		for (guint32 id = 0; id < head.n_rows; id++) {
			struct envelope env;

			if (hcache_mark(hc, box, id) & MARK_DEAD)
				continue;
			hcache_text(hc, box, id, &env);
			g_string_append_printf(out, "%u:%x:%s ", hcache_row(hc, box, id)->lid,
					       hcache_mark(hc, box, id), env.field[ENV_SUBJECT]);
		}
	hcache_release(hc);
	store_unlock(store);
	return g_string_free(out, FALSE);
}

static gboolean count_progress(const char *mailbox, guint64 done, guint64 total, void *data)
{
	(*(int *)data)++;
	assert_true(done <= total);
	return TRUE;
}

static void assert_up_to_date(struct store *store)
{
	int calls = 0;

	assert_true(store_catch_up(store, count_progress, &calls, NULL));
	assert_int_equal(calls, 0);
}

static void a_message_is_in_state_and_cache(void **state)
{
	auto_ptr(store) store = must_open(state);
	guint32 box = the_box(store);
	guint32 lid = arrive(store, box, 7, MARK_NEW);
	g_autofree char *rows = cached(store, box);
	g_autofree struct state_message *msg = NULL;

	assert_string_equal(rows, "1:40:hello ");
	assert_up_to_date(store);
	store_lock(store);
	msg = state_message_by_uid(store_state(store), box, 7);
	assert_int_equal(msg->lid, lid);
	store_unlock(store);
}

static void marks_and_drops_go_to_both(void **state)
{
	auto_ptr(store) store = must_open(state);
	guint32 box = the_box(store);

	arrive(store, box, 1, 0);
	arrive(store, box, 2, 0);
	assert_true(store_begin(store, NULL));
	assert_true(store_mark(store, box, 1, FLAG_SEEN, NULL));
	assert_true(store_drop(store, box, 2, NULL));
	assert_false(store_mark(store, box, 9, FLAG_SEEN, NULL));
	assert_true(store_commit(store, NULL));
	g_autofree char *rows = cached(store, box);
	assert_string_equal(rows, "1:10:hello ");
}

static void a_rollback_leaves_both_as_they_were(void **state)
{
	auto_ptr(store) store = must_open(state);
	guint32 box = the_box(store);

	arrive(store, box, 1, 0);
	assert_true(store_begin(store, NULL));
	assert_true(store_mark(store, box, 1, FLAG_SEEN, NULL));
	store_rollback(store);
	g_autofree char *rows = cached(store, box);
	assert_string_equal(rows, "1:0:hello ");
	assert_up_to_date(store);
}

static void a_uid_is_known_once(void **state)
{
	auto_ptr(store) store = must_open(state);
	guint32 box = the_box(store);
	struct state_message again = {.mailbox = box, .uid = 5, .base = "other"};
	struct row row = {0};
	g_autoptr(GError) error = NULL;

	arrive(store, box, 5, 0);
	assert_true(store_begin(store, NULL));
	assert_false(store_add(store, &again, &row, "", 0, &error));
	assert_true(error_is(error, CUR_ERROR_EXISTS));
	store_rollback(store);
}

/* Kill a process at its n-th durable step of `act`; FALSE when it came to its end. */
static gboolean killed_at(void **state, int n, void (*act)(void **state))
{
	g_autofree char *stop = g_strdup_printf("%d", n);
	int status;
	pid_t pid;

	fflush(NULL);
	pid = fork();
	if (pid == 0) {
		g_setenv("CUR_TEST_STOP", stop, TRUE);
		act(state);
		_exit(0);
	}
	waitpid(pid, &status, 0);
	assert_true(WIFSIGNALED(status) || WEXITSTATUS(status) == 0);
	return WIFSIGNALED(status);
}

static void deliver_and_flag(void **state)
{
	struct store *store = must_open(state);
	guint32 box = the_box(store);

	arrive(store, box, 1, MARK_NEW);
	store_begin(store, NULL);
	store_mark(store, box, 1, FLAG_SEEN, NULL);
	store_commit(store, NULL);
}

static void after_a_kill_at_any_step_the_cache_catches_up(void **state)
{
	/* D10: whatever state.db says is what the cache shows after the next start. */
	int n = 1;

	while (killed_at(state, n, deliver_and_flag)) {
		auto_ptr(store) store = must_open(state);
		guint32 box;
		g_autofree struct state_message *msg = NULL;

		assert_true(store_catch_up(store, NULL, NULL, NULL));
		assert_up_to_date(store);
		box = the_box(store);
		store_lock(store);
		msg = state_message(store_state(store), box, 1);
		store_unlock(store);
		g_autofree char *rows = cached(store, box);
		g_autofree char *expected =
		    msg ? g_strdup_printf("1:%x:hello ", msg->mark) : g_strdup("");
		assert_string_equal(rows, expected);
		store_close(g_steal_pointer(&store));
		folder_remove(state);
		folder_make(state);
		n++;
	}
	assert_true(n > 6);
}

static void a_lost_cache_is_made_again_from_the_files(void **state)
{
	g_autofree char *path = g_build_filename(*state, "cache", "headers.mdb", NULL);
	auto_ptr(store) store = must_open(state);
	guint32 box = the_box(store);
	g_autofree char *before = NULL;
	g_autofree char *after = NULL;
	int calls = 0;

	for (guint32 uid = 1; uid <= 600; uid++)
		arrive(store, box, uid, uid % 3 ? FLAG_SEEN : 0);
	before = cached(store, box);
	store_close(g_steal_pointer(&store));
	assert_int_equal(g_unlink(path), 0);
	store = must_open(state);
	assert_true(store_catch_up(store, count_progress, &calls, NULL));
	assert_up_to_date(store);
	assert_true(calls >= 3);
	after = cached(store, box);
	assert_string_equal(before, after);
}

static void a_lost_state_makes_the_cache_worthless(void **state)
{
	g_autofree char *path = g_build_filename(*state, "data", "state.db", NULL);
	auto_ptr(store) store = must_open(state);
	guint32 box = the_box(store);

	arrive(store, box, 1, 0);
	store_close(g_steal_pointer(&store));
	assert_int_equal(g_unlink(path), 0);
	store = must_open(state);
	box = the_box(store);
	g_autofree char *rows = cached(store, box);
	assert_string_equal(rows, "");
}

static void a_second_engine_is_told_who_is_first(void **state)
{
	/* D17 */
	auto_ptr(store) first = must_open(state);
	int status;
	pid_t pid = fork();

	if (pid == 0) {
		g_autofree char *name = g_strdup_printf("process %d", (int)getppid());
		g_autoptr(GError) error = NULL;
		struct store *second = open_store(state, &error);

		_exit(!second && error_is(error, CUR_ERROR_BUSY) && strstr(error->message, name)
			  ? 0
			  : 1);
	}
	waitpid(pid, &status, 0);
	assert_int_equal(status, 0);
}

static void the_lock_of_a_dead_engine_does_not_count(void **state)
{
	/* D17 */
	auto_ptr(store) store = NULL;
	pid_t pid = fork();

	if (pid == 0) {
		must_open(state);
		kill(getpid(), SIGKILL);
	}
	waitpid(pid, NULL, 0);
	store = must_open(state);
	assert_non_null(store);
}

static void a_state_of_a_newer_version_is_refused_untouched(void **state)
{
	/* D54 */
	g_autofree char *path = g_build_filename(*state, "data", "state.db", NULL);
	g_autofree char *before = NULL, *after = NULL;
	g_autoptr(GError) error = NULL;
	sqlite3 *db;
	gsize n, m;

	store_close(must_open(state));
	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	sqlite3_exec(db, "PRAGMA user_version = 999; PRAGMA wal_checkpoint(TRUNCATE)", NULL, NULL,
		     NULL);
	sqlite3_close(db);
	g_file_get_contents(path, &before, &n, NULL);
	assert_null(open_store(state, &error));
	assert_true(error_is(error, CUR_ERROR_CORRUPT));
	assert_non_null(strstr(error->message, "newer"));
	g_file_get_contents(path, &after, &m, NULL);
	assert_int_equal(n, m);
	assert_memory_equal(before, after, n);
}

static void a_broken_state_is_refused(void **state)
{
	g_autofree char *dir = g_build_filename(*state, "data", NULL);
	g_autofree char *path = g_build_filename(dir, "state.db", NULL);
	g_autoptr(GError) error = NULL;

	g_mkdir(dir, 0700);
	assert_true(g_file_set_contents(path, "this is no database at all, sorry", -1, NULL));
	assert_null(open_store(state, &error));
	assert_true(error_is(error, CUR_ERROR_CORRUPT));
}

static void folder_names_of_servers_stay_below_mail(void **state)
{
	/* D40 */
	static const char *const names[] = {"INBOX",   "../../etc", "a/../b", "cur", "a/new/tmp",
					    ".hidden", "a//b",	    "\n",     "%41", ""};
	auto_ptr(store) store = must_open(state);
	g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);

	for (guint i = 0; i < G_N_ELEMENTS(names); i++) {
		char *path = store_maildir_path(store, "../x@h", names[i]);

		assert_true(g_str_has_prefix(path, store_mail_dir(store)));
		assert_null(strstr(path, "/../"));
		assert_null(strstr(path + strlen(store_mail_dir(store)), "/cur"));
		assert_null(strchr(path, '\n'));
		assert_true(g_hash_table_add(seen, path));
	}
}

static void a_path_leads_to_its_message(void **state)
{
	auto_ptr(store) store = must_open(state);
	guint32 box = the_box(store), mailbox, lid;
	g_autofree char *dir = store_maildir_path(store, "me@example.org", "INBOX");
	g_autofree struct state_message *msg = NULL;
	g_autofree char *path = NULL, *before = NULL;

	arrive(store, box, 3, FLAG_SEEN);
	store_lock(store);
	msg = state_message(store_state(store), box, 1);
	store_unlock(store);
	path = maildir_find_at(dir, msg->base, 0, NULL);
	assert_true(store_find_path(store, path, &mailbox, &lid));
	assert_int_equal(mailbox, box);
	assert_int_equal(lid, 1);
	/* The full-text index may know the name from before it had a UID. */
	before = g_strndup(path, (gsize)(strstr(path, ",U=3") - path));
	assert_true(store_find_path(store, before, &mailbox, &lid));
	assert_int_equal(lid, 1);
	before[strlen(before) - 1] = '\0';
	assert_false(store_find_path(store, before, &mailbox, &lid));
	assert_false(store_find_path(store, "/etc/passwd", &mailbox, &lid));
}

/* ---- steps and rows ---- */

static gboolean collect_step(const struct state_step *step, void *data)
{
	g_string_append_printf(data, "%s%s ", step->kind, step->state == STEP_SENT ? "!" : "");
	return TRUE;
}

static void steps_keep_their_order_and_outcome(void **state)
{
	auto_ptr(store) store = must_open(state);
	struct state *st = store_state(store);
	g_autoptr(GString) seen = g_string_new(NULL);
	struct state_step step = {.account = "a", .mailbox = 1, .lid = 2, .data = "x", .error = ""};

	store_lock(store);
	step.kind = "flags";
	assert_true(state_add_step(st, &step, NULL));
	step.state = STEP_SENT;
	assert_true(state_put_step(st, &step, NULL));
	step.state = STEP_WAITING;
	step.kind = "move";
	assert_true(state_add_step(st, &step, NULL));
	assert_true(state_has_step(st, 1, 2, NULL));
	assert_false(state_has_step(st, 1, 3, NULL));
	assert_true(state_steps(st, NULL, 1, 2, collect_step, seen, NULL));
	assert_string_equal(seen->str, "flags! move ");
	assert_true(state_drop_step(st, step.id, NULL));
	assert_false(state_drop_step(st, step.id, NULL));
	assert_int_equal(state_count_steps(st, "a"), 1);
	store_unlock(store);
}

static void outbox_rows_and_uidls_are_kept(void **state)
{
	auto_ptr(store) store = must_open(state);
	struct state *st = store_state(store);
	struct state_outbox row = {.id = "m1", .account = "", .queued = 5, .words = ""};
	struct state_uidl uidl = {.uidl = "u\xff\n", .lid = 3, .first_seen = 9};
	g_autofree struct state_outbox *back = NULL;
	g_autoptr(GError) error = NULL;

	store_lock(store);
	assert_true(state_add_outbox(st, &row, NULL));
	assert_false(state_add_outbox(st, &row, &error));
	assert_true(error_is(error, CUR_ERROR_EXISTS));
	row.state = OUTBOX_RETRY;
	row.words = "450 later";
	assert_true(state_put_outbox(st, &row, NULL));
	back = state_outbox(st, "m1");
	assert_int_equal(back->state, OUTBOX_RETRY);
	assert_string_equal(back->words, "450 later");
	assert_string_equal(outbox_state_word(back->state), "retry");
	assert_null(state_outbox(st, "m2"));
	assert_true(state_put_uidl(st, "pop", &uidl, NULL));
	assert_true(state_put_uidl(st, "pop", &uidl, NULL));
	assert_true(state_drop_uidl(st, "pop", uidl.uidl, NULL));
	store_unlock(store);
}

/* ---- outbox files ---- */

static struct outbox_item *new_item(void)
{
	struct outbox_item *item = outbox_item_new();

	item->account = g_strdup("");
	item->transport = g_strdup("smtp://me@h:587");
	item->from = g_strdup("me@example.org");
	item->subject = g_strdup("hello: you");
	item->answered_mailbox = 3;
	item->answered_lid = 1207;
	g_ptr_array_add(item->to, g_strdup("a@b"));
	g_ptr_array_add(item->to, g_strdup("c@d"));
	g_ptr_array_add(item->fcc, g_strdup("/home/me/sent"));
	g_ptr_array_add(item->bcc, g_strdup("one <a@b>,"));
	g_ptr_array_add(item->bcc, g_strdup("c@d"));
	return item;
}

static void an_outbox_file_is_read_back_whole(void **state)
{
	auto_ptr(outbox_item) item = new_item();
	auto_ptr(outbox_item) back = NULL;
	g_autofree char *id = outbox_put(*state, item, mail, strlen(mail), NULL);
	char text[sizeof mail] = "";
	guint64 n;
	int fd;

	assert_true(outbox_id_is_valid(id));
	for (int moved = 0; moved < 2; moved++) {
		back = outbox_read(*state, id, NULL);
		assert_string_equal(back->transport, item->transport);
		assert_string_equal(back->subject, "hello: you");
		assert_string_equal(back->to->pdata[1], "c@d");
		assert_string_equal(back->fcc->pdata[0], "/home/me/sent");
		assert_int_equal(back->bcc->len, 2);
		assert_string_equal(back->bcc->pdata[0], "one <a@b>,");
		assert_int_equal(back->answered_lid, 1207);
		fd = outbox_open_message(*state, id, &n, NULL);
		assert_int_equal(n, strlen(mail));
		assert_int_equal(read(fd, text, sizeof text), n);
		assert_memory_equal(text, mail, n);
		close(fd);
		outbox_item_free(g_steal_pointer(&back));
		assert_true(outbox_adopt(*state, id, NULL));
	}
	assert_true(outbox_remove(*state, id, NULL));
	assert_true(outbox_remove(*state, id, NULL));
	assert_null(outbox_read(*state, id, NULL));
}

static void hostile_ids_name_nothing(void **state)
{
	static const char *const ids[] = {"",	     ".",    "..",  "../state.db", "a/b",
					  ".hidden", "a\nb", "a b", "\xff"};
	g_autofree char *long_id = g_strnfill(OUTBOX_ID_MAX + 1, 'a');

	for (guint i = 0; i < G_N_ELEMENTS(ids); i++) {
		assert_false(outbox_id_is_valid(ids[i]));
		assert_null(outbox_path(*state, ids[i], NULL));
		assert_false(outbox_adopt(*state, ids[i], NULL));
	}
	assert_false(outbox_id_is_valid(long_id));
}

static void a_line_end_in_a_field_is_refused(void **state)
{
	auto_ptr(outbox_item) item = new_item();
	g_autoptr(GError) error = NULL;
	g_autoptr(GPtrArray) ids = NULL;

	g_ptr_array_add(item->to, g_strdup("x@y\nTransport: sendmail:rm"));
	assert_null(outbox_put(*state, item, mail, strlen(mail), &error));
	assert_true(error_is(error, CUR_ERROR_USAGE));
	ids = outbox_list_new(*state, NULL);
	assert_int_equal(ids->len, 0);
}

static void what_is_no_outbox_file_is_set_aside(void **state)
{
	static const char *const files[] = {
	    "",
	    "hello",
	    "Cur-Outbox: 2\nAccount: \nTransport: x\nFrom: \nTo: a\nSubject: \n\nx",
	    "Cur-Outbox: 1\nAccount: \nTransport: x\nFrom: \nSubject: \n\nx",
	    "Cur-Outbox: 1\nAccount: \nAccount: \nTransport: x\nFrom: \nTo: a\nSubject: \n\nx",
	    "Cur-Outbox: 1\nAccount: \nTransport: x\nFrom: \nTo: a\nSubject: \nEvil: 1\n\nx",
	    "Cur-Outbox: 1\nAccount: \nTransport: x\nFrom: \nTo: a\nSubject: ",
	};
	auto_ptr(outbox_item) item = new_item();
	g_autofree char *good = outbox_put(*state, item, mail, strlen(mail), NULL);
	g_autofree char *bad = g_build_filename(*state, "new", "bad", NULL);
	g_autoptr(GPtrArray) ids = NULL;

	for (guint i = 0; i < G_N_ELEMENTS(files); i++) {
		g_autoptr(GError) error = NULL;

		assert_true(g_file_set_contents(bad, files[i], -1, NULL));
		assert_null(outbox_read(*state, "bad", &error));
		assert_true(error_is(error, CUR_ERROR_CORRUPT));
		assert_true(outbox_set_aside(*state, "bad", NULL));
	}
	ids = outbox_list_new(*state, NULL);
	assert_int_equal(ids->len, 1);
	assert_string_equal(ids->pdata[0], good);
}

static void a_file_gone_in_memory_alone_is_not_gone(void **state)
{
	/* G2: a power cut would bring it back, without the row that says that it was sent. */
	auto_ptr(outbox_item) item = new_item();
	g_autofree char *id = outbox_put(*state, item, mail, strlen(mail), NULL);
	g_autoptr(GPtrArray) ids = g_ptr_array_new();

	g_ptr_array_add(ids, id);
	for (int retry = 0; retry < 2; retry++) {
		fail_fsync = 1;
		assert_false(outbox_remove_all(*state, ids, NULL));
		assert_false(outbox_remove(*state, id, NULL));
		fail_fsync = 0;
		assert_null(outbox_path(*state, id, NULL));
	}
	assert_true(outbox_remove_all(*state, ids, NULL));
}

static void submit(void **state)
{
	auto_ptr(outbox_item) item = new_item();
	g_autofree char *id = outbox_put(*state, item, mail, strlen(mail), NULL);

	outbox_adopt(*state, id, NULL);
}

static void a_killed_submission_is_whole_or_not_there(void **state)
{
	int n = 1;

	while (killed_at(state, n, submit)) {
		g_autoptr(GPtrArray) fresh = outbox_list_new(*state, NULL);
		g_autoptr(GPtrArray) work = outbox_list_work(*state, NULL);

		assert_int_equal(fresh->len + work->len, n > 1 ? 1 : 0);
		for (guint i = 0; i < fresh->len; i++) {
			auto_ptr(outbox_item) item = outbox_read(*state, fresh->pdata[i], NULL);

			assert_non_null(item);
		}
		folder_remove(state);
		folder_make(state);
		n++;
	}
	assert_int_equal(n, 5);
}

static int put_beyond_limit(void **state)
{
	struct rlimit limit = {4 << 10, 4 << 10};
	g_autofree char *big = g_strnfill(64 << 10, 'x');
	auto_ptr(outbox_item) item = new_item();
	g_autoptr(GError) error = NULL;
	g_autofree char *id = NULL;

	signal(SIGXFSZ, SIG_IGN);
	setrlimit(RLIMIT_FSIZE, &limit);
	id = outbox_put(*state, item, big, 64 << 10, &error);
	return !id && error_is(error, CUR_ERROR_FULL) ? 0 : 1;
}

static void a_full_disk_accepts_nothing(void **state)
{
	/* D20 */
	g_autofree char *tmp = g_build_filename(*state, "tmp", NULL);
	g_autoptr(GPtrArray) ids = NULL;
	int status;
	pid_t pid = fork();

	if (pid == 0)
		_exit(put_beyond_limit(state));
	waitpid(pid, &status, 0);
	assert_int_equal(status, 0);
	ids = outbox_list_new(*state, NULL);
	assert_int_equal(ids->len, 0);
	g_autoptr(GDir) dir = g_dir_open(tmp, 0, NULL);
	assert_null(g_dir_read_name(dir));
}

/* ---- what cannot be read ---------------------------------------------------------- */

static void add_many(struct store *store, guint32 box)
{
	struct state *st = store_state(store);

	assert_true(store_begin(store, NULL));
	for (guint i = 1; i <= 3000; i++) {
		g_autofree char *base = g_strdup_printf("1700000000.M%uP1Q1.host", i);
		struct state_message msg = {.mailbox = box, .uid = i, .base = base};

		assert_true(state_add_message(st, &msg, NULL));
	}
	assert_true(store_commit(store, NULL));
}

/* Some of the pages behind those of the smaller tables. */
static void spoil(const char *path)
{
	char junk[4096];
	struct stat st;
	int fd = open(path, O_WRONLY);

	memset(junk, 0xa5, sizeof junk);
	assert_true(fd >= 0 && fstat(fd, &st) == 0);
	for (off_t at = 40 * 4096; at < st.st_size; at += 3 * 4096)
		assert_int_equal(pwrite(fd, junk, sizeof junk, at), sizeof junk);
	close(fd);
}

static void d22_nothing_is_committed_that_was_decided_on_what_cannot_be_read(void **state)
{
	g_autofree char *path = g_build_filename(*state, "data", "state.db", NULL);
	struct store *store = must_open(state);
	guint32 box = the_box(store), n_found = 0;
	g_autoptr(GError) error = NULL;

	add_many(store, box);
	store_close(store);
	spoil(path);
	store = must_open(state);
	assert_true(store_begin(store, NULL));
	assert_true(state_set(store_state(store), "decided", "so", NULL));
	for (guint32 lid = 1; lid <= 3000; lid++) {
		g_autofree struct state_message *msg = state_message(store_state(store), box, lid);

		n_found += msg != NULL;
	}
	assert_true(n_found < 3000);
	assert_false(store_commit(store, &error));
	assert_true(error_is(error, CUR_ERROR_CORRUPT));
	assert_true(store_begin(store, NULL));
	g_autofree char *decided = state_get(store_state(store), "decided");
	assert_null(decided);
	assert_true(state_set(store_state(store), "decided", "anew", NULL));
	assert_true(store_commit(store, NULL));
	store_close(store);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    IN_FOLDER(a_message_is_in_state_and_cache),
	    IN_FOLDER(marks_and_drops_go_to_both),
	    IN_FOLDER(a_rollback_leaves_both_as_they_were),
	    IN_FOLDER(a_uid_is_known_once),
	    IN_FOLDER(after_a_kill_at_any_step_the_cache_catches_up),
	    IN_FOLDER(a_lost_cache_is_made_again_from_the_files),
	    IN_FOLDER(a_lost_state_makes_the_cache_worthless),
	    IN_FOLDER(a_second_engine_is_told_who_is_first),
	    IN_FOLDER(the_lock_of_a_dead_engine_does_not_count),
	    IN_FOLDER(a_state_of_a_newer_version_is_refused_untouched),
	    IN_FOLDER(a_broken_state_is_refused),
	    IN_FOLDER(d22_nothing_is_committed_that_was_decided_on_what_cannot_be_read),
	    IN_FOLDER(folder_names_of_servers_stay_below_mail),
	    IN_FOLDER(a_path_leads_to_its_message),
	    IN_FOLDER(steps_keep_their_order_and_outcome),
	    IN_FOLDER(outbox_rows_and_uidls_are_kept),
	    IN_FOLDER(an_outbox_file_is_read_back_whole),
	    IN_FOLDER(hostile_ids_name_nothing),
	    IN_FOLDER(a_line_end_in_a_field_is_refused),
	    IN_FOLDER(what_is_no_outbox_file_is_set_aside),
	    IN_FOLDER(a_file_gone_in_memory_alone_is_not_gone),
	    IN_FOLDER(a_killed_submission_is_whole_or_not_there),
	    IN_FOLDER(a_full_disk_accepts_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
