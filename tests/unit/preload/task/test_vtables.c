/*
 * test_vtables.c - copies of the tables of wakers' functions.
 */
// needs: preload/task/vtables.c
// tsan: yes
#include "task/vtables.h"

#include <pthread.h>
#include <string.h>

#include "suite.h"

#define TABLES 100

static uint64_t tables[TABLES][4];

static void fill(void)
{
    for (unsigned i = 0; i < TABLES; i++)
        for (unsigned k = 0; k < 4; k++)
            tables[i][k] = 16 * i + k + 1;
}

static uint64_t copy_of(unsigned i)
{
    return vtables_copy((uint64_t)tables[i]);
}

START_TEST(a_table_has_one_copy_with_its_functions)
{
    fill();
    uint64_t copy = copy_of(0), other = copy_of(1);
    ck_assert_uint_ne(copy, (uint64_t)tables[0]);
    ck_assert_uint_ne(copy, other);
    ck_assert_mem_eq((const void *)copy, tables[0], sizeof tables[0]);
    ck_assert_mem_eq((const void *)other, tables[1], sizeof tables[1]);
    ck_assert_uint_eq(copy_of(0), copy);
    ck_assert_uint_eq(copy_of(1), other);
}
END_TEST

/* Wakers may still have the copy of the former one. */
START_TEST(another_table_at_its_place_gets_another_copy)
{
    fill();
    uint64_t copy = copy_of(0), former[4];
    memcpy(former, tables[0], sizeof former);
    tables[0][3]++;
    uint64_t other = copy_of(0);
    ck_assert_uint_ne(other, copy);
    ck_assert_mem_eq((const void *)other, tables[0], sizeof tables[0]);
    ck_assert_mem_eq((const void *)copy, former, sizeof former);
}
END_TEST

START_TEST(without_room_a_table_stays_as_it_is)
{
    unsigned own = 0;
    fill();
    for (unsigned i = 0; i < TABLES; i++) {
        own += copy_of(i) == (uint64_t)tables[i];
        ck_assert_mem_eq((const void *)copy_of(i), tables[i], sizeof tables[i]);
    }
    ck_assert_uint_gt(own, 0);
    ck_assert_uint_lt(own, TABLES);
}
END_TEST

/* In whichever word the table is; another result is left alone. */
START_TEST(the_caller_gets_the_copy)
{
    struct call_frame call = {.node = NULL};
    uint64_t *words = call.registers.arguments, key = 4096;
    fill();
    words[ARCH_RESULT] = key;
    words[ARCH_RESULT_2] = (uint64_t)tables[0];
    vtables_change_waker(&call, key);
    ck_assert_uint_eq(words[ARCH_RESULT], key);
    ck_assert_uint_eq(words[ARCH_RESULT_2], copy_of(0));
    words[ARCH_RESULT] = (uint64_t)tables[1];
    words[ARCH_RESULT_2] = key;
    vtables_change_waker(&call, key);
    ck_assert_uint_eq(words[ARCH_RESULT], copy_of(1));
    ck_assert_uint_eq(words[ARCH_RESULT_2], key);
    words[ARCH_RESULT] = 1;
    words[ARCH_RESULT_2] = 2;
    vtables_change_waker(&call, key);
    ck_assert_uint_eq(words[ARCH_RESULT], 1);
    ck_assert_uint_eq(words[ARCH_RESULT_2], 2);
}
END_TEST

static void *copy_all(void *wrong)
{
    for (unsigned round = 0; round < 200; round++)
        for (unsigned i = 0; i < 16; i++)
            *(unsigned *)wrong += memcmp((const void *)copy_of(i), tables[i], sizeof tables[i]) !=
                                  0;
    return NULL;
}

START_TEST(threads_get_whole_copies)
{
    pthread_t threads[4];
    unsigned wrong[4] = {0};
    fill();
    for (unsigned i = 0; i < 4; i++)
        pthread_create(&threads[i], NULL, copy_all, &wrong[i]);
    for (unsigned i = 0; i < 4; i++) {
        pthread_join(threads[i], NULL);
        ck_assert_uint_eq(wrong[i], 0);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("vtables");
    TCase *vtables = tcase_create("vtables");
    tcase_add_test(vtables, a_table_has_one_copy_with_its_functions);
    tcase_add_test(vtables, another_table_at_its_place_gets_another_copy);
    tcase_add_test(vtables, without_room_a_table_stays_as_it_is);
    tcase_add_test(vtables, the_caller_gets_the_copy);
    tcase_add_test(vtables, threads_get_whole_copies);
    suite_add_tcase(suite, vtables);
    return suite_run(suite);
}
