/*
 * follow.h - whether a program that is executed will be traced as well.
 *
 * It will not where it is not for glibc's dynamic linker, where it has rights of its own
 * (set-user-ID), where its environment lacks what ours has, or where it will not find our files
 * (another root, another mount namespace), or may not write a trace (another user, Landlock). That
 * is noted in the trace. Where it would fail to start because of us, or complain, it is executed
 * without what the launcher has put into the environment. What is lacking there is not put back:
 * the environment is the program's own.
 *
 * Where libc's execve is hooked at its entry, every function of libc that executes something is
 * seen there. Else it is seen by the stubs of the functions that the program calls; those take the
 * environment from `environ`, which is not ours to change.
 */
#ifndef FOLLOW_H
#define FOLLOW_H

#include <stdbool.h>
#include <stdint.h>

struct call_frame;

/* The call, of the function `name`, may execute a program: it is looked at, noted, and where its
 * environment is to be another one, executed here; returns then only where that has failed, for the
 * function itself to fail again. Returns whether it is one of the functions that execute programs.
 * Reads what the program has passed as far as it can be read. Async-signal-safe, also in a vfork
 * child. */
bool follow_call(struct call_frame *call, const char *name);

/* The same for a call of libc's execve, hooked at its entry, and for one of syscall(2) with these
 * arguments, the call's number first. */
void follow_execve(struct call_frame *call);
void follow_system_call(struct call_frame *call, const uint64_t *arguments);

/* From now on follow_execve sees all that others than fexecve and execveat would. */
void follow_at_entry(void);

/* The program may be about to forbid itself to open files (landlock(7)), in a way that access(2)
 * does not tell: from now on it is tried. */
void follow_expect_confinement(void);

#endif
