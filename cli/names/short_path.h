/*
 * short_path.h - the path of a source file as people say it.
 *
 *     ./src/../lib/a.c                                   lib/a.c
 *     /home/me/project/src/a.c (in /home/me/project)     src/a.c
 *     /rustc/HASH/library/std/src/io.rs                  std/src/io.rs
 *     ~/.cargo/registry/src/index.crates.io-HASH/tokio-1.2.3/src/x.rs
 *                                                        tokio-1.2.3/src/x.rs
 *     ../sysdeps/unix/sysv/linux/read.c                  unchanged
 *
 * Only the text is looked at, not the file system: where "a" is a symbolic link, "a/../b" may have
 * been another file than "b".
 */
#ifndef NAMES_SHORT_PATH_H
#define NAMES_SHORT_PATH_H

/* Returns the path, malloc'ed; NULL when out of memory. A path below `directory` becomes relative
 * to it, if that is absolute and not "/"; it may be NULL. */
char *short_path(const char *path, const char *directory);

#endif
