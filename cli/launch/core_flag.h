/*
 * core_flag.h - whether this process dumps core when it dies of a signal.
 *
 * The core dump is a flag of the wait status (a shell prints "core dumped"), and the tool's wait
 * status must be that of the program. The kernel sets the flag only when it writes a core, so one
 * page is dumped, into a separate directory.
 */
#ifndef LAUNCH_CORE_FLAG_H
#define LAUNCH_CORE_FLAG_H

#include <stdbool.h>

/* Must be called right before this process dies of a signal. With `is_wanted`, the process leaves a
 * small core in a directory that another process removes, if possible before the parent of this
 * process is told of the death. This is done only where cores go to the current directory
 * (core(5)): a collector of cores would report a core that has no meaning, and a fixed name could
 * be that of the program's core. In all other cases, and without `is_wanted`, no core is written.
 * The current directory may be another one afterwards. */
void core_flag_choose(bool is_wanted);

#endif
