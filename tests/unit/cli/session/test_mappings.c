/*
 * test_mappings.c - whether any process has a trace of the session mapped.
 */
// needs: cli
#include "session/mappings.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "session/session.h"
#include "suite.h"

/* A file system on which it is known whether a file is mapped. */
static char directory[] = "/dev/shm/test_mapped-XXXXXX";
static struct session session;
static struct mappings mapped, again;
static pid_t child;

static const char *path_of(const char *name)
{
    static char path[256];
    snprintf(path, sizeof path, "%s/%s", session.directory, name);
    return path;
}

static void write_file(const char *name)
{
    FILE *out = fopen(path_of(name), "w");
    ck_assert_ptr_nonnull(out);
    fputs("text", out);
    fclose(out);
}

static void set_up(void)
{
    char *problem = NULL;
    strcpy(strrchr(directory, '-') + 1, "XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(directory));
    ck_assert_int_eq(chmod(directory, 0711), 0);
    setenv("XDG_RUNTIME_DIR", directory, 1);
    ck_assert_int_eq(session_create(&session, &problem), 0);
    write_file(SESSION_NOTES);
    write_file("1.0.trace");
    write_file("2.0.trace");
}

static void tear_down(void)
{
    session_finish(&session, false);
    ck_assert_int_eq(rmdir(directory), 0);
}

/* A child that has mapped the file, and has no descriptor of it. */
static void map_in_child(const char *name, bool to_write)
{
    int ready[2];
    char byte = 0;
    ck_assert_int_eq(pipe(ready), 0);
    child = fork();
    if (child == 0) {
        int fd = open(path_of(name), to_write ? O_RDWR : O_RDONLY);
        if (mmap(NULL, 4096, to_write ? PROT_NONE : PROT_READ, MAP_SHARED, fd, 0) == MAP_FAILED)
            _exit(1);
        close(fd);
        if (write(ready[1], &byte, 1) == 1)
            pause();
        _exit(1);
    }
    close(ready[1]);
    ck_assert_int_eq(read(ready[0], &byte, 1), 1);
    close(ready[0]);
}

static void end_child(void)
{
    kill(child, SIGKILL);
    ck_assert_int_eq(waitpid(child, NULL, 0), child);
}

START_TEST(what_a_process_has_mapped_is_known_until_it_ends)
{
    ck_assert_int_eq(mappings_look(&mapped, &session), 0);
    ck_assert(!mapped.is_any);
    map_in_child("2.0.trace", true);
    ck_assert_int_eq(mappings_look(&mapped, &session), 0);
    ck_assert(mapped.is_any);
    ck_assert(mappings_has(&session, path_of("2.0.trace")));
    ck_assert(!mappings_has(&session, path_of("1.0.trace")));
    end_child();
    ck_assert_int_eq(mappings_look(&mapped, &session), 0);
    ck_assert(!mapped.is_any);
    ck_assert(!mappings_has(&session, path_of("2.0.trace")));
}
END_TEST

START_TEST(who_only_reads_it_is_none_of_the_run)
{
    map_in_child("1.0.trace", false);
    ck_assert_int_eq(mappings_look(&mapped, &session), 0);
    ck_assert(!mapped.is_any);
    end_child();
}
END_TEST

START_TEST(another_trace_is_another_sum)
{
    ck_assert_int_eq(mappings_look(&mapped, &session), 0);
    write_file("no trace");
    ck_assert_int_eq(mappings_look(&again, &session), 0);
    ck_assert(mapped.names == again.names);
    write_file("1.1.trace");
    ck_assert_int_eq(mappings_look(&again, &session), 0);
    ck_assert(mapped.names != again.names);
}
END_TEST

START_TEST(where_all_leases_are_refused_nothing_is_known)
{
    map_in_child("1.0.trace", true);
    int fd = open(path_of(SESSION_NOTES), O_WRONLY);
    ck_assert_int_eq(mappings_look(&mapped, &session), 0);
    ck_assert(!mapped.is_any);
    close(fd);
    ck_assert_int_eq(mappings_look(&mapped, &session), 0);
    ck_assert(mapped.is_any);
    end_child();
}
END_TEST

START_TEST(what_is_no_file_is_no_trace_either)
{
    ck_assert_int_eq(mkfifo(path_of("3.0.trace"), 0600), 0);
    ck_assert_int_eq(symlink("/dev/zero", path_of("4.0.trace")), 0);
    ck_assert_int_eq(mappings_look(&mapped, &session), 0);
    ck_assert(!mapped.is_any);
}
END_TEST

START_TEST(a_session_that_is_gone_is_an_error)
{
    const struct session none = {.directory = "/no/such/session"};
    ck_assert_int_lt(mappings_look(&mapped, &none), 0);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("mapped");
    TCase *tests = tcase_create("mapped");
    tcase_add_checked_fixture(tests, set_up, tear_down);
    tcase_add_test(tests, what_a_process_has_mapped_is_known_until_it_ends);
    tcase_add_test(tests, who_only_reads_it_is_none_of_the_run);
    tcase_add_test(tests, another_trace_is_another_sum);
    tcase_add_test(tests, where_all_leases_are_refused_nothing_is_known);
    tcase_add_test(tests, what_is_no_file_is_no_trace_either);
    tcase_add_test(tests, a_session_that_is_gone_is_an_error);
    suite_add_tcase(suite, tests);
    return suite_run(suite);
}
