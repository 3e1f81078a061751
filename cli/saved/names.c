/*
 * names.c - what was found out about places in files, in a saved file.
 */
#include "saved/parts.h"

#include <stdlib.h>
#include <string.h>

#include "saved/layout.h"
#include "saved/reader.h"
#include "saved/saved.h"
#include "saved/writer.h"
#include "symbols/facts.h"
#include "symbols/symbols.h"

#define FACTS_MAX (1u << 25)
#define CHAIN_MAX (1u << 16)
#define NAMES_MAX (1u << 16)

/* ---- writing ---- */

struct names_writer {
    struct writer *writer;
    bool redacts;
};

static unsigned flags_of_frame(const struct symbol_frame *frame, bool redacts)
{
    const char *linkage_name = frame->linkage_name;
    bool is_other = linkage_name &&
                    (frame->function == NULL || strcmp(linkage_name, frame->function) != 0);
    return (frame->is_inlined ? SAVED_FRAME_INLINED : 0) |
           (is_other ? SAVED_FRAME_LINKAGE_NAME : 0) |
           (linkage_name == NULL ? SAVED_FRAME_NO_LINKAGE : 0) |
           (!redacts && (frame->file || frame->line) ? SAVED_FRAME_PLACE : 0);
}

static void put_function(struct writer *writer, const struct symbol_frame *frame, bool redacts)
{
    unsigned flags = flags_of_frame(frame, redacts);
    writer_number(writer, flags);
    writer_text(writer, frame->function);
    if (flags & SAVED_FRAME_LINKAGE_NAME)
        writer_text(writer, frame->linkage_name);
    if (flags & SAVED_FRAME_PLACE) {
        writer_text(writer, frame->file);
        writer_number(writer, (uint32_t)frame->line);
        writer_number(writer, (uint32_t)frame->column);
    }
}

static unsigned flags_of_facts(const struct symbol_facts *facts)
{
    return (facts->chain.count > 0 ? SAVED_FACT_CHAIN : 0) |
           (facts->has_called ? SAVED_FACT_CALLED : 0) | (facts->has_names ? SAVED_FACT_NAMES : 0) |
           (facts->has_call_of_main ? SAVED_FACT_ASKED_MAIN : 0) |
           (facts->has_call_of_main && facts->is_call_of_main ? SAVED_FACT_CALLS_MAIN : 0) |
           (facts->has_aliases ? SAVED_FACT_ALIASES : 0) |
           (unsigned)facts->home << SAVED_FACT_HOME_SHIFT |
           (facts->is_one_function ? SAVED_FACT_ONE_FUNCTION : 0) |
           (facts->is_entry ? SAVED_FACT_ENTRY : 0);
}

static void put_facts(struct writer *writer, const struct symbol_facts *facts, bool redacts)
{
    unsigned flags = flags_of_facts(facts);
    writer_number(writer, flags);
    if (flags & SAVED_FACT_CHAIN) {
        writer_number(writer, facts->chain.count);
        for (size_t i = 0; i < facts->chain.count; i++)
            put_function(writer, &facts->chain.frames[i], redacts);
    }
    if (flags & SAVED_FACT_CALLED)
        writer_text(writer, facts->called);
    if (flags & SAVED_FACT_NAMES) {
        writer_number(writer, facts->name_count);
        for (size_t i = 0; i < facts->name_count; i++)
            writer_text(writer, facts->names[i]);
    }
}

static bool put_file(void *argument, const struct symbol_file_facts *file,
    const struct symbol_facts *const *list, size_t count)
{
    const struct names_writer *names = argument;
    struct writer *writer = names->writer;
    uint64_t before = 0;
    writer_number(writer, 1);
    writer_text(writer, saved_path(file->path, names->redacts));
    writer_identity(writer, &file->identity);
    writer_text(writer, file->problem);
    writer_number(writer, file->has_main);
    writer_text(writer, file->has_main ? file->main : NULL);
    writer_number(writer, count);
    for (size_t i = 0; i < count; i++) {
        writer_number(writer, list[i]->address - before);
        put_facts(writer, list[i], names->redacts);
        before = list[i]->address;
    }
    return true;
}

