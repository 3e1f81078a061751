/*
 * session_names.h - names that the tool and the library in the program share: variables of the
 * environment, and files of the session's directory.
 */
#ifndef SESSION_NAMES_H
#define SESSION_NAMES_H

/* ---- the environment of each process of the run ---- */

/* The session's directory, an absolute path. */
#define SESSION_ENV "SCOPED_TRACE_SESSION"

/* "none": processes take no times. Any other value, or none: they do. */
#define SESSION_CLOCK_ENV "SCOPED_TRACE_CLOCK"

/* How many different calls of the root each thread keeps, or with SESSION_BY_ENV how many values a
 * process keeps; behind the number, SESSION_EACH_INNERMOST if a call within a call is one of its
 * own. Not set: calls of the root have no trees of their own. */
#define SESSION_EACH_ENV       "SCOPED_TRACE_EACH"
#define SESSION_EACH_INNERMOST 'i'

/* By which argument of the root its calls are told apart: three digits, which are the number of its
 * register, from 1 on, how many of its bytes count, and its enum trace_value_form. Not set: by what
 * they hit. */
#define SESSION_BY_ENV "SCOPED_TRACE_BY"

/* "none": processes do not record what their calls wait for. Any other value, or none: they do. */
#define SESSION_WHAT_ENV "SCOPED_TRACE_WHAT"

/* The files in LD_PRELOAD: the library, which is also recognised by this name, ... */
#define LIBRARY_NAME "libscoped-trace.so"

/* ... and the interposer, which the tool writes (hook_record.h). */
#define SESSION_INTERPOSER "scoped-trace-interposer.so"

/* ---- files of the directory ---- */

/* A process's trace: PID.NUMBER and this suffix (trace_format.h). */
#define SESSION_TRACE_SUFFIX ".trace"

/* A file's plan: DEVICE-INODE, or DEVICE-INODE-ADDRESS, in hexadecimal, and this suffix
 * (hook_plan.h). */
#define SESSION_PLAN_SUFFIX ".plan"

/* The socket at which processes ask for plans. */
#define SESSION_PLAN_SOCKET "plans"

#endif
