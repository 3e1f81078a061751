/*
 * lines.c - runs a line number program (DWARF 5, 6.2) and keeps its rows by sequence.
 *
 * libdw sorts the rows of all sequences into one list. Functions that the linker has discarded
 * (--gc-sections, duplicates of templates) are still in it, at addresses from 0 on, and the rows of
 * a large one then lie among those of the first code in the text, often main. Only the whole
 * sequence shows that it was discarded: it begins at 0, or it wraps around.
 */
#include "symbols/lines.h"

#include <dwarf.h>
#include <errno.h>
#include <gelf.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/leb128.h"
#include "symbols/ranges.h"

struct row {
    uint64_t address;
    struct symbols_line line;
};

/* Rows of ascending addresses: rows[first] to rows[last - 1]. */
struct sequence {
    size_t first, last;
};

struct symbols_lines {
    struct row *rows;
    size_t row_count, row_capacity;
    struct sequence *sequences;
    size_t sequence_count, sequence_capacity;
    struct symbols_ranges ranges; /* their values are indices in sequences[] */
};

/* Reads past the end return zeroes and leave `at` at the end. */
struct cursor {
    const uint8_t *at, *end;
};

struct program {
    struct cursor code;
    uint8_t instruction_size;
    int8_t line_base;
    uint8_t line_range, opcode_base;
    const uint8_t *argument_counts; /* of the standard opcodes, from opcode 1 */
};

struct registers {
    uint64_t address;
    struct symbols_line line;
};

static uint64_t symbols_lines_read_number(struct cursor *cursor, size_t size)
{
    uint64_t value = 0;

    if ((size_t)(cursor->end - cursor->at) < size || size > sizeof(value)) {
        cursor->at = cursor->end;
        return 0;
    }
    memcpy(&value, cursor->at, size); /* little-endian, like the machine */
    cursor->at += size;
    return value;
}

/* A number that is cut off has the bits that are there. */
static uint64_t read_leb128(struct cursor *cursor, bool is_signed)
{
    uint64_t value;
    leb128_read(&cursor->at, cursor->end, is_signed, &value);
    return value;
}

static void symbols_lines_skip(struct cursor *cursor, uint64_t size)
{
    if ((uint64_t)(cursor->end - cursor->at) < size)
        cursor->at = cursor->end;
    else
        cursor->at += size;
}

static bool symbols_lines_find_section(Elf *elf, const char *wanted, struct cursor *section)
{
    Elf_Scn *at = NULL;
    GElf_Shdr header;
    size_t names;

    if (!elf || elf_getshdrstrndx(elf, &names) != 0)
        return false;
    while ((at = elf_nextscn(elf, at)) != NULL) {
        const char *name = gelf_getshdr(at, &header) ? elf_strptr(elf, names, header.sh_name)
                                                     : NULL;
        if (!name || strcmp(name, wanted) != 0)
            continue;
        Elf_Data *data = elf_getdata(at, NULL); /* libdw has decompressed it */
        if (!data || !data->d_buf)
            return false;
        section->at = data->d_buf;
        section->end = section->at + data->d_size;
        return true;
    }
    return false;
}

/* The header says how long it is. So its directories and files, whose form depends on the version,
 * can be left to libdw. */
static bool symbols_lines_read_header(struct cursor *table, struct program *program)
{
    size_t offset_size = 4;
    uint64_t length = symbols_lines_read_number(table, 4);

    if (length == 0xffffffff) {
        offset_size = 8;
        length = symbols_lines_read_number(table, 8);
    }
    if (length < (uint64_t)(table->end - table->at))
        table->end = table->at + length;
    uint64_t version = symbols_lines_read_number(table, 2);
    if (version < 2 || version > 5)
        return false;
    if (version == 5)
        symbols_lines_skip(table, 2); /* sizes of an address and of a segment selector */
    uint64_t header_length = symbols_lines_read_number(table, offset_size);
    program->code = *table;
    symbols_lines_skip(&program->code, header_length);
    program->instruction_size = (uint8_t)symbols_lines_read_number(table, 1);
    if (version >= 4)
        symbols_lines_skip(table, 1); /* operations in one instruction: 1 on this machine */
    symbols_lines_skip(table, 1);     /* the default of is_stmt */
    program->line_base = (int8_t)symbols_lines_read_number(table, 1);
    program->line_range = (uint8_t)symbols_lines_read_number(table, 1);
    program->opcode_base = (uint8_t)symbols_lines_read_number(table, 1);
    program->argument_counts = table->at;
    return program->line_range && program->opcode_base &&
           table->end - table->at >= program->opcode_base - 1;
}

static bool find_program(const Dwarf_Die *entry, struct program *program)
{
    Dwarf_Die unit = *entry;
    Dwarf_Attribute attribute;
    Dwarf_Word offset;
    struct cursor section;

    if (dwarf_formudata(dwarf_attr(&unit, DW_AT_stmt_list, &attribute), &offset) != 0)
        return false;
    Elf *elf = dwarf_getelf(dwarf_cu_getdwarf(unit.cu));
    if (!symbols_lines_find_section(elf, ".debug_line", &section) &&
        !symbols_lines_find_section(elf, ".zdebug_line", &section))
        return false;
    symbols_lines_skip(&section, offset);
    return symbols_lines_read_header(&section, program);
}

