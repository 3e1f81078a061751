#!/bin/bash
# What compilers and tests don't see: layout, static analysis, who includes whom, and in the
# built library what it exports, imports, and touches where. usage: scripts/lint.sh
# (from the repository). Builds with each compiler there is, warnings being errors.
set -u
shopt -s lastpipe # verdict counts in this shell
build=${BUILD:-build}/lint
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM
passed=0 failed=0 skipped=0

# verdict WHAT ADVICE: passes if what was found, on stdin, is nothing.
verdict() {
    cat >"$work/found"
    if [ -s "$work/found" ]; then
        echo "FAIL $1"
        sed 's/^/       /' "$work/found" | head -n 40
        echo "     $2"
        failed=$((failed + 1))
    else
        echo "ok   $1"
        passed=$((passed + 1))
    fi
}

# needs PROGRAM WHAT: whether it is installed; else WHAT is skipped.
needs() {
    command -v "$1" >/dev/null && return
    echo "skip $2: no $1"
    skipped=$((skipped + 1))
    return 1
}

# Sources.

c_files() { find include cli preload tests examples bench -name '*.[ch]' -o -name '*.cpp' | sort; }
scripts() {
    find .ci scripts bench tests -type f -print0 |
        xargs -0 awk 'FNR == 1 && /^#!.*sh$/ { print FILENAME }'
    echo completions/scoped-trace.bash tests/e2e/completions.d/offer.bash
}

lint_layout() {
    needs clang-format 'layout of the sources' || return
    c_files | xargs clang-format --dry-run --Werror 2>&1 | grep -E 'error:' |
        verdict 'layout of the sources' 'clang-format -i FILE'
}

lint_analysis() {
    needs cppcheck 'static analysis' || return
    # Not in stack.c: cppcheck does not see that a walk that is not there has no frames left; nor in
    # elf/frame.c: it takes a table that a pointer leads to for the pointer.
    cppcheck --quiet --std=c11 --enable=warning,performance --inconclusive -j2 \
        -Iinclude -Iinclude/x86_64 -Icli -Ipreload -Ipreload/x86_64 -D_GNU_SOURCE -D__x86_64__ -DVERSION='""' -DLIBRARY_DIR='""' \
        --suppress=missingIncludeSystem --suppress=nullPointer:preload/walk/stack.c \
        --suppress=objectIndex:cli/elf/frame.c \
        --template='{file}:{line}: {severity}: {message} [{id}]' preload cli 2>&1 |
        verdict 'static analysis' 'mend it; a false alarm goes on the list in scripts/lint.sh'
}

lint_scripts() {
    needs shellcheck 'scripts' || return
    scripts | xargs shellcheck --external-sources --severity=warning --format=gcc |
        verdict 'scripts' 'mend it, or disable the check on the line above, with the reason'
}

lint_manual() {
    needs groff 'the manual page is well-formed' || return
    groff -man -ww -z -Tutf8 docs/scoped-trace.1 2>&1 |
        verdict 'the manual page is well-formed' 'see groff_man(7)'
}

# Prints the long options of the tool.
long_options() {
    cat cli/options/{options.c,view_wish.h} | grep -oE '"[a-z-]+", *[a-z]+_argument' |
        sed 's/^"/--/; s/".*//' | sort -u
}

# without_option FILE DASHES: prints the options that the file has not got; DASHES is what it writes
# before their names.
without_option() {
    long_options | while read -r option; do
        grep -qE -e "$2${option#--}([^a-z-]|\$)" "$1" || echo "$option"
    done
}

lint_options() {
    long_options | wc -l | grep -vE '^[3-9][0-9]$' |
        verdict 'the options are found in their tables' 'see long_options in scripts/lint.sh'
    sed 's/\\-/-/g' docs/scoped-trace.1 >"$work/manual"
    without_option "$work/manual" -- |
        verdict 'every option is in the manual page' 'describe it in docs/scoped-trace.1'
    "${BUILD:-build}/scoped-trace" --help >"$work/help"
    without_option "$work/help" -- |
        verdict 'every option is in --help' 'name it in options_help, in cli/options/help.c'
    {
        without_option completions/scoped-trace.bash -- | sed 's/$/ for bash/'
        without_option completions/_scoped-trace -- | sed 's/$/ for zsh/'
        without_option completions/scoped-trace.fish '-l ' | sed 's/$/ for fish/'
    } | verdict 'every option is in the completions' 'add it in completions/'
}

