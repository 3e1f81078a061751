/*
 * short_name.h - a demangled name as people say it.
 *
 *     std::__cxx11::basic_string<char, std::char_traits<char>, std::allocator<char> >::size() const
 *         std::string::size
 *     void net::run<int>(int)::{lambda(char)#2}::operator()(char) const [clone .isra.0]
 *         net::run<int>::{lambda#2}::operator()
 *     std::vector<int, std::allocator<int> >::push_back(int const&)
 *         std::vector<int>::push_back
 *     <alloc::vec::Vec<T> as core::iter::traits::collect::Extend<T>>::extend::h0123456789abcdef
 *         <Vec<T> as Extend<T>>::extend
 *
 * Names are read as libiberty and LLVM write those of C++ and Rust. One that is malformed or not
 * understood (Go, Objective-C, D's templates) comes back unchanged; it may hold any bytes. The time
 * is linear in the length.
 */
#ifndef NAMES_SHORT_NAME_H
#define NAMES_SHORT_NAME_H

/* Template arguments that take more bytes are shown as an ellipsis. */
#define SHORT_NAME_ARGUMENTS_MAX 24

/* What is left of a name. In all but the last: names of the standard library as people write them,
 * no ABI tags, default arguments, return types, suffixes of compiler clones and hashes of Rust. */
enum short_name_detail {
    SHORT_NAME_BRIEF,      /* nothing else */
    SHORT_NAME_PARAMETERS, /* and parameter lists, numbers of closures of Rust */
    SHORT_NAME_ARGUMENTS,  /* and all template arguments, with whole paths */
    SHORT_NAME_WHOLE,      /* unchanged */
};

/* Returns the name, malloc'ed; NULL when out of memory. `ellipsis` is what stands for template
 * arguments: "…" or "...", not longer than 4 bytes. */
char *short_name(const char *demangled, const char *ellipsis, enum short_name_detail detail);

#endif
