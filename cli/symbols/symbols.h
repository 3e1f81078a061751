/*
 * symbols.h - an address in a file becomes functions, lines and inlined chains.
 *
 * Works offline on files and their separate debug files (.gnu_debuglink, build-id
 * directories, dwz, minidebuginfo). The network is never asked. A name is given
 * only where the address lies within the function's own bounds; what is not known
 * stays NULL or 0, and nothing is guessed. In a program that was stripped of its symbols
 * `main` has its name nevertheless: the entry point tells where it is.
 */
#ifndef SYMBOLS_SYMBOLS_H
#define SYMBOLS_SYMBOLS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/file_identity.h"
#include "symbols/frame.h"

struct symbols;

/* NULL when out of memory. */
struct symbols *symbols_create(void);
void symbols_destroy(struct symbols *symbols);

/* Looks up `address` (an ELF virtual address in the file) in the file `path`, if that is the one
 * of `identity` (NULL: any): one that was replaced or changed since gives the chain of NULLs.
 * `path` "[vdso]" is the vdso of this process. For a return address pass is_return_address: the
 * call before it is what is looked up.
 * The chain lives as long as `symbols`; equal questions get the same chain. */
const struct symbol_chain *symbols_resolve(struct symbols *symbols, const char *path,
    const struct file_identity *identity, uint64_t address, bool is_return_address);

/* The function that the call before `return_address` calls, where the instruction names it: one of
 * the file, or one that it imports. Its name and linkage name in *called; false: not known. What
 * then runs there may be another one, to which that has jumped. */
bool symbols_called(struct symbols *symbols, const char *path, const struct file_identity *identity,
    uint64_t return_address, struct symbol_frame *called);

/* Whether the function around the place of a return address has this linkage name, too: of several
 * at one address, symbols_resolve gives one. */
bool symbols_has_name(struct symbols *symbols, const char *path,
    const struct file_identity *identity, uint64_t return_address, const char *linkage_name);

/* Whether `return_address`, in the C library, is where that calls main. */
bool symbols_is_call_of_main(struct symbols *symbols, const char *path,
    const struct file_identity *identity, uint64_t return_address);

/* The name of the function that the program `path` hands to the C library as its main; NULL: not
 * known. */
const char *symbols_name_main(
    struct symbols *symbols, const char *path, const struct file_identity *identity);

/* Of `path`: why it could not be read (static string), or NULL: "no such file", ... That it has no
 * symbols is no problem. Valid after a symbols_resolve on it. */
const char *symbols_problem(struct symbols *symbols, const char *path);

/* Calls `say` for each path that was asked for and has a problem, once, in the order of the first
 * questions. */
void symbols_each_problem(const struct symbols *symbols,
    void (*say)(void *argument, const char *path, const char *problem), void *argument);

#endif
