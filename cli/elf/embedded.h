/*
 * embedded.h - the compressed symbol table inside a stripped file.
 */
#ifndef ELF_EMBEDDED_H
#define ELF_EMBEDDED_H

struct elf_symbols;

/* Reads .gnu_debugdata (GDB's manual, "MiniDebugInfo") and adds .dynsym; symbols->list and
 * symbols->strings are malloc'ed. Any thread may call it. Returns 0 or -errno; -ENOENT if there are
 * no symbols; then *symbols is unchanged. */
int symbols_embedded_read(struct elf_symbols *symbols, const char *path);

#endif
