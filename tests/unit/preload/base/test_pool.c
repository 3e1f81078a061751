/* test_pool.c - the memory that the library takes in the program. */
// needs: preload/base/pool.c preload/base/kernel.c
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/kernel.h"
#include "base/pool.h"
#include "suite.h"

static bool is_zero(const char *memory, size_t size)
{
    for (size_t i = 0; i < size; i++)
        if (memory[i] != 0)
            return false;
    return true;
}

/* So many mappings the process has. */
static unsigned maps(void)
{
    unsigned lines = 0;
    FILE *file = fopen("/proc/self/maps", "r");
    ck_assert_ptr_nonnull(file);
    for (int c; (c = getc(file)) != EOF;)
        lines += c == '\n';
    fclose(file);
    return lines;
}

START_TEST(memory_is_zero_aligned_and_used_again)
{
    static const size_t sizes[] = {1, 257, 4096, 7168, 72896, 1 << 20};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        char *first = pool_take(sizes[i]), *second = pool_take(sizes[i]);
        ck_assert(first && second && first != second);
        ck_assert_uint_eq((uintptr_t)first % 64, 0);
        ck_assert(is_zero(first, sizes[i]) && is_zero(second, sizes[i]));
        memset(first, 1, sizes[i]);
        memset(second, 2, sizes[i]);
        ck_assert_int_eq(first[sizes[i] - 1], 1);
        pool_give(first, sizes[i]);
        ck_assert_ptr_eq(pool_take(sizes[i]), first);
        ck_assert(is_zero(first, sizes[i]));
        ck_assert_int_eq(second[0], 2);
    }
}
END_TEST

START_TEST(structs_of_a_row_come_from_the_array_then_from_pages)
{
    static char first[3 * 100];
    struct pool_row row = {first, first + sizeof first};
    for (size_t i = 0; i < 3; i++)
        ck_assert_ptr_eq(pool_take_from(&row, 100), first + i * 100);
    for (size_t i = 0; i < 2 * (KERNEL_PAGE / 100); i++) {
        char *next = pool_take_from(&row, 100);
        ck_assert(next && is_zero(next, 100));
        ck_assert(next < first || next >= first + sizeof first);
        memset(next, 1, 100);
    }
}
END_TEST

