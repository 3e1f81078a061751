/*
 * caller_seen.c - functions that look at their return address.
 *
 * The instructions of the function are examined in the order of their addresses. For each general
 * register the sweep knows the difference between its value and the address of the return address,
 * or knows nothing. At the entry that difference is 0 for %rsp. The values of %rsp and %rbp at the
 * target of a branch are stored, so a second round also knows them after a jump. Where nothing is
 * known, nothing is seen.
 *
 * It is evidence if an instruction reads or writes the return address or takes its address; if it
 * reads the saved %rbp other than to restore it, which is how frames are walked; or if it returns,
 * or stores, where the caller's frame ends. It is no evidence to take the address of the stack
 * arguments: functions with a variable number of arguments do so, and those that realign the stack
 * (they also push a copy of the return address).
 */
#include "arch/caller_seen.h"

#include <Zydis/Zydis.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define UNKNOWN INT32_MIN
#define SIZE_MAX_SWEPT                                                                             \
    (UINT64_C(1) << 20) /* of larger functions, which are generated code, only the beginning */
/* How much of another function is swept, if this function ends in a jump to it. The end of the
 * other function is not known; in the code after it nothing is known, so nothing is seen there. */
#define OTHER_SWEPT 128
#define REGISTERS   16

static const char reads_why[] = "it looks at its return address";
static const char walks_why[] = "it looks at its caller's frame";
static const char leaves_why[] = "it does not return in the ordinary way";
static const char mcount_why[] = "it is compiled for a profiler (-pg), which looks at its caller";

struct known {
    int32_t registers[REGISTERS]; /* in the order of their numbers: rax rcx rdx rbx rsp rbp ... */
};

enum { RAX = 0, RSP = 4, RBP = 5 };

/* What is known at the target of a branch. */
struct landing {
    int32_t sp, fp;
};

struct range {
    uint64_t address, size;
    struct landing *landings; /* one for each byte */
};

struct sweep {
    const struct code_bytes *text;
    const struct caller_seen_calls *calls;
    struct range *ranges;
    size_t range_count;
    uint64_t entry;
    uint64_t jumps_to; /* another function, to which it jumps at its end; 0: none */
    ZydisDecoder decoder;
    /* the current instruction */
    uint64_t address;
    ZydisDecodedInstruction instruction;
    ZydisDecodedOperand operands[ZYDIS_MAX_OPERAND_COUNT];
    struct known known;
    struct landing at_switch; /* at the last indirect jump: the code after it is mostly a case of
                               * that switch */
    const char *why;
};

static const struct landing nowhere = {UNKNOWN, UNKNOWN};

/* ---- calls of mcount ---- */

static bool is_listed(const struct caller_seen_list *list, uint64_t address)
{
    for (size_t i = 0; i < list->count; i++)
        if (list->addresses[i] == address)
            return true;
    return false;
}

static const uint8_t *bytes_at(const struct sweep *sweep, uint64_t address, uint64_t *left)
{
    uint64_t offset = address - sweep->text->address;
    if (offset >= sweep->text->size)
        return NULL;
    *left = sweep->text->size - offset;
    return sweep->text->bytes + offset;
}

static bool is_relative(const ZydisDecodedOperand *operand)
{
    return operand->type == ZYDIS_OPERAND_TYPE_MEMORY && operand->mem.base == ZYDIS_REGISTER_RIP;
}

/* Returns the slot through which the PLT entry at the address jumps, or 0. */
static uint64_t slot_of(const struct sweep *sweep, uint64_t address)
{
    for (int i = 0; i < 2; i++) { /* an endbr64 may come first */
        ZydisDecodedInstruction instruction;
        ZydisDecodedOperand operands[ZYDIS_MAX_OPERAND_COUNT];
        uint64_t left;
        const uint8_t *bytes = bytes_at(sweep, address, &left);
        if (bytes == NULL || !ZYAN_SUCCESS(ZydisDecoderDecodeFull(
                                 &sweep->decoder, bytes, left, &instruction, operands)))
            return 0;
        address += instruction.length;
        if (instruction.mnemonic == ZYDIS_MNEMONIC_JMP && is_relative(&operands[0]))
            return address + (uint64_t)operands[0].mem.disp.value;
        if (instruction.mnemonic != ZYDIS_MNEMONIC_ENDBR64)
            return 0;
    }
    return 0;
}