# The files of rooms and of those within them.
files_of() { find "$@" -name '*.[chS]' | sort; }

lint_rooms() {
    for side in preload cli; do
        files_of $side | xargs grep -HoE '^#include "[^"]+"' | sed 's/#include "//; s/"$//' |
            while IFS=: read -r file name; do
                [ -e "$side/$name" ] || [ -e "include/$name" ] ||
                    [ "$side/$name" = preload/given.h ] || echo "$file includes $name"
            done
    done | verdict 'preload/ and cli/ meet in include/ only' 'what both need to know goes to include/'
}

lint_first_include() {
    for half in preload cli; do
        files_of $half | sed -n "s,^$half/\\(.*\\)\\.c\$,& \\1.h,p"
    done >"$work/own_headers"
    while read -r file own; do
        [ -e "${file%.c}.h" ] || own=arch/$(basename "$own") # what an architecture gives
        [ -e "${file%.c}.h" ] || [ -e "cli/$own" ] || continue
        first=$(grep -m 1 '^#include' "$file")
        [ "$first" = "#include \"$own\"" ] || echo "$file: $first"
    done <"$work/own_headers" |
        verdict 'a header stands alone' 'a file includes its own header first'
}

lint_forbidden() {
    for file in preload/*.c preload/*/*.c; do
        # It defines what forbidden.h poisons.
        [ "$file" = preload/base/freestanding.c ] && continue
        last=$(grep '^#include' "$file" | tail -n 1)
        [ "$last" = '#include "base/forbidden.h"' ] || echo "$file"
    done | verdict 'forbidden.h comes last in preload/' 'include it after all others'
}

# Rooms of cli/, lowest first, and after the colon those that each may include, which come before
# it; main is cli/main.c. Only commands/ knows how the parts go together. The planner and the browser
# (browse) are programs of their own: nobody includes them.
cli_rooms='
base:
arch:
names: base
elf: base arch
symbols: base arch names elf
trace: base arch
descriptors: base trace
saved: base symbols trace
objects: base names elf symbols trace
tree: base names symbols trace objects
view: base names objects tree
tasks: base names symbols trace tree view
report: base names trace objects tree view tasks
leaves: base arch names elf symbols
program: base arch elf
session: base program
plan: base arch names elf symbols leaves program session trace
planner: base arch elf leaves plan
launch: base arch session
options: base leaves plan view
terminal: base
channel:
browse: base channel names trace saved objects tree view tasks report options terminal
commands: base channel names leaves symbols trace descriptors saved objects tree view tasks report plan program session launch options
main: base options commands
'

# Prints "FILE ROOM INCLUDED-FILE ITS-ROOM" for each include of cli/ within cli/.
cli_includes() {
    files_of cli | xargs grep -HoE '^#include "[^"]+/[^"]+"' | sed 's/#include "//; s/"$//' |
        awk -F: '{
            room = $1; sub(/^cli\//, "", room); if (!sub(/\/.*/, "", room)) room = "main"
            to = $2; sub(/\/.*/, "", to)
            print $1, room, $2, to
        }'
}

lint_cli_rooms() {
    cli_includes >"$work/cli_includes"
    echo "$cli_rooms" | awk -F': *' '
        FILENAME == "-" && NF {
            n = split($2, rooms, " ")
            for (i = 1; i <= n; i++) {
                if (!(rooms[i] in known)) print "the table lets " $1 "/ include " rooms[i] "/, which is above it"
                may[$1, rooms[i]]
            }
            known[$1]
        }
        FILENAME != "-" {
            split($0, words, " ")
            if (words[2] != words[4] && !((words[2], words[4]) in may)) print words[1] " includes " words[3]
        }' - "$work/cli_includes" |
        verdict 'each room of cli/ includes those below it' \
            'move what both need down, or hand it in; the table is in scripts/lint.sh'
    awk '{ from = $1; sub(/^cli\//, "", from); to = $3; sub(/\.[ch]$/, "", from); sub(/\.[ch]$/, "", to)
           print from, to }' "$work/cli_includes" | tsort 2>&1 >/dev/null |
        verdict 'no circle between files of cli/' 'what two files share goes into a header below both'
}

