/*
 * test_leaves.c - what --leaf selects.
 */
// needs: cli
#include "leaves/leaves.h"
#include "leaves/tasks.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "commands/list.h"
#include "hook_record.h"
#include "leaves/fibers.h"
#include "names/function_spec.h"
#include "suite.h"

#define SELECT(...) select_leaves((const char *[]){__VA_ARGS__, NULL})

static struct leaves leaves;
static char *problem;

static int select_leaves(const char *const *arguments)
{
    size_t count = 0;
    while (arguments[count] != NULL)
        count++;
    return leaves_select(&leaves, arguments, count, &problem);
}

static void clear(void)
{
    leaves_finish(&leaves);
    free(problem);
    problem = NULL;
}

static const struct leaf *find(const char *symbol)
{
    const struct leaf *found = NULL;
    for (size_t i = 0; i < leaves.count; i++) {
        if (strcmp(leaves.list[i].symbol, symbol) != 0)
            continue;
        ck_assert_msg(found == NULL, "'%s' is listed twice", symbol);
        found = &leaves.list[i];
    }
    return found;
}

static void expect_problem(int error, const char *words)
{
    ck_assert_int_eq(error, -EINVAL);
    ck_assert_ptr_nonnull(problem);
    ck_assert_msg(strstr(problem, words) != NULL, "'%s' lacks '%s'", problem, words);
    ck_assert_ptr_null(strchr(problem, '\n'));
}

START_TEST(nothing_said_means_the_waiting_calls)
{
    ck_assert_int_eq(leaves_select(&leaves, NULL, 0, &problem), 0);
    ck_assert_ptr_nonnull(find("epoll_wait"));
    ck_assert_ptr_nonnull(find("pthread_cond_wait"));
    ck_assert_ptr_null(find("open"));
    ck_assert(!find("read")->is_asked_for);
}
END_TEST

static bool is_for_waits(const char *symbol)
{
    return find(symbol)->hook_flags & HOOK_ONLY_WAITS;
}

START_TEST(locks_count_only_waits_unless_all_calls_are_asked_for)
{
    ck_assert_int_eq(leaves_select(&leaves, NULL, 0, &problem), 0);
    ck_assert(is_for_waits("pthread_mutex_lock"));
    ck_assert(is_for_waits("__pthread_mutex_lock"));
    ck_assert(!is_for_waits("pthread_cond_wait"));
    leaves_finish(&leaves);
    ck_assert_int_eq(SELECT("@lock,@wait"), 0);
    ck_assert(!is_for_waits("pthread_mutex_lock"));
    ck_assert(is_for_waits("pthread_mutex_lock") == is_for_waits("pthread_once"));
    leaves_finish(&leaves);
    ck_assert_int_eq(SELECT("@wait,pthread_mutex_lock"), 0);
    ck_assert(!is_for_waits("pthread_mutex_lock"));
    ck_assert(is_for_waits("pthread_rwlock_rdlock"));
    leaves_finish(&leaves);
    ck_assert_int_eq(SELECT("-@lock"), 0);
    ck_assert_ptr_null(find("pthread_mutex_lock"));
}
END_TEST

START_TEST(a_removal_first_takes_away_from_the_default)
{
    ck_assert_int_eq(SELECT("-read,-@sleep"), 0);
    ck_assert_ptr_null(find("read"));
    ck_assert_ptr_null(find("__read_chk"));
    ck_assert_ptr_null(find("nanosleep"));
    ck_assert_ptr_nonnull(find("write"));
}
END_TEST

START_TEST(a_name_first_selects_only_what_is_named)
{
    ck_assert_int_eq(SELECT("SSL_read", "@sleep,-usleep"), 0);
    ck_assert(find("SSL_read")->is_asked_for);
    ck_assert_ptr_nonnull(find("nanosleep"));
    ck_assert_ptr_null(find("usleep"));
    ck_assert_ptr_null(find("read"));
}
END_TEST

START_TEST(the_order_of_adding_and_removing_counts)
{
    ck_assert_int_eq(SELECT("@sleep,-@sleep,pause,mine,-mine,mine"), 0);
    ck_assert_ptr_nonnull(find("pause"));
    ck_assert_ptr_nonnull(find("mine"));
    ck_assert_uint_eq(leaves.count, 2);
}
END_TEST

