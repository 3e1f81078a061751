/*
 * facts.c - what the tables and the user's patterns say of a function, found once for each.
 *
 * A function stands in the trees of a run thousands of times, and looking through tables and
 * patterns takes microseconds. So the facts are kept in a hash table by name.
 */
#include "view/facts.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/optional_text.h"
#include "names/function_name.h"
#include "names/function_spec.h"
#include "names/near_miss.h"
#include "tree/tree.h"
#include "view/idle.h"
#include "view/internals.h"

/* The user's patterns, by option. */
enum { UNDER, THROUGH, WITHOUT, HIDE, MERGE, IDLE, LEAVES, FAMILIES };

static const char *const option_names[FAMILIES] = {
    "--under", "--through", "--without", "--hide", "--merge", "--idle", "--leaf"};

struct pattern {
    struct function_spec spec;
    bool has_matched;
};

struct family {
    struct pattern *list;
    size_t count;
};

struct entry {
    uint64_t hash; /* 0: free */
    const char *function, *linkage_name, *module;
    bool is_leaf;
    struct facts *facts;
};

struct facts_table {
    const struct view_options *options;
    struct family families[FAMILIES];
    struct entry *entries;
    size_t capacity, count; /* the capacity is a power of two */
};

static int read_family(struct family *family, const struct view_patterns *patterns, char **problem)
{
    family->list = calloc(patterns->count + 1, sizeof *family->list);
    if (family->list == NULL)
        return -ENOMEM;
    for (; family->count < patterns->count; family->count++) {
        struct function_spec *spec = &family->list[family->count].spec;
        int error = function_spec_parse(spec, patterns->list[family->count], problem);
        if (error)
            return error;
        spec->is_anywhere = true;
    }
    return 0;
}

int facts_create(struct facts_table **table, const struct view_options *options, char **problem)
{
    const struct view_patterns *const patterns[FAMILIES] = {&options->under, &options->through,
        &options->without, &options->hide, &options->merge, &options->idle, &options->leaves};
    int error = 0;
    *table = calloc(1, sizeof **table);
    if (*table == NULL)
        return -ENOMEM;
    (*table)->options = options;
    for (size_t i = 0; i < FAMILIES && error == 0; i++)
        error = read_family(&(*table)->families[i], patterns[i], problem);
    if (error) {
        facts_destroy(*table);
        *table = NULL;
    }
    return error;
}

void facts_destroy(struct facts_table *table)
{
    if (table == NULL)
        return;
    for (size_t i = 0; i < FAMILIES; i++) {
        for (size_t k = 0; k < table->families[i].count; k++)
            function_spec_finish(&table->families[i].list[k].spec);
        free(table->families[i].list);
    }
    for (size_t i = 0; i < table->capacity; i++)
        free(table->entries[i].facts);
    free(table->entries);
    free(table);
}

static bool facts_matches(const struct function_spec *spec, const struct tree_node *node,
    const struct function_name *name)
{
    if (spec->library && !(node->module && function_spec_fits_file(spec, node->module, NULL)))
        return false;
    if (node->linkage_name && function_spec_matches_linkage(spec, node->linkage_name))
        return true;
    return function_spec_matches_linkage(spec, node->function) ||
           function_spec_matches(spec, node->function, name);
}

/* Every pattern that matches is marked, not just the first. */
static bool matches_family(
    struct family *family, const struct tree_node *node, const struct function_name *name)
{
    bool is_match = false;
    for (size_t i = 0; i < family->count; i++) {
        if (!facts_matches(&family->list[i].spec, node, name))
            continue;
        family->list[i].has_matched = true;
        is_match = true;
    }
    return is_match;
}

static bool has_patterns(const struct facts_table *table)
{
    for (size_t i = 0; i < FAMILIES; i++)
        if (table->families[i].count)
            return true;
    return false;
}

/* Asks the user's patterns. Returns 0 or -ENOMEM. */
static int ask_user(struct facts_table *table, struct facts *facts, const struct tree_node *node)
{
    struct function_name name;
    if (node->function == NULL || node->is_phase || !has_patterns(table))
        return 0;
    if (function_name_read(&name, node->function) != 0)
        return -ENOMEM;
    bool *const results[FAMILIES] = {&facts->is_under, &facts->is_through, &facts->is_without,
        &facts->is_hidden, &facts->is_merged, &facts->is_idle, &facts->is_leaf_wanted};
    for (size_t i = 0; i < FAMILIES; i++)
        if ((i == LEAVES) == node->is_leaf || i <= WITHOUT || i == IDLE)
            *results[i] = matches_family(&table->families[i], node, &name);
    function_name_finish(&name);
    return 0;
}

