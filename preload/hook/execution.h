/*
 * execution.h - whether a program that is executed will be traced.
 *
 * It will not be traced if it is not for glibc's dynamic linker, if it has rights of its own
 * (set-user-ID), if its environment lacks our variables, if it will not find our files (another
 * root, another mount namespace), or if it may not write a trace (another user, Landlock). The
 * trace says so. If it would not start because of us, or would print an error, it is executed
 * without what the launcher has put into the environment. Missing variables are not added: the
 * environment is the program's own.
 *
 * If libc's execve is hooked at its entry, every function of libc that executes a program is seen
 * there. Else it is seen by the stubs of the functions that the program calls. Those that use
 * `environ` keep it: the library must not change it.
 */
#ifndef EXECUTION_H
#define EXECUTION_H

#include <stdbool.h>
#include <stdint.h>

struct call_frame;

/* `call` is a call of the function `name`. If that executes programs, the program is looked at and
 * noted. If its environment must be changed, it is executed here; this returns only if that has
 * failed, and then the function itself fails again. Returns whether the function is one that
 * executes programs. Reads the call's arguments only as far as they are readable.
 * Async-signal-safe, also in a vfork child. */
bool execution_call(struct call_frame *call, const char *name);

/* The same for a call of libc's execve that is hooked at its entry, and for a call of syscall(2)
 * with these arguments; the first is the system call's number. */
void execution_execve(struct call_frame *call);
void execution_system_call(struct call_frame *call, const uint64_t *arguments);

/* From now on execution_execve sees the calls of all functions but fexecve and execveat. */
void execution_at_entry(void);

/* The program may be about to forbid itself to open files (landlock(7)). access(2) does not show
 * that, so from now on files are opened as a test. */
void execution_expect_confinement(void);

#endif
