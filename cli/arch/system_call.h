/*
 * system_call.h - a system call that changes no variable of the thread, such as errno: long
 * arch_system_call(long number, long a, long b, long c, long d). Returns its result, or -errno.
 */
#ifndef ARCH_SYSTEM_CALL_H
#define ARCH_SYSTEM_CALL_H

#if defined __x86_64__
#include "arch/x86_64/system_call.h"
#endif

#endif
