/* test_objects.c - equal objects have one record; threads that make them, under TSan as well. */
// needs: preload/object/objects.c preload/trace/segment.c tests/unit/preload/stand_ins.c
// tsan: yes
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "object/objects.h"
#include "trace/segment.h"
#include "segment_fixture.h"
#include "suite.h"

static void set_up(void)
{
    segment_set_up();
    objects_reset();
}

static trace_index find(enum trace_object_type type, uint64_t id, const char *text, uint64_t inode)
{
    struct object_draft draft;
    draft_begin(&draft, type, id);
    draft.object.file.inode = inode;
    draft_set_text(&draft, text, strlen(text));
    return objects_record(&segment, &draft);
}

static const struct trace_object *object_at(trace_index index)
{
    return &segment_record(&segment, index)->object;
}

START_TEST(what_tells_objects_apart)
{
    trace_index file = find(TRACE_OBJECT_FILE, 0, "/etc/passwd", 1);
    ck_assert_uint_ne(file, 0);
    ck_assert_uint_eq(object_at(file)->kind, TRACE_OBJECT);
    ck_assert_uint_eq(find(TRACE_OBJECT_FILE, 0, "/etc/passwd", 1), file);
    ck_assert_uint_ne(find(TRACE_OBJECT_FILE, 0, "/etc/passwd", 2), file);
    ck_assert_uint_ne(find(TRACE_OBJECT_FILE, 0, "/etc/passwe", 1), file);
    ck_assert_uint_ne(find(TRACE_OBJECT_FILE, 0, "/etc/passw", 1), file);
    ck_assert_uint_ne(find(TRACE_OBJECT_PIPE, 0, "/etc/passwd", 1), file);
    ck_assert_uint_ne(find(TRACE_OBJECT_PROCESS, 8, "", 0), find(TRACE_OBJECT_PROCESS, 9, "", 0));
}
END_TEST

START_TEST(long_texts_are_compared_to_their_end)
{
    char path[256];
    memset(path, 'x', sizeof path - 1);
    path[255] = '\0';
    trace_index first = find(TRACE_OBJECT_PATH, 0, path, 0);
    ck_assert_uint_eq(find(TRACE_OBJECT_PATH, 0, path, 0), first);
    path[254] = 'y';
    ck_assert_uint_ne(find(TRACE_OBJECT_PATH, 0, path, 0), first);
    ck_assert_uint_eq(object_at(first)->text.length, 255);
}
END_TEST

START_TEST(a_lock_is_known_by_its_address)
{
    trace_index lock = find(TRACE_OBJECT_MUTEX, 0x1000, "", 5);
    ck_assert_uint_eq(find(TRACE_OBJECT_MUTEX, 0x1000, "", 6), lock);
    ck_assert_uint_ne(find(TRACE_OBJECT_RWLOCK, 0x1000, "", 5), lock);
    ck_assert_uint_ne(find(TRACE_OBJECT_MUTEX, 0x1008, "", 5), lock);
}
END_TEST

START_TEST(objects_beyond_the_limit_have_one_record)
{
    const uint64_t most = OBJECTS_MAX / 4 * 3;
    for (uint64_t i = 0; i < most; i++)
        ck_assert_uint_eq(object_at(find(TRACE_OBJECT_PROCESS, i, "", 0))->id, i);
    trace_index rest = find(TRACE_OBJECT_PROCESS, most, "", 0);
    ck_assert_uint_eq(object_at(rest)->type, TRACE_OBJECT_REST);
    ck_assert_uint_eq(find(TRACE_OBJECT_PROCESS, most + 1, "", 0), rest);
    ck_assert(!objects_have_room(TRACE_OBJECT_FILE));
    for (uint64_t i = most; i < OBJECTS_MAX; i++) /* there is room for pipes */
        ck_assert_uint_eq(object_at(find(TRACE_OBJECT_PIPE, 0, "", i))->file.inode, i);
    ck_assert_uint_eq(find(TRACE_OBJECT_PIPE, 0, "", OBJECTS_MAX), rest);
    ck_assert_uint_eq(objects_rest(&segment), rest);
    ck_assert_uint_eq(object_at(find(TRACE_OBJECT_PROCESS, 7, "", 0))->id, 7);
}
END_TEST

START_TEST(a_new_trace_has_new_objects)
{
    trace_index first = find(TRACE_OBJECT_PROCESS, 1, "", 0);
    objects_reset();
    ck_assert_uint_ne(find(TRACE_OBJECT_PROCESS, 1, "", 0), first);
}
END_TEST

#define THREADS 4
#define ROUNDS  2000
#define KINDS   300

static void *make_many(void *argument)
{
    unsigned seed = (unsigned)(uintptr_t)argument;
    for (int i = 0; i < ROUNDS; i++) {
        uint64_t id = (uint64_t)rand_r(&seed) % KINDS;
        trace_index index = find(TRACE_OBJECT_FILE, id,
            "some text that is longer than a line or "
            "two of the sixty bytes of a record",
            id);
        if (object_at(index)->id != id || object_at(index)->file.inode != id)
            return (void *)1;
    }
    return NULL;
}

START_TEST(threads_find_the_same)
{
    pthread_t threads[THREADS];
    void *result;
    for (uintptr_t i = 0; i < THREADS; i++)
        ck_assert_int_eq(pthread_create(&threads[i], NULL, make_many, (void *)i), 0);
    for (int i = 0; i < THREADS; i++) {
        pthread_join(threads[i], &result);
        ck_assert_ptr_null(result);
    }
    uint32_t records = 0, used = segment.header->used;
    for (trace_index i = TRACE_FIRST_RECORD; i < used; i++)
        records += segment_record(&segment, i)->kind == TRACE_OBJECT;
    ck_assert_uint_ge(records, KINDS);
    ck_assert_uint_le(records, KINDS * THREADS);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("objects");
    TCase *tests = tcase_create("objects");
    tcase_add_checked_fixture(tests, set_up, segment_tear_down);
    tcase_add_test(tests, what_tells_objects_apart);
    tcase_add_test(tests, long_texts_are_compared_to_their_end);
    tcase_add_test(tests, a_lock_is_known_by_its_address);
    tcase_add_test(tests, objects_beyond_the_limit_have_one_record);
    tcase_add_test(tests, a_new_trace_has_new_objects);
    tcase_add_test(tests, threads_find_the_same);
    suite_add_tcase(suite, tests);
    return suite_run(suite);
}
