/*
 * displace.c - which instructions a jump at a function's entry displaces, and the code that does
 * the same elsewhere.
 *
 * First, whole instructions are taken until there is room for the jump, and each is rewritten for
 * the pad. Then these checks make sure that only calls of the function reach these instructions:
 *
 * - The function's own code is swept for branches to them. A branch to the first one counts, too:
 *   the hook is a call, and a loop through it would nest one more frame in each round.
 * - Assembly code jumps into the middle of other functions: glibc's mempcpy into memmove, and GMP's
 *   mul_1c into mul_1, after the first instructions. So the neighbours are swept for short
 *   branches, and all code within REACH for near ones. The target has no symbol, so such a branch
 *   comes from the same assembler file.
 *
 * If a check cannot decide, the function is refused: a function that is not hooked costs less than
 * a crash.
 */
#include "arch/displace.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include "arch/x86_64/decoder/relocate.h"

#define REACH       0x4000 /* how far away near branches into the function are searched */
#define SHORT_REACH 130    /* the same for short branches: 128 and the length of the instruction */
#define SWEEP_MAX   0x1000 /* a neighbour that begins farther away is swept from its middle ... */
#define STEP        64     /* ... this many bytes before it, enough to get in step with its code */

/* Which instructions are displaced. */

/* Returns whether there is only padding between the two addresses. */
static bool is_padding(const struct displacement *displacement, uint64_t address, uint64_t end)
{
    ZydisDecodedInstruction instruction;
    while (address < end) {
        if (!decode(displacement, address, displacement->padding_end, &instruction))
            return false;
        if (instruction.mnemonic != ZYDIS_MNEMONIC_NOP &&
            instruction.mnemonic != ZYDIS_MNEMONIC_INT3)
            return false;
        address += instruction.length;
    }
    return true;
}

/* Returns the index of the first entry after `address`. */
static size_t next_entry(const struct code_function *function, uint64_t address)
{
    size_t low = 0, high = function->entry_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (function->entries[middle] > address)
            high = middle;
        else
            low = middle + 1;
    }
    return low;
}

static bool find_bounds(struct displacement *displacement)
{
    const struct code_function *function = displacement->function;
    const struct code_bytes *text = displacement->text;
    uint64_t left;
    if (bytes_at(text, function->address, &left) == NULL || function->size > left)
        return refuse(displacement, "its bytes are not in the file");
    size_t next = next_entry(function, function->address);
    bool is_bounded = next < function->entry_count &&
                      function->entries[next] - text->address < text->size;
    displacement->padding_end = is_bounded ? function->entries[next] : text->address + text->size;
    if (function->size == 0 && !is_bounded)
        return refuse(displacement, "its size is unknown");
    displacement->function_end = function->size ? function->address + function->size
                                                : displacement->padding_end;
    return true;
}

/* Takes the padding after an instruction that ends the function: the jump may overwrite it, and the
 * pad does not need it. */
static bool take_padding(struct displacement *displacement)
{
    uint64_t end = displacement->first + HOOK_PLAN_JUMP;
    if (!is_padding(displacement, displacement->end, end))
        return refuse(displacement, "it is too short");
    displacement->end = end;
    return true;
}

static bool take_one(struct displacement *displacement)
{
    ZydisDecodedInstruction instruction;
    if (displacement->end >= displacement->function_end)
        return refuse(displacement, "it is too short");
    if (!decode(displacement, displacement->end, displacement->function_end, &instruction))
        return refuse(displacement, "its first instructions are unknown");
    displacement->last = displacement->end;
    displacement->begins |= 1u << (displacement->last - displacement->first);
    displacement->end += instruction.length;
    struct hook_plan_entry *entry = &displacement->entry;
    uint8_t from = entry->code_size;
    entry->may_fault |= relocate_may_fault(&instruction);
    bool is_moved = relocate(displacement, &instruction);
    memset(entry->original + from, (int)(displacement->last - displacement->first),
        (size_t)(entry->code_size - from));
    for (uint8_t i = displacement->pushed; i > 0 && i < entry->code_size; i++)
        entry->original[i] |= HOOK_PLAN_PUSHED;
    return is_moved;
}

