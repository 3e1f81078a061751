/*
 * test_environment.c - the environment without what the launcher has put there.
 */
// needs: preload/hook/environment.c preload/code/claim.c preload/base/kernel.c preload/base/pool.c
#include "hook/environment.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include <sys/wait.h>

#include "session_names.h"
#include "trace_format.h"
#include "suite.h"

#define INTERPOSER "/run/scoped-trace-x/leaves.so"
#define LIBRARY    "/usr/lib/" LIBRARY_NAME
#define OURS       LIBRARY ":" INTERPOSER

static struct call_frame call;

/* What stays of LD_PRELOAD=value, or NULL where the variable is gone. */
static const char *left_of(const char *value)
{
    static char variable[512];
    static char *const first = (char *)"A=1", *const last = (char *)"Z=2";
    char *variables[] = {first, variable, last, NULL};
    snprintf(variable, sizeof variable, "LD_PRELOAD=%s", value);
    char **copy = environment_without(&call, variables, INTERPOSER);
    ck_assert_ptr_nonnull(copy);
    ck_assert_str_eq(copy[0], "A=1");
    const char *left = strncmp(copy[1], "LD_PRELOAD=", 11) == 0 ? copy[1] + 11 : NULL;
    ck_assert_str_eq(copy[left ? 2 : 1], "Z=2");
    ck_assert_ptr_null(copy[left ? 3 : 2]);
    environment_release(&call);
    return left;
}

START_TEST(the_variable_goes_where_nothing_else_is_in_it)
{
    ck_assert_ptr_null(left_of(OURS));
    ck_assert_ptr_null(left_of("/usr/lib/libasan.so.8:" OURS));
    ck_assert_ptr_null(left_of(""));
}
END_TEST

START_TEST(other_entries_stay_in_their_order)
{
    ck_assert_str_eq(left_of(OURS ":b.so:/a.so c.so"), "b.so:/a.so c.so");
    ck_assert_str_eq(left_of("a.so " OURS ":b.so"), "a.so:b.so");
    ck_assert_str_eq(left_of("/x/libfoo-" LIBRARY_NAME), "/x/libfoo-" LIBRARY_NAME);
    ck_assert_str_eq(left_of(INTERPOSER "x:" OURS), INTERPOSER "x");
    ck_assert_str_eq(left_of("libasan.so.8:a.so:" OURS), "libasan.so.8:a.so");
    ck_assert_str_eq(left_of("a.so:/l/libasan.so.8:" OURS ":b.so:" LIBRARY), "a.so:b.so");
}
END_TEST

START_TEST(our_variables_go)
{
    char *variables[] = {(char *)SESSION_ENV "=/run", (char *)SESSION_CLOCK_ENV "=none",
        (char *)"B=", (char *)SESSION_EACH_ENV "=9", (char *)SESSION_BY_ENV "=181",
        (char *)SESSION_WHAT_ENV "=none", (char *)SESSION_ENV "S=", NULL};
    char **copy = environment_without(&call, variables, NULL);
    ck_assert_str_eq(copy[0], "B=");
    ck_assert_str_eq(copy[1], SESSION_ENV "S=");
    ck_assert_ptr_null(copy[2]);
    environment_release(&call);
}
END_TEST

START_TEST(what_is_there_is_seen)
{
    char *variables[] = {(char *)"LD_PRELOAD=" OURS, (char *)SESSION_ENV "=/run", NULL};
    struct environment found = environment_look(variables);
    ck_assert(found.has_library && found.has_session);
    variables[0] = (char *)"LD_PRELOAD=/usr/lib/another.so";
    found = environment_look(variables);
    ck_assert(!found.has_library && found.has_session);
    found = environment_look(NULL);
    ck_assert(!found.has_library && !found.has_session);
    found = environment_look((char **)16);
    ck_assert(!found.has_library && !found.has_session);
}
END_TEST

