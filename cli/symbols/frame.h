/*
 * frame.h - the functions at an address.
 */
#ifndef SYMBOLS_FRAME_H
#define SYMBOLS_FRAME_H

#include <stdbool.h>
#include <stddef.h>

/* One function of the chain at an address. The strings live as long as the struct symbols that they
 * come from. */
struct symbol_frame {
    const char *function;     /* demangled, C++ with parameters; NULL: unknown. If a function has
                               * several names, the one that its callers use: read, not
                               * __libc_read */
    const char *linkage_name; /* as the linker knows it, without clone suffixes and @version, or
                               * equal to `function`; NULL: unknown */
    const char *file;         /* NULL: unknown. As the compiler was given it, without a leading
                               * "./". If the unit's own source has a relative name, files below the
                               * compilation directory are shown relative to it; other names stay as
                               * they are, absolute or "../x.c" */
    int line, column;         /* 0: unknown */
    bool is_inlined;          /* expanded in the next outer frame of the chain */
};

/* The chain at an address; the outermost frame, the function that really exists, is the first. In
 * each frame but the last, file:line:column is the place where the next one is inlined. */
struct symbol_chain {
    const struct symbol_frame *frames;
    size_t count; /* at least 1; if nothing is known, one frame of NULLs */
};

/* Where a function is that a call instruction names. */
enum symbol_home {
    SYMBOL_HOME_UNKNOWN, /* no file is known to have it, or several have a function of this name, or
                          * the function that runs is chosen at run time: it is not certain what was
                          * called */
    SYMBOL_HOME_HERE,    /* in the file of the call */
    SYMBOL_HOME_C_LIBRARY,
    SYMBOL_HOME_ELSEWHERE,
};

/* The function that a call instruction names. */
struct symbol_target {
    const char *function;     /* as in struct symbol_frame */
    const char *linkage_name; /* likewise */
    enum symbol_home home;
    bool has_aliases; /* it has other names, too */
};

#endif
