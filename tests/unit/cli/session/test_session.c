/*
 * test_session.c - the session directory: who may make, read and remove what in it.
 */
// needs: cli
#include "session/session.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "suite.h"
#include "trace_format.h"

static char directory[] = "/tmp/test_session-XXXXXX";
static struct session session;
static char *problem;

static void set_up(void)
{
    strcpy(strrchr(directory, '-') + 1, "XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(directory));
    ck_assert_int_eq(chmod(directory, 0711), 0); /* else root would take another place */
    ck_assert_int_eq(chdir(directory), 0);
    fclose(fopen("library", "w"));
    setenv("XDG_RUNTIME_DIR", directory, 1);
    ck_assert_int_eq(session_create(&session, &problem), 0);
}

static void tear_down(void)
{
    session_finish(&session, false);
    free(problem);
    problem = NULL;
    unlink("library");
    ck_assert_int_eq(rmdir(directory), 0); /* nothing was left behind */
}

static void write_header(const char *name, const struct trace_header *header, size_t size)
{
    char path[512];
    snprintf(path, sizeof path, "%s/%s", session.directory, name);
    FILE *out = fopen(path, "w");
    ck_assert_ptr_nonnull(out);
    ck_assert_uint_eq(fwrite(header, 1, size, out), size);
    fclose(out);
}

static void write_trace(const char *name, uint64_t start_ns, size_t size)
{
    const struct trace_header header = {.magic = TRACE_MAGIC, .start_realtime_ns = start_ns};
    write_header(name, &header, size);
}

static unsigned mode_of(const char *path)
{
    struct stat status;
    ck_assert_int_eq(stat(path, &status), 0);
    ck_assert_int_eq(status.st_uid, geteuid());
    return status.st_mode & 07777;
}

START_TEST(a_session_is_private)
{
    ck_assert_int_eq(strncmp(session.place, directory, strlen(directory)), 0);
    ck_assert_int_eq(strncmp(session.directory, session.place, strlen(session.place)), 0);
    ck_assert_int_eq(strncmp(session.interposer, session.directory, strlen(session.directory)), 0);
    ck_assert(session.is_shared == (geteuid() == 0));
    if (session.is_shared)
        return;
    ck_assert_str_eq(session.directory, session.place);
    ck_assert_uint_eq(mode_of(session.place), 0700);
}
END_TEST

START_TEST(roots_session_is_shared_with_those_who_know_its_name)
{
    struct session other = {0};
    if (geteuid() != 0)
        return;
    umask(0777);
    ck_assert_int_eq(session_create(&other, &problem), 0);
    umask(022);
    ck_assert_uint_eq(mode_of(other.place), 0711);
    ck_assert_uint_eq(mode_of(other.directory), 01733);
    const char *secret = strrchr(other.directory, '/') + 1;
    ck_assert_uint_eq(strlen(secret), 22);
    ck_assert_str_ne(secret, strrchr(session.directory, '/') + 1);
    session_finish(&other, false);
}
END_TEST

START_TEST(only_what_is_to_be_shared_is_readable)
{
    char path[512];
    snprintf(path, sizeof path, "%s/file", session.directory);
    fclose(fopen(path, "w"));
    ck_assert_int_eq(chmod(path, 0600), 0);
    ck_assert_int_eq(session_share(&session, path), 0);
    ck_assert_uint_eq(mode_of(path), session.is_shared ? 0644 : 0600);
}
END_TEST

/* Where a session is made when XDG_RUNTIME_DIR is this. */
static bool is_made_in(const char *place)
{
    struct session other = {0};
    setenv("XDG_RUNTIME_DIR", place, 1);
    ck_assert_int_eq(session_create(&other, &problem), 0);
    bool is_there = strncmp(other.place, directory, strlen(directory)) == 0;
    session_finish(&other, false);
    return is_there;
}

START_TEST(a_place_where_others_can_rename_is_passed_over)
{
    char place[512];
    snprintf(place, sizeof place, "%s/above/place", directory);
    mkdir("above", 0755);
    mkdir("above/place", 0711);
    ck_assert(is_made_in(place));
    chmod("above/place", 0777);
    ck_assert(!is_made_in(place));
    chmod("above/place", 01777);
    ck_assert(is_made_in(place));
    chmod("above", 0777);
    ck_assert(!is_made_in(place));
    chmod("above", 0771);
    ck_assert(!is_made_in(place));
    chmod("above", 01777);
    ck_assert(is_made_in(place));
    rmdir("above/place");
    rmdir("above");
}
END_TEST

START_TEST(a_place_of_another_user_is_passed_over)
{
    char place[512];
    if (geteuid() != 0)
        return;
    snprintf(place, sizeof place, "%s/above/place", directory);
    mkdir("above", 0755);
    mkdir("above/place", 0755);
    ck_assert_int_eq(chown("above", 65534, 65534), 0);
    ck_assert(!is_made_in(place));
    ck_assert_int_eq(chown("above", 0, 0), 0);
    ck_assert_int_eq(chown("above/place", 65534, 65534), 0);
    ck_assert(!is_made_in(place));
    rmdir("above/place");
    rmdir("above");
}
END_TEST

START_TEST(a_place_that_is_a_link_is_looked_at_where_it_leads_to)
{
    struct session other = {0};
    char link[512];
    mkdir("open", 0777);
    chmod("open", 0777);
    mkdir("place", 0711);
    snprintf(link, sizeof link, "%s/link", directory);
    ck_assert_int_eq(symlink("open", "link"), 0);
    ck_assert(!is_made_in(link));
    unlink("link");
    ck_assert_int_eq(symlink("place", "link"), 0);
    setenv("XDG_RUNTIME_DIR", link, 1);
    ck_assert_int_eq(session_create(&other, &problem), 0);
    ck_assert_ptr_nonnull(strstr(other.place, "/place/")); /* whatever becomes of the link */
    session_finish(&other, false);
    unlink("link");
    rmdir("place");
    rmdir("open");
}
END_TEST

START_TEST(root_prefers_a_place_that_others_can_reach)
{
    char place[512];
    snprintf(place, sizeof place, "%s/place", directory);
    mkdir("place", 0700);
    ck_assert(is_made_in(place) == (geteuid() != 0));
    rmdir("place");
}
END_TEST

START_TEST(what_can_be_reached_can_be_all_the_way)
{
    char path[512];
    mkdir("above", 0711);
    fclose(fopen("above/file", "w"));
    snprintf(path, sizeof path, "%s/above/file", directory);
    chmod("above/file", 0644);
    ck_assert(session_can_be_reached(path));
    chmod("above/file", 0600);
    ck_assert(!session_can_be_reached(path));
    chmod("above/file", 0644);
    chmod("above", 0700);
    ck_assert(!session_can_be_reached(path));
    unlink("above/file");
    rmdir("above");
}
END_TEST

START_TEST(a_file_is_put_there)
{
    char path[512], *to = NULL;
    struct stat status;
    snprintf(path, sizeof path, "%s/library", directory);
    ck_assert_int_eq(session_put(&session, path, "name", &to), 0);
    ck_assert_int_eq(lstat(to, &status), 0);
    ck_assert(S_ISLNK(status.st_mode) == !session.is_shared);
    free(to);
    ck_assert_int_eq(
        session_put(&session, "/no/such/file", "name2", &to), session.is_shared ? -ENOENT : 0);
    if (!session.is_shared)
        free(to);
}
END_TEST

START_TEST(a_place_that_cannot_be_preloaded_from_is_passed_over)
{
    struct session other;
    ck_assert_int_eq(mkdir("a b", 0700), 0);
    char place[512];
    snprintf(place, sizeof place, "%s/a b", directory);
    setenv("XDG_RUNTIME_DIR", place, 1);
    ck_assert_int_eq(session_create(&other, &problem), 0);
    ck_assert_ptr_null(strchr(other.directory, ' '));
    session_finish(&other, false);
    ck_assert_int_eq(rmdir("a b"), 0);
}
END_TEST

START_TEST(traces_are_sorted_by_their_start)
{
    static const char *const expected[] = {"/9.1.trace", "/7.0.trace", "/8.0.trace", "/1.0.trace"};
    struct session_traces traces;
    write_trace("8.0.trace", 5, sizeof(struct trace_header));
    write_trace("7.0.trace", 5, sizeof(struct trace_header));
    write_trace("9.1.trace", 3, sizeof(struct trace_header));
    write_trace("1.0.trace", 1, 20); /* too short to tell */
    write_trace("2.0.other", 1, sizeof(struct trace_header));
    ck_assert_int_eq(session_traces(&session, &traces), 0);
    ck_assert_uint_eq(traces.count, 4);
    for (size_t i = 0; i < traces.count; i++)
        ck_assert_str_eq(strrchr(traces.list[i].path, '/'), expected[i]);
    session_traces_finish(&traces);
}
END_TEST

START_TEST(a_process_is_sorted_by_its_own_start_not_that_of_its_trace)
{
    struct session_traces traces;
    struct trace_header header = {.magic = TRACE_MAGIC, .start_realtime_ns = 1000};
    header.start_ns = 500;
    header.begun.ns = 90;
    write_header("8.0.trace", &header, sizeof header); /* begun at 590 */
    write_trace("9.0.trace", 700, sizeof header);
    header.begun_in_ticks = 1;
    write_header("6.0.trace", &header, sizeof header);
    header.begun_in_ticks = 0;
    header.begun.ns = 501; /* damaged */
    write_header("7.0.trace", &header, sizeof header);
    ck_assert_int_eq(session_traces(&session, &traces), 0);
    ck_assert_uint_eq(traces.count, 4);
    ck_assert_int_eq(traces.list[0].pid, 8);
    ck_assert_uint_eq(traces.list[0].start_ns, 590);
    ck_assert_int_eq(traces.list[1].pid, 9);
    ck_assert_uint_eq(traces.list[2].start_ns, 1000);
    ck_assert_uint_eq(traces.list[3].start_ns, 1000);
    session_traces_finish(&traces);
}
END_TEST

START_TEST(a_session_may_be_kept)
{
    char *kept = strdup(session.place);
    write_trace("1.0.trace", 1, sizeof(struct trace_header));
    session_finish(&session, true);
    ck_assert_ptr_null(session.directory);
    ck_assert_int_eq(session_open(&session, kept, &problem), 0);
    free(kept);
}
END_TEST

START_TEST(links_in_a_session_are_not_followed)
{
    char link[512];
    snprintf(link, sizeof link, "%s/link", session.directory);
    ck_assert_int_eq(symlink("../library", link), 0);
    snprintf(link, sizeof link, "%s/other", session.directory);
    ck_assert_int_eq(symlink(directory, link), 0);
    session_finish(&session, false);
    ck_assert_int_eq(access("library", F_OK), 0);
}
END_TEST

START_TEST(what_others_can_write_to_is_not_opened)
{
    struct session other = {0};
    ck_assert_int_eq(chmod(session.place, 0720), 0);
    ck_assert_int_eq(session_open(&other, session.place, &problem), -EPERM);
    ck_assert_ptr_nonnull(strstr(problem, "others can write"));
    ck_assert_ptr_null(other.place);
}
END_TEST

START_TEST(what_is_no_directory_is_not_opened)
{
    struct session other = {0};
    ck_assert_int_eq(session_open(&other, "library", &problem), -ENOTDIR);
    free(problem);
    ck_assert_int_eq(session_open(&other, "nowhere", &problem), -ENOENT);
    free(problem);
    ck_assert_int_eq(session_open(&other, "", &problem), -ENOENT);
}
END_TEST

START_TEST(another_users_session_is_not_opened)
{
    struct session other = {0};
    struct stat status;
    ck_assert_int_eq(stat("/", &status), 0);
    if (status.st_uid == geteuid() && chown(session.place, 65534, 65534) != 0)
        return;
    const char *path = status.st_uid == geteuid() ? session.place : "/";
    ck_assert_int_eq(session_open(&other, path, &problem), -EPERM);
    ck_assert_ptr_nonnull(strstr(problem, "another user"));
}
END_TEST

START_TEST(a_thin_session_has_what_a_report_needs)
{
    write_trace("1.0.trace", 1, sizeof(struct trace_header));
    write_trace(SESSION_NOTES, 1, sizeof(struct trace_header));
    write_trace("fe-1.plan", 1, sizeof(struct trace_header));
    session_thin(&session);
    ck_assert_int_eq(chdir(session.directory), 0);
    ck_assert_int_eq(access("1.0.trace", F_OK), 0);
    ck_assert_int_eq(access(SESSION_NOTES, F_OK), 0);
    ck_assert_int_eq(access("fe-1.plan", F_OK), -1);
    ck_assert_int_eq(chdir(directory), 0);
}
END_TEST

START_TEST(traces_say_who_has_forked)
{
    struct session_traces traces;
    const struct trace_header header = {.magic = TRACE_MAGIC, .forks = 2};
    write_trace("8.0.trace", 1, sizeof header);
    write_header("90.3.trace", &header, sizeof header);
    ck_assert_int_eq(session_traces(&session, &traces), 0);
    ck_assert_uint_eq(traces.count, 2);
    const struct session_trace *list = traces.list;
    size_t first = list[0].pid == 90;
    ck_assert_int_eq(list[first].pid, 8);
    ck_assert(!list[first].has_forked);
    ck_assert_int_eq(list[1 - first].pid, 90);
    ck_assert(list[1 - first].has_forked);
    session_traces_finish(&traces);
}
END_TEST

static void count_it(void *argument, const struct session *found)
{
    *(int *)argument += strcmp(found->place, session.place) == 0;
}

START_TEST(a_session_is_found_in_its_place)
{
    int count = 0;
    setenv("TMPDIR", directory, 1); /* the same place twice */
    session_each(count_it, &count);
    unsetenv("TMPDIR");
    ck_assert_int_eq(count, 1);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("session");
    TCase *tests = tcase_create("session");
    tcase_add_checked_fixture(tests, set_up, tear_down);
    tcase_add_test(tests, a_session_is_private);
    tcase_add_test(tests, a_place_that_cannot_be_preloaded_from_is_passed_over);
    tcase_add_test(tests, traces_are_sorted_by_their_start);
    tcase_add_test(tests, a_process_is_sorted_by_its_own_start_not_that_of_its_trace);
    tcase_add_test(tests, a_session_may_be_kept);
    tcase_add_test(tests, links_in_a_session_are_not_followed);
    tcase_add_test(tests, what_others_can_write_to_is_not_opened);
    tcase_add_test(tests, what_is_no_directory_is_not_opened);
    tcase_add_test(tests, another_users_session_is_not_opened);
    tcase_add_test(tests, a_thin_session_has_what_a_report_needs);
    tcase_add_test(tests, traces_say_who_has_forked);
    tcase_add_test(tests, a_session_is_found_in_its_place);
    tcase_add_test(tests, roots_session_is_shared_with_those_who_know_its_name);
    tcase_add_test(tests, only_what_is_to_be_shared_is_readable);
    tcase_add_test(tests, a_place_where_others_can_rename_is_passed_over);
    tcase_add_test(tests, a_place_of_another_user_is_passed_over);
    tcase_add_test(tests, a_place_that_is_a_link_is_looked_at_where_it_leads_to);
    tcase_add_test(tests, root_prefers_a_place_that_others_can_reach);
    tcase_add_test(tests, what_can_be_reached_can_be_all_the_way);
    tcase_add_test(tests, a_file_is_put_there);
    suite_add_tcase(suite, tests);
    return suite_run(suite);
}