static bool displace_take(struct displacement *displacement)
{
    ZydisDecodedInstruction instruction;
    struct hook_plan_entry *entry = &displacement->entry;
    displacement->first = displacement->function->address;
    if (decode(displacement, displacement->first, displacement->function_end, &instruction) &&
        instruction.mnemonic == ZYDIS_MNEMONIC_ENDBR64)
        displacement->first += instruction.length;
    displacement->end = displacement->first;
    while (displacement->end - displacement->first < HOOK_PLAN_JUMP)
        if (entry->ends_by_itself ? !take_padding(displacement) : !take_one(displacement))
            return false;
    if (displacement->end > displacement->padding_end)
        return refuse(displacement, "another function begins within its first instructions");
    uint64_t left;
    entry->address = displacement->first;
    entry->displaced_size = (uint8_t)(displacement->end - displacement->first);
    memcpy(entry->displaced, bytes_at(displacement->text, displacement->first, &left),
        entry->displaced_size);
    entry->is_one_instruction = displacement->last == displacement->first;
    return true;
}

/* Which other code reaches the displaced instructions. */

static bool is_within(const struct displacement *displacement, uint64_t address)
{
    return address > displacement->first && address < displacement->end;
}

/* Returns whether a displaced instruction other than the first begins at the address. */
static bool is_between(const struct displacement *displacement, uint64_t address)
{
    return is_within(displacement, address) &&
           displacement->begins & 1u << (address - displacement->first);
}

/* Returns whether the address is the entry: the function's address, or after its endbr64. */
static bool is_start(const struct displacement *displacement, uint64_t address)
{
    return address >= displacement->function->address && address <= displacement->first;
}

static bool is_own(const struct displacement *displacement, uint64_t address)
{
    const struct code_function *function = displacement->function;
    if (address >= function->address && address < displacement->function_end)
        return true;
    for (size_t i = 0; i < function->part_count; i++)
        if (address - function->parts[i].address < function->parts[i].size)
            return true;
    return false;
}

/* Returns whether the table of a switch statement leads to the displaced instructions. A table ends
 * at the first element that does not lead into the function. Its elements are four-byte distances
 * from the table, or addresses. */
static bool is_led_by_table(const struct displacement *displacement, uint64_t table, size_t width)
{
    const struct code_bytes *tables = displacement->tables;
    uint64_t left;
    const uint8_t *bytes = tables ? bytes_at(tables, table, &left) : NULL;
    if (bytes == NULL)
        return false;
    for (; left >= width; left -= width, bytes += width) {
        int32_t distance;
        uint64_t target;
        memcpy(&distance, bytes, sizeof distance);
        if (width == sizeof distance)
            target = table + (uint64_t)(int64_t)distance;
        else
            memcpy(&target, bytes, sizeof target);
        if (is_start(displacement, target) || is_between(displacement, target))
            return true;
        if (!is_own(displacement, target))
            return false;
    }
    return false;
}

/* Returns whether the operand has a scaled index and no base, as in jmp *table(,%rax,8). */
static bool is_indexed_only(const ZydisDecodedInstruction *instruction)
{
    return instruction->raw.sib.offset != 0 && instruction->raw.modrm.mod == 0 &&
           instruction->raw.sib.base == 5 && instruction->raw.sib.scale == 3;
}

static bool is_led_by_operand(const struct displacement *displacement,
    const ZydisDecodedInstruction *instruction, uint64_t address)
{
    if (is_indexed_only(instruction))
        return is_led_by_table(
            displacement, (uint64_t)instruction->raw.disp.value, sizeof(uint64_t));
    if (!has_relative_operand(instruction))
        return false;
    uint64_t target = operand_target(instruction, address);
    bool is_address = instruction->mnemonic == ZYDIS_MNEMONIC_LEA;
    if (is_within(displacement, target) || (is_start(displacement, target) && !is_address))
        return true;
    return is_address && is_led_by_table(displacement, target, sizeof(int32_t));
}

/* Returns whether an instruction of the function itself leads to the displaced ones; a recursive
 * call is allowed. */
static bool is_led(const struct displacement *displacement,
    const ZydisDecodedInstruction *instruction, uint64_t address)
{
    if (!is_branch(instruction))
        return is_led_by_operand(displacement, instruction, address);
    uint64_t target = branch_target(instruction, address);
    bool is_call = instruction->mnemonic == ZYDIS_MNEMONIC_CALL;
    return is_within(displacement, target) || (is_start(displacement, target) && !is_call);
}

static bool sweep(struct displacement *displacement, uint64_t address, uint64_t end)
{
    ZydisDecodedInstruction instruction;
    while (address < end) {
        if (!decode(displacement, address, end, &instruction))
            return refuse(displacement, "not all of its instructions are known");
        if (is_led(displacement, &instruction, address))
            return refuse(displacement, "it jumps back to its first instructions");
        address += instruction.length;
    }
    return true;
}

