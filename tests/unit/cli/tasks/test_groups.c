/*
 * test_groups.c - tasks that do the same at the same places are one group; which tasks are wanted,
 * and which wait for work.
 */
// needs: cli
#include "tasks/groups.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "suite.h"
#include "symbols/symbols.h"
#include "trace/snapshot.h"
#include "view/build.h"
#include "view/view.h"

#define PLACES 3000

/* Place i is serve > place_i; the functions' addresses are their numbers. */
static struct snapshot_module module = {.path = "/bin/prog"};
static struct snapshot_thread thread = {.tid = 12};
static struct snapshot_node nodes[1 + PLACES];
static struct snapshot_task tasks[2 * PLACES];
static struct snapshot snapshot;
static struct task_groups groups;
static struct view_options options;
static struct view_builder *builder;

const struct symbol_chain *symbols_resolve(struct symbols *symbols, const char *path,
    const struct file_identity *identity, uint64_t address, bool is_return_address)
{
    static char names[1 + PLACES][40];
    static struct symbol_frame frames[1 + PLACES];
    static struct symbol_chain chains[1 + PLACES];
    (void)symbols, (void)path, (void)identity, (void)is_return_address;
    if (address == 0)
        strcpy(names[0], "prog::serve::{{closure}}");
    else
        snprintf(names[address], sizeof *names, "place_%d::{async_fn#0}", (int)address);
    frames[address] = (struct symbol_frame){.function = names[address]};
    chains[address] = (struct symbol_chain){&frames[address], 1};
    return &chains[address];
}

static void begin(void)
{
    for (uint32_t i = 0; i <= PLACES; i++)
        nodes[i] = (struct snapshot_node){
            .kind = SNAPSHOT_FRAME, .caller = i ? 0 : SNAPSHOT_NONE, .address = i};
    snapshot = (struct snapshot){.modules = &module,
        .module_count = 1,
        .threads = &thread,
        .thread_count = 1,
        .nodes = nodes,
        .node_count = 1 + PLACES,
        .tasks = tasks,
        .taken_ns = 10000};
    groups = (struct task_groups){.count = 0};
    options = view_options_default;
    builder = NULL;
}

static void finish(void)
{
    view_destroy(builder);
    task_groups_finish(&groups);
}

static struct snapshot_task *add_task(enum task_state state, uint32_t place, uint64_t since_ns)
{
    struct snapshot_task *task = &tasks[snapshot.task_count++];
    *task = (struct snapshot_task){.turns = 1,
        .born_ns = since_ns,
        .since_ns = since_ns,
        .state = (uint8_t)state,
        .thread = SNAPSHOT_NONE,
        .fresh = place > 0,
        .place_count = place > 0,
        .places = {place}};
    return task;
}

static void group_tasks(bool has_facts)
{
    if (has_facts)
        ck_assert_int_eq(view_begin(&builder, &options), 0);
    const struct place_style style = {
        .arrow = " > ", .ellipsis = "...", .facts = has_facts ? view_facts(builder) : NULL};
    ck_assert_int_eq(
        task_groups_add(&groups, &snapshot, NULL, &style, has_facts ? &options : NULL), 0);
    task_groups_sort(&groups);
}

START_TEST(tasks_at_the_same_places_are_one_group)
{
    add_task(TASK_WAITING, 1, 9000);
    add_task(TASK_WAITING, 2, 8000);
    add_task(TASK_WAITING, 1, 5000)->thread = 0;
    add_task(TASK_READY, 0, 5000);
    group_tasks(false);
    ck_assert_uint_eq(groups.count, 3);
    ck_assert_uint_eq(groups.tasks, 4);
    ck_assert_uint_eq(groups.states[TASK_WAITING], 3);
    const struct task_group *first = &groups.list[0];
    ck_assert_uint_eq(first->count, 2);
    ck_assert_str_eq(first->places[0]->text, "prog::serve > place_1");
    ck_assert_uint_eq(first->shortest_ns, 1000);
    ck_assert_uint_eq(first->longest_ns, 5000);
    ck_assert_int_eq(first->tid, 12); /* of the longest one */
}
END_TEST

