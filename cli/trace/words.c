/*
 * words.c - words for the numbers in a trace.
 */
#include "trace/words.h"

#include "trace_format.h"

const char *trace_unhooked_text(size_t i)
{
    static const char *const texts[TRACE_UNHOOKED_KINDS] = {
        [TRACE_UNHOOKED_SEALED] = "the system forbids writing to code (MDWE, SELinux, seccomp)",
        [TRACE_UNHOOKED_DIFFERENT] =
            "the code in memory is not that of the file (it has a probe, a breakpoint or a patch)",
        [TRACE_UNHOOKED_OVERWRITTEN] = "something wrote over the jump during the run",
        [TRACE_UNHOOKED_OTHER] = "there was no room for a jump, or other threads were running",
    };
    return texts[i / 2];
}

const char *trace_untraced_text(uint32_t reason)
{
    static const char *const texts[TRACE_UNTRACED_REASONS] = {
        [TRACE_UNTRACED_ENVIRONMENT] = "its environment was replaced",
        [TRACE_UNTRACED_RIGHTS] = "it runs with rights of its own, for example set-user-ID",
        [TRACE_UNTRACED_STATIC] = "statically linked",
        [TRACE_UNTRACED_MUSL] = "linked with musl",
        [TRACE_UNTRACED_LINKER] = "its dynamic linker is not glibc's",
        [TRACE_UNTRACED_32_BIT] = "a 32-bit program",
        [TRACE_UNTRACED_PROCESSOR] = "not for this processor",
        [TRACE_UNTRACED_UNREACHABLE] = "it cannot reach the files of this run, for example in "
                                       "another root or mount namespace",
        [TRACE_UNTRACED_FORBIDDEN] = "it may not write a trace",
    };
    reason &= ~TRACE_UNTRACED_INTERPRETER;
    return reason < TRACE_UNTRACED_REASONS ? texts[reason] : NULL;
}

bool trace_untraced_is_interpreter(uint32_t reason)
{
    return reason & TRACE_UNTRACED_INTERPRETER;
}

const char *trace_loss_text(size_t kind)
{
    static const char *const texts[TRACE_LOSS_KINDS] = {
        [TRACE_LOSS_FULL] = "hits lost: the trace file could not grow (full disk, limits, or its "
                            "capacity)",
        [TRACE_LOSS_NESTED] = "hits lost: too many signal handlers interrupted the recording of "
                              "one another",
        [TRACE_LOSS_MEMORY] = "hits lost: no memory for a thread's tables",
        [TRACE_LOSS_DETACHED] =
            "hits lost: the trace of a forked child was not open yet, or could not "
            "be opened",
        [TRACE_LOSS_FORBIDDEN] = "hits lost: they needed system calls, which the program had "
                                 "forbidden",
    };
    return kind < TRACE_LOSS_KINDS ? texts[kind] : NULL;
}
