/*
 * unwind_memory.c - reads words of the stack that can be read.
 *
 * A step reads only memory that is known to be readable: a stack can end without an end mark
 * (coroutines), and tables can be wrong (hand-written assembler).
 */
#include "walk/unwind_memory.h"

#include "base/kernel.h"
#include "base/forbidden.h"

#define STACK_SIZE_MAX (UINT64_C(8) << 20) /* setrlimit(2): the default of RLIMIT_STACK */
#define LEARNED_PAGES  2048

/* For when the kernel cannot be asked any more: the stack between the leaf's caller and the part
 * that is known can be read. */
static bool is_within_stack(const struct unwind *unwind, uint64_t address)
{
    return unwind->from && address >= unwind->from->sp && address < unwind->readable_end &&
           unwind->readable_end - unwind->from->sp <= STACK_SIZE_MAX;
}

/* Whether the address is in the main thread's own stack, between the leaf's caller and the stack's
 * beginning, and so is mapped. The kernel places nothing in the 128 MiB below that stack
 * (arch/x86/mm/mmap.c), so no other stack is that near. */
static bool is_in_main_stack(const struct unwind *unwind, uint64_t address)
{
    return unwind->from && address >= unwind->from->sp && address < unwind->main_end &&
           unwind->main_end - unwind->from->sp <= STACK_SIZE_MAX;
}

/* Remembers one contiguous piece of stack that is known to be readable. An address at its edge
 * extends it, by one system call; one on another stack begins a new piece. */
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