START_TEST(the_order_of_places_does_not_matter)
{
    for (uint32_t i = 0; i < 2; i++) {
        struct snapshot_task *task = add_task(TASK_WAITING, 1 + i, 9000);
        task->places[1] = 2 - i;
        task->place_count = task->fresh = 2;
    }
    add_task(TASK_WAITING, 1, 9000)->place_count = 2;
    tasks[2].places[1] = 2; /* which is an earlier one */
    group_tasks(false);
    ck_assert_uint_eq(groups.count, 2);
    ck_assert_uint_eq(groups.list[0].count, 2);
    ck_assert_uint_eq(groups.list[1].fresh, 1);
}
END_TEST

/* All hashes are looked up while the tables grow. */
START_TEST(many_places_are_kept_apart)
{
    for (uint32_t i = 0; i < 2 * PLACES; i++)
        add_task(TASK_WAITING, 1 + i % PLACES, 9000 - i % PLACES);
    group_tasks(false);
    ck_assert_uint_eq(groups.count, PLACES);
    ck_assert_uint_eq(groups.place_count, PLACES);
    for (size_t i = 0; i < PLACES; i++) {
        char text[40];
        snprintf(text, sizeof text, "prog::serve > place_%d", (int)(PLACES - i));
        ck_assert_uint_eq(groups.list[i].count, 2);
        ck_assert_str_eq(groups.list[i].places[0]->text, text);
    }
}
END_TEST

static const char *const first_place[] = {"place_1"}, *const first_function[] = {"serve"};

START_TEST(paths_choose_tasks_by_functions_whose_bodies_are_closures)
{
    add_task(TASK_WAITING, 1, 9000);
    add_task(TASK_WAITING, 2, 9000);
    add_task(TASK_READY, 0, 9000);
    struct view_patterns patterns = {first_place, 1};
    if (_i == 0)
        options.through = patterns;
    else if (_i == 1)
        options.under = patterns;
    else
        options.without = patterns;
    group_tasks(true);
    ck_assert_uint_eq(groups.tasks, _i < 2 ? 1 : 2);
    ck_assert_uint_eq(groups.states[TASK_READY], _i < 2 ? 0 : 1);
    ck_assert_str_eq(
        groups.list[0].places[0]->text, _i < 2 ? "prog::serve > place_1" : "prog::serve > place_2");
}
END_TEST

START_TEST(a_task_is_idle_if_it_waits_for_work_at_all_its_places)
{
    struct snapshot_task *both = add_task(TASK_WAITING, 1, 9000);
    both->places[1] = 2;
    both->place_count = both->fresh = 2;
    add_task(TASK_WAITING, 1, 5000);
    add_task(TASK_NO_WAKER, 0, 1000);
    options.idle = (struct view_patterns){first_place, 1};
    group_tasks(true);
    for (size_t i = 0; i < groups.count; i++)
        ck_assert_int_eq(groups.list[i].is_idle,
            groups.list[i].state == TASK_WAITING && groups.list[i].place_count == 1);
    task_groups_finish(&groups);
    view_destroy(builder);
    options.idle = (struct view_patterns){first_function, 1};
    group_tasks(true);
    for (size_t i = 0; i < groups.count; i++)
        ck_assert_int_eq(groups.list[i].is_idle, groups.list[i].state == TASK_WAITING);
}
END_TEST

START_TEST(tasks_are_in_no_leaf)
{
    add_task(TASK_WAITING, 1, 9000);
    options.leaves = (struct view_patterns){first_place, 1};
    group_tasks(true);
    ck_assert_uint_eq(groups.tasks, 0);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("groups of tasks");
    TCase *cases = tcase_create("groups");
    tcase_add_checked_fixture(cases, begin, finish);
    tcase_add_test(cases, tasks_at_the_same_places_are_one_group);
    tcase_add_test(cases, the_order_of_places_does_not_matter);
    tcase_add_test(cases, many_places_are_kept_apart);
    tcase_add_loop_test(cases, paths_choose_tasks_by_functions_whose_bodies_are_closures, 0, 3);
    tcase_add_test(cases, a_task_is_idle_if_it_waits_for_work_at_all_its_places);
    tcase_add_test(cases, tasks_are_in_no_leaf);
    suite_add_tcase(suite, cases);
    return suite_run(suite);
}