START_TEST(a_large_environment_is_copied)
{
    static char *variables[50001];
    for (int i = 0; i < 50000; i++)
        variables[i] = (char *)"A=1";
    variables[49999] = (char *)"LD_PRELOAD=" OURS ":x";
    char **copy = environment_without(&call, variables, INTERPOSER);
    ck_assert_str_eq(copy[49998], "A=1");
    ck_assert_str_eq(copy[49999], "LD_PRELOAD=x");
    ck_assert_ptr_null(copy[50000]);
    environment_release(&call);
    ck_assert_ptr_null(left_of(OURS));
}
END_TEST

START_TEST(one_that_cannot_be_read_is_left_as_it_is)
{
    char *page = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    munmap(page + 4096, 4096);
    char **variables = (char **)(page + 4096) - 1;
    variables[0] = (char *)"A=1"; /* without an end */
    ck_assert_ptr_null(environment_without(&call, variables, INTERPOSER));
    memcpy(page + 4096 - 16, "LD_PRELOAD=12345", 16);
    char *unended[] = {page + 4096 - 16, NULL};
    ck_assert_ptr_null(environment_without(&call, unended, INTERPOSER));
}
END_TEST

START_TEST(a_handler_in_between_has_memory_of_its_own)
{
    struct call_frame inner = {0};
    char *variables[] = {(char *)"A=1", (char *)"LD_PRELOAD=" OURS ":x", NULL};
    char *others[] = {(char *)"B=1", (char *)"LD_PRELOAD=" OURS ":y", NULL};
    char **copy = environment_without(&call, variables, INTERPOSER);
    char **other = environment_without(&inner, others, INTERPOSER);
    ck_assert_ptr_ne(copy, other);
    ck_assert_str_eq(copy[1], "LD_PRELOAD=x");
    ck_assert_str_eq(other[1], "LD_PRELOAD=y");
    environment_release(&inner);
    environment_release(&call);
}
END_TEST

#define FRAME_SIZE 4096

/* A child that shares this memory takes the copy, and ends. Returns its frame, which is to be
 * unmapped. */
static struct call_frame *leave_by_a_child(char **variables)
{
    struct call_frame *frame = mmap(
        NULL, FRAME_SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    pid_t child = vfork();
    if (child == 0) {
        environment_without(frame, variables, INTERPOSER);
        _exit(0);
    }
    ck_assert_int_eq(waitpid(child, NULL, 0), child);
    return frame;
}

START_TEST(memory_is_used_again)
{
    char *variables[] = {(char *)"A=1", NULL};
    char **copy = environment_without(&call, variables, INTERPOSER);
    environment_release(&call);
    ck_assert_ptr_eq(copy, environment_without(&call, variables, INTERPOSER));
    environment_release(&call);
    /* A vfork child that is gone, as one is that has executed something; its frame may be there
     * still, as it was, or not. */
    struct call_frame next = {0}, *frame = leave_by_a_child(variables);
    ck_assert_ptr_eq(copy, environment_without(&next, variables, INTERPOSER));
    environment_release(&next);
    munmap(leave_by_a_child(variables), FRAME_SIZE);
    ck_assert_ptr_eq(copy, environment_without(&next, variables, INTERPOSER));
    environment_release(&next);
    munmap(frame, FRAME_SIZE);
    /* One whose frame is gone. */
    environment_without(&call, variables, INTERPOSER);
    call.mark = 0;
    ck_assert_ptr_eq(copy, environment_without(&next, variables, INTERPOSER));
    environment_release(&next);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("environment");
    TCase *all = tcase_create("all");
    tcase_add_test(all, the_variable_goes_where_nothing_else_is_in_it);
    tcase_add_test(all, other_entries_stay_in_their_order);
    tcase_add_test(all, our_variables_go);
    tcase_add_test(all, what_is_there_is_seen);
    tcase_add_test(all, a_large_environment_is_copied);
    tcase_add_test(all, one_that_cannot_be_read_is_left_as_it_is);
    tcase_add_test(all, a_handler_in_between_has_memory_of_its_own);
    tcase_add_test(all, memory_is_used_again);
    suite_add_tcase(suite, all);
    return suite_run(suite);
}
