/*
 * help.h - the list of keys.
 */
#ifndef BROWSE_HELP_H
#define BROWSE_HELP_H

/* Shows the list until a key is pressed; in parts if the screen is too small. */
void help_show(void);

#endif
