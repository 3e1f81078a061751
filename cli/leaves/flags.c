/*
 * flags.c - how a function may be hooked, according to its name.
 */
#include "leaves/flags.h"

#include <stddef.h>
#include <string.h>

#include "hook_record.h"
#include "leaves/table.h"

/* Most of them are called with registers of their own convention: the stub would change %r11, and
 * the trampoline others. */
static const struct {
    const char *name, *why;
} unhookable[] = {
    {"mcount", "the compiler calls it before the function has saved its arguments"},
    {"_mcount", "the compiler calls it before the function has saved its arguments"},
    {"__fentry__", "the compiler calls it before the function has saved its arguments"},
    {"__tls_get_addr", "it is called with registers in use that other calls may change"},
    {"__morestack", "it is called with registers in use that other calls may change"},
    {"__x86_get_cpuid_feature_leaf", "it is called before scoped-trace can be"},
    {"__x86_get_cpu_features", "it is called before scoped-trace can be"},
    {"_dl_find_object", "scoped-trace itself calls it, in the middle of a hit"},
    {HOOK_ENTER_SYMBOL, "it is part of scoped-trace itself"},
    {HOOK_TABLE_SYMBOL, "it is part of scoped-trace itself"},
};

const char *leaves_unhookable_why(const char *name)
{
    for (size_t i = 0; i < sizeof unhookable / sizeof *unhookable; i++)
        if (strcmp(unhookable[i].name, name) == 0)
            return unhookable[i].why;
    return NULL;
}

/* Returns whether a function of this name means the same in every file. Another library that
 * defines such a name (interceptors of sanitizers, wrappers) means what the C library means by it,
 * or calls that function. These functions return twice or never, or look at their caller. Names
 * that begin with an underscore are reserved (C11 7.1.3); the others are not used for anything
 * else. */
static bool is_same_everywhere(const char *symbol)
{
    static const char *const names[] = {"setjmp", "sigsetjmp", "longjmp", "siglongjmp",
        "getcontext", "setcontext", "makecontext", "swapcontext", "vfork", "pthread_exit", "dlopen",
        "dlmopen", "dlsym", "dlvsym", "dl_iterate_phdr"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strcmp(names[i], symbol) == 0)
            return true;
    return *symbol == '_';
}

uint32_t leaves_hook_flags(const char *symbol, bool is_c_library)
{
    const struct table_function *function = table_find(symbol);
    bool is_known = function && (is_c_library || is_same_everywhere(symbol));
    uint32_t flags = is_known ? table_flags(function, symbol) & ~HOOK_ONLY_WAITS : 0;
    if (function && is_c_library)
        return flags;
    if (strncmp(symbol, "_Unwind_", 8) == 0)
        flags = HOOK_TAIL;
    return flags & HOOK_TAIL ? flags : HOOK_STACK_ARGS;
}
