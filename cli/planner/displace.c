/*
 * displace.c - what a jump at a function's entry displaces, and what does the same elsewhere.
 *
 * First whole instructions are taken until there is room for the jump, and each is rewritten for
 * the pad. Then it is made sure that they are entered by calls of the function only:
 *
 * - The function's own code is swept for branches to them. One to the very beginning counts, too:
 *   the hook is a call, and a loop through it would nest as many frames as it has rounds.
 * - Assembly jumps into the middle of other functions: glibc's mempcpy into memmove, and GMP's
 *   mul_1c into mul_1, behind the first instructions. So the neighbours are swept for short
 *   branches, and what lies within REACH for near ones: the target is no symbol, so they come from
 *   the same assembler file.
 *
 * What cannot be decided is refused: a function that is not hooked costs less than a crash.
 */
#include "planner/displace.h"

#include <Zydis/Zydis.h>
#include <errno.h>
#include <stdbool.h>
#include <string.h>

#define REACH       0x4000 /* how far away near branches into the function are looked for */
#define SHORT_REACH 130    /* the same for short ones: 128 and the instruction */
#define SWEEP_MAX   0x1000 /* a neighbour that begins before that is swept from the middle ... */
#define STEP        64 /* ... after so many bytes, which suffice to fall into step with its code */

/* Instructions of Intel's manual, volume 2. */
#define CALL_NEAR  0xe8
#define JUMP_NEAR  0xe9
#define JUMP_SHORT 0xeb
#define TWO_BYTES  0x0f
#define JCC_NEAR   0x80 /* after TWO_BYTES; the lower half is the condition, as in the short form */

struct displacement {
    const struct displace_bytes *text, *tables;
    const struct displace_function *function;
    ZydisDecoder decoder;
    struct hook_plan_entry entry;
    uint64_t function_end; /* as far as is known */
    uint64_t padding_end;  /* where the next function begins */
    uint64_t first, end;   /* the displaced bytes */
    uint64_t last;         /* of the displaced instructions, the last */
    uint32_t begins;       /* a bit for each displaced byte: an instruction begins there */
    uint8_t pushed;        /* where in the code a return address is pushed; 0: nowhere */
    const char *why;
};

static bool refuse(struct displacement *displacement, const char *why)
{
    displacement->why = why;
    return false;
}

/* The bytes at `address`, of which *left are there; or NULL. */
static const uint8_t *bytes_at(const struct displace_bytes *bytes, uint64_t address, uint64_t *left)
{
    uint64_t offset = address - bytes->address;
    if (offset >= bytes->size)
        return NULL;
    *left = bytes->size - offset;
    return bytes->bytes + offset;
}

/* The one at `address`, if it ends before `end`. */
static bool decode(const struct displacement *displacement, uint64_t address, uint64_t end,
    ZydisDecodedInstruction *instruction)
{
    uint64_t left;
    const uint8_t *bytes = bytes_at(displacement->text, address, &left);
    if (bytes == NULL || address >= end)
        return false;
    if (left > end - address)
        left = end - address;
    return ZYAN_SUCCESS(
        ZydisDecoderDecodeInstruction(&displacement->decoder, NULL, bytes, left, instruction));
}

static bool is_branch(const ZydisDecodedInstruction *instruction)
{
    return instruction->raw.imm[0].is_relative;
}

static uint64_t branch_target(const ZydisDecodedInstruction *instruction, uint64_t address)
{
    return address + instruction->length + instruction->raw.imm[0].value.u;
}

static bool has_relative_operand(const ZydisDecodedInstruction *instruction)
{
    return (instruction->attributes & ZYDIS_ATTRIB_IS_RELATIVE) && !is_branch(instruction);
}

static uint64_t operand_target(const ZydisDecodedInstruction *instruction, uint64_t address)
{
    return address + instruction->length + (uint64_t)instruction->raw.disp.value;
}

/* What does the same elsewhere. There is always room: before the last one, 4 bytes are displaced,
 * which become 20 at most (two loops with a prefix have 6), and no instruction becomes more than
 * 28, or has more than three fixups. */

static void emit(struct hook_plan_entry *entry, const void *bytes, size_t size)
{
    memcpy(entry->code + entry->code_size, bytes, size);
    entry->code_size += (uint8_t)size;
}

/* Emits four bytes that end an instruction and depend on the place. */
static void emit_fixup(struct hook_plan_entry *entry, enum hook_plan_fixup_kind kind, uint64_t to)
{
    struct hook_plan_fixup *fixup = &entry->fixups[entry->fixup_count++];
    fixup->kind = (uint8_t)kind;
    fixup->at = entry->code_size;
    fixup->to = to;
    emit(entry, "\0\0\0", 4);
    fixup->end = entry->code_size;
}

