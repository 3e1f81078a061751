/*
 * test_process_time.c - what the system says of the time of another process.
 */
// needs: cli
#include "base/process_time.h"

#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

#include "suite.h"

START_TEST(a_process_that_has_ended_can_be_looked_at)
{
    struct process_life seen = {.pid = 0};
    siginfo_t info;
    pid_t pid = fork();
    if (pid == 0) {
        for (volatile int i = 0; i < 10000000; i++)
            ;
        _exit(0);
    }
    ck_assert_int_eq(waitid(P_PID, (id_t)pid, &info, WEXITED | WNOWAIT), 0);
    uint64_t sum = process_time_sum(pid);
    ck_assert_uint_gt(sum, 0);
    ck_assert(process_time_look(&seen, pid));
    ck_assert_int_eq(seen.pid, pid);
    ck_assert_uint_eq(seen.user_ns + seen.system_ns, sum);
    ck_assert_uint_gt(seen.ended_ns, 0);
    ck_assert_int_eq(waitpid(pid, NULL, 0), pid);
    ck_assert_uint_eq(process_time_sum(pid), 0);
    ck_assert(!process_time_look(&seen, pid));
}
END_TEST

START_TEST(a_sum_is_divided_in_a_ratio)
{
    struct process_life seen = {.pid = 0};
    process_time_divide(&seen, 100, 3, 1);
    ck_assert_uint_eq(seen.user_ns, 75);
    ck_assert_uint_eq(seen.system_ns, 25);
    process_time_divide(&seen, 100, 0, 0);
    ck_assert_uint_eq(seen.user_ns, 100);
    ck_assert_uint_eq(seen.system_ns, 0);
    process_time_divide(&seen, UINT64_MAX, UINT64_MAX, UINT64_MAX);
    ck_assert_uint_eq(seen.user_ns + seen.system_ns, UINT64_MAX);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("process_time");
    TCase *tests = tcase_create("process_time");
    tcase_add_test(tests, a_process_that_has_ended_can_be_looked_at);
    tcase_add_test(tests, a_sum_is_divided_in_a_ratio);
    suite_add_tcase(suite, tests);
    return suite_run(suite);
}