START_TEST(twins_come_along_under_the_plain_name)
{
    ck_assert_int_eq(SELECT("read,recvfrom"), 0);
    ck_assert_str_eq(find("__read_chk")->shown, "read");
    ck_assert_str_eq(find("__recvfrom_chk")->shown, "recvfrom");
    ck_assert(find("read")->is_asked_for);
    ck_assert(!find("__read_chk")->is_asked_for);
    ck_assert(!find("__recvfrom_chk")->is_asked_for);
}
END_TEST

START_TEST(a_twins_name_stands_for_the_function)
{
    ck_assert_int_eq(SELECT("__read_chk"), 0);
    ck_assert(find("read")->is_asked_for);
    ck_assert_str_eq(find("__read_chk")->shown, "read");
}
END_TEST

START_TEST(naming_and_grouping_a_function_merge)
{
    ck_assert_int_eq(SELECT("@wait,read", "read,mine,@io,mine"), 0);
    ck_assert(find("read")->is_asked_for);
    ck_assert_ptr_nonnull(find("mine"));
}
END_TEST

START_TEST(no_symbol_is_in_the_table_twice)
{
    ck_assert_int_eq(SELECT("@wait,@io,@net,@sleep,@lock,@file,@proc,@stdio"), 0);
    for (size_t i = 0; i < leaves.count; i++)
        find(leaves.list[i].symbol);
    ck_assert_uint_gt(leaves.count, 400);
}
END_TEST

#define OBJECT HOOK_OBJECT_OF(31)

START_TEST(functions_that_do_not_return_plainly_are_jumped_to)
{
    static const char *const names[] = {"setjmp", "__sigsetjmp", "longjmp", "swapcontext", "vfork",
        "syscall", "clone", "execve", "execl", "_exit", "abort", "pthread_exit", "__cxa_throw",
        "_Unwind_Resume", "dlopen", "dlsym"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        ck_assert_int_eq(SELECT(names[i]), 0);
        ck_assert_uint_eq(find(names[i])->hook_flags & ~OBJECT, HOOK_TAIL);
        clear();
    }
    ck_assert_int_eq(SELECT("@proc"), 0);
    ck_assert_uint_eq(find("vfork")->hook_flags, HOOK_TAIL | HOOK_IMPLIED);
    ck_assert_uint_eq(find("_Exit")->hook_flags, HOOK_TAIL | HOOK_IMPLIED);
    ck_assert_uint_eq(find("fork")->hook_flags, HOOK_IMPLIED);
}
END_TEST

START_TEST(stack_arguments_are_expected_where_they_can_be)
{
    ck_assert_int_eq(
        SELECT("printf,vprintf,__recvfrom_chk,getnameinfo,gethostbyaddr_r,SSL_read,read,sendto"),
        0);
    ck_assert_uint_eq(find("printf")->hook_flags, HOOK_STACK_ARGS);
    ck_assert_uint_eq(find("__printf_chk")->hook_flags, HOOK_STACK_ARGS);
    ck_assert_uint_eq(find("vprintf")->hook_flags, 0);
    ck_assert_uint_eq(
        find("__recvfrom_chk")->hook_flags & ~OBJECT, HOOK_STACK_ARGS_OF(1));    /* seven */
    ck_assert_uint_eq(find("getnameinfo")->hook_flags, HOOK_STACK_ARGS_OF(1));   /* seven */
    ck_assert_uint_eq(HOOK_STACK_WORDS(find("gethostbyaddr_r")->hook_flags), 2); /* eight */
    ck_assert_uint_eq(find("SSL_read")->hook_flags, HOOK_STACK_ARGS);            /* unknown */
    ck_assert_uint_eq(find("recvfrom")->hook_flags & ~OBJECT, 0);                /* six */
    ck_assert_uint_eq(find("read")->hook_flags & ~OBJECT, 0);
    ck_assert_uint_eq(find("sendto")->hook_flags & ~OBJECT, 0);
}
END_TEST

START_TEST(an_unknown_group_is_answered_with_the_groups)
{
    expect_problem(SELECT("@nett"), "'@nett'");
    ck_assert_ptr_nonnull(strstr(problem, "@wait, @io, @net"));
}
END_TEST

START_TEST(an_empty_selection_is_an_error)
{
    expect_problem(SELECT("read,-read"), "no leaf");
    clear();
    expect_problem(SELECT(""), "no leaf");
    clear();
    expect_problem(SELECT("read,-"), "minus");
}
END_TEST

START_TEST(taking_away_what_is_not_there_is_an_error)
{
    expect_problem(SELECT("-raed"), "-raed");
    clear();
    ck_assert_int_eq(SELECT("@net,-nanosleep"), 0); /* a known leaf may be absent */
}
END_TEST