static void emit_jump(struct hook_plan_entry *entry, uint64_t to)
{
    emit(entry, (uint8_t[]){JUMP_NEAR}, 1);
    emit_fixup(entry, HOOK_PLAN_RELATIVE, to);
}

/* Does what a call does, flags included, for one that returns to the function itself: nothing
 * but its own code is then on the stack, for unwinders and for whoever looks at its caller. */
static void emit_return_address(struct displacement *displacement, uint64_t address)
{
    struct hook_plan_entry *entry = &displacement->entry;
    emit(entry, (uint8_t[]){0x68}, 1); /* push imm32, which extends the sign */
    emit_fixup(entry, HOOK_PLAN_LOW, address);
    displacement->pushed = entry->code_size;
    emit(entry, (uint8_t[]){0xc7, 0x44, 0x24, 4}, 4); /* movl imm32, 4(%rsp) */
    emit_fixup(entry, HOOK_PLAN_HIGH, address);
}

static void emit_copy(struct displacement *displacement, const ZydisDecodedInstruction *instruction)
{
    uint64_t left;
    struct hook_plan_entry *entry = &displacement->entry;
    const uint8_t *bytes = bytes_at(displacement->text, displacement->last, &left);
    if (has_relative_operand(instruction)) {
        struct hook_plan_fixup *fixup = &entry->fixups[entry->fixup_count++];
        fixup->kind = HOOK_PLAN_RELATIVE;
        fixup->at = (uint8_t)(entry->code_size + instruction->raw.disp.offset);
        fixup->end = (uint8_t)(entry->code_size + instruction->length);
        fixup->to = operand_target(instruction, displacement->last);
    }
    emit(entry, bytes, instruction->length);
}

/* loop, jrcxz and the like have a short form only:
 *
 *         loop 1f; jmp 2f; 1: jmp target; 2:
 */
static void emit_loop(
    struct displacement *displacement, const ZydisDecodedInstruction *loop, uint64_t target)
{
    struct hook_plan_entry *entry = &displacement->entry;
    emit_copy(displacement, loop);
    entry->code[entry->code_size - 1] = 2;
    emit(entry, (uint8_t[]){JUMP_SHORT, HOOK_PLAN_JUMP}, 2);
    emit_jump(entry, target);
}

/* A call can only be the last one: what it returns to would be under the jump. */
static bool is_last(const struct displacement *displacement, const ZydisDecodedInstruction *call)
{
    return displacement->last + call->length - displacement->first >= HOOK_PLAN_JUMP;
}

static bool move_call(struct displacement *displacement, const ZydisDecodedInstruction *call)
{
    if (!is_last(displacement, call))
        return refuse(displacement, "a call among its first instructions returns between them");
    emit_return_address(displacement, displacement->last + call->length);
    emit_jump(&displacement->entry, branch_target(call, displacement->last));
    displacement->entry.ends_by_itself = 1;
    return true;
}

static bool move_branch(struct displacement *displacement, const ZydisDecodedInstruction *branch)
{
    uint64_t target = branch_target(branch, displacement->last);
    struct hook_plan_entry *entry = &displacement->entry;
    switch (branch->mnemonic) {
    case ZYDIS_MNEMONIC_XBEGIN: return refuse(displacement, "it begins with a transaction");
    case ZYDIS_MNEMONIC_CALL: return move_call(displacement, branch);
    case ZYDIS_MNEMONIC_JMP:
        emit_jump(entry, target);
        entry->ends_by_itself = 1;
        return true;
    case ZYDIS_MNEMONIC_LOOP:
    case ZYDIS_MNEMONIC_LOOPE:
    case ZYDIS_MNEMONIC_LOOPNE:
    case ZYDIS_MNEMONIC_JCXZ:
    case ZYDIS_MNEMONIC_JECXZ:
    case ZYDIS_MNEMONIC_JRCXZ: emit_loop(displacement, branch, target); return true;
    default:
        if (branch->meta.category != ZYDIS_CATEGORY_COND_BR)
            return refuse(displacement, "one of its first instructions is a rare branch");
        emit(entry, (uint8_t[]){TWO_BYTES, JCC_NEAR | (branch->opcode & 0xf)}, 2);
        emit_fixup(entry, HOOK_PLAN_RELATIVE, target);
        return true;
    }
}

static bool uses_stack_pointer(const ZydisDecodedInstruction *instruction)
{
    if (instruction->raw.modrm.rm != 4 || instruction->raw.rex.B)
        return false;
    return instruction->raw.modrm.mod == 3 || instruction->raw.sib.base == 4;
}

