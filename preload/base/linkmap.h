/*
 * linkmap.h - looks symbols up in the loaded objects, without dlsym.
 *
 * dlsym may itself be a leaf, locks, allocates, and looks at its return address. These functions
 * read the link map (link.h) and each object's hash table and versions (ELF gABI; GNU hash and
 * symbol versioning: LSB 4.1, chapter 10), and take no lock: use them at the start, or while the
 * wanted object cannot be unloaded.
 */
#ifndef LINKMAP_H
#define LINKMAP_H

#include <link.h>
#include <stdbool.h>
#include <stdint.h>

#include "hook_record.h"

/* Variables of glibc's dynamic linker. Weak: another dynamic linker, which does not have them, must
 * not fail to load the library. There the library records nothing. */
#pragma weak _r_debug
extern void *__libc_stack_end __attribute__((weak)); /* the kernel's data begins there */

/* Whether this program uses glibc. */
bool linkmap_is_of_glibc(void);

/* The interposer's records. Weak: the library may be loaded without it. */
extern struct hook_record scoped_trace_hooks[] __attribute__((weak, visibility("default")));

/* The system calls that are leaves, of the interposer. Weak, too. */
extern struct hook_system_call scoped_trace_system_calls[]
    __attribute__((weak, visibility("default")));

/* The interposer, or NULL. */
struct link_map *linkmap_interposer(void);

/* The first object: the program. */
struct link_map *linkmap_first(void);

/* The object that contains `address`: the last one that begins before it. NULL if there is none. */
struct link_map *linkmap_of(uint64_t address);

/* The address of the function `name` in the first object from `from` on that defines it in that
 * version, as the dynamic linker would bind it (`version` NULL: any default one); 0 if none does.
 * It ignores stubs: calls by the library itself are no hits. It resolves an IFUNC; it calls no
 * other function of libc than such resolvers. */
uint64_t linkmap_find_symbol(struct link_map *from, const char *name, const char *version);

/* The same in the objects after the one that contains `address`: the next definition. */
uint64_t linkmap_find_after(uint64_t address, const char *name, const char *version);

/* The same in the objects after the library itself: usually libc's definition. */
uint64_t linkmap_find_next(const char *name, const char *version);

/* The same in the object `only` alone. */
uint64_t linkmap_find_symbol_in(struct link_map *only, const char *name, const char *version);

#endif
