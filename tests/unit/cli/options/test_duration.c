/*
 * test_duration.c - times as users write them.
 */
// needs: cli
#include "options/duration.h"
#include "suite.h"

static void expect(const char *text, uint64_t expected)
{
    uint64_t ns = 0;
    ck_assert_msg(duration_read(text, &ns), "'%s' is refused", text);
    ck_assert_uint_eq(ns, expected);
}

START_TEST(units_may_follow_a_blank)
{
    expect("7ns", 7);
    expect("7us", 7000);
    expect("7\302\265s", 7000);
    expect("2.5 ms", 2500000);
    expect("10s", UINT64_C(10000000000));
    expect("2m", UINT64_C(120000000000));
    expect("2 min", UINT64_C(120000000000));
    expect("1h", UINT64_C(3600000000000));
    expect("0s", 0);
}
END_TEST

START_TEST(what_is_no_time_is_refused)
{
    static const char *const wrong[] = {
        "", "s", "5", "5q", "-1s", "inf s", "nan s", "1e30s", "101000000m", "5 s ", "1s2"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        uint64_t ns = 42;
        ck_assert_msg(!duration_read(wrong[i], &ns), "'%s' is taken", wrong[i]);
        ck_assert_uint_eq(ns, 42);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("duration");
    TCase *tests = tcase_create("duration");
    tcase_add_test(tests, units_may_follow_a_blank);
    tcase_add_test(tests, what_is_no_time_is_refused);
    suite_add_tcase(suite, tests);
    return suite_run(suite);
}
