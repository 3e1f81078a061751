/*
 * linkmap.h - looks symbols up in the loaded objects, without dlsym.
 *
 * dlsym may itself be a leaf, locks, allocates, and looks at its return address. This reads
 * the link map (link.h) and each object's hash table and versions (ELF gABI; GNU hash and
 * symbol versioning: LSB 4.1, chapter 10), and takes no lock: use it at start, or where the
 * wanted object cannot be unloaded at the same time.
 */
#ifndef LINKMAP_H
#define LINKMAP_H

#include <link.h>
#include <stdbool.h>
#include <stdint.h>

#include "hook_record.h"

/* Of glibc's dynamic linker. Weak, as another one, which has no such variables, must not fail to
 * load the library: there it does nothing. */
#pragma weak _r_debug
extern void *__libc_stack_end __attribute__((weak)); /* what the kernel gave begins there */

/* Whether this is a program of glibc. */
bool linkmap_is_of_glibc(void);

/* The interposer's records. Weak: the library may be loaded without it. */
extern struct hook_record scoped_trace_hooks[] __attribute__((weak, visibility("default")));

/* The interposer, or NULL. */
struct link_map *linkmap_interposer(void);

/* The first object: the program. */
struct link_map *linkmap_first(void);

/* The object that holds `address`, judged by where objects begin; NULL if none. */
struct link_map *linkmap_of(uint64_t address);

/* The address of the function `name` in the first object from `from` on that defines it in
 * that version, as the dynamic linker would bind it (`version` NULL: any default one); 0 if
 * none does. Stubs are not taken for it: what the library itself calls is no hit. An IFUNC is
 * resolved. Calls no libc function but for such resolvers. */
uint64_t linkmap_find_symbol(struct link_map *from, const char *name, const char *version);

/* The same behind the object that holds `address`: the next definition. */
uint64_t linkmap_find_after(uint64_t address, const char *name, const char *version);

/* The same behind the library itself: libc's, as a rule. */
uint64_t linkmap_find_next(const char *name, const char *version);

/* The same in the object `only` alone. */
uint64_t linkmap_find_symbol_in(struct link_map *only, const char *name, const char *version);

#endif