static int append_row(struct symbols_lines *lines, const struct registers *registers, size_t first)
{
    /* of several rows at one address, the last describes the following code */
    if (lines->row_count > first && lines->rows[lines->row_count - 1].address == registers->address)
        lines->row_count--;
    if (array_reserve(
            &lines->rows, lines->row_count, 1, &lines->row_capacity, sizeof *lines->rows) != 0)
        return -ENOMEM;
    lines->rows[lines->row_count++] = (struct row){registers->address, registers->line};
    return 0;
}

/* Keeps the rows from `first` on as a sequence that ends at `end`, or drops them. */
static int end_sequence(struct symbols_lines *lines, size_t first, uint64_t end)
{
    uint64_t begin = first < lines->row_count ? lines->rows[first].address : 0;

    if (!begin || begin >= end) {
        lines->row_count = first;
        return 0;
    }
    if (array_reserve(&lines->sequences, lines->sequence_count, 1, &lines->sequence_capacity,
            sizeof *lines->sequences) != 0)
        return -ENOMEM;
    uint32_t number = (uint32_t)lines->sequence_count++;
    lines->sequences[number] = (struct sequence){first, lines->row_count};
    return symbols_ranges_add(&lines->ranges, begin, end, 0, number);
}

static void advance(const struct program *program, struct registers *registers, uint64_t steps)
{
    registers->address += steps * program->instruction_size;
}

static void run_standard(struct program *program, uint8_t opcode, struct registers *registers)
{
    struct cursor *code = &program->code;

    switch (opcode) {
    case DW_LNS_advance_pc: advance(program, registers, read_leb128(code, false)); break;
    case DW_LNS_advance_line: registers->line.line += (uint32_t)read_leb128(code, true); break;
    case DW_LNS_set_file: registers->line.file = (uint32_t)read_leb128(code, false); break;
    case DW_LNS_set_column: registers->line.column = (uint32_t)read_leb128(code, false); break;
    case DW_LNS_const_add_pc:
        advance(program, registers, (255 - program->opcode_base) / program->line_range);
        break;
    case DW_LNS_fixed_advance_pc: registers->address += symbols_lines_read_number(code, 2); break;
    default:
        for (int i = program->argument_counts[opcode - 1]; i > 0; i--)
            read_leb128(code, false);
    }
}

/* Returns whether the instruction ends the sequence. */
static bool run_extended(struct program *program, struct registers *registers)
{
    uint64_t size = read_leb128(&program->code, false);
    struct cursor arguments = program->code;

    symbols_lines_skip(&program->code, size);
    arguments.end = program->code.at;
    uint64_t opcode = symbols_lines_read_number(&arguments, 1);
    if (opcode == DW_LNE_set_address)
        registers->address = symbols_lines_read_number(
            &arguments, (size_t)(arguments.end - arguments.at));
    return opcode == DW_LNE_end_sequence;
}

static int symbols_lines_run(struct symbols_lines *lines, struct program *program)
{
    static const struct registers initial = {0, {.file = 1, .line = 1}};
    struct registers registers = initial;
    size_t first = 0; /* first row of the sequence */
    int error = 0;

    while (!error && program->code.at < program->code.end) {
        uint8_t opcode = (uint8_t)symbols_lines_read_number(&program->code, 1);
        if (opcode >= program->opcode_base) {
            unsigned adjusted = opcode - program->opcode_base;
            advance(program, &registers, adjusted / program->line_range);
            registers.line.line += (uint32_t)(program->line_base +
                                              (int)(adjusted % program->line_range));
            error = append_row(lines, &registers, first);
        } else if (opcode == DW_LNS_copy) {
            error = append_row(lines, &registers, first);
        } else if (opcode != 0) {
            run_standard(program, opcode, &registers);
        } else if (run_extended(program, &registers)) {
            error = end_sequence(lines, first, registers.address);
            first = lines->row_count;
            registers = initial;
        }
    }
    return error ? error : symbols_ranges_seal(&lines->ranges);
}

struct symbols_lines *symbols_lines_create(const Dwarf_Die *entry)
{
    struct symbols_lines *lines = calloc(1, sizeof(*lines));
    struct program program;

    if (lines && find_program(entry, &program) && symbols_lines_run(lines, &program) != 0) {
        symbols_lines_destroy(lines);
        return NULL;
    }
    return lines;
}

void symbols_lines_destroy(struct symbols_lines *lines)
{
    if (!lines)
        return;
    symbols_ranges_finish(&lines->ranges);
    free(lines->sequences);
    free(lines->rows);
    free(lines);
}

bool symbols_lines_find(
    const struct symbols_lines *lines, Dwarf_Addr address, struct symbols_line *line)
{
    uint32_t number = symbols_ranges_find(&lines->ranges, address);

    if (number == SYMBOLS_RANGES_NONE)
        return false;
    /* the first row is at or before the address; find the last such row */
    size_t first = lines->sequences[number].first + 1, last = lines->sequences[number].last;
    while (first < last) {
        size_t middle = first + (last - first) / 2;
        if (lines->rows[middle].address <= address)
            first = middle + 1;
        else
            last = middle;
    }
    *line = lines->rows[first - 1].line;
    return true;
}
