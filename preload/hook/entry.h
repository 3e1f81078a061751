/*
 * entry.h - hooks functions at their entry, as the session's plans say (hook_plan.h).
 *
 * At the start this is done for everything that is loaded. Later it is done whenever the dynamic
 * linker has mapped something: its own breakpoint for debuggers (link.h, r_brk) is hooked, which it
 * calls before any code of the new library runs. The breakpoint is hooked when the program calls
 * dlopen for the first time: most programs never do, and it costs two pages.
 */
#ifndef ENTRY_H
#define ENTRY_H

/* Hooks what is loaded. `directory` is the session's, "" if there is none; it must stay readable.
 * Does nothing if the session has no plans. Called once, at the start. */
void entry_start(const char *directory);

/* Checks whether the jumps in the files that were loaded at the start are still there. Called when
 * the process ends, or executes a program. Async-signal-safe. */
void entry_look_again(void);

/* The program is about to load a library. Async-signal-safe. */
void entry_expect_libraries(void);

/* Finds out which libraries were loaded and unloaded. Called by arch_at_libraries_changed only. */
void entry_libraries_changed(void);

#endif
