/*
 * parameters.c - in which register a function gets one of its arguments.
 */
#include "symbols/parameters/parameters.h"

#include <dwarf.h>
#include <elfutils/libdw.h>
#include <errno.h>
#include <stddef.h>
#include <string.h>

#include "base/message.h"
#include "symbols/file.h"

#define TYPE_DEPTH 100 /* of names for a type; a corrupt file may have a circle */

/* How a value is passed. */
enum passed {
    PASSED_INTEGER,   /* in one of the registers */
    PASSED_ELSEWHERE, /* in none of them */
    PASSED_UNCERTAIN, /* in any number of them */
};

struct search {
    const char *name; /* or NULL */
    unsigned number;
    Dwarf_Addr entry; /* of the function */
    struct parameter *found;
    char **why;
};

static bool parameters_number_of(Dwarf_Die *entry, unsigned name, Dwarf_Word *number)
{
    Dwarf_Attribute attribute;
    return dwarf_formudata(dwarf_attr_integrate(entry, name, &attribute), number) == 0;
}

/* ---- types ---- */

/* Sets *type to the type of an entry, without the names and qualifiers that do not matter. Returns
 * false if it has none. */
static bool type_of(Dwarf_Die *entry, Dwarf_Die *type)
{
    Dwarf_Attribute attribute;
    if (!dwarf_formref_die(dwarf_attr_integrate(entry, DW_AT_type, &attribute), type))
        return false;
    for (unsigned i = 0; i < TYPE_DEPTH; i++) {
        switch (dwarf_tag(type)) {
        case DW_TAG_typedef:
        case DW_TAG_const_type:
        case DW_TAG_volatile_type:
        case DW_TAG_restrict_type:
        case DW_TAG_atomic_type: break;
        default: return true;
        }
        if (!dwarf_formref_die(dwarf_attr(type, DW_AT_type, &attribute), type))
            return false;
    }
    return false;
}

static enum passed integer_of(Dwarf_Word bytes, bool is_signed, struct parameter *parameter)
{
    if (bytes != 1 && bytes != 2 && bytes != 4 && bytes != 8)
        return PASSED_UNCERTAIN;
    parameter->bytes = (unsigned)bytes;
    parameter->is_signed = is_signed;
    return PASSED_INTEGER;
}

static enum passed look_at_base_type(Dwarf_Die *type, struct parameter *parameter)
{
    Dwarf_Word encoding, bytes;
    if (!parameters_number_of(type, DW_AT_encoding, &encoding) ||
        !parameters_number_of(type, DW_AT_byte_size, &bytes))
        return PASSED_UNCERTAIN;
    switch (encoding) {
    case DW_ATE_signed:
    case DW_ATE_signed_char: return integer_of(bytes, true, parameter);
    case DW_ATE_unsigned:
    case DW_ATE_unsigned_char:
    case DW_ATE_boolean:
    case DW_ATE_UTF: return integer_of(bytes, false, parameter);
    case DW_ATE_float: return PASSED_ELSEWHERE;
    default: return PASSED_UNCERTAIN;
    }
}

static enum passed look_at_enumeration(Dwarf_Die *type, struct parameter *parameter)
{
    Dwarf_Die below;
    Dwarf_Word bytes, encoding = DW_ATE_unsigned;
    if (type_of(type, &below))
        parameters_number_of(&below, DW_AT_encoding, &encoding);
    if (!parameters_number_of(type, DW_AT_byte_size, &bytes))
        return PASSED_UNCERTAIN;
    return integer_of(bytes, encoding == DW_ATE_signed, parameter);
}

static enum passed look_at_type(Dwarf_Die *type, struct parameter *parameter)
{
    *parameter = (struct parameter){.number = 0};
    switch (dwarf_tag(type)) {
    case DW_TAG_base_type: return look_at_base_type(type, parameter);
    case DW_TAG_enumeration_type: return look_at_enumeration(type, parameter);
    case DW_TAG_pointer_type:
    case DW_TAG_reference_type:
    case DW_TAG_rvalue_reference_type:
        parameter->bytes = 8;
        parameter->is_pointer = true;
        return PASSED_INTEGER;
    default: return PASSED_UNCERTAIN;
    }
}

