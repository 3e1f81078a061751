/*
 * pane.h - the upper part of the screen: what waits now.
 */
#ifndef BROWSE_WATCH_PANE_H
#define BROWSE_WATCH_PANE_H

#include <stddef.h>

/* A zeroed object is empty. */
struct pane {
    char *text;   /* lines with the colours of a report; malloc'ed, or NULL */
    size_t lines; /* those that are not empty */
    size_t rows;  /* that it takes: it does not become smaller, so that the tree stands still */
};

/* Returns how many waits have room, at least 1. */
size_t pane_waits(void);

/* Reads the text. What was there stays if that fails. */
void pane_read(struct pane *pane, int fd);

/* Returns how many rows it takes on this screen. */
size_t pane_rows(const struct pane *pane);
void pane_draw(const struct pane *pane, const char *dots);
void pane_finish(struct pane *pane);

#endif