/* Becomes the jump through the same operand, which must not see that %rsp has moved. */
static bool move_indirect_call(
    struct displacement *displacement, const ZydisDecodedInstruction *call)
{
    struct hook_plan_entry *entry = &displacement->entry;
    if (!is_last(displacement, call))
        return refuse(displacement, "a call among its first instructions returns between them");
    if (uses_stack_pointer(call))
        return refuse(displacement, "it begins with a call through the stack");
    emit_return_address(displacement, displacement->last + call->length);
    size_t modrm = entry->code_size + call->raw.modrm.offset;
    emit_copy(displacement, call);
    entry->code[modrm] = (uint8_t)((entry->code[modrm] & ~0x38u) | 4u << 3); /* FF /2 to FF /4 */
    entry->ends_by_itself = 1;
    return true;
}

/* Nothing follows it. */
static bool is_end(const ZydisDecodedInstruction *instruction)
{
    switch (instruction->mnemonic) {
    case ZYDIS_MNEMONIC_JMP:
    case ZYDIS_MNEMONIC_RET:
    case ZYDIS_MNEMONIC_UD0:
    case ZYDIS_MNEMONIC_UD1:
    case ZYDIS_MNEMONIC_UD2: return true;
    default: return false;
    }
}

/* Far branches, returns from the kernel, and near ones with a prefix on whose meaning the
 * processors of AMD and Intel disagree. */
static bool is_rare_branch(const ZydisDecodedInstruction *instruction)
{
    ZydisBranchType type = instruction->meta.branch_type;
    if (type != ZYDIS_BRANCH_TYPE_NONE && (instruction->attributes & ZYDIS_ATTRIB_HAS_OPERANDSIZE))
        return true;
    switch (instruction->mnemonic) {
    case ZYDIS_MNEMONIC_IRET:
    case ZYDIS_MNEMONIC_IRETD:
    case ZYDIS_MNEMONIC_IRETQ:
    case ZYDIS_MNEMONIC_SYSEXIT:
    case ZYDIS_MNEMONIC_SYSRET:
    case ZYDIS_MNEMONIC_UIRET: return true;
    default: return type == ZYDIS_BRANCH_TYPE_FAR;
    }
}

static bool move(struct displacement *displacement, const ZydisDecodedInstruction *instruction)
{
    /* Relative to the lower half of the instruction pointer. */
    if (has_relative_operand(instruction) && instruction->address_width != 64)
        return refuse(displacement, "one of its first instructions works in its place only");
    if (is_rare_branch(instruction))
        return refuse(displacement, "one of its first instructions is a rare branch");
    if (is_branch(instruction))
        return move_branch(displacement, instruction);
    if (instruction->mnemonic == ZYDIS_MNEMONIC_CALL)
        return move_indirect_call(displacement, instruction);
    /* Indirect branches may lead to it. */
    if (instruction->mnemonic == ZYDIS_MNEMONIC_ENDBR64)
        return refuse(displacement, "there is a second way into its first instructions");
    emit_copy(displacement, instruction);
    displacement->entry.ends_by_itself = is_end(instruction);
    return true;
}

/* Whether its operand in memory is where the function's arguments lead. What lies relative to the
 * instruction pointer, the thread's variables and the stack is there, or the program ends. */
static bool has_foreign_memory(const ZydisDecodedInstruction *instruction)
{
    const ZydisDecodedInstructionRaw *raw = &instruction->raw;
    if (!(instruction->attributes & ZYDIS_ATTRIB_HAS_MODRM) || raw->modrm.mod == 3 ||
        instruction->mnemonic == ZYDIS_MNEMONIC_LEA || instruction->mnemonic == ZYDIS_MNEMONIC_NOP)
        return false;
    if (instruction->encoding != ZYDIS_INSTRUCTION_ENCODING_LEGACY)
        return raw->modrm.rm != 5 || raw->modrm.mod != 0;
    if (raw->modrm.rm == 4) {
        bool has_index = raw->sib.index != 4 || raw->rex.X;
        bool has_base = raw->sib.base != 5 || raw->modrm.mod != 0;
        bool is_stack = !raw->rex.B && (raw->sib.base == 4 || raw->sib.base == 5);
        return has_index || (has_base && !is_stack);
    }
    return raw->modrm.rm != 5 || (raw->modrm.mod != 0 && raw->rex.B);
}

/* Whether it can fault by what the function is given: by memory, by a division, or always. */
static bool may_fault(const ZydisDecodedInstruction *instruction)
{
    switch (instruction->mnemonic) {
    case ZYDIS_MNEMONIC_DIV:
    case ZYDIS_MNEMONIC_IDIV:
    case ZYDIS_MNEMONIC_UD0:
    case ZYDIS_MNEMONIC_UD1:
    case ZYDIS_MNEMONIC_UD2:
    case ZYDIS_MNEMONIC_XLAT:
    case ZYDIS_MNEMONIC_INT:
    case ZYDIS_MNEMONIC_INT1:
    case ZYDIS_MNEMONIC_INT3: return true;
    default: break;
    }
    return instruction->meta.category == ZYDIS_CATEGORY_STRINGOP ||
           instruction->meta.category == ZYDIS_CATEGORY_IOSTRINGOP ||
           (instruction->attributes & ZYDIS_ATTRIB_IS_PRIVILEGED) ||
           has_foreign_memory(instruction);
}

