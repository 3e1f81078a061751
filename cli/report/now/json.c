/*
 * json.c - what the threads of a run wait for, as JSON for programs.
 */
#include "report/now/now.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/character.h"
#include "objects/deadlock.h"
#include "report/format.h"
#include "report/now/lines.h"
#include "tasks/groups.h"
#include "view/view.h"

/* Bytes that are no UTF-8 become U+FFFD. */
static void write_character(FILE *out, const char *at, const struct character *character)
{
    unsigned char first = (unsigned char)*at;
    if (first == '"' || first == '\\')
        fprintf(out, "\\%c", first);
    else if (first < 0x20 || first == 0x7f)
        fprintf(out, "\\u%04x", first);
    else if (character->length == 1 && first >= 0x80)
        fputs("\\ufffd", out);
    else
        fwrite(at, 1, character->length, out);
}

static void json_write_text(FILE *out, const char *text)
{
    if (text == NULL) {
        fputs("null", out);
        return;
    }
    putc('"', out);
    for (struct character c; (c = character_at(text)).length > 0; text += c.length)
        write_character(out, text, &c);
    putc('"', out);
}

static void write_member(FILE *out, const char *name, const char *text)
{
    fprintf(out, "\"%s\":", name);
    json_write_text(out, text);
}

/* After another member; so does the next one, which writes a number. */
static void add_member(FILE *out, const char *name, const char *text)
{
    putc(',', out);
    write_member(out, name, text);
}

/* 0 is not known. */
static void json_add_number(FILE *out, const char *name, uint64_t number)
{
    if (number)
        fprintf(out, ",\"%s\":%" PRIu64, name, number);
    else
        fprintf(out, ",\"%s\":null", name);
}

static void write_frame(FILE *out, const struct view_node *node)
{
    fputs("{", out);
    write_member(out, "function", node->function);
    add_member(out, "module", node->module);
    add_member(out, "file", node->file);
    json_add_number(out, "line", node->line > 0 ? (uint64_t)node->line : 0);
    fprintf(out, ",\"address\":%" PRIu64 ",\"inlined\":%s}", node->address,
        node->is_inlined ? "true" : "false");
}

/* Outermost first; the leaf is not part of it. */
static void json_write_path(FILE *out, const struct view_node *leaf)
{
    const struct view_node *node = leaf;
    fputs("[", out);
    while (node->parent->kind != VIEW_TOP)
        node = node->parent;
    while (node != leaf) {
        const struct view_node *inner = leaf;
        write_frame(out, node);
        while (inner->parent != node)
            inner = inner->parent;
        fputs(inner == leaf ? "" : ",", out);
        node = inner;
    }
    fputs("]", out);
}

static void json_write_object(FILE *out, const struct view_object *object)
{
    fputs("\"object\":", out);
    if (object == NULL) {
        fputs("null,\"holder\":null", out);
        return;
    }
    fputs("{", out);
    write_member(out, "kind", object->kind);
    add_member(out, "text", object->text);
    fputs("}", out);
    json_add_number(out, "holder", object->holder > 0 ? (uint64_t)object->holder : 0);
}

struct owner {
    int pid, tid;            /* tid: 0 of fibers */
    const char *kind, *name; /* of the process, and of the thread */
    bool is_main;
};

static void write_owner(FILE *out, const struct owner *owner)
{
    fprintf(out, "\"process\":{\"pid\":%d", owner->pid);
    add_member(out, "name", owner->kind);
    if (owner->tid == 0) {
        fputs("},\"thread\":null", out);
        return;
    }
    fprintf(out, "},\"thread\":{\"tid\":%d", owner->tid);
    add_member(out, "name", owner->name);
    fprintf(out, ",\"main\":%s}", owner->is_main ? "true" : "false");
}

static struct owner json_owner_of(const struct view_group *group)
{
    bool has_name = group->thread_name && group->thread_name[0];
    return (struct owner){.pid = group->pid,
        .tid = group->tid,
        .kind = group->kind,
        .name = has_name ? group->thread_name : NULL,
        .is_main = group->thread_key == NULL};
}

/* `object`: NULL for calls of which it is not known. */
static void write_call(FILE *out, const struct now *now, const struct now_line *line,
    const struct view_object *object, uint64_t calls)
{
    uint64_t ns = object ? object->ages.longest_ns : line->ages.longest_ns;
    const struct owner owner = json_owner_of(line->group);
    fputs("{", out);
    write_owner(out, &owner);
    fprintf(out, ",\"calls\":%" PRIu64 ",\"idle\":%s", calls, line->is_idle ? "true" : "false");
    json_add_number(out, "for_ns", ns);
    json_add_number(out, "since_ns", ns && now->at_ns > ns ? now->at_ns - ns : 0);
    add_member(out, "leaf", line->leaf->function);
    fputs(",", out);
    json_write_object(out, object);
    fputs(",\"path\":", out);
    json_write_path(out, line->leaf);
    fputs("}", out);
}

static void write_calls_of(
    FILE *out, const struct now *now, const struct now_line *line, bool *is_first)
{
    uint64_t rest = line->calls;
    for (size_t i = 0; i < line->object_count; i++) {
        const struct view_object *object = &line->objects[i];
        if (!now_lines_is_object(object) || object->open > rest)
            continue;
        fputs(*is_first ? "\n" : ",\n", out);
        write_call(out, now, line, object, object->open);
        rest -= object->open;
        *is_first = false;
    }
    if (rest == 0)
        return;
    fputs(*is_first ? "\n" : ",\n", out);
    write_call(out, now, line, NULL, rest);
    *is_first = false;
}

