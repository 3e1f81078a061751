/*
 * variables.c - finds the names of variables in which locks lie.
 */
#include "objects/variables.h"

#include <errno.h>

#include "elf/variables.h"
#include "trace/snapshot.h"

static int name_lock(
    struct variables *variables, struct snapshot *snapshot, struct snapshot_object *object)
{
    const struct snapshot_module *module = &snapshot->modules[object->module];
    uint64_t offset;
    const char *name = variables_name(
        variables, module->path, &module->identity, object->address, &offset);
    return name ? objects_name(&snapshot->objects, object, name, offset) : 0;
}

int variables_find(struct snapshot *const *snapshots, size_t count)
{
    struct variables *variables = NULL;
    int error = 0;
    for (size_t i = 0; i < count && error == 0; i++) {
        struct objects *objects = &snapshots[i]->objects;
        for (size_t k = 0; k < objects->count && error == 0; k++) {
            struct snapshot_object *object = &objects->list[k];
            if (object->module == OBJECTS_NONE || object->variable)
                continue;
            variables = variables ? variables : variables_create();
            error = variables ? name_lock(variables, snapshots[i], object) : -ENOMEM;
        }
    }
    variables_destroy(variables);
    return error;
}
