/*
 * pad_tables.h - unwind tables for the code of pads.
 */
#ifndef PAD_TABLES_H
#define PAD_TABLES_H

/* Finds libc's function, which serves all other addresses. May run twice, with the same result. */
void pad_tables_start(void);

#endif
