/*
 * standard_name.c - what people do not write of names of the standard library of C++.
 */
#include "names/standard_name.h"

#include <string.h>

#include "names/brackets.h"

#define COUNT(list) (sizeof(list) / sizeof *(list))

bool piece_starts_with(struct piece piece, const char *text)
{
    size_t length = strlen(text);
    return piece.length >= length && memcmp(piece.text, text, length) == 0;
}

bool piece_is(struct piece piece, const char *text)
{
    return piece.length == strlen(text) && piece_starts_with(piece, text);
}

static struct piece without(struct piece piece, size_t beginning)
{
    return (struct piece){piece.text + beginning, piece.length - beginning};
}

static struct piece first_word(struct piece piece)
{
    size_t length = 0;
    while (length < piece.length && brackets_is_word(piece.text[length]))
        length++;
    return (struct piece){piece.text, length};
}

bool standard_name_is_inline(struct piece word)
{
    static const char *const names[] = {"__cxx11", "__1", "__ndk1", "_V2"};
    for (size_t i = 0; i < COUNT(names); i++)
        if (piece_is(word, names[i]))
            return true;
    return false;
}

static bool standard_name_is_same(struct piece a, struct piece b)
{
    return a.length == b.length && memcmp(a.text, b.text, a.length) == 0;
}

/* Returns what is between the outermost brackets of "less<int >". */
static struct piece arguments_of(struct piece name)
{
    struct piece inner = without(name, first_word(name).length);
    if (inner.length < 2 || *inner.text != '<' || inner.text[inner.length - 1] != '>')
        return (struct piece){name.text, 0};
    inner = (struct piece){inner.text + 1, inner.length - 2};
    while (inner.length > 0 && inner.text[inner.length - 1] == ' ')
        inner.length--;
    return inner;
}

bool standard_name_is_default(struct piece argument, struct piece first)
{
    static const char *const of_first[] = {
        "char_traits", "less", "hash", "equal_to", "default_delete", "regex_traits"};
    if (!piece_starts_with(argument, "std::"))
        return false;
    argument = without(argument, strlen("std::"));
    struct piece word = first_word(argument);
    if (standard_name_is_inline(word) && piece_starts_with(without(argument, word.length), "::"))
        argument = without(argument, word.length + strlen("::"));
    word = first_word(argument);
    struct piece inner = arguments_of(argument);
    if (inner.length > 0 && piece_is(word, "allocator"))
        return true;
    for (size_t i = 0; i < COUNT(of_first); i++)
        if (piece_is(word, of_first[i]))
            return standard_name_is_same(inner, first);
    return false;
}

bool standard_name_find(
    struct piece name, struct piece argument, const char **prefix, struct piece *plain)
{
    static const char beginning[] = "std::basic_";
    static const char *const streams[] = {"ios", "istream", "ostream", "iostream", "streambuf",
        "filebuf", "ifstream", "ofstream", "fstream", "stringbuf", "istringstream", "ostringstream",
        "stringstream", "regex"};
    static const char *const characters[][2] = {{"char", ""}, {"wchar_t", "w"}, {"char8_t", "u8"},
        {"char16_t", "u16"}, {"char32_t", "u32"}};
    if (!piece_starts_with(name, beginning))
        return false;
    *plain = without(name, sizeof beginning - 1);
    bool is_known = piece_is(*plain, "string") || piece_is(*plain, "string_view");
    size_t character_count = is_known ? COUNT(characters) : 2;
    for (size_t i = 0; i < COUNT(streams); i++)
        is_known = is_known || piece_is(*plain, streams[i]);
    for (size_t i = 0; i < character_count && is_known; i++) {
        *prefix = characters[i][1];
        if (piece_is(argument, characters[i][0]))
            return true;
    }
    return false;
}
