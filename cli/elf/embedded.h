/*
 * embedded.h - the symbols that a stripped file carries along compressed.
 */
#ifndef ELF_EMBEDDED_H
#define ELF_EMBEDDED_H

struct elf_symbols;

/* Reads .gnu_debugdata (GDB's manual, "MiniDebugInfo"), together with .dynsym; symbols->list and
 * symbols->strings are malloc'ed. For any thread. Returns 0 or -errno; -ENOENT when there are no
 * symbols, and then *symbols is untouched. */
int symbols_embedded_read(struct elf_symbols *symbols, const char *path);

#endif