START_TEST(functions_with_conventions_of_their_own_are_refused)
{
    expect_problem(SELECT("mcount"), "'mcount'");
    clear();
    expect_problem(SELECT("read,__tls_get_addr"), "'__tls_get_addr'");
}
END_TEST

START_TEST(what_is_in_no_group_has_a_spec)
{
    ck_assert_int_eq(SELECT("read,SSL_*", "libssl:SSL_read"), 0);
    ck_assert_ptr_null(find("read")->spec);
    ck_assert(find("SSL_*")->spec->is_pattern);
    ck_assert_str_eq(find("SSL_read")->spec->library, "libssl");
    ck_assert_str_eq(find("SSL_read")->shown, "SSL_read");
    ck_assert(find("SSL_read")->is_asked_for);
}
END_TEST

static uint32_t object_of(const char *name)
{
    return HOOK_OBJECT(find(name)->hook_flags);
}

START_TEST(what_functions_wait_for_is_known)
{
    ck_assert_int_eq(SELECT("@io,@net,@lock,@file,@proc"), 0);
    ck_assert_uint_eq(object_of("__read_nocancel"), HOOK_OBJECT_DESCRIPTOR);
    ck_assert_uint_eq(object_of("__recvfrom_chk"), HOOK_OBJECT_DESCRIPTOR);
    ck_assert_uint_eq(object_of("stat"), HOOK_OBJECT_PATH);
    ck_assert_uint_eq(object_of("__xstat64"), HOOK_OBJECT_PATH_AT); /* behind the version */
    ck_assert_uint_eq(object_of("fstat"), HOOK_OBJECT_DESCRIPTOR);
    ck_assert_uint_eq(object_of("__fxstat"), HOOK_OBJECT_NONE);
    ck_assert_uint_eq(object_of("__fxstatat"), HOOK_OBJECT_NONE);
    ck_assert_uint_eq(object_of("execve"), HOOK_OBJECT_PATH);
    ck_assert_uint_eq(object_of("__pthread_mutex_lock"), HOOK_OBJECT_MUTEX);
    ck_assert_uint_eq(object_of("getrandom"), HOOK_OBJECT_NONE);
}
END_TEST

START_TEST(functions_that_switch_stacks_are_called_as_fibers_only)
{
    ck_assert_int_eq(SELECT("swapcontext,jump_fcontext"), 0);
    ck_assert_uint_eq(find("swapcontext")->hook_flags & HOOK_TAIL, HOOK_TAIL);
    ck_assert_uint_eq(object_of("jump_fcontext"), HOOK_OBJECT_NONE);
    clear();
    ck_assert_int_eq(SELECT("read", "@fiber"), 0);
    ck_assert_uint_eq(find("swapcontext")->hook_flags, FIBERS_SWITCH | HOOK_IMPLIED);
    ck_assert(find("swapcontext")->is_c_library);
    ck_assert_uint_eq(find("jump_fcontext")->hook_flags, FIBERS_SWITCH | HOOK_IMPLIED);
    ck_assert(!find("jump_fcontext")->is_c_library);
    ck_assert_ptr_nonnull(find("jump_fcontext")->spec);
    ck_assert(!find("jump_fcontext")->is_asked_for);
    ck_assert_uint_eq(object_of("pth_exit"), HOOK_OBJECT_FIBER_END);
    ck_assert_uint_eq(
        find("boost::context::detail::fiber_exit")->hook_flags & HOOK_TAIL, HOOK_TAIL);
    ck_assert_ptr_nonnull(find("read"));
}
END_TEST

START_TEST(a_fibers_function_comes_before_a_leaf_of_its_name)
{
    ck_assert_int_eq(SELECT("jump_fcontext,swapcontext,@fiber"), 0);
    ck_assert_str_eq(leaves.list[0].symbol, "swapcontext");
    ck_assert_uint_eq(leaves.list[0].hook_flags, FIBERS_SWITCH | HOOK_IMPLIED);
    ck_assert(!leaves.list[1].is_asked_for && leaves.list[leaves.count - 1].is_asked_for);
    ck_assert_str_eq(leaves.list[1].symbol, leaves.list[leaves.count - 1].symbol);
}
END_TEST

