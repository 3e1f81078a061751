/*
 * startup.h - marks code that runs only while the program is being loaded.
 *
 * Such code may call libc. scripts/lint.sh compares the relocations of every other section with a
 * list of what a hit may use.
 */
#ifndef STARTUP_H
#define STARTUP_H

#define STARTUP_ONLY __attribute__((section(".text.startup_only"), noinline))

/* For large variables that are used at the start or when a library is loaded. They lie behind all
 * others, sorted by name (by the linker, see the Makefile), so that a start touches few pages. Each
 * page costs a fault. */
#define STARTUP_ROOM(name) __attribute__((section(".bss.startup_room." #name)))

#endif
