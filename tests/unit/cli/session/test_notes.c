/*
 * test_notes.c - what a run has written down is read as it was, or not at all.
 */
// needs: cli
#include "session/notes.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "program/program.h"
#include "session/session.h"
#include "suite.h"

static char directory[] = "/tmp/test_notes-XXXXXX";
static char path[64];
static struct notes notes;

static char *argv[] = {"scoped-trace", "--leaf", "read,\n", "", "./a b", NULL};
static char *libraries[] = {"/bin/image", "/lib/one.so"};
static const struct program program = {
    .path = "/bin/script", .image = "/bin/image", .libraries = libraries, .library_count = 2};

static void set_up(void)
{
    strcpy(strrchr(directory, '-') + 1, "XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(directory));
    snprintf(path, sizeof path, "%s/" SESSION_NOTES, directory);
}

static void tear_down(void)
{
    notes_finish(&notes);
    unlink(path);
    ck_assert_int_eq(rmdir(directory), 0);
}

static void begin(void)
{
    ck_assert_int_eq(notes_begin(directory, 5, argv, &program), 0);
}

static void append(const char *bytes, size_t size)
{
    FILE *out = fopen(path, "a");
    ck_assert_ptr_nonnull(out);
    ck_assert_uint_eq(fwrite(bytes, 1, size, out), size);
    fclose(out);
}

START_TEST(what_was_written_is_read)
{
    begin();
    notes_add_library(directory, "/lib/two.so");
    const struct process_life life = {.pid = 17,
        .begun_ns = 1,
        .ended_ns = UINT64_MAX,
        .user_ns = 2,
        .system_ns = 3,
        .is_whole = true,
        .has_status = true,
        .status = 9};
    notes_add_end(directory, &life);
    notes_add_others(directory, (struct process_life[]){{.pid = 18}, {.pid = 19, .user_ns = 5}}, 2);
    ck_assert_int_eq(notes_read(&notes, directory), 0);
    ck_assert_uint_eq(notes.argument_count, 5);
    for (size_t i = 0; i < 5; i++)
        ck_assert_str_eq(notes.arguments[i], argv[i]);
    ck_assert_ptr_null(notes.arguments[5]);
    ck_assert_uint_eq(notes.library_count, 3);
    ck_assert_str_eq(notes.libraries[0], "/bin/image");
    ck_assert_str_eq(notes.libraries[1], "/lib/one.so");
    ck_assert_str_eq(notes.libraries[2], "/lib/two.so");
    ck_assert_int_eq(notes.tool, getpid());
    ck_assert_int_eq(notes.life.pid, 17);
    ck_assert_uint_eq(notes.life.begun_ns, 1);
    ck_assert_uint_eq(notes.life.ended_ns, UINT64_MAX);
    ck_assert_uint_eq(notes.life.user_ns, 2);
    ck_assert_uint_eq(notes.life.system_ns, 3);
    ck_assert(notes.life.has_status);
    ck_assert_int_eq(notes.life.status, 9);
    ck_assert_uint_eq(notes.other_count, 2);
    ck_assert_int_eq(notes.others[0].pid, 18);
    ck_assert(!notes.others[0].is_whole);
    ck_assert_int_eq(notes.others[1].pid, 19);
    ck_assert_uint_eq(notes.others[1].user_ns, 5);
}
END_TEST

START_TEST(a_program_that_was_running_has_no_end)
{
    begin();
    ck_assert_int_eq(notes_read(&notes, directory), 0);
    ck_assert_int_eq(notes.life.pid, 0);
    ck_assert_uint_eq(notes.life.ended_ns, 0);
    ck_assert(!notes.life.has_status);
}
END_TEST

START_TEST(an_end_that_is_not_whole_is_refused)
{
    begin();
    append("o17 1 2 3 4\0", 12);
    ck_assert_int_eq(notes_read(&notes, directory), -EPROTO);
}
END_TEST

START_TEST(only_their_owner_may_read_them)
{
    struct stat status;
    begin();
    ck_assert_int_eq(stat(path, &status), 0);
    ck_assert_uint_eq(status.st_mode & 07777, 0600);
}
END_TEST

START_TEST(a_text_without_its_end_is_not_there)
{
    begin();
    append("l/lib/tw", 8);
    ck_assert_int_eq(notes_read(&notes, directory), 0);
    ck_assert_uint_eq(notes.library_count, 2);
}
END_TEST

START_TEST(each_piece_of_them_is_read_or_refused)
{
    begin();
    struct stat status;
    ck_assert_int_eq(stat(path, &status), 0);
    for (off_t size = status.st_size; size >= 0; size--) {
        ck_assert_int_eq(truncate(path, size), 0);
        int error = notes_read(&notes, directory);
        ck_assert(error == 0 || error == -EPROTO);
        notes_finish(&notes);
    }
}
END_TEST

START_TEST(what_nobody_wrote_is_refused)
{
    static const char *const texts[] = {"", "scoped-trace", "scoped-trace test\n",
        "scoped-trace 0.0.0\nascoped-trace", "scoped-trace test\nx"};
    ck_assert_int_eq(notes_read(&notes, directory), -ENOENT);
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        append(texts[i], strlen(texts[i]) + (i > 2));
        ck_assert_int_eq(notes_read(&notes, directory), -EPROTO);
        unlink(path);
    }
}
END_TEST

START_TEST(links_and_fifos_are_not_followed)
{
    ck_assert_int_eq(symlink("/etc/passwd", path), 0);
    ck_assert_int_eq(notes_read(&notes, directory), -ELOOP);
    ck_assert_int_eq(notes_begin(directory, 5, argv, &program), -EEXIST);
    unlink(path);
    ck_assert_int_eq(mkfifo(path, 0600), 0);
    ck_assert_int_eq(notes_read(&notes, directory), -EPROTO);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("notes");
    TCase *tests = tcase_create("notes");
    tcase_add_checked_fixture(tests, set_up, tear_down);
    tcase_add_test(tests, what_was_written_is_read);
    tcase_add_test(tests, a_program_that_was_running_has_no_end);
    tcase_add_test(tests, an_end_that_is_not_whole_is_refused);
    tcase_add_test(tests, only_their_owner_may_read_them);
    tcase_add_test(tests, a_text_without_its_end_is_not_there);
    tcase_add_test(tests, each_piece_of_them_is_read_or_refused);
    tcase_add_test(tests, what_nobody_wrote_is_refused);
    tcase_add_test(tests, links_and_fifos_are_not_followed);
    suite_add_tcase(suite, tests);
    return suite_run(suite);
}
