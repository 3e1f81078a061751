/*
 * page.h - the page that shows how long the calls of a leaf took.
 */
#ifndef BROWSE_PAGE_H
#define BROWSE_PAGE_H

#include <stdbool.h>

struct glyphs;
struct view_node;

/* Shows the histogram of a leaf until a key is pressed; in parts if the screen is too small.
 * Returns false without showing anything if there is none. */
bool page_show_calls(const struct glyphs *glyphs, const struct view_node *leaf);

#endif