START_TEST(fibers_can_be_taken_away)
{
    ck_assert_int_eq(SELECT("@sleep,@fiber,-jump_fcontext,-swapcontext"), 0);
    ck_assert_ptr_null(find("jump_fcontext"));
    ck_assert_ptr_null(find("swapcontext"));
    ck_assert_ptr_nonnull(find("ontop_fcontext"));
    clear();
    ck_assert_int_eq(SELECT("@sleep,@fiber,-@fiber"), 0);
    ck_assert_ptr_null(find("ontop_fcontext"));
    expect_problem(SELECT("@sleep,-jump_fcontext"), "-jump_fcontext");
}
END_TEST

START_TEST(the_functions_of_fibers_are_of_three_kinds)
{
    for (size_t i = 0; i < fiber_function_count; i++) {
        const struct fiber_function *function = &fiber_functions[i];
        ck_assert(fibers_has(function->hook_flags));
        ck_assert(function->hook_flags == FIBERS_SWITCH || function->hook_flags == FIBERS_END ||
                  function->hook_flags == FIBERS_ENDED);
        for (size_t j = 0; j < i; j++)
            ck_assert_str_ne(function->name, fiber_functions[j].name);
    }
    ck_assert(!fibers_has(HOOK_TAIL | HOOK_OBJECT_OF(HOOK_OBJECT_JUMP_BUFFER)));
}
END_TEST

START_TEST(what_is_known_of_a_function_is_known_in_one_library)
{
    ck_assert_int_eq(SELECT("libc.so.6:vfork,libc.so.6:__read_chk"), 0);
    ck_assert_uint_eq(find("vfork")->hook_flags, HOOK_TAIL);
    ck_assert_ptr_nonnull(find("vfork")->spec);
    ck_assert_str_eq(find("__read_chk")->shown, "read");
    ck_assert_ptr_null(find("read"));
    expect_problem(SELECT("libc.so.6:mcount"), "'mcount'");
}
END_TEST

START_TEST(commas_in_brackets_part_no_names)
{
    ck_assert_int_eq(SELECT("f<int,char>(int, char), read ,operator<<", "g<,x", "y"), 0);
    ck_assert_ptr_nonnull(find("f<int,char>(int, char)"));
    ck_assert_ptr_nonnull(find("read"));
    ck_assert_ptr_nonnull(find("operator<<"));
    ck_assert_ptr_nonnull(find("g<,x"));
    ck_assert_ptr_nonnull(find("y"));
}
END_TEST

START_TEST(patterns_can_be_taken_away_as_they_were_said)
{
    ck_assert_int_eq(SELECT("read,SSL_*,-SSL_*"), 0);
    ck_assert_ptr_null(find("SSL_*"));
    expect_problem(SELECT("SSL_*,-SSL_read"), "-SSL_read");
}
END_TEST

START_TEST(a_library_without_function_is_refused)
{
    expect_problem(SELECT("read,libssl:"), "libssl:");
}
END_TEST

START_TEST(the_list_names_every_group_and_fits_the_screen)
{
    static const char *const names[] = {
        "@wait", "@io", "@net", "@sleep", "@lock", "@file", "@proc", "@stdio", "@fiber"};
    char *text = NULL;
    size_t size = 0, column = 0;
    FILE *out = open_memstream(&text, &size);
    command_list_leaves(out);
    fclose(out);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        ck_assert_ptr_nonnull(strstr(text, names[i]));
    ck_assert_ptr_nonnull(strstr(text, "default"));
    ck_assert_ptr_null(strstr(text, "__read_chk"));
    ck_assert_ptr_null(strstr(text, "__recvfrom_chk"));
    for (const char *at = text; *at; at++) {
        column = *at == '\n' ? 0 : column + 1;
        ck_assert_uint_le(column, 79);
    }
    free(text);
}
END_TEST

/* ---- tasks ---- */

static const struct leaf *task_function(const char *name)
{
    for (size_t i = 0; i < leaves.count; i++)
        if (leaves.list[i].task && strcmp(leaves.list[i].symbol, name) == 0)
            return &leaves.list[i];
    ck_abort_msg("no %s", name);
}

static void add_tasks(const char *wishes)
{
    static const char *const wait[] = {"@wait"};
    ck_assert_int_eq(leaves_select(&leaves, wait, 1, &problem), 0);
    ck_assert_int_eq(leaves_add_tasks(&leaves, wishes, &problem), 0);
}

