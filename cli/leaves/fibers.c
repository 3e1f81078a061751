/*
 * fibers.c - the functions of libraries that switch stacks: the group @fiber.
 *
 * They take their arguments in registers, save the stack pointer when the return address of their
 * caller is on top of the stack, and a stack is resumed once from there. A library that switches by
 * setjmp and longjmp has no such function; then it is the one above, in which fibers wait.
 */
#include "leaves/fibers.h"

#include "hook_record.h"

const struct fiber_function fiber_functions[] = {
    {"swapcontext", NULL, FIBERS_SWITCH},

    {"jump_fcontext", "Boost.Context", FIBERS_SWITCH},
    {"ontop_fcontext", "Boost.Context", FIBERS_SWITCH},
    {"boost::context::detail::fiber_exit", "Boost.Context", FIBERS_ENDED},
    {"boost::context::detail::context_exit", "Boost.Context", FIBERS_ENDED},
    {"boost::fibers::context::terminate", "Boost.Fiber", FIBERS_END},

    {"pth_exit", "GNU Pth, which switches by swapcontext", FIBERS_END},

    {"qemu_coroutine_yield", "QEMU", FIBERS_SWITCH},

    {"coctx_swap", "libco of Tencent", FIBERS_SWITCH},
    {"marl_fiber_swap", "Marl", FIBERS_SWITCH},
};

const size_t fiber_function_count = sizeof fiber_functions / sizeof *fiber_functions;

bool fibers_has(uint32_t hook_flags)
{
    uint32_t object = HOOK_OBJECT(hook_flags);
    return object == HOOK_OBJECT_FIBER || object == HOOK_OBJECT_FIBER_END;
}