static void ask_tables(
    const struct facts_table *table, struct facts *facts, const struct tree_node *node)
{
    if (node->is_leaf)
        return;
    facts->internals = internals_find(node);
    if (node->function == NULL || table->options->no_idle)
        return;
    facts->idle = idle_find(NULL, node);
    for (const struct idle_rule *rule = facts->idle; rule; rule = idle_find(rule + 1, node))
        facts->is_idle |= rule->inner == NULL;
}

int facts_find(struct facts_table *table, struct facts *facts, const struct tree_node *node)
{
    *facts = (struct facts){.internals = NULL};
    int error = ask_user(table, facts, node);
    if (error == 0)
        ask_tables(table, facts, node);
    return error;
}

static uint64_t facts_hash_node(const struct tree_node *node)
{
    uint64_t hash = hash_text(hash_text(HASH_BEGIN, node->function), node->linkage_name);
    return hash_text(hash_byte(hash, node->is_leaf), node->module) | 1;
}

static bool facts_is_same(const struct entry *entry, const struct tree_node *node, uint64_t hash)
{
    return entry->hash == hash && entry->is_leaf == node->is_leaf &&
           text_is_equal(entry->function, node->function) &&
           text_is_equal(entry->linkage_name, node->linkage_name) &&
           text_is_equal(entry->module, node->module);
}

/* Keeps at least half of the entries free. */
static int facts_grow(struct facts_table *table)
{
    if (table->count * 2 < table->capacity)
        return 0;
    size_t capacity = table->capacity ? 2 * table->capacity : 256;
    struct entry *entries = calloc(capacity, sizeof *entries);
    if (entries == NULL)
        return -ENOMEM;
    for (size_t i = 0; i < table->capacity; i++) {
        size_t at = table->entries[i].hash & (capacity - 1);
        while (table->entries[i].hash && entries[at].hash)
            at = (at + 1) & (capacity - 1);
        if (table->entries[i].hash)
            entries[at] = table->entries[i];
    }
    free(table->entries);
    table->entries = entries;
    table->capacity = capacity;
    return 0;
}

const struct facts *facts_of(struct facts_table *table, const struct tree_node *node)
{
    uint64_t hash = facts_hash_node(node);
    if (facts_grow(table) != 0)
        return NULL;
    size_t at = hash & (table->capacity - 1);
    while (table->entries[at].hash && !facts_is_same(&table->entries[at], node, hash))
        at = (at + 1) & (table->capacity - 1);
    struct entry *entry = &table->entries[at];
    if (entry->hash)
        return entry->facts;
    struct facts *facts = calloc(1, sizeof *facts);
    if (facts == NULL || facts_find(table, facts, node) != 0) {
        free(facts);
        return NULL;
    }
    *entry = (struct entry){
        hash, node->function, node->linkage_name, node->module, node->is_leaf, facts};
    table->count++;
    return facts;
}

/* A group of leaves names many that a program does not call, so the user is only told if none was
 * hit. */
static bool is_expected(const struct family *family, size_t index, bool is_leaves)
{
    for (size_t i = 0; is_leaves && i < family->count; i++)
        if (family->list[i].has_matched)
            return false;
    return !family->list[index].has_matched;
}

const char *facts_unmatched(const struct facts_table *table, const char **option)
{
    for (size_t i = 0; i < FAMILIES; i++)
        for (size_t k = 0; k < table->families[i].count; k++) {
            const struct pattern *pattern = &table->families[i].list[k];
            *option = option_names[i];
            if (is_expected(&table->families[i], k, i == LEAVES))
                return pattern->spec.written;
        }
    return NULL;
}

/* Considers the whole name without parameters, and its last part. */
static void facts_consider_name(struct near_miss *near, const char *function)
{
    const char *parameters;
    struct name_part part = {.name_end = NULL};
    struct name_text name = function_name_strip(function, &parameters);
    near_miss_consider(near, name.start, (size_t)(name.end - name.start));
    while (function_name_next_part(&name, &part))
        continue;
    if (part.name_end)
        near_miss_consider(near, part.whole.start, (size_t)(part.name_end - part.whole.start));
}

void facts_consider(const struct facts_table *table, const char *option, struct near_miss *near)
{
    bool has_frames = strcmp(option, option_names[LEAVES]) != 0;
    bool has_leaves = strcmp(option, option_names[HIDE]) != 0 &&
                      strcmp(option, option_names[MERGE]) != 0;
    for (size_t i = 0; i < table->capacity; i++) {
        const struct entry *entry = &table->entries[i];
        if (entry->hash && entry->function && (entry->is_leaf ? has_leaves : has_frames))
            facts_consider_name(near, entry->function);
    }
}
