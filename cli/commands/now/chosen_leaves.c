/*
 * chosen_leaves.c - the leaves that the user wants to see of those that a run has recorded.
 */
#include "commands/now/chosen_leaves.h"

#include <errno.h>
#include <stdlib.h>

#include "base/message.h"
#include "names/function_spec.h"
#include "options/options.h"

int chosen_leaves_read(struct chosen_leaves *chosen, const struct options *options, char **problem)
{
    struct leaves *leaves = &chosen->leaves;
    int error = 0;
    if (options->leaf_count > 0)
        error = leaves_select(leaves, options->leaves, options->leaf_count, problem);
    if (error)
        return error;
    chosen->names = calloc(leaves->count + 1, sizeof *chosen->names);
    if (chosen->names == NULL)
        return -ENOMEM;
    for (size_t i = 0; i < leaves->count; i++) {
        const struct leaf *leaf = &leaves->list[i];
        if (leaf->spec && leaf->spec->library)
            return message_problem(problem, -EINVAL,
                "a run has no files of its leaves: name '%s' without '%s:'", leaf->spec->name,
                leaf->spec->library);
        chosen->names[chosen->count++] = leaf->spec ? leaf->spec->written : leaf->shown;
    }
    return 0;
}

struct view_patterns chosen_leaves_patterns(const struct chosen_leaves *chosen)
{
    return (struct view_patterns){chosen->names, chosen->count};
}

void chosen_leaves_finish(struct chosen_leaves *chosen)
{
    free(chosen->names);
    leaves_finish(&chosen->leaves);
    *chosen = (struct chosen_leaves){.count = 0};
}
