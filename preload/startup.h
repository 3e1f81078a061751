/*
 * startup.h - marks code that runs only while the program is being loaded.
 *
 * There libc may be called. scripts/lint.sh reads the relocations of every other section
 * against a list of what a hit may use.
 */
#ifndef STARTUP_H
#define STARTUP_H

#define STARTUP_ONLY __attribute__((section(".text.startup_only"), noinline))

#endif
