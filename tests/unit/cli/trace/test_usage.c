/*
 * test_usage.c - what a trace may say of the time of its process.
 */
// needs: cli
#include "trace/usage.h"

#include <string.h>

#include "suite.h"
#include "trace_format.h"

#define MS       UINT64_C(1000000)
#define BOOTED   (1000 * MS)
#define CPU_THEN (3 * MS)

static struct trace_header header;
static struct usage_record record;

static void begin_header(void)
{
    memset(&header, 0, sizeof header);
    header.start_ns = BOOTED;
    header.begun.ns = BOOTED;
    header.begun.user_ns = CPU_THEN;
    header.end = TRACE_END_EXITS;
    header.status = 5;
    header.ended.ns = BOOTED + 10 * MS;
    header.ended.user_ns = CPU_THEN + 20 * MS; /* of several threads */
    header.ended.system_ns = MS;
}

static bool read_header(void)
{
    return usage_record_read(&record, &header, BOOTED + 100 * MS);
}

static void assert_refused(void)
{
    const struct usage_record nothing = {.end = TRACE_END_NONE};
    ck_assert(!read_header());
    ck_assert_mem_eq(&record, &nothing, sizeof nothing);
}

START_TEST(what_a_trace_says_is_read)
{
    begin_header();
    ck_assert(read_header());
    ck_assert_uint_eq(record.begun.ns, BOOTED);
    ck_assert_uint_eq(record.begun.user_ns, CPU_THEN);
    ck_assert_uint_eq(record.ended.ns, BOOTED + 10 * MS);
    ck_assert_uint_eq(record.ended.system_ns, MS);
    ck_assert_uint_eq(record.end, TRACE_END_EXITS);
    ck_assert_int_eq(record.status, 5);
}
END_TEST

START_TEST(a_trace_that_says_no_end_has_none)
{
    begin_header();
    header.end = TRACE_END_NONE;
    ck_assert(read_header());
    ck_assert_uint_eq(record.ended.ns, BOOTED);
    ck_assert_uint_eq(record.ended.user_ns, CPU_THEN);
}
END_TEST

static void refuse_moments(void)
{
    static _Atomic uint64_t *const moments[] = {&header.begun.ns, &header.begun.user_ns,
        &header.begun.system_ns, &header.ended.ns, &header.ended.user_ns, &header.ended.system_ns};
    for (size_t i = 0; i < sizeof moments / sizeof *moments; i++) {
        begin_header();
        *moments[i] = UINT64_MAX;
        assert_refused();
    }
}

START_TEST(impossible_moments_are_refused)
{
    refuse_moments();
    begin_header();
    header.end = TRACE_ENDS;
    assert_refused();
    begin_header();
    header.begun.ns = BOOTED + 1; /* after the trace was opened */
    assert_refused();
    begin_header();
    header.ended.ns = BOOTED - 1; /* before the beginning */
    assert_refused();
    begin_header();
    header.ended.user_ns = CPU_THEN - 1;
    assert_refused();
    begin_header();
    header.ended.ns = BOOTED + 101 * MS; /* after it was read */
    assert_refused();
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("usage");
    TCase *tests = tcase_create("usage");
    tcase_add_test(tests, what_a_trace_says_is_read);
    tcase_add_test(tests, a_trace_that_says_no_end_has_none);
    tcase_add_test(tests, impossible_moments_are_refused);
    suite_add_tcase(suite, tests);
    return suite_run(suite);
}
