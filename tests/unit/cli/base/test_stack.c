/* test_stack.c - a call with enough stack under a limit. */
// needs: cli
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "base/stack.h"
#include "suite.h"

#define MUCH ((size_t)2 << 20)

static int calls;

/* Ends in a crash where the stack is small. */
static void use_much(void *argument)
{
    volatile char room[MUCH];
    memset((char *)room, 1, sizeof room);
    ck_assert_ptr_eq(argument, &calls);
    calls += room[MUCH / 2];
}

static void *use_much_in_thread(void *argument)
{
    use_much(argument);
    return argument;
}

static void limit_stack(rlim_t size)
{
    struct rlimit limit;
    ck_assert_int_eq(getrlimit(RLIMIT_STACK, &limit), 0);
    limit.rlim_cur = size;
    ck_assert_int_eq(setrlimit(RLIMIT_STACK, &limit), 0);
}

START_TEST(a_call_has_room_whatever_the_limit)
{
    limit_stack((rlim_t)128 << 10);
    ck_assert_int_eq(stack_call(use_much, &calls), 0);
    ck_assert_int_eq(calls, 1);
}
END_TEST

START_TEST(a_call_without_a_limit_is_just_made)
{
    ck_assert_int_eq(stack_call(use_much, &calls), 0);
    ck_assert_int_eq(calls, 1);
}
END_TEST

START_TEST(a_thread_has_room_whatever_the_limit)
{
    pthread_t thread;
    void *result = NULL;
    limit_stack((rlim_t)128 << 10);
    ck_assert_int_eq(stack_thread(&thread, use_much_in_thread, &calls), 0);
    pthread_join(thread, &result);
    ck_assert_ptr_eq(result, &calls);
    ck_assert_int_eq(calls, 1);
}
END_TEST

static void forget_calls(void)
{
    calls = 0;
}

int main(void)
{
    Suite *suite = suite_create("stack");
    TCase *cases = tcase_create("stack");
    tcase_add_checked_fixture(cases, forget_calls, NULL);
    tcase_add_test(cases, a_call_has_room_whatever_the_limit);
    tcase_add_test(cases, a_call_without_a_limit_is_just_made);
    tcase_add_test(cases, a_thread_has_room_whatever_the_limit);
    suite_add_tcase(suite, cases);
    return suite_run(suite);
}