/* Returns whether the current call or jump leads to a function in `own`, or through one of
 * `slots`. */
static bool leads_to(const struct sweep *sweep, const struct caller_seen_list *own,
    const struct caller_seen_list *slots)
{
    const ZydisDecodedOperand *operand = &sweep->operands[0];
    uint64_t next = sweep->address + sweep->instruction.length;
    if (slots->count + own->count == 0)
        return false;
    if (is_relative(operand))
        return is_listed(slots, next + (uint64_t)operand->mem.disp.value);
    if (operand->type != ZYDIS_OPERAND_TYPE_IMMEDIATE)
        return false;
    uint64_t target = next + operand->imm.value.u;
    return is_listed(own, target) || is_listed(slots, slot_of(sweep, target));
}

/* ---- what is known of registers ---- */

static int register_index(ZydisRegister name)
{
    ZydisRegister whole = ZydisRegisterGetLargestEnclosing(ZYDIS_MACHINE_MODE_LONG_64, name);
    return whole >= ZYDIS_REGISTER_RAX && whole <= ZYDIS_REGISTER_R15
               ? (int)(whole - ZYDIS_REGISTER_RAX)
               : -1;
}

static bool is_whole(const ZydisDecodedOperand *operand)
{
    return operand->type == ZYDIS_OPERAND_TYPE_REGISTER && operand->size == 64 &&
           register_index(operand->reg.value) >= 0;
}

static int32_t sum(int32_t known, int64_t more)
{
    if (known == UNKNOWN || more < -(1 << 30) || more > 1 << 30)
        return UNKNOWN;
    int64_t result = known + more;
    return result < -(1 << 30) || result > 1 << 30 ? UNKNOWN : (int32_t)result;
}

static int32_t value_of(const struct sweep *sweep, ZydisRegister name)
{
    int index = register_index(name);
    return index < 0 ? UNKNOWN : sweep->known.registers[index];
}

/* Returns where a memory operand lies. */
static int32_t caller_seen_place_of(const struct sweep *sweep, const ZydisDecodedOperand *operand)
{
    if (operand->type != ZYDIS_OPERAND_TYPE_MEMORY || operand->mem.index != ZYDIS_REGISTER_NONE ||
        (operand->mem.segment != ZYDIS_REGISTER_SS && operand->mem.segment != ZYDIS_REGISTER_DS))
        return UNKNOWN;
    return sum(value_of(sweep, operand->mem.base), operand->mem.disp.value);
}

static void forget_all(struct known *known)
{
    for (int i = 0; i < REGISTERS; i++)
        known->registers[i] = UNKNOWN;
}

static void land(struct known *known, struct landing landing)
{
    forget_all(known);
    known->registers[RSP] = landing.sp;
    known->registers[RBP] = landing.fp;
}

/* Forgets the registers that a called function may change (psABI 3.2.1). */
static void forget_scratch(struct known *known)
{
    static const uint8_t scratch[] = {0, 1, 2, 6, 7, 8, 9, 10, 11};
    for (size_t i = 0; i < sizeof scratch; i++)
        known->registers[scratch[i]] = UNKNOWN;
}

static struct landing *landing_at(const struct sweep *sweep, uint64_t address)
{
    for (size_t i = 0; i < sweep->range_count; i++)
        if (address - sweep->ranges[i].address < sweep->ranges[i].size)
            return &sweep->ranges[i].landings[address - sweep->ranges[i].address];
    return NULL;
}

static void note_branch(const struct sweep *sweep, uint64_t target, int32_t moved)
{
    struct landing *landing = landing_at(sweep, target);
    if (landing && landing->sp == UNKNOWN && target != sweep->entry)
        *landing = (struct landing){
            sum(sweep->known.registers[RSP], moved), sweep->known.registers[RBP]};
}

/* ---- evidence ---- */

static void caller_seen_note(struct sweep *sweep, const char *why)
{
    if (sweep->why == NULL)
        sweep->why = why;
}

/* Returns whether the instruction only seems to use its operand: `lock orq $0, (%rsp)` is a
 * fence. */