static bool displace_sweep(struct displacement *displacement)
{
    const struct code_function *function = displacement->function;
    if (!sweep(displacement, function->address, displacement->function_end))
        return false;
    for (size_t i = 0; i < function->part_count; i++) {
        const struct code_range *part = &function->parts[i];
        if (!sweep(displacement, part->address, part->address + part->size))
            return false;
    }
    return true;
}

/* Returns whether a branch in [address, end) leads to a displaced instruction other than the first.
 * Bytes that cannot be decoded are tables or padding, and are skipped. */
static bool is_entered_from(const struct displacement *displacement, uint64_t address, uint64_t end)
{
    ZydisDecodedInstruction instruction;
    while (address < end) {
        if (!decode(displacement, address, end, &instruction)) {
            address++;
            continue;
        }
        if (is_branch(&instruction) &&
            is_between(displacement, branch_target(&instruction, address)))
            return true;
        address += instruction.length;
    }
    return false;
}

/* Returns the address that is `distance` bytes before `address`, or the beginning of the text. */
static uint64_t go_back(
    const struct displacement *displacement, uint64_t address, uint64_t distance)
{
    uint64_t before = address - displacement->text->address;
    return address - (before < distance ? before : distance);
}

/* Returns where decoding must begin to be in step at `address`. */
static uint64_t find_step(const struct displacement *displacement, uint64_t address)
{
    const struct code_function *function = displacement->function;
    size_t next = next_entry(function, address);
    if (next == 0 || address - function->entries[next - 1] > SWEEP_MAX)
        return go_back(displacement, address, STEP);
    return go_back(displacement, address, address - function->entries[next - 1]);
}

static bool is_entered_by_neighbours(const struct displacement *displacement)
{
    uint64_t start = displacement->function->address;
    uint64_t from = find_step(displacement, go_back(displacement, start, SHORT_REACH));
    return is_entered_from(displacement, from, start) ||
           is_entered_from(
               displacement, displacement->function_end, displacement->end + SHORT_REACH);
}

/* Returns whether the four bytes at bytes[at] are the distance of a near branch. */
static bool is_near_branch(const uint8_t *bytes, uint64_t at)
{
    if (at >= 1 && (bytes[at - 1] & 0xfe) == CALL_NEAR)
        return true;
    return at >= 2 && (bytes[at - 1] & 0xf0) == JCC_NEAR && bytes[at - 2] == TWO_BYTES;
}

/* Decoding all code within reach would take long and finds nothing in compiled code. So only those
 * places are decoded where four bytes are the distance to a displaced instruction. */
static bool is_entered_from_afar(const struct displacement *displacement)
{
    const struct code_bytes *text = displacement->text;
    uint64_t offset = displacement->first - text->address;
    uint64_t at = offset < REACH ? 0 : offset - REACH;
    uint64_t end = text->size - offset < REACH ? text->size : offset + REACH;
    uint32_t size = (uint32_t)(displacement->end - displacement->first);
    for (; at + sizeof(uint32_t) <= end; at++) {
        uint32_t distance;
        memcpy(&distance, text->bytes + at, sizeof distance);
        uint32_t target = (uint32_t)(at + sizeof distance) + distance;
        if (target - (uint32_t)offset >= size || !is_near_branch(text->bytes, at))
            continue;
        uint64_t address = text->address + at;
        if (is_entered_from(displacement, find_step(displacement, address), address + 4))
            return true;
    }
    return false;
}

static bool is_entered_by_others(struct displacement *displacement)
{
    if (displacement->last == displacement->first)
        return false; /* there are no instructions after the first */
    return is_entered_by_neighbours(displacement) || is_entered_from_afar(displacement);
}

int displace(const struct code_bytes *text, const struct code_bytes *tables,
    const struct code_function *function, struct hook_plan_entry *entry, const char **why)
{
    struct displacement displacement = {.text = text, .tables = tables, .function = function};
    ZydisDecoderInit(&displacement.decoder, ZYDIS_MACHINE_MODE_LONG_64, ZYDIS_STACK_WIDTH_64);
    if (!find_bounds(&displacement) || !displace_take(&displacement) ||
        !displace_sweep(&displacement))
        goto refused;
    if (is_entered_by_others(&displacement)) {
        refuse(&displacement, "another function jumps into its first instructions");
        goto refused;
    }
    *entry = displacement.entry;
    return 0;
refused:
    *why = displacement.why;
    return -EOPNOTSUPP;
}
