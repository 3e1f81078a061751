# Completion of scoped-trace for fish.

set -g __scoped_trace_valued -o --root --leaf --by --task --hook --wait --for --then --color --output --save --under --through \
    --without --thread --process --hide --merge --idle --sort --lines --min --min-share --since --every --count

# Prints PROG, or the run of a report, that is among the words after the command.
function __scoped_trace_program
    set -l words $argv
    while set -q words[1]
        if test $words[1] = --
            string join -- \n $words[2]
            return
        else if contains -- $words[1] $__scoped_trace_valued
            set -e words[2]
        else if test -n "$words[1]"; and not string match -q -- '-*' $words[1]
            string join -- \n $words[1]
            return
        end
        set -e words[1]
    end
end

function __scoped_trace_is_report
    set -l words (commandline -opc)
    test (count $words) -ge 2; and contains -- "$words[2]" report now watch
end

function __scoped_trace_needs_run
    set -l words (commandline -opc)
    __scoped_trace_is_report; and test -z (__scoped_trace_program $words[3..-1])
end

# Whether the cursor is before PROG.
function __scoped_trace_is_run
    set -l words (commandline -opc)
    not contains -- "$words[2]" report now watch; and test -z (__scoped_trace_program $words[2..-1])
    and not contains -- -- $words
end

# Reads the output of nm and prints names as --root takes them.
function __scoped_trace_clean
    sed -n -E '/^[0-9a-f]* [TtWi] /{
        s/^[0-9a-f]* . //; s/\(anonymous namespace\):://g; s/\(.*//
        :a
        s/<[^<>]*>//; ta
        s/.* //; s/\.[a-z].*//; s/::h[0-9a-f]{16}$//
        /^[A-Za-z_][A-Za-z0-9_:~]*$/p
    }' | sort -u
end

# Prints the functions of a program that may match the current word. A second is enough for 100 MB.
function __scoped_trace_functions_of_program
    set -l file (command -s -- $argv[1]); or return
    set -l name (commandline -ct | string replace -r '.*[:=,-]' '')
    begin
        timeout 1 nm -C --defined-only -- $file; and timeout 1 nm -CD --defined-only -- $file
    end 2>/dev/null | grep -F -e "$name" | __scoped_trace_clean
end

# Prints those in the report of a run, as if nm had named them.
function __scoped_trace_functions_of_run
    set -l tool (commandline -opc)[1]
    LC_ALL=C timeout 1 $tool report $argv[1] --color=never --lines=500 --min-share=0 2>/dev/null |
        sed -n -E '/^[ 0-9.a-z<%]* [-|`]/{ s/^[^-]*- //; s/  .*//; s/^[^>]*: //; s/ x[0-9]+ deep//g
            s/ > /\n/g; p; }' | sed 's/^/0 T /' | __scoped_trace_clean
end

function __scoped_trace_functions
    # All words, with an empty one where the cursor is between two blanks.
    set -l words (commandline -opc)
    set -l current (commandline -ct)
    set -l before (count $words)
    set -l all (commandline -op)
    test -z "$current"; or set before (math $before + 1)
    set -a words "$current" $all[(math $before + 1)..-1]
    if __scoped_trace_is_report
        set -l run (__scoped_trace_program $words[3..-1])
        set -q run[1]; or set run last
        __scoped_trace_functions_of_run $run
    else
        set -l program (__scoped_trace_program $words[2..-1])
        set -q program[1]; and __scoped_trace_functions_of_program $program
    end
end

# Prints groups and functions after what is already in the list.
function __scoped_trace_leaves
    set -l before (commandline -ct | string replace -r '^--leaf=' '' | string match -r '^(?:.*,)?-?')
    set -l tool (commandline -opc)[1]
    begin
        $tool --list-leaves 2>/dev/null | sed -E '/^@/s/ .*//' | tr -s ' ' '\n'
        __scoped_trace_functions
    end | string match -r '.+' | string replace -r '^' "$before"
end

function __scoped_trace_runs
    echo last\t'the newest run'
    set -l tool (commandline -opc)[1]
    $tool report 2>/dev/null |
        sed -n -E 's/^ *([0-9]+)  (.{19})  .{8}  .{7}  .{9}  .{7}  (.*)/\1\t\2 \3/p'
end

complete -c scoped-trace -f
complete -c scoped-trace -n __scoped_trace_needs_run -F -a '(__scoped_trace_runs)'
complete -c scoped-trace -n 'test (count (commandline -opc)) = 1' -a report -d 'Report of an earlier run'
complete -c scoped-trace -n 'test (count (commandline -opc)) = 1' -a now -d 'What waits now'
complete -c scoped-trace -n 'test (count (commandline -opc)) = 1' -a watch -d 'What happens'
complete -c scoped-trace -n 'not __scoped_trace_is_report' \
    -a '(__fish_complete_subcommand $__scoped_trace_valued)'

