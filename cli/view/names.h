/*
 * names.h - the pass that gives each shown node the name that people read.
 */
#ifndef VIEW_NAMES_H
#define VIEW_NAMES_H

struct view_builder;

/* Sets the shown name of each shown node, and of the leaves in the table. Without memory, they keep
 * their whole names. */
void names_shorten(struct view_builder *builder);

#endif
