/*
 * start.c - how the library begins when it is preloaded. Start reading here.
 *
 *   the start  the dynamic linker runs the constructor when the library is loaded; hits of other
 *              libraries' constructors may come before it, and then open the trace file
 *   a hit      trampoline -> hook_enter -> record_enter -> stack_hit
 *   a fork     the child finds that it has no trace file, and opens its own, at its first hit
 *   the end    the time is noted; all hits are in the file already
 */
#include <link.h>
#include <stddef.h>
#include <sys/auxv.h>

#include "base/linkmap.h"
#include "base/startup.h"
#include "hook/entry.h"
#include "hook/hook.h"
#include "record/record.h"
#include "record/settings.h"
#include "trace/modules.h"
#include "trace/trace.h"
#include "trace/lifetime.h"
#include "base/forbidden.h"

extern int __register_atfork(void (*)(void), void (*)(void), void (*)(void), void *)
    __attribute__((weak));

/* Runs when the library is loaded and all is relocated, before every other constructor (-z
 * initfirst). But if another library has that flag too, the libraries that ours needs run their
 * constructors first. glibc passes main's arguments to constructors. */
STARTUP_ONLY
__attribute__((constructor)) static void at_start(int argc, char **argv, char **envp)
{
    (void)argc;
    if (!linkmap_is_of_glibc())
        return; /* such a program should have run without the library: nothing is known about it */
    const struct record_origin origin = {argv, envp, getauxval(AT_SECURE) != 0};
    /* AT_BASE is 0 if the dynamic linker itself was executed, to run the program (ld.so(8); the
     * kernel's create_elf_tables). */
    if (getauxval(AT_BASE))
        modules_expect_executable();
    record_begin(&origin);
    if (__register_atfork) /* pthread_atfork(3), by the name that glibc exports */
        __register_atfork(trace_note_fork, NULL, lifetime_take_fork, NULL);
    hook_begin(settings.directory);
    record_expect(EXPECT_HITS, 0);
}

/* Runs when a process exits normally: notes in the trace which jumps are gone, and the time. */
__attribute__((destructor)) static void at_end(void)
{
    entry_look_again();
    trace_note_end(TRACE_END_FINISHES, 0);
}