static bool is_idle(const struct sweep *sweep)
{
    switch (sweep->instruction.mnemonic) {
    case ZYDIS_MNEMONIC_NOP:
    case ZYDIS_MNEMONIC_LEA:
    case ZYDIS_MNEMONIC_RET: return true;
    case ZYDIS_MNEMONIC_OR:
    case ZYDIS_MNEMONIC_ADD:
        return sweep->operands[1].type == ZYDIS_OPERAND_TYPE_IMMEDIATE &&
               sweep->operands[1].imm.value.u == 0;
    default: return false;
    }
}

static void look_at_memory(struct sweep *sweep, const ZydisDecodedOperand *operand)
{
    int32_t place = caller_seen_place_of(sweep, operand), size = operand->size / 8;
    bool is_load = sweep->instruction.mnemonic == ZYDIS_MNEMONIC_MOV &&
                   is_whole(&sweep->operands[0]);
    if (place == UNKNOWN || is_idle(sweep))
        return;
    /* A function that realigns its frame pushes a copy of the return address, which is no
     * evidence. */
    bool is_copy = sweep->instruction.mnemonic == ZYDIS_MNEMONIC_PUSH &&
                   sweep->known.registers[RSP] == UNKNOWN;
    if (place < 8 && place + size > 0 && !is_copy)
        caller_seen_note(sweep, reads_why);
    if (place == -8 && is_load && operand->mem.base == ZYDIS_REGISTER_RBP)
        caller_seen_note(sweep, walks_why);
}

/* Evidence is that it returns in %rax the address of the return address, or of the bytes after
 * it. */
static void look_at_return(struct sweep *sweep)
{
    int32_t returned = sweep->known.registers[RAX];
    if (sweep->known.registers[RSP] == 0 && (returned == 0 || returned == 8))
        caller_seen_note(sweep, walks_why);
}

static void look_at_operands(struct sweep *sweep)
{
    const ZydisDecodedInstruction *instruction = &sweep->instruction;
    for (unsigned i = 0; i < instruction->operand_count_visible; i++)
        if (sweep->operands[i].type == ZYDIS_OPERAND_TYPE_MEMORY)
            look_at_memory(sweep, &sweep->operands[i]);
    if (instruction->mnemonic == ZYDIS_MNEMONIC_POP && sweep->known.registers[RSP] == 0)
        caller_seen_note(sweep, reads_why);
    if (instruction->mnemonic == ZYDIS_MNEMONIC_LEA &&
        caller_seen_place_of(sweep, &sweep->operands[1]) == 0 &&
        register_index(sweep->operands[0].reg.value) != RSP)
        caller_seen_note(sweep, reads_why);
    if (instruction->mnemonic == ZYDIS_MNEMONIC_RET)
        look_at_return(sweep);
    const struct caller_seen_calls *calls = sweep->calls;
    static const struct caller_seen_list none = {{0}, 0};
    if (instruction->mnemonic == ZYDIS_MNEMONIC_CALL &&
        leads_to(sweep, &calls->profilers, &calls->profiler_slots))
        caller_seen_note(sweep, mcount_why);
    if (instruction->mnemonic == ZYDIS_MNEMONIC_JMP && sweep->known.registers[RSP] == 0 &&
        leads_to(sweep, &none, &calls->seeing_slots))
        caller_seen_note(sweep, reads_why);
}

/* ---- what instructions do ---- */

static void forget_written(struct sweep *sweep)
{
    for (unsigned i = 0; i < sweep->instruction.operand_count; i++) {
        const ZydisDecodedOperand *operand = &sweep->operands[i];
        int index = operand->type == ZYDIS_OPERAND_TYPE_REGISTER
                        ? register_index(operand->reg.value)
                        : -1;
        if (index >= 0 && operand->actions & ZYDIS_OPERAND_ACTION_MASK_WRITE)
            sweep->known.registers[index] = UNKNOWN;
    }
}

static int32_t source_value(const struct sweep *sweep)
{
    const ZydisDecodedOperand *to = &sweep->operands[0], *from = &sweep->operands[1];
    switch (sweep->instruction.mnemonic) {
    case ZYDIS_MNEMONIC_MOV: return is_whole(from) ? value_of(sweep, from->reg.value) : UNKNOWN;
    case ZYDIS_MNEMONIC_LEA: return caller_seen_place_of(sweep, from);
    case ZYDIS_MNEMONIC_ADD:
    case ZYDIS_MNEMONIC_SUB:
        if (from->type != ZYDIS_OPERAND_TYPE_IMMEDIATE)
            return UNKNOWN;
        return sum(value_of(sweep, to->reg.value), sweep->instruction.mnemonic == ZYDIS_MNEMONIC_ADD
                                                       ? from->imm.value.s
                                                       : -from->imm.value.s);
    default: return UNKNOWN;
    }
}

