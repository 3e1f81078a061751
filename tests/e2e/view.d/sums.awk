# sums.awk - adds up the lines of a view that have none below them, and what is counted at its end,
# and compares both with the head. usage: awk -v lines=N -f sums.awk REPORT
# Prints what is not so. Hits and paths are whole numbers; times are rounded to two digits or more.

function number_of(text) {
    gsub(/,/, "", text)
    return text + 0
}

# The first duration in the text, in nanoseconds.
function time_of(text, parts) {
    if (!match(text, /[0-9.]+ (ns|us|ms|s|min)/))
        return 0
    split(substr(text, RSTART, RLENGTH), parts, " ")
    return parts[1] * unit[parts[2]]
}

# What stands before these words, back to a comma and a space, a colon or an opening parenthesis.
function before(text, words, at) {
    at = index(text, words)
    if (!at)
        return ""
    text = substr(text, 1, at - 1)
    sub(/.*(, |: |; |[(])/, "", text)
    return text
}

function take(line) {
    if (match(line, /, [0-9.]+ [a-z]+ idle/))
        idle += time_of(substr(line, RSTART, RLENGTH))
    hits += number_of(substr(line, columns - 11, 10))
    if (has_times && substr(line, 10, 6) ~ /idle/)
        idle += time_of(substr(line, 1, 9))
    else if (has_times)
        busy += time_of(substr(line, 1, 9))
    match(line, /[0-9]+ paths?( |,|$)/)
    paths += RSTART ? number_of(substr(line, RSTART, RLENGTH)) : 1
}

function check(what, some, all, tolerance) {
    if (some - all > tolerance || all - some > tolerance)
        print what ": " some " instead of " all
}

BEGIN {
    unit["ns"] = 1; unit["us"] = 1e3; unit["ms"] = 1e6; unit["s"] = 1e9; unit["min"] = 60e9
}

NR == 1 {
    all_busy = time_of(before($0, / in leaves/ ? " in leaves" : " waiting"))
    all_idle = time_of(before($0, " idle"))
}
NR == 2 { all_hits = number_of(before($0, " hit")) }
/^ +time share +hits$/ { has_times = 1; columns = 27; in_tree = 1; next }
/^ +hits$/ { columns = 12; in_tree = 1; next }
in_tree && /^$/ { in_tree = 0 }
in_tree && / to +[0-9.]+ [a-z]+ +[0-9,]+  #/ { next } # a line of a histogram
/paths? (is|are) not shown \(/ {
    in_tree = 0
    sub(/\): see .*/, "")
    paths += number_of($0)
    hits += number_of(before($0, " hit"))
    idle += time_of(before($0, " idle"))
    sub(/, [^,]* idle/, "")
    sub(/.* hits?/, "")
    busy += time_of($0)
}
# What a leaf has waited for is a part of the leaf.
in_tree && substr($0, columns + 1) ~ /^ *([|] +)*[*] / {
    tree_lines++
    next
}
in_tree && / \.\.\. [0-9]+ more paths?/ { tree_lines++; next } # counted at the end, too
in_tree {
    level = index(substr($0, columns + 1), "- ")
    if (former != "" && level <= former_level)
        take(former)
    former = $0
    former_level = level
    tree_lines++
}
END {
    if (former != "")
        take(former)
    check("hits", hits, all_hits, 0)
    check("time", busy, all_busy, 0.02 * all_busy)
    check("idle time", idle, all_idle, 0.02 * all_idle)
    if (all_paths && paths != all_paths)
        print "paths: " paths " instead of " all_paths
    if (lines && tree_lines > lines)
        print tree_lines " lines instead of " lines
    if (print_paths)
        print paths
}