# Files of so many lines, and folders of so many files, are read by nobody.
lint_size() {
    files_of preload cli | xargs wc -l | awk '$2 != "total" && $1 > 600 { print $2 " has " $1 " lines" }' |
        verdict 'no file has more than 600 lines' 'split it by what it does'
    files_of preload cli | grep '\.[cS]$' | xargs -n 1 dirname | sort | uniq -c |
        awk '$1 > 12 { print $2 " has " $1 " sources" }' |
        verdict 'no folder has more than 12 sources' 'make two rooms of it'
}

# Assembly, bytes of instructions, numbers and names that an architecture has.
machine_words='__asm__|[^_a-z]asm[^_a-z]|x86intrin|Zydis/|[^A-Z_]EM_[0-9A-NP-Z]|R_X86_64|ld-linux-[a-z]'
machine_words+='|code\[[^]]*\] [=!]= 0x|0x[0-9a-f]{2}, 0x[0-9a-f]{2}, 0x[0-9a-f]{2}[,}]'

lint_machine() {
    files_of cli | grep -v '^cli/arch/x86_64/' | xargs grep -nE "$machine_words" |
        grep -vE '[^A-Z_]EM_NONE|0xff, 0xff, 0xff' | # the latter: Go's table of functions
        verdict 'what only an architecture has is in a folder of its name' \
            'declare it in cli/arch/, and put it into cli/arch/x86_64/'
}

# Rooms of preload/.

# Each may include its own headers and those of the rooms that stand before it. `arch` is arch.h;
# the architecture's folder may use the ground, but nothing uses it other than by arch.h.
preload_order='arch base code trace object walk root task record hook start'
arch_folder=x86_64