/* Which instructions have to go. */

/* Whether nothing but padding lies between the two addresses. */
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

/* The index of the first entry behind `address`. */
static size_t next_entry(const struct displace_function *function, uint64_t address)
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
    const struct displace_function *function = displacement->function;
    const struct displace_bytes *text = displacement->text;
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

/* Behind what ends it there may be padding, which is overwritten and does nothing elsewhere. */
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
    entry->may_fault |= may_fault(&instruction);
    bool is_moved = move(displacement, &instruction);
    memset(entry->original + from, (int)(displacement->last - displacement->first),
        (size_t)(entry->code_size - from));
    for (uint8_t i = displacement->pushed; i > 0 && i < entry->code_size; i++)
        entry->original[i] |= HOOK_PLAN_PUSHED;
    return is_moved;
}

static bool take(struct displacement *displacement)
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

/* Who else comes to them. */

static bool is_within(const struct displacement *displacement, uint64_t address)
{
    return address > displacement->first && address < displacement->end;
}

/* Where one of them begins, other than the first. */
static bool is_between(const struct displacement *displacement, uint64_t address)
{
    return is_within(displacement, address) &&
           displacement->begins & 1u << (address - displacement->first);
}

/* At the entry, or behind its endbr64. */
static bool is_start(const struct displacement *displacement, uint64_t address)
{
    return address >= displacement->function->address && address <= displacement->first;
}

static bool is_own(const struct displacement *displacement, uint64_t address)
{
    const struct displace_function *function = displacement->function;
    if (address >= function->address && address < displacement->function_end)
        return true;
    for (size_t i = 0; i < function->part_count; i++)
        if (address - function->parts[i].address < function->parts[i].size)
            return true;
    return false;
}

/* Whether a table of a switch statement there leads to them. A table is as long as it leads to
 * the function, and has either distances from itself, in four bytes, or addresses. */
static bool is_led_by_table(const struct displacement *displacement, uint64_t table, size_t width)
{
    const struct displace_bytes *tables = displacement->tables;
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

/* Whether it is, as in jmp *table(,%rax,8). */
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

/* Whether one of the function's own instructions leads to them; a recursive call may. */
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

static bool sweep_function(struct displacement *displacement)
{
    const struct displace_function *function = displacement->function;
    if (!sweep(displacement, function->address, displacement->function_end))
        return false;
    for (size_t i = 0; i < function->part_count; i++) {
        const struct displace_range *part = &function->parts[i];
        if (!sweep(displacement, part->address, part->address + part->size))
            return false;
    }
    return true;
}

/* Whether a branch in [address, end) leads between them. What cannot be decoded there is of no
 * interest: tables, padding. */
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

/* The address that lies so far before another one, or the first. */
static uint64_t go_back(
    const struct displacement *displacement, uint64_t address, uint64_t distance)
{
    uint64_t before = address - displacement->text->address;
    return address - (before < distance ? before : distance);
}

/* From where to decode, so as to be in step at `address`. */
static uint64_t find_step(const struct displacement *displacement, uint64_t address)
{
    const struct displace_function *function = displacement->function;
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

/* Whether a near branch ends in its distance, at bytes[at..]. */
static bool is_near_branch(const uint8_t *bytes, uint64_t at)
{
    if (at >= 1 && (bytes[at - 1] & 0xfe) == CALL_NEAR)
        return true;
    return at >= 2 && (bytes[at - 1] & 0xf0) == JCC_NEAR && bytes[at - 2] == TWO_BYTES;
}

/* Decoding all within reach would take long and finds nothing in compiled code. So it is decoded
 * only where four bytes are the distance to what is displaced. */
static bool is_entered_from_afar(const struct displacement *displacement)
{
    const struct displace_bytes *text = displacement->text;
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
        return false; /* there is no middle */
    return is_entered_by_neighbours(displacement) || is_entered_from_afar(displacement);
}

int displace(const struct displace_bytes *text, const struct displace_bytes *tables,
    const struct displace_function *function, struct hook_plan_entry *entry, const char **why)
{
    struct displacement displacement = {.text = text, .tables = tables, .function = function};
    ZydisDecoderInit(&displacement.decoder, ZYDIS_MACHINE_MODE_LONG_64, ZYDIS_STACK_WIDTH_64);
    if (!find_bounds(&displacement) || !take(&displacement) || !sweep_function(&displacement))
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