bool saved_put_names(struct writer *writer, const struct saved *saved, bool redacts)
{
    struct names_writer names = {writer, redacts};
    bool is_put = symbols_each_file(saved->symbols, put_file, &names);
    writer_number(writer, 0);
    return is_put;
}

/* ---- reading ---- */

static void get_function(struct reader *reader, struct symbol_frame *frame)
{
    uint64_t flags = reader_number(reader);
    frame->function = reader_text(reader);
    frame->linkage_name = flags & SAVED_FRAME_NO_LINKAGE ? NULL : frame->function;
    if (flags & SAVED_FRAME_LINKAGE_NAME)
        frame->linkage_name = reader_text(reader);
    frame->is_inlined = flags & SAVED_FRAME_INLINED;
    if (flags & SAVED_FRAME_PLACE) {
        frame->file = reader_text(reader);
        frame->line = (int)reader_number_to(reader, INT32_MAX);
        frame->column = (int)reader_number_to(reader, INT32_MAX);
    }
}

static void get_chain(struct reader *reader, struct symbol_facts *facts)
{
    size_t count = reader_number_to(reader, CHAIN_MAX);
    struct symbol_frame *frames = reader_take(reader, count + 1, sizeof *frames);
    for (size_t i = 0; i < count && reader_problem(reader) == NULL; i++)
        get_function(reader, &frames[i]);
    facts->chain = (struct symbol_chain){frames, frames ? count : 0};
}

static void get_all_names(struct reader *reader, struct symbol_facts *facts)
{
    size_t count = reader_number_to(reader, NAMES_MAX);
    const char **names = reader_take(reader, count + 1, sizeof *names);
    for (size_t i = 0; i < count && reader_problem(reader) == NULL; i++)
        names[i] = reader_text_or(reader, "");
    facts->names = names;
    facts->name_count = names ? count : 0;
    facts->has_names = true;
}

static void get_facts(struct reader *reader, struct symbol_facts *facts)
{
    uint64_t flags = reader_number(reader);
    if (flags & SAVED_FACT_CHAIN)
        get_chain(reader, facts);
    facts->has_called = flags & SAVED_FACT_CALLED;
    if (facts->has_called)
        facts->called = reader_text(reader);
    if (flags & SAVED_FACT_NAMES)
        get_all_names(reader, facts);
    facts->has_call_of_main = flags & SAVED_FACT_ASKED_MAIN;
    facts->is_call_of_main = flags & SAVED_FACT_CALLS_MAIN;
    facts->has_aliases = flags & SAVED_FACT_ALIASES;
    facts->home = (enum symbol_home)((flags & SAVED_FACT_HOME) >> SAVED_FACT_HOME_SHIFT);
    facts->is_one_function = flags & SAVED_FACT_ONE_FUNCTION;
    facts->is_entry = flags & SAVED_FACT_ENTRY;
}

/* Each address is there once. */
static struct symbol_facts *get_list(struct reader *reader, size_t count)
{
    struct symbol_facts *list = NULL;
    size_t room = 0;
    uint64_t address = 0;
    for (size_t i = 0; i < count; i++) {
        uint64_t more = reader_number(reader);
        if (more > UINT64_MAX - address || (i > 0 && more == 0))
            reader_fail(reader, "it is damaged");
        address += more;
        struct symbol_facts facts = {.address = address};
        get_facts(reader, &facts);
        if (!reader_grow(reader, &list, i, &room, sizeof facts))
            break;
        list[i] = facts;
    }
    return list;
}

static void get_file(struct reader *reader, struct symbols *symbols)
{
    struct symbol_file_facts file = {.path = reader_text_or(reader, "?")};
    reader_identity(reader, &file.identity);
    file.problem = reader_text(reader);
    file.has_main = reader_number(reader);
    file.main = reader_text(reader);
    file.count = reader_number_to(reader, FACTS_MAX);
    struct symbol_facts *list = get_list(reader, file.count);
    file.list = list;
    if (reader_problem(reader) == NULL && !symbols_give(symbols, &file))
        reader_fail(reader, "out of memory");
    free(list);
}

void saved_get_names(struct reader *reader, struct saved *saved)
{
    while (reader_number_to(reader, 1) == 1)
        get_file(reader, saved->symbols);
}
