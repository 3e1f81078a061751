/*
 * list.h - --list-leaves: the groups of leaves and what is in them.
 */
#ifndef COMMANDS_LIST_H
#define COMMANDS_LIST_H

#include <stdio.h>

/* Prints every group with its functions. */
void command_list_leaves(FILE *out);

#endif
