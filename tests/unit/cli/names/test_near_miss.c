/*
 * test_near_miss.c - which names are near one that does not exist.
 */
// needs: cli
#include "names/near_miss.h"
#include "suite.h"

#include <stdlib.h>
#include <string.h>

#define EXPECT(question, wanted, ...) expect(question, wanted, (const char *[]){__VA_ARGS__, NULL})

static void expect(const char *question, const char *wanted, const char *const *names)
{
    struct near_miss near;
    near_miss_begin(&near, wanted);
    for (; *names; names++)
        near_miss_consider(&near, *names, strlen(*names));
    char *actual = near_miss_question(&near);
    ck_assert_str_eq(actual, question);
    free(actual);
}

START_TEST(swapped_letters_are_one_mistake)
{
    EXPECT("; did you mean 'read'?", "raed", "read", "write", "seek");
    EXPECT("; did you mean 'elf_begin'?", "elf_begni", "elf_end", "elf_begin");
}
END_TEST

START_TEST(upper_and_lower_case_are_alike)
{
    EXPECT("; did you mean 'SSL_READ'?", "ssl_read", "SSL_READ");
}
END_TEST

START_TEST(the_nearest_comes_first_and_the_far_ones_are_left_out)
{
    EXPECT("; did you mean 'sqlite3_step', 'sqlite3_stop'?", "sqlite3_stepp", "sqlite3_stop",
        "sqlite3_sleep_x", "sqlite3_step");
}
END_TEST

START_TEST(three_are_enough)
{
    EXPECT("; did you mean 'ab', 'ac', 'ad'?", "a", "ab", "ac", "ad", "ae");
}
END_TEST

START_TEST(a_name_is_said_once)
{
    EXPECT("; did you mean 'reads'?", "readz", "reads", "reads", "reads");
}
END_TEST

START_TEST(nothing_near_is_no_question)
{
    EXPECT("", "nothing_like_this", "read", "anything_but_that");
}
END_TEST

START_TEST(a_name_need_not_end_where_its_text_does)
{
    struct near_miss near;
    near_miss_begin(&near, "opne");
    near_miss_consider(&near, "open(int)", strlen("open"));
    ck_assert_uint_eq(near.count, 1);
    ck_assert_str_eq(near.best[0].text, "open");
}
END_TEST

START_TEST(names_that_are_too_long_are_not_compared)
{
    char wanted[NEAR_MISS_LENGTH + 3], name[NEAR_MISS_LENGTH + 3];
    memset(wanted, 'a', sizeof wanted);
    memset(name, 'a', sizeof name);
    wanted[NEAR_MISS_LENGTH] = name[NEAR_MISS_LENGTH + 1] = '\0';
    EXPECT("", wanted, name);
    EXPECT("", name, wanted);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("near_miss");
    TCase *tests = tcase_create("near_miss");
    tcase_add_test(tests, swapped_letters_are_one_mistake);
    tcase_add_test(tests, upper_and_lower_case_are_alike);
    tcase_add_test(tests, the_nearest_comes_first_and_the_far_ones_are_left_out);
    tcase_add_test(tests, three_are_enough);
    tcase_add_test(tests, a_name_is_said_once);
    tcase_add_test(tests, nothing_near_is_no_question);
    tcase_add_test(tests, a_name_need_not_end_where_its_text_does);
    tcase_add_test(tests, names_that_are_too_long_are_not_compared);
    suite_add_tcase(suite, tests);
    return suite_run(suite);
}
