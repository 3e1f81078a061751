/*
 * test_open_torn.c - open calls that are read while the program writes them.
 *
 * The test stands in for the file: while a record is read, word by word in any order, the program
 * goes on by some of its stores.
 */
// needs: cli/trace/open/calls.c cli/trace/open/stacks.c cli/base/array.c
#include "trace/open/calls.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "suite.h"
#include "trace/clock_rate.h"
#include "trace/records.h"

#define RECORD TRACE_FIRST_RECORD
#define WORDS  (TRACE_RECORD_SIZE / sizeof(uint64_t))

static union trace_record record;
static uint64_t call;  /* the latest one */
static unsigned step;  /* of the program, in this call */
static uint32_t state; /* of the random numbers */
static bool is_writing;

static uint32_t choose(uint32_t limit)
{
    state = state * 1664525 + 1013904223;
    return (state >> 16) % limit;
}

/* The stores of the library, in the order of struct trace_open_call. Each call has its number in
 * every field. */
static void go_on(void)
{
    struct trace_open_call *open = &record.open_call;
    switch (step++) {
    case 0: open->since = 0; break;
    case 1: open->key = call; break;
    case 2: open->object = call; break;
    case 3: open->node = (trace_index)call; break;
    case 4: open->since = call; break;
    default:
        open->node = 0;
        step = 0;
        call++;
        break;
    }
}

int records_read_at(const struct records *records, void *to, size_t size, size_t offset)
{
    (void)records;
    memset(to, 0, size);
    if (offset != (size_t)RECORD * TRACE_RECORD_SIZE)
        return 0;
    for (size_t i = 0, first = choose(WORDS); i < WORDS; i++) {
        size_t at = (first + i * 3) % WORDS * sizeof(uint64_t);
        for (uint32_t steps = is_writing && choose(4) == 0 ? choose(9) : 0; steps > 0; steps--)
            go_on();
        memcpy((char *)to + at, (const char *)&record + at, sizeof(uint64_t));
    }
    return 0;
}

uint64_t clock_rate_moment_ns(const struct clock_rate *rate, uint64_t ticks)
{
    (void)rate;
    return ticks;
}

static struct records records;

static void begin(void)
{
    memset(&record, 0, sizeof record);
    record.open_call.kind = TRACE_OPEN_CALL;
    record.open_call.count = 1;
    call = 1;
    step = 0;
    state = 1;
    is_writing = true;
    records = (struct records){.size = (RECORD + 1) * TRACE_RECORD_SIZE};
}

static void finish(void)
{
    free(records.open.list);
}

START_TEST(what_is_read_of_a_call_belongs_together)
{
    unsigned found = 0;
    for (int i = 0; i < 300000; i++) {
        records.open.count = 0;
        ck_assert_int_eq(open_records_read(&records, RECORD), 0);
        if (records.open.count == 0)
            continue;
        const struct open_record *open = &records.open.list[0];
        found++;
        ck_assert_uint_eq(open->node, (trace_index)open->since);
        ck_assert_uint_eq(open->key, open->since);
        ck_assert_uint_eq(open->calls, (trace_index)open->since);
    }
    ck_assert_uint_gt(found, 1000);
}
END_TEST

START_TEST(a_call_that_stays_open_is_found)
{
    while (step != 5)
        go_on();
    is_writing = false;
    ck_assert_int_eq(open_records_read(&records, RECORD), 0);
    ck_assert_uint_eq(records.open.count, 1);
    ck_assert_uint_eq(records.open.list[0].since, 1);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("open_torn");
    TCase *test = tcase_create("torn");
    tcase_add_checked_fixture(test, begin, finish);
    tcase_add_test(test, what_is_read_of_a_call_belongs_together);
    tcase_add_test(test, a_call_that_stays_open_is_found);
    suite_add_tcase(suite, test);
    return suite_run(suite);
}
