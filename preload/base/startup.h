/*
 * startup.h - marks code that runs only while the program is being loaded.
 *
 * There libc may be called. scripts/lint.sh reads the relocations of every other section
 * against a list of what a hit may use.
 */
#ifndef STARTUP_H
#define STARTUP_H

#define STARTUP_ONLY __attribute__((section(".text.startup_only"), noinline))

/* For large variables that are used then, or when a library is loaded: behind all others, in the
 * order of their names (the Makefile has the linker sort), so that what a start touches lies on few
 * pages. Each page costs a fault. */
#define STARTUP_ROOM(name) __attribute__((section(".bss.startup_room." #name)))

#endif
