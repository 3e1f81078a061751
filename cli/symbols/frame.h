/*
 * frame.h - the functions at an address.
 */
#ifndef SYMBOLS_FRAME_H
#define SYMBOLS_FRAME_H

#include <stdbool.h>
#include <stddef.h>

/* One function of the chain at an address. Strings live as long as the struct symbols that they
 * come from. */
struct symbol_frame {
    const char *function;     /* demangled, C++ with parameters; NULL: unknown. Of a function
                               * with several names the one that its callers use: read, not
                               * __libc_read */
    const char *linkage_name; /* as the linker knows it (clone suffixes and @version cut), or
                               * equal to `function`; NULL: unknown */
    const char *file;         /* NULL: unknown. As the compiler was given it, without a leading
                               * "./": in a unit whose own source was given by a relative name,
                               * what lies below the compilation directory is shown relative to
                               * it; all else stays as it is, absolute or "../x.c" */
    int line, column;         /* 0: unknown */
    bool is_inlined;          /* expanded in the next outer frame of the chain */
};

/* The chain at an address, outermost (the function that really exists) first. In
 * each frame but the last, file:line:column is the place where the next is inlined. */
struct symbol_chain {
    const struct symbol_frame *frames;
    size_t count; /* at least 1; where nothing is known, one frame of NULLs */
};

#endif
