/* plugin.c - a library with leaves, one of which its own constructor calls. */
#include "leaf.h"

int plugin_leaf(int number);
int plugin_early(void);
int plugin_run(int number);

LEAF(plugin_leaf, plugin_leaf_really);
LEAF(plugin_early, plugin_early_really);

IMPLEMENTATION int plugin_leaf_really(int number)
{
    return number + 1;
}

IMPLEMENTATION int plugin_early_really(void)
{
    return 1;
}

__attribute__((constructor)) static void begin(void)
{
    plugin_early();
}

/* A call within the library. */
int plugin_run(int number)
{
    return plugin_leaf(number);
}