# Of a path below preload/: its room.
room_of() {
    case $1 in
    arch.h) echo arch ;;
    */*) echo "${1%%/*}" ;;
    *) echo "${1%.*}" ;;
    esac
}

# may_include ROOM OTHER: whether a file of the room may include a header of the other one.
may_include() {
    local room
    case $1/$2 in
    "arch/$arch_folder" | "$arch_folder/$arch_folder" | "$arch_folder/base" | "$arch_folder/arch")
        return 0
        ;;
    esac
    for room in $preload_order; do
        [ "$room" = "$2" ] && return 0
        [ "$room" = "$1" ] && return 1
    done
    return 1
}

# Prints "FILE OTHER" for what files of preload/ include of preload/.
preload_includes() {
    files_of preload | xargs grep -oE '^#include "[^"]+"' |
        sed -E 's,^preload/,,; s,:#include "([^"]+)"$, \1,; s, given\.h$, '$arch_folder/given.h, |
        while read -r file name; do
            [ -e "preload/$name" ] && echo "$file $name"
        done
}

lint_preload_rooms() {
    preload_includes | while read -r file name; do
        may_include "$(room_of "$file")" "$(room_of "$name")" || echo "preload/$file includes $name"
    done | verdict 'no room of preload/ looks up' "the order is $preload_order"
    # A source and its header are one.
    preload_includes | sed -E 's/\.[chS]( |$)/\1/g' | awk '$1 != $2' | sort -u |
        tsort 2>&1 >/dev/null | sed 's/^tsort: -: //; s/^tsort: /  /' |
        verdict 'no files of preload/ include each other in a circle' \
            'what both need goes into a file below, or who asks passes what it knows'
}

# The files of preload/ but those of the architecture.
files_of_any_architecture() { files_of preload | grep -v "^preload/$arch_folder/"; }

# Instructions and registers, and what tells one processor from another.
lint_architecture() {
    {
        files_of_any_architecture | grep '\.S$'
        files_of_any_architecture | xargs grep -nE \
            '\b__asm__\b|\basm\b *(volatile)? *\(|<cpuid\.h>|\bREG_R|\bEM_(386|X86|AARCH)|__(x86|aarch)|immintrin'
        grep -nE '%r[0-9a-z]+|endbr|\bTSC\b|\brel32|x86' include/*.h
        # The bytes of instructions stand in arrays.
        files_of_any_architecture |
            xargs grep -nE 'uint8_t [a-z_]+\[[A-Z_]*\] = \{ *0x|== 0x(e8|e9|ff|cc|c3)\b'
    } | verdict "who knows the processor" \
        "what only one knows goes to preload/$arch_folder/ (preload/arch.h) or include/$arch_folder/"
}

# All but the architecture's folder, with a given.h and a hook_code.h that only declare.
lint_other_architecture() {
    local compiler=aarch64-linux-gnu-gcc
    needs $compiler 'preload/arch.h lists what an architecture gives' || return
    files_of_any_architecture | grep '\.c$' | while read -r file; do
        $compiler -std=c11 -O2 -Wall -Wextra -Werror -fPIC -fno-builtin -mgeneral-regs-only \
            -D_GNU_SOURCE -Iinclude -Ipreload -Itests/lint/arch -c -o "$work/other.o" "$file" 2>&1
    done | verdict 'preload/arch.h lists what an architecture gives' \
        'declare it there, and in tests/lint/arch/'
}

# The unit tests have both halves among the directories where headers are looked for.
lint_header_names() {
    (cd preload && find . -name '*.h') | sort | while read -r name; do
        [ -e "cli/$name" ] && echo "$name"
    done | verdict 'no header has one name in both halves' 'name it for what it says'
}

# A debugger or a profiler shows a static function by its name only.
lint_statics() {
    for half in preload cli; do
        files_of $half | grep '\.c$' |
            xargs grep -HoE '^static ([a-z_0-9]+ |\*)*\*?[a-z_0-9]+\(' |
            sed -E 's/^([^:]*):.*[ *]([a-z_0-9]+)\($/\2 \1/' | grep -v '^__attribute__ ' | sort -u |
            awk '$1 == name { print $1 ": " file " and " $2 } { name = $1; file = $2 }'
    done | verdict 'no two files have a static function of one name' \
        "put the file's prefix before the name"
}

# except FILES: the lines "file:name" of files other than these of cli/.
except() { grep -vE "^cli/($1)\.[ch]:" | sed 's/:/ includes /'; }

lint_who_knows() {
    files_of cli | xargs grep -HoE '^#include ["<][^">]+' | sed 's/#include ["<]//' >"$work/includes"
    grep ':trace_format.h$' "$work/includes" |
        except 'launch/launch|session/session|trace/([a-z]+/)?[a-z_]+|descriptors/[a-z_]+|saved/get_process|objects/[a-z_]+|tree/([a-z]+/)?[a-z]+|view/build|report/drawing' |
        verdict 'who knows the trace file' 'take what you need from a snapshot (trace/snapshot.h)'
    grep ':ncursesw/' "$work/includes" | except 'terminal/screen' |
        verdict 'who knows the terminal' 'ask terminal/screen.h'
    grep -E ':(elfutils/.*|dwarf\.h)$' "$work/includes" | except 'symbols/([a-z]+/)?[a-z_]+|elf/embedded' |
        verdict 'who knows DWARF' 'ask symbols/symbols.h'
    grep -E ':(libelf|gelf)\.h$' "$work/includes" | except 'symbols/[a-z_]+' |
        verdict 'who knows ELF' 'ask symbols/symbols.h, elf/exports.h or program/program.h'
    grep ':Zydis/' "$work/includes" | except 'arch/x86_64/decoder/[a-z_]+' |
        verdict 'who knows instructions' 'ask arch/displace.h or arch/caller_seen.h'
    {
        grep '^cli/report/' "$work/includes" |
            grep -vE ':(report/.*|names/(fit|short_path).h|objects/deadlock.h|tasks/groups.h|view/(view|cut|objects).h|tree/.*|base/.*|trace/words.h|trace_format.h|(sys/)?[a-z_]+\.h)$' |
            sed 's/:/ includes /'
        # The words for what was lost are all that they take from trace/.
        grep -rnE 'struct snapshot|snapshot_|SNAPSHOT_' cli/report
    } | verdict 'reports see trees, views and the summary only' \
        'what a report shows goes into tree/tree.h or report/summary.h'
}

# What the library does in a stub it does for functions that have one.
lint_watched() {
    grep -ohE 'text_equal\(name, "[^"]+"|^    \{"[a-z_0-9]+", ' preload/hook/{watched_call,faults,execution}.c |
        grep -oE '"[^"]+"' | sort -u | while read -r name; do
        grep -q "{$name, " include/watched_functions.h || echo "$name"
    done | verdict 'what is watched is in the table of both sides' 'see include/watched_functions.h'
}

# Everything below hands the text of a problem up.
lint_messages() {
    files_of cli | grep -vE '^cli/(commands/|base/message|main|planner/main|browse/main)' |
        xargs grep -nE '(^|[^a-z_])message(_fail)?\(' | grep -vE '^[^:]*:[0-9]+: \*' |
        verdict 'only commands say something' 'return -errno, and the text in *problem (message_problem)'
}

# These write to streams of their own: a file, text in memory, or the output of another command.
own_streams='main|tasks/place|base/message|base/wrap|browse/draw|names/near_miss|elf/embedded|symbols/scope|plan/(leaf_check|file)|'
own_streams+='session/notes|launch/pager|commands/(list|list_runs|explain|run_end)'

lint_streams() {
    files_of cli | grep -vE "^cli/(report/|($own_streams)\.)" | xargs grep -nE \
        '(^|[^a-z_])(v?fprintf|fputs|fputc|putc|putchar|puts|fwrite|v?printf|message_write_harmless)\(' |
        grep -vE '__attribute__|^[^:]*:[0-9]+: \*' |
        verdict 'only report/ writes to the stream of a report' \
            'make it a part of struct report_summary, and let each format write it'
}

# The built library.

# build_with COMPILER: builds with it in $build/COMPILER.
build_with() {
    needs "$1" "builds with $1" || return
    make -j2 CC="$1" CFLAGS='-O2 -g -Werror' BUILD="$build/$1" all 2>&1 >"$work/log" |
        verdict "builds with $1 without a warning" 'mend it'
}

# They are built by `make bench` only, and stand in for functions of preload/.
lint_benchmarks() {
    { BUILD=$build/gcc bench/run --build >"$work/log" 2>&1 || cat "$work/log"; } |
        verdict 'the benchmarks build' 'mend it'
}

# symbol, and where it may be used: "startup" in what is marked STARTUP_ONLY (startup.h), "hit"
# anywhere, "linker" by what the linker adds to every shared object.
allowed='
_r_debug                    hit      data: the link map (linkmap.c)
__libc_stack_end            hit      data: where the first thread'\''s stack begins (thread.c)
__environ                   hit      data: the session directory, before main too (settings.c)
environ                     hit      the same under its other name
dl_iterate_phdr             hit      before glibc 2.35; registers are saved (modules.c)
scoped_trace_hooks          hit      data: the interposer'\''s records (stubs.c)
scoped_trace_system_calls   hit      data: the interposer'\''s system calls (system_calls.c)
_GLOBAL_OFFSET_TABLE_       hit      no symbol of another object
getauxval                   startup  whether the program is set-user-ID (start.c)
__register_atfork           startup  registers what counts forks, weak (start.c)
_dl_debug_addr              hit      data: the link map of musl, weak (linkmap.c)
__cxa_finalize              linker   crtbeginS.o
_ITM_registerTMCloneTable   linker   crtbeginS.o, weak
_ITM_deregisterTMCloneTable linker   crtbeginS.o, weak
__gmon_start__              linker   crti.o, weak
'

# What musl has as well.
of_every_libc='dl_iterate_phdr environ __environ getauxval'

lint_exports() {
    nm -D --defined-only "$1" | awk '$3 !~ /^(scoped_trace_enter|_dl_find_object)$/ { print $3 }' |
        verdict "$2: exports" 'preload/exports.map: what is exported can replace the program'\''s own'
}

lint_imports() {
    nm -D --undefined-only "$1" | sed 's/@.*//' | awk -v allowed="$allowed" '
        BEGIN {
            n = split(allowed, lines, "\n")
            for (i = 1; i <= n; i++) { split(lines[i], words); is_allowed[words[1]] }
        }
        !($2 in is_allowed) { print $2 }' |
        verdict "$2: imports" 'a hit may call nothing of libc (kernel.h has what is used instead)'
    readelf -dW "$1" | sed -n 's/.*(NEEDED).*\[\(.*\)\]/\1/p' | grep -vxF libc.so.6 |
        verdict "$2: needs no library but libc" 'symbols of others would come before the program'\''s own,
       and musl has no file of that name'
    # Old glibc must have what it needs, and musl all that is not weak.
    nm -D --undefined-only "$1" | sed -n 's/.*@GLIBC_//p' | sort -uV |
        awk -F. '$1 > 2 || $2 > 17' |
        verdict "$2: needs nothing of glibc after 2.17" 'refer to it weakly, without a version'
    nm -D --undefined-only "$1" | sed 's/@.*//' | awk -v known="$of_every_libc" '
        BEGIN { split(known, names); for (i in names) is_known[names[i]] }
        $1 == "U" && !($2 in is_known) { print $2 }' |
        verdict "$2: another libc can load it" 'make the reference weak, and mind that it may be NULL'
}