/* ---- the parameters of a function ---- */

static int say_uncertain(struct search *search, const char *what)
{
    return message_problem(search->why, -EINVAL,
        "%s, so it is not certain in which registers its arguments are", what);
}

/* Returns whether something about the function leads to other registers, and says it. A result that
 * is no number may be written to a place whose address is passed first. */
static int parameters_check_function(Dwarf_Die *function, struct search *search)
{
    Dwarf_Die type, unit;
    Dwarf_Word convention;
    struct parameter result;
    if (dwarf_diecu(function, &unit, NULL, NULL) && dwarf_srclang(&unit) == DW_LANG_Go)
        return say_uncertain(search, "is written in Go");
    if (parameters_number_of(function, DW_AT_calling_convention, &convention) &&
        convention != DW_CC_normal && convention != DW_CC_program)
        return say_uncertain(search, "was given another calling convention by the compiler");
    if (type_of(function, &type) && look_at_type(&type, &result) == PASSED_UNCERTAIN &&
        dwarf_tag(&type) != DW_TAG_unspecified_type)
        return say_uncertain(search, "returns a structure");
    return 0;
}

static bool parameters_is_wanted(Dwarf_Die *entry, const struct search *search, unsigned number)
{
    const char *name = dwarf_diename(entry);
    if (search->name)
        return name && strcmp(name, search->name) == 0;
    return number == search->number;
}

/* Returns the DWARF number of the register that has the parameter at the function's entry; -1: none
 * has it, or it is not known; -2: the compiler says nothing of where the parameter is. */
static int register_of(Dwarf_Die *entry, const struct search *search)
{
    Dwarf_Attribute attribute;
    Dwarf_Op *operations;
    size_t length;
    if (dwarf_attr_integrate(entry, DW_AT_location, &attribute) == NULL)
        return -2;
    if (dwarf_getlocation_addr(&attribute, search->entry, &operations, &length, 1) != 1 ||
        length != 1 || operations[0].atom < DW_OP_reg0 || operations[0].atom > DW_OP_reg31)
        return -1;
    return operations[0].atom - DW_OP_reg0;
}

/* A compiler can leave out parameters of a function that it calls itself. */
static bool is_moved(Dwarf_Die *entry, const struct search *search, unsigned number)
{
    static const int numbers[PARAMETER_REGISTERS] = {5, 4, 1, 2, 8, 9}; /* psABI, figure 3.36 */
    int actual = register_of(entry, search);
    return actual == -2 || (actual >= 0 && actual != numbers[number - 1]);
}

static int parameters_take(
    struct search *search, Dwarf_Die *entry, const struct parameter *parameter, unsigned number)
{
    if (number > PARAMETER_REGISTERS)
        return message_problem(search->why, -EINVAL, "passes '%s' on the stack, behind %d others",
            search->name, PARAMETER_REGISTERS);
    if (is_moved(entry, search, number))
        return say_uncertain(search, "was given other parameters by the compiler");
    *search->found = *parameter;
    search->found->number = number;
    return 0;
}

static int say_none(const struct search *search, unsigned count)
{
    if (search->name)
        return message_problem(search->why, -EINVAL, "has no parameter '%s'", search->name);
    return message_problem(search->why, -EINVAL,
        "has only %u argument%s that %s integers or pointers", count, count == 1 ? "" : "s",
        count == 1 ? "is one of" : "are");
}

