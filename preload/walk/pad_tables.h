/*
 * pad_tables.h - unwind tables for the code of pads.
 */
#ifndef PAD_TABLES_H
#define PAD_TABLES_H

/* Finds what is to be asked for all other tables. May run twice, with the same result. */
void pad_tables_start(void);

#endif
