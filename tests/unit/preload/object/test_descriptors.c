/* test_descriptors.c - what descriptors stand for, while they change; under TSan as well. */
// needs: preload/object/descriptors.c preload/object/open_file.c preload/object/socket_file.c
// needs: preload/object/objects.c preload/trace/segment.c tests/unit/preload/stand_ins.c
// tsan: yes
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "object/descriptors.h"
#include "object/objects.h"
#include "trace/segment.h"
#include "segment_fixture.h"
#include "suite.h"

static struct object_memory memory;

static void set_up(void)
{
    segment_set_up();
    segment.header->pid = getpid();
    descriptors_forget_all();
    objects_reset();
    descriptors_begin();
}

static int open_file(const char *name)
{
    char path[256];
    snprintf(path, sizeof path, "%s/%s", directory, name);
    int fd = open(path, O_RDWR | O_CREAT, 0600);
    ck_assert_int_ge(fd, 0);
    unlink(path);
    return fd;
}

static trace_index find(int fd)
{
    return descriptors_find(&memory, &segment, (uint32_t)fd);
}

static uint32_t type_of(int fd)
{
    return segment_record(&segment, find(fd))->object.type;
}

START_TEST(a_descriptor_is_known_until_it_is_forgotten)
{
    int fd = open_file("a");
    ck_assert_uint_eq(descriptors_known((uint32_t)fd), 0);
    trace_index object = find(fd);
    ck_assert_uint_eq(descriptors_known((uint32_t)fd), object);
    descriptors_forget((uint32_t)fd);
    ck_assert_uint_eq(descriptors_known((uint32_t)fd), 0);
    ck_assert_uint_eq(find(fd), object);
    descriptors_forget_all();
    ck_assert_uint_eq(descriptors_known((uint32_t)fd), 0);
    close(fd);
}
END_TEST

START_TEST(what_is_not_open_is_not_kept)
{
    ck_assert_uint_eq(type_of(9999), TRACE_OBJECT_DESCRIPTOR);
    ck_assert_uint_eq(descriptors_known(9999), 0);
}
END_TEST

/* They share a place in the table. */
START_TEST(high_numbers_are_not_mixed_up)
{
    struct rlimit limit;
    int low = open_file("low"), high = low + (int)descriptors_mask + 1;
    getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
    int other = open_file("high");
    if (dup2(other, high) == high) {
        trace_index object = find(high);
        ck_assert_uint_eq(descriptors_known((uint32_t)high), object);
        ck_assert_uint_eq(descriptors_known((uint32_t)low), 0);
        ck_assert_uint_ne(find(low), object);
        ck_assert_uint_eq(descriptors_known((uint32_t)high), 0);
        ck_assert_uint_eq(find(high), object);
        close(high);
    }
    ck_assert_uint_eq(descriptors_known(UINT32_MAX), 0);
    close(low);
    close(other);
}
END_TEST

START_TEST(nothing_is_asked_when_it_may_not_be)
{
    int fd = open_file("a"), later = open_file("b");
    trace_index object = find(fd);
    atomic_store(&descriptors_are_quiet, true);
    ck_assert_uint_eq(find(fd), object);
    ck_assert_uint_eq(type_of(later), TRACE_OBJECT_DESCRIPTOR);
    atomic_store(&descriptors_are_quiet, false);
    ck_assert_uint_eq(type_of(later), TRACE_OBJECT_FILE);
    close(fd);
    close(later);
}
END_TEST

START_TEST(open_ones_are_prepared)
{
    int fd = open_file("a");
    uint32_t used = segment.header->used;
    descriptors_prepare(&memory, &segment);
    ck_assert_uint_ne(descriptors_known((uint32_t)fd), 0);
    ck_assert_uint_eq(descriptors_known(63), 0);
    ck_assert_uint_le(segment.header->used - used, 60); /* none for numbers that are not open */
    close(fd);
}
END_TEST

/* A process with other descriptors may use the table, but not add to it. */
START_TEST(another_process_adds_nothing)
{
    int fd = open_file("a");
    segment.header->pid++;
    ck_assert_uint_eq(type_of(fd), TRACE_OBJECT_FILE);
    ck_assert_uint_eq(descriptors_known((uint32_t)fd), 0);
    close(fd);
}
END_TEST

#define ROUNDS 3000
#define NUMBER 200

static _Atomic int has_ended;

/* Asks for the number all the time. */
static void *ask(void *argument)
{
    struct object_memory *mine = argument;
    while (!atomic_load(&has_ended))
        descriptors_find(mine, &segment, NUMBER);
    return NULL;
}

START_TEST(an_answer_that_came_too_late_is_not_kept)
{
    static struct object_memory others[2];
    int files[2] = {open_file("a"), open_file("b")};
    pthread_t threads[2];
    trace_index objects[2] = {find(files[0]), find(files[1])};
    dup2(files[0], NUMBER);
    for (int i = 0; i < 2; i++)
        ck_assert_int_eq(pthread_create(&threads[i], NULL, ask, &others[i]), 0);
    for (int i = 0; i < ROUNDS; i++) {
        descriptors_forget(NUMBER);
        dup2(files[i % 2], NUMBER);
        descriptors_forget(NUMBER);
        ck_assert_uint_eq(find(NUMBER), objects[i % 2]);
        ck_assert_uint_eq(descriptors_known(NUMBER), objects[i % 2]);
    }
    atomic_store(&has_ended, 1);
    for (int i = 0; i < 2; i++)
        pthread_join(threads[i], NULL);
    close(files[0]);
    close(files[1]);
    close(NUMBER);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("descriptors");
    TCase *tests = tcase_create("descriptors");
    tcase_add_checked_fixture(tests, set_up, segment_tear_down);
    tcase_add_test(tests, a_descriptor_is_known_until_it_is_forgotten);
    tcase_add_test(tests, what_is_not_open_is_not_kept);
    tcase_add_test(tests, high_numbers_are_not_mixed_up);
    tcase_add_test(tests, nothing_is_asked_when_it_may_not_be);
    tcase_add_test(tests, open_ones_are_prepared);
    tcase_add_test(tests, another_process_adds_nothing);
    tcase_add_test(tests, an_answer_that_came_too_late_is_not_kept);
    suite_add_tcase(suite, tests);
    return suite_run(suite);
}