START_TEST(what_is_mapped_at_a_place_moves_nothing)
{
    char *page = mmap(NULL, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    const int flags = MAP_PRIVATE | MAP_ANONYMOUS, may = PROT_READ | PROT_WRITE;
    unsigned before = maps();
    ck_assert_int_eq(kernel_map_at((uint64_t)page, 4096, may, flags, -1, 0), -EEXIST);
    ck_assert_uint_eq(maps(), before);
    munmap(page, 4096);
    ck_assert_int_eq(kernel_map_at((uint64_t)page, 4096, may, flags, -1, 0), 0);
    page[4095] = 1;
}
END_TEST

/* The kernel goes downwards from far above. */
START_TEST(nothing_lies_where_the_program_maps)
{
    char *memory = pool_take(4096);
    for (unsigned i = 0; i < 100; i++) {
        char *page = mmap(NULL, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        ck_assert(page > memory + (UINT64_C(64) << 30));
    }
}
END_TEST

START_TEST(more_than_the_first_chunk_can_be_had)
{
    size_t size = 3 << 20;
    char *memory[40];
    for (size_t i = 0; i < 40; i++) {
        memory[i] = pool_take(size);
        ck_assert_ptr_nonnull(memory[i]);
        memset(memory[i], (int)i + 1, size);
    }
    for (size_t i = 0; i < 40; i++)
        ck_assert(memory[i][0] == (char)(i + 1) && memory[i][size - 1] == (char)(i + 1));
    char *large = pool_take(200 << 20);
    ck_assert_ptr_nonnull(large);
    large[(200 << 20) - 1] = 1;
}
END_TEST

#define THREADS 4
#define ROUNDS  20000

static void *take_and_give(void *argument)
{
    const char own = (char)(size_t)argument;
    char *kept[8] = {0};
    size_t sizes[8] = {0};
    unsigned random = (unsigned)own;
    for (unsigned i = 0; i < ROUNDS; i++) {
        random = random * 1103515245 + 12345;
        unsigned at = random >> 16 & 7;
        if (kept[at] && (kept[at][0] != own || kept[at][sizes[at] - 1] != own))
            return "another thread has it as well";
        if (kept[at])
            pool_give(kept[at], sizes[at]);
        sizes[at] = 256u << (random >> 20 & 3);
        kept[at] = pool_take(sizes[at]);
        if (kept[at] == NULL || !is_zero(kept[at], sizes[at]))
            return "no zeroed memory";
        memset(kept[at], own, sizes[at]);
    }
    return NULL;
}

START_TEST(threads_never_have_the_same_memory)
{
    pthread_t threads[THREADS];
    for (size_t i = 0; i < THREADS; i++)
        pthread_create(&threads[i], NULL, take_and_give, (void *)(i + 1));
    for (size_t i = 0; i < THREADS; i++) {
        void *problem;
        pthread_join(threads[i], &problem);
        ck_assert_msg(problem == NULL, "%s", (char *)problem);
    }
}
END_TEST

START_TEST(a_reset_frees_all_but_what_was_taken_for_good)
{
    char *first = pool_take(256), *kept = pool_take_for_good(100);
    unsigned before = maps();
    memset(first, 1, 256);
    kept[99] = 7;
    for (unsigned i = 0; i < 20; i++)
        memset(pool_take(3 << 20), 1, 3 << 20);
    pool_reset();
    ck_assert_uint_le(maps(), before);
    ck_assert_ptr_eq(pool_take(256), first);
    ck_assert(is_zero(first, 256));
    ck_assert_int_eq(kept[99], 7);
}
END_TEST

static int in_child(void (*function)(void))
{
    pid_t child = fork();
    if (child == 0) {
        function();
        _exit(0);
    }
    int status = 0;
    waitpid(child, &status, 0);
    return status;
}

static uint64_t address_space(void)
{
    unsigned long pages = 0;
    FILE *file = fopen("/proc/self/statm", "r");
    if (file == NULL || fscanf(file, "%lu", &pages) != 1)
        _exit(3);
    fclose(file);
    return (uint64_t)pages * 4096;
}

/* When there is nothing left, it is said. */
static void take_within_limit(void)
{
    uint64_t size = address_space() + (UINT64_C(16) << 20);
    struct rlimit limit = {size, size};
    pool_limit(UINT64_C(64) << 20);
    setrlimit(RLIMIT_AS, &limit);
    size_t taken = 0;
    while (taken < 64 && pool_take(1 << 20))
        taken++;
    _exit(taken > 0 && taken < 64 ? 0 : 1);
}

START_TEST(limits_are_kept)
{
    ck_assert_ptr_nonnull(pool_take(256));
    ck_assert_int_eq(in_child(take_within_limit), 0);
}
END_TEST

/* There is the first chunk, and no more. */
static void take_without_calls(void)
{
    pool_take(256);
    kernel_is_forbidden = 1;
    for (unsigned i = 0; i < 7; i++)
        memset(pool_take(1 << 20), 1, 1 << 20);
    _exit(pool_take(1 << 20) == NULL ? 0 : 1);
}

START_TEST(what_is_there_needs_no_system_call)
{
    ck_assert_int_eq(in_child(take_without_calls), 0);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("pool");
    TCase *cases = tcase_create("pool");
    tcase_set_timeout(cases, 60);
    tcase_add_test(cases, memory_is_zero_aligned_and_used_again);
    tcase_add_test(cases, structs_of_a_row_come_from_the_array_then_from_pages);
    tcase_add_test(cases, what_is_mapped_at_a_place_moves_nothing);
    tcase_add_test(cases, nothing_lies_where_the_program_maps);
    tcase_add_test(cases, more_than_the_first_chunk_can_be_had);
    tcase_add_test(cases, threads_never_have_the_same_memory);
    tcase_add_test(cases, a_reset_frees_all_but_what_was_taken_for_good);
    tcase_add_test(cases, limits_are_kept);
    tcase_add_test(cases, what_is_there_needs_no_system_call);
    suite_add_tcase(suite, cases);
    return suite_run(suite);
}
