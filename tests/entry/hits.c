/*
 * hits.c - prints what is in trace files: "LEAF HITS RETURNS" for each leaf, in the order of the
 * alphabet, and "astray N" where N paths to a leaf begin at a frame that something must have
 * called, "lost N" where hits were lost.
 *
 * usage: hits FILE...
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "trace/file.h"
#include "trace/snapshot.h"
#include "trace_format.h"

#define LEAVES_MAX 256

struct leaf {
    char name[64];
    uint64_t hits, returns;
};

static struct leaf leaves[LEAVES_MAX];
static size_t leaf_count;
static uint64_t astray, lost;

static struct leaf *leaf_of(const char *name)
{
    size_t i = 0;
    while (i < leaf_count && strcmp(leaves[i].name, name) != 0)
        i++;
    if (i == LEAVES_MAX)
        exit(2);
    if (i == leaf_count)
        snprintf(leaves[leaf_count++].name, sizeof leaves->name, "%s", name);
    return &leaves[i];
}

static const struct snapshot_node *outermost(
    const struct snapshot *snapshot, const struct snapshot_node *node)
{
    while (node->caller != SNAPSHOT_NONE)
        node = &snapshot->nodes[node->caller];
    return node;
}

static void add(const struct snapshot *snapshot)
{
    for (size_t i = 0; i < snapshot->node_count; i++) {
        const struct snapshot_node *node = &snapshot->nodes[i];
        const struct snapshot_leaf *from = snapshot_leaf_of(snapshot, node);
        if (from == NULL)
            continue;
        struct leaf *leaf = leaf_of(from->name);
        leaf->hits += from->hits;
        leaf->returns += from->returns;
        astray += !(outermost(snapshot, node)->flags & TRACE_END_OF_STACK);
    }
    for (size_t i = 0; i < sizeof snapshot->losses / sizeof *snapshot->losses; i++)
        lost += snapshot->losses[i];
}

static int by_name(const void *a, const void *b)
{
    const struct leaf *left = a, *right = b;
    return strcmp(left->name, right->name);
}

int main(int argc, char **argv)
{
    for (int i = 1; i < argc; i++) {
        struct snapshot *snapshot;
        const char *why;
        if (snapshot_read(argv[i], &snapshot, &why) != 0) {
            fprintf(stderr, "hits: %s: %s\n", argv[i], why);
            return 2;
        }
        add(snapshot);
        snapshot_destroy(snapshot);
    }
    qsort(leaves, leaf_count, sizeof *leaves, by_name);
    for (size_t i = 0; i < leaf_count; i++)
        printf("%s %lu %lu\n", leaves[i].name, leaves[i].hits, leaves[i].returns);
    if (astray)
        printf("astray %lu\n", astray);
    if (lost)
        printf("lost %lu\n", lost);
    return 0;
}