/* A parameter is found before one whose registers are not certain, or not at all. */
static int look_at_parameters(Dwarf_Die *function, struct search *search)
{
    unsigned number = 0;
    Dwarf_Die entry, type;
    const char *unclear = NULL;
    for (int more = dwarf_child(function, &entry); more == 0;
         more = dwarf_siblingof(&entry, &entry)) {
        struct parameter parameter;
        if (dwarf_tag(&entry) != DW_TAG_formal_parameter)
            continue;
        enum passed passed = type_of(&entry, &type) ? look_at_type(&type, &parameter)
                                                    : PASSED_UNCERTAIN;
        number += passed == PASSED_INTEGER;
        const char *name = dwarf_diename(&entry);
        bool is_it = parameters_is_wanted(&entry, search, passed == PASSED_INTEGER ? number : 0);
        if (is_it && passed == PASSED_INTEGER && !unclear)
            return parameters_take(search, &entry, &parameter, number);
        if (is_it && passed != PASSED_INTEGER)
            return message_problem(search->why, -EINVAL,
                "has the parameter '%s', which is neither an integer nor a pointer", name);
        if (is_it)
            break;
        if (passed == PASSED_UNCERTAIN && !unclear)
            unclear = name ? name : "?";
    }
    if (unclear == NULL)
        return say_none(search, number);
    return message_problem(search->why, -EINVAL,
        "has the parameter '%s', which is neither an integer, a pointer nor a floating-point "
        "number, so it is not certain in which registers those behind it are",
        unclear);
}

/* ---- the function at an address ---- */

struct place {
    Dwarf_Addr address;
    Dwarf_Die function;
    bool is_found;
};

static int compare_function(Dwarf_Die *function, void *argument)
{
    struct place *place = argument;
    Dwarf_Addr low;
    if (dwarf_lowpc(function, &low) != 0 || low != place->address)
        return DWARF_CB_OK;
    place->function = *function;
    place->is_found = true;
    return DWARF_CB_ABORT;
}

/* libdw visits functions at the top of a unit only. */
static bool parameters_find_below(Dwarf_Die *scope, struct place *place, unsigned depth)
{
    Dwarf_Die entry;
    for (int more = dwarf_child(scope, &entry); more == 0 && depth < TYPE_DEPTH;
         more = dwarf_siblingof(&entry, &entry)) {
        int tag = dwarf_tag(&entry);
        if (tag == DW_TAG_subprogram && compare_function(&entry, place) == DWARF_CB_ABORT)
            return true;
        bool is_scope = tag == DW_TAG_namespace || tag == DW_TAG_structure_type ||
                        tag == DW_TAG_class_type || tag == DW_TAG_subprogram ||
                        tag == DW_TAG_enumeration_type || tag == DW_TAG_union_type;
        if (is_scope && parameters_find_below(&entry, place, depth + 1))
            return true;
    }
    return false;
}

static bool find_function(Dwarf *data, struct place *place)
{
    Dwarf_CU *cu = NULL;
    Dwarf_Die entry, split;
    uint8_t type;
    while (dwarf_get_units(data, cu, &cu, NULL, &type, &entry, &split) == 0) {
        Dwarf_Die *unit = type == DW_UT_skeleton ? &split : &entry;
        if ((type != DW_UT_compile && type != DW_UT_skeleton) ||
            dwarf_haspc(&entry, place->address) == 0)
            continue;
        if (dwarf_tag(unit) != DW_TAG_invalid && parameters_find_below(unit, place, 0))
            return true;
    }
    return false;
}

static int find_in(const struct symbols_file *file, uint64_t address, struct search *search)
{
    Dwarf_Addr bias;
    Dwarf *data = dwfl_module_getdwarf(file->module, &bias);
    struct place place = {.address = address - bias};
    if (data == NULL || !find_function(data, &place))
        return -ENODATA;
    search->entry = place.address;
    int error = parameters_check_function(&place.function, search);
    return error ? error : look_at_parameters(&place.function, search);
}

int parameter_find(const char *path, uint64_t address, const char *name, unsigned number,
    struct parameter *found, char **why)
{
    struct symbols_file file;
    const char *unread;
    struct search search = {.name = name, .number = number, .found = found, .why = why};
    if (symbols_file_open(&file, path, NULL, &unread) != 0)
        return -ENODATA;
    int error = find_in(&file, address, &search);
    symbols_file_close(&file);
    return error;
}
