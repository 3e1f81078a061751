/*
 * relocate.c - code that does the same as an instruction, at another address.
 *
 * There is always enough room: at most 4 bytes are displaced before the last instruction, and they
 * become 20 bytes at most (two loops with a prefix have 6). No instruction becomes longer than 28
 * bytes or has more than three fixups.
 */
#include "arch/x86_64/decoder/relocate.h"

#include <string.h>

static void emit(struct hook_plan_entry *entry, const void *bytes, size_t size)
{
    memcpy(entry->code + entry->code_size, bytes, size);
    entry->code_size += (uint8_t)size;
}

/* Emits the four bytes at the end of an instruction that depend on its address. */
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

/* Does what a call does, without a change of the flags, but with a return address in the function
 * itself. So the stack holds addresses of the function's own code only, for unwinders and for
 * functions that look at their caller. */
static void emit_return_address(struct displacement *displacement, uint64_t address)
{
    struct hook_plan_entry *entry = &displacement->entry;
    emit(entry, (uint8_t[]){0x68}, 1); /* push imm32, which is sign-extended */
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

/* loop, jrcxz and the like have only a short form:
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

/* A call can only be the last displaced instruction: otherwise it would return into the jump. */
static bool relocate_is_last(
    const struct displacement *displacement, const ZydisDecodedInstruction *call)
{
    return displacement->last + call->length - displacement->first >= HOOK_PLAN_JUMP;
}

static bool move_call(struct displacement *displacement, const ZydisDecodedInstruction *call)
{
    if (!relocate_is_last(displacement, call))
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

/* The call becomes the jump through the same operand. The operand must not depend on %rsp, which
 * has changed. */
static bool move_indirect_call(
    struct displacement *displacement, const ZydisDecodedInstruction *call)
{
    struct hook_plan_entry *entry = &displacement->entry;
    if (!relocate_is_last(displacement, call))
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

/* Returns whether no instruction follows it in the control flow. */
static bool relocate_is_end(const ZydisDecodedInstruction *instruction)
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

/* Far branches, returns from the kernel, and near branches with a prefix that AMD's and Intel's
 * processors interpret differently. */
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

bool relocate(struct displacement *displacement, const ZydisDecodedInstruction *instruction)
{
    /* These are relative to the lower half of the instruction pointer. */
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
    displacement->entry.ends_by_itself = relocate_is_end(instruction);
    return true;
}

/* Returns whether the memory operand depends on the function's arguments. Memory relative to the
 * instruction pointer, thread variables and the stack always exist, or the program ends anyway. */
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

bool relocate_may_fault(const ZydisDecodedInstruction *instruction)
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