static void push(struct sweep *sweep)
{
    const ZydisDecodedOperand *operand = &sweep->operands[0];
    int32_t *sp = &sweep->known.registers[RSP];
    bool is_after_realigning = *sp == UNKNOWN && caller_seen_place_of(sweep, operand) == 0;
    /* This is the copy of the return address on which a realigned frame is built. */
    if (is_after_realigning)
        land(&sweep->known, (struct landing){0, UNKNOWN});
    else
        *sp = sum(*sp, -8);
}

static void pop(struct sweep *sweep)
{
    const ZydisDecodedOperand *operand = &sweep->operands[0];
    int32_t sp = sum(sweep->known.registers[RSP], 8);
    forget_written(sweep);
    sweep->known.registers[RSP] = is_whole(operand) && register_index(operand->reg.value) == RSP
                                      ? UNKNOWN
                                      : sp;
}

static void call(struct sweep *sweep)
{
    uint64_t next = sweep->address + sweep->instruction.length;
    const ZydisDecodedOperand *operand = &sweep->operands[0];
    forget_scratch(&sweep->known);
    if (operand->type != ZYDIS_OPERAND_TYPE_IMMEDIATE)
        return;
    uint64_t target = next + operand->imm.value.u;
    if (target == next) /* only pushes the address of the next instruction */
        sweep->known.registers[RSP] = sum(sweep->known.registers[RSP], -8);
    else
        note_branch(sweep, target, -8);
}

static void leave(struct sweep *sweep)
{
    int32_t fp = sweep->known.registers[RBP];
    sweep->known.registers[RSP] = sum(fp, 8);
    sweep->known.registers[RBP] = UNKNOWN;
}

static bool ends_block(ZydisMnemonic mnemonic)
{
    switch (mnemonic) {
    case ZYDIS_MNEMONIC_JMP:
    case ZYDIS_MNEMONIC_RET:
    case ZYDIS_MNEMONIC_UD0:
    case ZYDIS_MNEMONIC_UD1:
    case ZYDIS_MNEMONIC_UD2:
    case ZYDIS_MNEMONIC_INT3:
    case ZYDIS_MNEMONIC_HLT: return true;
    default: return false;
    }
}

static void do_other(struct sweep *sweep)
{
    bool is_moved = is_whole(&sweep->operands[0]) && sweep->instruction.operand_count_visible == 2;
    int32_t value = is_moved ? source_value(sweep) : UNKNOWN;
    forget_written(sweep);
    if (is_moved && value != UNKNOWN)
        sweep->known.registers[register_index(sweep->operands[0].reg.value)] = value;
}

static void do_instruction(struct sweep *sweep)
{
    const ZydisDecodedInstruction *instruction = &sweep->instruction;
    const ZydisDecodedOperand *operand = &sweep->operands[0];
    switch (instruction->mnemonic) {
    case ZYDIS_MNEMONIC_PUSH: push(sweep); break;
    case ZYDIS_MNEMONIC_POP: pop(sweep); break;
    case ZYDIS_MNEMONIC_CALL: call(sweep); break;
    case ZYDIS_MNEMONIC_LEAVE: leave(sweep); break;
    default: do_other(sweep); break;
    }
    bool is_branch = instruction->mnemonic != ZYDIS_MNEMONIC_CALL &&
                     operand->type == ZYDIS_OPERAND_TYPE_IMMEDIATE && operand->imm.is_relative;
    if (is_branch)
        note_branch(sweep, sweep->address + instruction->length + operand->imm.value.u, 0);
    if (instruction->mnemonic == ZYDIS_MNEMONIC_JMP && !is_branch &&
        sweep->known.registers[RSP] != 0) /* otherwise it is a call at the end */
        sweep->at_switch = (struct landing){
            sweep->known.registers[RSP], sweep->known.registers[RBP]};
    int32_t sp = sweep->known.registers[RSP];
    if (sp != UNKNOWN && sp > 0)
        caller_seen_note(sweep, leaves_why);
    if (ends_block(instruction->mnemonic))
        land(&sweep->known, sweep->at_switch);
}

