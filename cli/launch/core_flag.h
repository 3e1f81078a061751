/*
 * core_flag.h - whether this process dumps core when it dies of a signal.
 *
 * That is a flag of its wait status ("core dumped", a shell says), which is to be the program's.
 * The flag cannot be had without a core: so one page is dumped, into a directory of its own.
 */
#ifndef LAUNCH_CORE_FLAG_H
#define LAUNCH_CORE_FLAG_H

#include <stdbool.h>

/* To be called right before this process dies of a signal. With `is_wanted` it leaves a small core
 * in a directory that another process removes, before this one's parent is told of its death where
 * it can; but only where cores go to
 * the current directory (core(5)): a collector of cores would be told of one that is nobody's
 * business, and a fixed name could be the program's core. Everywhere else, and without `is_wanted`,
 * there will be none. The current directory may be another one afterwards. */
void core_flag_choose(bool is_wanted);

#endif