START_TEST(functions_of_tasks_are_no_leaves)
{
    add_tasks("tokio\n");
    const struct leaf *turn = task_function("tokio::runtime::task::raw::poll");
    ck_assert_uint_eq(turn->hook_flags, HOOK_ROOT | HOOK_NOT_A_LEAF);
    ck_assert_uint_eq(turn->task, HOOK_TASK_TURN | HOOK_TASK_HAS_WORD | HOOK_TASK_KEY_OF(1));
    ck_assert(turn->is_needed && !turn->is_asked_for);
    const struct leaf *drop = task_function("tokio::runtime::task::waker::drop_waker");
    ck_assert_uint_eq(drop->hook_flags, HOOK_ROOT | HOOK_NOT_A_LEAF | HOOK_TAIL);
    ck_assert_str_eq(drop->runtime, "tokio");
}
END_TEST

START_TEST(of_all_runtimes_none_is_needed)
{
    add_tasks("auto\n");
    ck_assert(!task_function("tokio::runtime::task::raw::poll")->is_needed);
    ck_assert(!task_function("async_task::raw::RawTask::run")->is_needed);
}
END_TEST

START_TEST(roles_by_hand_share_their_key)
{
    add_tasks("leaf=take(int, char),given=give,turn=a::run<b, c>,key=3\n");
    ck_assert_uint_eq(task_function("take(int, char)")->task,
        HOOK_TASK_LEAF | HOOK_TASK_TAKEN | HOOK_TASK_KEY_OF(3));
    ck_assert_uint_eq(task_function("give")->task, HOOK_TASK_GIVEN | HOOK_TASK_KEY_OF(3));
    const struct leaf *turn = task_function("a::run<b, c>");
    ck_assert_uint_eq(turn->task, HOOK_TASK_TURN | HOOK_TASK_KEY_OF(3));
    ck_assert_uint_ne(turn->hook_flags & HOOK_STACK_ARGS, 0);
    ck_assert_ptr_null(turn->runtime);
}
END_TEST

START_TEST(a_leaf_alone_takes_no_wakers_that_count)
{
    add_tasks("leaf=take\n");
    ck_assert_uint_eq(
        task_function("take")->task, HOOK_TASK_LEAF | HOOK_TASK_TURNLESS | HOOK_TASK_KEY_OF(1));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("leaves");
    TCase *tests = tcase_create("leaves");
    tcase_add_checked_fixture(tests, NULL, clear);
    tcase_add_test(tests, nothing_said_means_the_waiting_calls);
    tcase_add_test(tests, locks_count_only_waits_unless_all_calls_are_asked_for);
    tcase_add_test(tests, a_removal_first_takes_away_from_the_default);
    tcase_add_test(tests, a_name_first_selects_only_what_is_named);
    tcase_add_test(tests, the_order_of_adding_and_removing_counts);
    tcase_add_test(tests, twins_come_along_under_the_plain_name);
    tcase_add_test(tests, a_twins_name_stands_for_the_function);
    tcase_add_test(tests, naming_and_grouping_a_function_merge);
    tcase_add_test(tests, no_symbol_is_in_the_table_twice);
    tcase_add_test(tests, functions_that_do_not_return_plainly_are_jumped_to);
    tcase_add_test(tests, stack_arguments_are_expected_where_they_can_be);
    tcase_add_test(tests, what_functions_wait_for_is_known);
    tcase_add_test(tests, an_unknown_group_is_answered_with_the_groups);
    tcase_add_test(tests, an_empty_selection_is_an_error);
    tcase_add_test(tests, taking_away_what_is_not_there_is_an_error);
    tcase_add_test(tests, functions_with_conventions_of_their_own_are_refused);
    tcase_add_test(tests, what_is_in_no_group_has_a_spec);
    tcase_add_test(tests, the_functions_of_fibers_are_of_three_kinds);
    tcase_add_test(tests, fibers_can_be_taken_away);
    tcase_add_test(tests, a_fibers_function_comes_before_a_leaf_of_its_name);
    tcase_add_test(tests, functions_that_switch_stacks_are_called_as_fibers_only);
    tcase_add_test(tests, what_is_known_of_a_function_is_known_in_one_library);
    tcase_add_test(tests, commas_in_brackets_part_no_names);
    tcase_add_test(tests, patterns_can_be_taken_away_as_they_were_said);
    tcase_add_test(tests, a_library_without_function_is_refused);
    tcase_add_test(tests, the_list_names_every_group_and_fits_the_screen);
    tcase_add_test(tests, functions_of_tasks_are_no_leaves);
    tcase_add_test(tests, of_all_runtimes_none_is_needed);
    tcase_add_test(tests, roles_by_hand_share_their_key);
    tcase_add_test(tests, a_leaf_alone_takes_no_wakers_that_count);
    suite_add_tcase(suite, tests);
    return suite_run(suite);
}