# Which section refers to which symbol of another object, by the relocations.
lint_references() {
    local objects=(preload/*.c preload/*/*.[cS])
    objects=("${objects[@]%.*}")
    objects=("${objects[@]/#/$1/obj/}")
    objects=("${objects[@]/%/.o}")
    nm --defined-only "${objects[@]}" | awk 'NF == 3 && $2 ~ /[A-Z]/ { print $3 }' >"$work/own"
    for object in "${objects[@]}"; do
        nm --undefined-only "$object" | awk '{ print $2 }' >"$work/undefined"
        readelf -rW "$object" | awk -v allowed="$allowed" -v object="$(basename "$object")" '
            BEGIN {
                n = split(allowed, lines, "\n")
                for (i = 1; i <= n; i++) { split(lines[i], words); where[words[1]] = words[2] }
            }
            FILENAME == ARGV[1] { is_own[$1]; next }
            FILENAME == ARGV[2] { is_undefined[$1]; next }
            /^Relocation section/ { section = $3; gsub(/\047|\.rela/, "", section); next }
            section ~ /^\.(debug|eh_frame)/ || !($5 in is_undefined) || $5 in is_own { next }
            where[$5] == "hit" { next }
            where[$5] == "startup" && section == ".text.startup_only" { next }
            !seen[section, $5]++ { print object ": " section " refers to " $5 }
        ' "$work/own" "$work/undefined" -
    done | verdict "$2: what a hit refers to" \
        'only what is STARTUP_ONLY may call libc, and only what scripts/lint.sh allows'
}

