/*
 * symbols.h - turns an address in a file into functions, lines and inlined chains.
 *
 * Works offline on files and their separate debug files (.gnu_debuglink, build-id directories, dwz,
 * minidebuginfo), and never uses the network. A name is given only if the address lies within the
 * function's own bounds; what is not known stays NULL or 0, and nothing is guessed. In a program
 * that was stripped of its symbols `main` still has its name: the entry point tells where it is.
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

/* From now on, functions of the C library have names, but neither places nor inlined functions: its
 * debugging information is compressed, and takes 0.1 s to read. Comes before all lookups. */
void symbols_spare_c_library(struct symbols *symbols);

/* Looks up `address` (an ELF virtual address in the file) in the file `path` if the file has
 * `identity` (NULL: any); a file that was replaced or changed since then gives the chain of NULLs.
 * `path` "[vdso]" is the vdso of this process. For a return address pass is_return_address: the
 * call before it is looked up. The chain lives as long as `symbols`; equal arguments give the same
 * chain. */
const struct symbol_chain *symbols_resolve(struct symbols *symbols, const char *path,
    const struct file_identity *identity, uint64_t address, bool is_return_address);

/* Says that the process has this file, which may define what others call. */
void symbols_expect(
    struct symbols *symbols, const char *path, const struct file_identity *identity);

/* Finds the function that the call before `return_address` calls, if the instruction names it: a
 * function of the file, or one that it imports. Of the files that were expected, one may define the
 * imported one. Returns false if the instruction does not tell. Another function may run there if
 * the called one has jumped to it. */
bool symbols_called(struct symbols *symbols, const char *path, const struct file_identity *identity,
    uint64_t return_address, struct symbol_target *called);

/* Returns whether the function that contains the place of a return address has this linkage name,
 * perhaps among others: symbols_resolve gives only one of several. */
bool symbols_has_name(struct symbols *symbols, const char *path,
    const struct file_identity *identity, uint64_t return_address, const char *linkage_name);

/* Returns whether the function that contains the place is known, and certainly has not this linkage
 * name, nor is a part of the function that has it. The arguments are those of symbols_resolve. */
bool symbols_is_other(struct symbols *symbols, const char *path,
    const struct file_identity *identity, uint64_t address, bool is_return_address,
    const char *linkage_name);

/* Returns whether `return_address`, in the C library, is where that calls main. */
bool symbols_is_call_of_main(struct symbols *symbols, const char *path,
    const struct file_identity *identity, uint64_t return_address);

/* Returns whether `return_address` is in the code at which the kernel begins to run the file, a
 * program or the dynamic linker: nothing has called that. */
bool symbols_is_entry(struct symbols *symbols, const char *path,
    const struct file_identity *identity, uint64_t return_address);

/* Returns the name of the function that the program `path` passes to the C library as main; NULL:
 * not known. */
const char *symbols_name_main(
    struct symbols *symbols, const char *path, const struct file_identity *identity);

/* Returns why `path` could not be read (static string, such as "no such file"), or NULL. A lack of
 * symbols is no problem. Valid after a symbols_resolve on `path`. */
const char *symbols_problem(struct symbols *symbols, const char *path);

/* Calls `say` once for each path that was looked up and has a problem, in the order of the first
 * lookups. */
void symbols_each_problem(const struct symbols *symbols,
    void (*say)(void *argument, const char *path, const char *problem), void *argument);

#endif
