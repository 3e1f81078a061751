/*
 * unwind_memory.c - reads words of the stack that can be read.
 *
 * A step never reads memory that it does not know to be readable: a stack can end
 * without an end mark (coroutines), and tables can be wrong (hand-written assembler).
 */
#include "walk/unwind_memory.h"

#include "base/kernel.h"
#include "base/forbidden.h"

#define STACK_SIZE_MAX (UINT64_C(8) << 20) /* setrlimit(2): the default of RLIMIT_STACK */
#define LEARNED_PAGES  2048

/* Where nothing can be asked any more: the stack reaches from where we are to what is known. */
static bool is_within_stack(const struct unwind *unwind, uint64_t address)
{
    return unwind->from && address >= unwind->from->sp && address < unwind->readable_end &&
           unwind->readable_end - unwind->from->sp <= STACK_SIZE_MAX;
}

/* Whether the address is in the main thread's own stack, between where we are and its beginning,
 * and so is mapped. The kernel keeps at least 128 MiB below that stack free of what it places
 * itself (arch/x86/mm/mmap.c), so nobody else's stack is so near. */
static bool is_in_main_stack(const struct unwind *unwind, uint64_t address)
{
    return unwind->from && address >= unwind->from->sp && address < unwind->main_end &&
           unwind->main_end - unwind->from->sp <= STACK_SIZE_MAX;
}

/* The longest contiguous piece of stack seen readable; a step in from its edge costs a system
 * call, and a jump to another stack starts anew. */
bool unwind_make_readable(struct unwind *unwind, uint64_t address)
{
    if (address & 7)
        return false;
    if (is_in_main_stack(unwind, address)) {
        unwind->readable = kernel_page_down(unwind->from->sp);
        unwind->readable_end = kernel_page_up(unwind->main_end);
        return true;
    }
    if (kernel_is_forbidden)
        return is_within_stack(unwind, address);
    if (!kernel_is_readable(address))
        return false;
    uint64_t page = kernel_page_down(address), end = page + KERNEL_PAGE;
    if (page == unwind->readable_end) {
        unwind->readable_end = end;
    } else if (end == unwind->readable) {
        unwind->readable = page;
    } else {
        unwind->readable = page;
        unwind->readable_end = end;
    }
    return true;
}

void unwind_learn_stack(struct unwind *unwind, uint64_t sp)
{
    uint64_t page = kernel_page_down(sp);
    for (unsigned i = 0; i < LEARNED_PAGES && unwind_make_readable(unwind, page); i++)
        page += KERNEL_PAGE;
}