# What saves all vector state is the architecture's own.
lint_registers() {
    local saving
    saving=$(nm --defined-only "$build/$2/obj/preload/$arch_folder/vector_state.o" | awk '{ print $3 }')
    objdump -d --no-show-raw-insn "$1" | awk -v saving="$saving" '
        /^[0-9a-f]+ <.*>:$/ { name = $2; gsub(/[<>:]/, "", name) }
        /%[xyz]?mm[0-9]|%st|%k[0-7]/ && name != saving { print name ": " $0 }' |
        verdict "$2: general registers only" 'a hit may not change a vector register (arch.h)'
}

# A suite that nobody runs finds nothing.
lint_suites() {
    find tests/e2e -maxdepth 1 -type f -executable | sort | while read -r suite; do
        grep -qE "[[:space:]]$suite([[:space:]]|\$)" Makefile || echo "$suite"
    done | verdict 'every e2e suite is run' 'name it in E2E_PARTS, in the Makefile'
}

lint_library() {
    local library=$build/$1/libscoped-trace.so
    [ -e "$library" ] || return
    lint_exports "$library" "$1"
    lint_imports "$library" "$1"
    lint_references "$build/$1" "$1"
    lint_registers "$library" "$1"
}

lint_layout
lint_analysis
lint_scripts
lint_manual
lint_options
lint_suites
lint_rooms
lint_cli_rooms
lint_size
lint_machine
lint_first_include
lint_forbidden
lint_preload_rooms
lint_architecture
lint_other_architecture
lint_header_names
lint_statics
lint_who_knows
lint_watched
lint_messages
lint_streams
for compiler in gcc clang; do
    build_with $compiler
    lint_library $compiler
done
lint_benchmarks
echo "$passed passed, $failed failed, $skipped skipped"
[ $failed = 0 ]
