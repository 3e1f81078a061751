/*
 * entry.h - hooks functions at their entry, as the session's plans say (hook_plan.h).
 *
 * At the start in all that is loaded then; later, whenever the dynamic linker has mapped
 * something: its own breakpoint for debuggers (link.h, r_brk) is hooked, where it stops before
 * anything of the new library has run. That is done when the program calls dlopen for the first
 * time: most never do, and it costs two pages.
 */
#ifndef ENTRY_H
#define ENTRY_H

/* Hooks what is loaded. `directory` is the session's, "" if there is none, and stays. Does nothing
 * where the session has no plans. Called once, at the start. */
void entry_start(const char *directory);

/* Looks whether the jumps are there still, in what was loaded at the start. Called when the process
 * ends, or executes something. Async-signal-safe. */
void entry_look_again(void);

/* The program is about to load a library. Async-signal-safe. */
void entry_expect_libraries(void);

/* Looks for what was loaded and unloaded. Called by arch_at_libraries_changed only. */
void entry_libraries_changed(void);

#endif
