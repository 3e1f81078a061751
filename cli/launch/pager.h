/*
 * pager.h - a report that is longer than the terminal goes through the user's pager.
 */
#ifndef LAUNCH_PAGER_H
#define LAUNCH_PAGER_H

#include <stdio.h>

/* Returns a stream to print the report on instead of `terminal`. As soon as the report has more
 * lines than the screen, $PAGER is started (less by default, with the options that git gives it),
 * otherwise the terminal gets it at the end. fclose waits until the user has left the pager. NULL:
 * the report goes to the terminal itself, since it is none, or there is no pager, or no memory. */
FILE *pager_open(FILE *terminal);

#endif
