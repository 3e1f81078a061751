/* A program that walks its own stack, by backtrace(3), and by libunwind where that is installed, in
 * the callback of a leaf: main must be found as without the tool. */
#include "hits.h"

#include <execinfo.h>
#ifdef WITH_LIBUNWIND
#define UNW_LOCAL_ONLY
#include <libunwind.h>
#endif

#define DEPTH 64

int main(void);

static int frames_of_main;

static int is_in_main(const void *address)
{
    const char *start = (const char *)main;
    return (const char *)address > start && (const char *)address < start + 2000;
}

static void walk_by_backtrace(void)
{
    void *addresses[DEPTH];
    int count = backtrace(addresses, DEPTH);
    for (int i = 0; i < count; i++)
        frames_of_main += is_in_main(addresses[i]);
}

static void walk_by_libunwind(void)
{
#ifdef WITH_LIBUNWIND
    unw_context_t context;
    unw_cursor_t cursor;
    unw_word_t address;
    unw_getcontext(&context);
    unw_init_local(&cursor, &context);
    while (unw_step(&cursor) > 0)
        if (unw_get_reg(&cursor, UNW_REG_IP, &address) == 0)
            frames_of_main += is_in_main((const void *)address);
#endif
}

static int compare(const void *left, const void *right)
{
    count_hit();
    walk_by_backtrace();
    walk_by_libunwind();
    return *(const int *)left - *(const int *)right;
}

__attribute__((noinline)) int main(void)
{
    begin_hits();
    for (int round = 0; round < 50; round++) {
        int numbers[] = {5, 3, 1, 4};
        qsort(numbers, 4, sizeof *numbers, compare);
        if (numbers[0] != 1)
            return 2;
    }
    printf("frames of main: %d\n", frames_of_main);
    say_hits();
    return 0;
}
