/*
 * test_share.c - plans for processes that have become other users.
 */
// needs: cli
#include "plan/share.h"
#include "suite.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

static char directory[] = "/tmp/test_plan_share-XXXXXX";

static void set_up(void)
{
    strcpy(strrchr(directory, '-') + 1, "XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(directory));
    ck_assert_int_eq(chdir(directory), 0);
    umask(077);
}

static void tear_down(void)
{
    unlink("plan");
    unlink("cached");
    ck_assert_int_eq(rmdir(directory), 0); /* nothing unfinished was left */
}

static void write_file(const char *name)
{
    FILE *out = fopen(name, "w");
    ck_assert_ptr_nonnull(out);
    fputs("a plan", out);
    fclose(out);
}

static void assert_is_shared(void)
{
    struct stat status;
    char text[16] = "";
    ck_assert_int_eq(lstat("plan", &status), 0);
    ck_assert(S_ISREG(status.st_mode));
    ck_assert_uint_eq(status.st_mode & 07777, 0644);
    FILE *in = fopen("plan", "r");
    ck_assert_ptr_nonnull(fgets(text, sizeof text, in));
    fclose(in);
    ck_assert_str_eq(text, "a plan");
}

START_TEST(a_plan_in_the_session_can_be_read_then)
{
    write_file("plan");
    ck_assert_int_eq(plan_share(directory, "plan"), 0);
    assert_is_shared();
    ck_assert_int_eq(plan_share(directory, "plan"), 0);
    assert_is_shared();
}
END_TEST

START_TEST(a_plan_in_the_cache_is_copied)
{
    struct stat status;
    write_file("cached");
    ck_assert_int_eq(symlink("cached", "plan"), 0);
    ck_assert_int_eq(plan_share(directory, "plan"), 0);
    assert_is_shared();
    ck_assert_int_eq(stat("cached", &status), 0);
    ck_assert_uint_eq(status.st_mode & 07777, 0600);
}
END_TEST

START_TEST(what_is_not_there_stays_so)
{
    ck_assert_int_eq(plan_share(directory, "plan"), -ENOENT);
    ck_assert_int_eq(symlink("cached", "plan"), 0);
    ck_assert_int_eq(plan_share(directory, "plan"), -ENOENT);
}
END_TEST

START_TEST(another_users_plan_is_not_touched)
{
    struct stat status;
    write_file("plan");
    if (chown("plan", geteuid() + 1, (gid_t)-1) != 0)
        return; /* only root can make one */
    ck_assert_int_eq(plan_share(directory, "plan"), -EPERM);
    ck_assert_int_eq(stat("plan", &status), 0);
    ck_assert_uint_eq(status.st_mode & 07777, 0600);
}
END_TEST

START_TEST(others_are_told_of_what_all_may_read)
{
    const struct stat open = {.st_mode = 0644}, closed = {.st_mode = 0711};
    ck_assert(plan_share_may_read(geteuid(), &closed));
    ck_assert(plan_share_may_read(geteuid() + 1, &open));
    ck_assert(!plan_share_may_read(geteuid() + 1, &closed));
    ck_assert(!plan_share_may_read((uid_t)-1, &closed));
}
END_TEST

START_TEST(who_asks_is_known)
{
    int ends[2];
    ck_assert_int_eq(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, ends), 0);
    ck_assert_int_eq(plan_share_peer(ends[0]), geteuid());
    ck_assert_int_eq(plan_share_peer(-1), (uid_t)-1);
    close(ends[0]);
    close(ends[1]);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("plan_share");
    TCase *tests = tcase_create("plan_share");
    tcase_add_checked_fixture(tests, set_up, tear_down);
    tcase_add_test(tests, a_plan_in_the_session_can_be_read_then);
    tcase_add_test(tests, a_plan_in_the_cache_is_copied);
    tcase_add_test(tests, what_is_not_there_stays_so);
    tcase_add_test(tests, another_users_plan_is_not_touched);
    tcase_add_test(tests, others_are_told_of_what_all_may_read);
    tcase_add_test(tests, who_asks_is_known);
    suite_add_tcase(suite, tests);
    return suite_run(suite);
}