# Options of runs and reports.
set -l both '__scoped_trace_is_report; or __scoped_trace_is_run'
complete -c scoped-trace -n $both -l root -x -a '(__scoped_trace_functions)' -d 'Where the tree begins'
complete -c scoped-trace -n $both -l color -x -a 'auto always never' -d 'Colours'
complete -c scoped-trace -n $both -s o -l output -r -F -d 'Write the report to a file'
complete -c scoped-trace -n $both -l save -r -F -d 'Save the run in a file'
complete -c scoped-trace -n $both -l redact -d 'With --save: no arguments and paths'
complete -c scoped-trace -n $both -l help -d 'Options'
complete -c scoped-trace -n $both -l full -d 'Every process, thread and place'
complete -c scoped-trace -n $both -l under -x -a '(__scoped_trace_functions)' -d 'Only below a function'
complete -c scoped-trace -n $both -l through -x -a '(__scoped_trace_functions)' -d 'Only paths with a function'
complete -c scoped-trace -n $both -l without -x -a '(__scoped_trace_functions)' -d 'No paths with a function'
complete -c scoped-trace -n $both -l thread -x -d 'Only this thread'
complete -c scoped-trace -n $both -l process -x -d 'Only this process'
complete -c scoped-trace -n $both -l hide -x -a '(__scoped_trace_functions)' -d 'Leave out frames'
complete -c scoped-trace -n $both -l merge -x -a '(__scoped_trace_functions)' -d 'Leave out frames below'
complete -c scoped-trace -n $both -l internals -d 'Show the frames of libraries'
complete -c scoped-trace -n $both -l idle -x -a 'none (__scoped_trace_functions)' -d 'Waits for work'
complete -c scoped-trace -n $both -l invert -d 'Leaves first'
complete -c scoped-trace -n $both -l threads -d 'Each thread by itself'
complete -c scoped-trace -n $both -l processes -d 'Each process by itself'
complete -c scoped-trace -n $both -l sort -x -a 'time order hits' -d 'Order of children'
complete -c scoped-trace -n $both -l lines -x -d 'Lines of the tree'
complete -c scoped-trace -n $both -l min -x -d 'No paths without a call so long'
complete -c scoped-trace -n $both -l min-share -x -d 'No paths with a smaller share'
complete -c scoped-trace -n $both -l all -d 'All paths'
complete -c scoped-trace -n $both -l histogram -d 'How many calls took how long'
complete -c scoped-trace -n $both -l sites -d 'Call sites apart'
complete -c scoped-trace -n $both -l places -d 'File and line of each node'
complete -c scoped-trace -n $both -l full-names -d 'Do not shorten names'
complete -c scoped-trace -n $both -l what -d 'Table of what was waited for'
complete -c scoped-trace -n $both -l no-what -d 'Nothing of what was waited for'

# Options of runs.
complete -c scoped-trace -n $both -l leaf -x -a '(__scoped_trace_leaves)' -d 'Functions and groups'
complete -c scoped-trace -n __scoped_trace_is_run -l fibers -d 'Suspended fibers, too'
complete -c scoped-trace -n __scoped_trace_is_run -l each -d 'A tree for each call of the root'
complete -c scoped-trace -n __scoped_trace_is_run -l exact-tasks -d 'Each turn registers its wakers anew'
complete -c scoped-trace -n __scoped_trace_is_run -l by -x -a '1 2 3 4 5 6' -d 'Calls of the root by an argument'
complete -c scoped-trace -n __scoped_trace_is_run -l tasks -a 'auto tokio async-task futures' -d 'Tasks of runtimes'
complete -c scoped-trace -n __scoped_trace_is_run -l task -x -d 'Tasks of another runtime'
complete -c scoped-trace -n __scoped_trace_is_run -l hook -x -a 'auto entry plt' -d 'Where leaves are hooked'
complete -c scoped-trace -n __scoped_trace_is_run -l explain -d 'How each leaf would be hooked'
complete -c scoped-trace -n __scoped_trace_is_run -l yes-many -d 'Accept patterns for many functions'
complete -c scoped-trace -n __scoped_trace_is_run -l list-leaves -d 'Groups and their functions'
complete -c scoped-trace -n __scoped_trace_is_run -l no-time -d 'Count only'
complete -c scoped-trace -n __scoped_trace_is_run -l wait -x -a 'program all' -d 'For whom'
complete -c scoped-trace -n __scoped_trace_is_run -l for -x -a '1s 10s 1m' -d 'Print after this time'
complete -c scoped-trace -n __scoped_trace_is_run -l then -x -a 'leave term' -d 'After --for'
complete -c scoped-trace -n __scoped_trace_is_run -l no-keep -d 'Do not keep the run'
complete -c scoped-trace -n __scoped_trace_is_run -l version -d 'Version'

complete -c scoped-trace -n __scoped_trace_is_report -l now -d 'What it waited for last'
complete -c scoped-trace -n __scoped_trace_is_report -l json -d 'Of now: for programs'
complete -c scoped-trace -n __scoped_trace_is_report -l since -x -a '1s 10s 1m' -d 'What it does in this time'
complete -c scoped-trace -n __scoped_trace_is_report -l every -x -a '1s 10s 1m' -d 'Of watch: the period'
complete -c scoped-trace -n __scoped_trace_is_report -l count -x -d 'Of watch: how many periods'
complete -c scoped-trace -n __scoped_trace_is_report -l remove -d 'Remove the run'
complete -c scoped-trace -n __scoped_trace_is_report -s i -l interactive -d 'Browse the run on the terminal'
