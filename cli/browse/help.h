/*
 * help.h - the list of keys.
 */
#ifndef BROWSE_HELP_H
#define BROWSE_HELP_H

#include <stdbool.h>

/* Shows the list until a key is pressed; in parts if the screen is too small. `is_live`: with the
 * keys for a run that goes on. */
void help_show(bool is_live);

#endif