static void write_calls(FILE *out, const struct now *now, const struct now_lines *lines)
{
    bool is_first = true;
    fputs("\"calls\":[", out);
    for (size_t i = 0; i < lines->count; i++)
        write_calls_of(out, now, &lines->list[i], &is_first);
    fputs("]", out);
}

static const char *const task_states[TASK_STATES] = {[TASK_RUNNING] = "running",
    [TASK_READY] = "ready",
    [TASK_WAITING] = "waiting",
    [TASK_NO_WAKER] = "no_waker",
    [TASK_FINISHED] = "finished",
    [TASK_UNKNOWN] = "unknown",
    [TASK_RUNS_OTHERS] = "running_others",
    [TASK_ENDED_OR_LOST] = "finished_or_lost"};

static void write_task_group(FILE *out, const struct task_group *group)
{
    fprintf(out, "{\"state\":\"%s\",\"tasks\":%zu,\"idle\":%s", task_states[group->state],
        group->count, group->is_idle ? "true" : "false");
    json_add_number(out, "for_ns", group->longest_ns);
    json_add_number(out, "shortest_ns", group->shortest_ns);
    json_add_number(out, "age_ns", group->oldest_ns);
    json_add_number(out, "turns", group->turns_most);
    json_add_number(out, "thread", group->tid > 0 ? (uint64_t)group->tid : 0);
    fputs(",\"places\":[", out);
    for (size_t i = 0; i < group->place_count; i++) {
        fputs(i ? ",{" : "{", out);
        write_member(out, "path", group->places[i]->text);
        fprintf(out, ",\"perhaps\":%s}", i < group->fresh ? "false" : "true");
    }
    fputs("]}", out);
}

static void write_tasks(FILE *out, const struct task_groups *tasks)
{
    fputs("\"tasks\":[", out);
    for (size_t i = 0; tasks && i < tasks->count; i++) {
        fputs(i ? ",\n" : "\n", out);
        write_task_group(out, &tasks->list[i]);
    }
    fprintf(out, "],\"lost_turns\":%" PRIu64, tasks ? tasks->lost_turns : 0);
}

static void write_threads(FILE *out, const struct now *now)
{
    static const char *const states[] = {[NOW_RUNS] = "running",
        [NOW_SLEEPS] = "sleeping",
        [NOW_BLOCKED] = "blocked",
        [NOW_STOPPED] = "stopped"};
    fputs("\"threads\":[", out);
    for (size_t i = 0; i < now->thread_count; i++) {
        const struct now_threads *threads = &now->threads[i];
        const struct owner owner = {
            threads->pid, threads->tid, threads->kind, threads->name, threads->is_main};
        fputs(i ? ",\n{" : "\n{", out);
        write_owner(out, &owner);
        fprintf(out, ",\"state\":\"%s\"", states[threads->state]);
        add_member(out, "where", threads->where[0] ? threads->where : NULL);
        if (threads->has_cpu)
            fprintf(out, ",\"cpu_percent\":%" PRIu64 "}", threads->cpu_percent);
        else
            fputs(",\"cpu_percent\":null}", out);
    }
    fputs("]", out);
}

static void write_deadlock(FILE *out, const struct deadlock *deadlock)
{
    fputs("{", out);
    write_member(out, "process", deadlock->process);
    fputs(",\"waits\":[", out);
    for (size_t i = 0; i < deadlock->count; i++) {
        const struct deadlock_wait *wait = &deadlock->waits[i];
        fputs(i ? ",{" : "{", out);
        write_member(out, "thread", wait->thread);
        add_member(out, "lock", wait->lock);
        add_member(out, "path", wait->path);
        fputs("}", out);
    }
    fputs("]}", out);
}

static void write_deadlocks(FILE *out, const struct deadlocks *deadlocks)
{
    fputs("\"deadlocks\":[", out);
    for (size_t i = 0; deadlocks && i < deadlocks->count; i++) {
        fputs(i ? ",\n" : "\n", out);
        write_deadlock(out, &deadlocks->list[i]);
    }
    fputs("]", out);
}

void now_json_print(const struct report *report, const struct now *now)
{
    FILE *out = report->out;
    struct now_lines lines = {.count = 0};
    if (now_lines_make(&lines, now->view, now->min_ns, true) != 0)
        lines.count = 0;
    fputs("{\"version\":1,", out);
    write_member(out, "program", now->name);
    json_add_number(out, "pid", now->pid > 0 ? (uint64_t)now->pid : 0);
    fprintf(out, ",\"running\":%s", now->is_running ? "true" : "false");
    json_add_number(out, "at_ns", now->at_ns);
    json_add_number(out, "ran_ns", now->wall_ns);
    fprintf(out, ",\"processes\":%zu,\n", now->processes);
    write_deadlocks(out, now->deadlocks);
    fputs(",\n", out);
    write_calls(out, now, &lines);
    fputs(",\n", out);
    write_tasks(out, now->tasks);
    fputs(",\n", out);
    write_threads(out, now);
    fputs("}\n", out);
    now_lines_finish(&lines);
}
