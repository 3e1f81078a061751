/*
 * brackets.c - the brackets of a demangled name, and its operators.
 *
 * The brackets that are open form a list: the partner of each is the index of the next outer one,
 * plus one, until it is closed.
 */
#include "names/brackets.h"

/* Returns the length of the operator's symbol, or 0 ("operator int", "operator new"). */
static size_t symbol_length(const char *text, size_t length)
{
    /* Longest first, so that "<<" is not read as "<" and template arguments. */
    static const char *const symbols[] = {"<=>", "<<=", ">>=", "->*", "()", "[]", "<<", ">>",
        "<=", ">=", "->", "==", "!=", "&&", "||", "++", "--",
        "+=", "-=", "*=", "/=", "%=", "^=", "&=", "|=", "<", ">", "+", "-", "*", "/", "%", "^", "&",
        "|", "~", "!", "=", ","};
    for (size_t i = 0; i < sizeof symbols / sizeof *symbols; i++) {
        size_t size = strlen(symbols[i]);
        if (size <= length && memcmp(text, symbols[i], size) == 0)
            return size;
    }
    return 0;
}

/* Returns the end of the word at `at`. */
static size_t word_end(const char *text, size_t length, size_t at)
{
    while (at < length && brackets_is_word(text[at]))
        at++;
    return at;
}

static size_t match_word(const char *text, size_t length, size_t at, uint32_t *partner)
{
    static const char word[] = "operator";
    size_t end = word_end(text, length, at), size = sizeof word - 1;
    if (end - at != size || memcmp(text + at, word, size) != 0)
        return end;
    end += symbol_length(text + end, length - end);
    partner[at] = (uint32_t)end;
    return end;
}

/* Returns whether the < at `at` compares or shifts: it follows an operand in brackets, is the
 * second of "<<", or the first of "<=". */
static bool is_comparison(const char *text, size_t at, size_t symbol_end, const uint32_t *partner)
{
    char before = at > 0 ? text[at - 1] : '\0';
    if (at == symbol_end) /* "operator()<int>" */
        return false;
    return text[at + 1] == '=' || before == ')' || before == '}' ||
           (before == '<' && partner[at - 1] == 0 && at > 1 && text[at - 2] == ')');
}

static void open_bracket(size_t at, size_t *innermost, uint32_t *partner)
{
    partner[at] = (uint32_t)*innermost;
    *innermost = at + 1;
}

static void close_bracket(size_t at, size_t *innermost, uint32_t *partner)
{
    size_t open = *innermost - 1;
    *innermost = partner[open];
    partner[open] = (uint32_t)at;
}

/* Closes a bracket other than >. A < that is still open in it has compared. */
static bool close_strictly(const char *text, size_t at, size_t *innermost, uint32_t *partner)
{
    while (*innermost > 0 && text[*innermost - 1] == '<')
        close_bracket(0, innermost, partner);
    if (*innermost == 0)
        return false;
    char open = text[*innermost - 1];
    close_bracket(at, innermost, partner);
    return strchr("()[]{}", open)[1] == text[at];
}

/* A > that closes nothing compares, which it does in brackets only. */
static bool close_angle(const char *text, size_t at, size_t *innermost, uint32_t *partner)
{
    bool is_arrow = at > 0 && text[at - 1] == '-';
    if (is_arrow)
        return true;
    if (*innermost > 0 && text[*innermost - 1] == '<')
        close_bracket(at, innermost, partner);
    else
        return *innermost > 0;
    return true;
}

bool brackets_match(const char *text, size_t length, uint32_t *partner)
{
    size_t innermost = 0, at = 0; /* innermost: the bracket's index plus one */
    size_t symbol_end = 0;        /* where the last operator's name ended */
    memset(partner, 0, length * sizeof *partner);
    while (at < length) {
        bool matches = true;
        if (brackets_is_word(text[at])) {
            size_t end = match_word(text, length, at, partner);
            symbol_end = partner[at] ? end : symbol_end;
            at = end;
            continue;
        }
        switch (text[at]) {
        case '<':
            if (!is_comparison(text, at, symbol_end, partner))
                open_bracket(at, &innermost, partner);
            break;
        case '(':
        case '[':
        case '{': open_bracket(at, &innermost, partner); break;
        case '>': matches = close_angle(text, at, &innermost, partner); break;
        case ')':
        case ']':
        case '}': matches = close_strictly(text, at, &innermost, partner); break;
        }
        if (!matches)
            return false;
        at++;
    }
    return innermost == 0;
}