static bool decode(struct sweep *sweep, const struct range *range)
{
    uint64_t left, end = range->address + range->size - sweep->address;
    const uint8_t *bytes = bytes_at(sweep, sweep->address, &left);
    return bytes && ZYAN_SUCCESS(ZydisDecoderDecodeFull(&sweep->decoder, bytes,
                        left < end ? left : end, &sweep->instruction, sweep->operands));
}

/* Notes the other function to which this one jumps at its end: both have the same return
 * address. */
static void note_other(struct sweep *sweep)
{
    const ZydisDecodedOperand *operand = &sweep->operands[0];
    uint64_t target = sweep->address + sweep->instruction.length + operand->imm.value.u;
    if (sweep->instruction.mnemonic == ZYDIS_MNEMONIC_JMP &&
        operand->type == ZYDIS_OPERAND_TYPE_IMMEDIATE && sweep->known.registers[RSP] == 0 &&
        landing_at(sweep, target) == NULL)
        sweep->jumps_to = target;
}

/* Sweeps until there is evidence, or an instruction cannot be decoded. */
static void sweep_range(struct sweep *sweep, const struct range *range)
{
    land(&sweep->known, nowhere);
    sweep->at_switch = nowhere;
    sweep->address = range->address;
    if (sweep->address == sweep->entry)
        sweep->known.registers[RSP] = 0;
    while (sweep->address - range->address < range->size && !sweep->why && decode(sweep, range)) {
        const struct landing *landing = &range->landings[sweep->address - range->address];
        bool is_new = landing->sp != UNKNOWN && landing->sp != sweep->known.registers[RSP];
        if (is_new)
            land(&sweep->known, *landing);
        look_at_operands(sweep);
        note_other(sweep);
        do_instruction(sweep);
        sweep->address += sweep->instruction.length;
    }
}

/* Returns false when out of memory. */
static bool add_range(struct sweep *sweep, uint64_t address, uint64_t size)
{
    struct range *range = &sweep->ranges[sweep->range_count];
    uint64_t left;
    if (bytes_at(sweep, address, &left) == NULL)
        return true;
    size = size < left ? size : left;
    size = size < SIZE_MAX_SWEPT ? size : SIZE_MAX_SWEPT;
    *range = (struct range){address, size, malloc((size + 1) * sizeof *range->landings)};
    if (range->landings == NULL)
        return false;
    for (uint64_t i = 0; i < size; i++)
        range->landings[i] = nowhere;
    sweep->range_count++;
    return true;
}

static bool caller_seen_add_ranges(struct sweep *sweep, const struct code_function *function)
{
    sweep->ranges = calloc(function->part_count + 1, sizeof *sweep->ranges);
    if (sweep->ranges == NULL || !add_range(sweep, function->address, function->size))
        return false;
    for (size_t i = 0; i < function->part_count; i++)
        if (!add_range(sweep, function->parts[i].address, function->parts[i].size))
            return false;
    return true;
}

static const char *caller_seen_sweep(struct sweep *sweep, const struct code_function *function)
{
    bool has_room = caller_seen_add_ranges(sweep, function);
    for (int round = 0; has_room && round < 2; round++)
        for (size_t i = 0; i < sweep->range_count && !sweep->why; i++)
            sweep_range(sweep, &sweep->ranges[i]);
    for (size_t i = 0; i < sweep->range_count; i++)
        free(sweep->ranges[i].landings);
    free(sweep->ranges);
    return sweep->why;
}

const char *caller_seen(const struct code_bytes *text, const struct code_function *function,
    const struct caller_seen_calls *calls)
{
    struct sweep sweep = {.text = text, .calls = calls, .entry = function->address};
    ZydisDecoderInit(&sweep.decoder, ZYDIS_MACHINE_MODE_LONG_64, ZYDIS_STACK_WIDTH_64);
    const char *why = caller_seen_sweep(&sweep, function);
    if (why || sweep.jumps_to == 0)
        return why;
    const struct code_function other = {.address = sweep.jumps_to, .size = OTHER_SWEPT};
    sweep = (struct sweep){
        .text = text, .calls = calls, .entry = other.address, .decoder = sweep.decoder};
    return caller_seen_sweep(&sweep, &other);
}
