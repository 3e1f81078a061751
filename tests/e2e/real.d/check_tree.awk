# Checks the form of a report, and that each head's count is the sum of what stands below it.
# Prints every line that is wrong. For reports in ASCII (LC_ALL=C); see cli/report/text.c.

function wrong(why)
{
    printf "%s:%d: %s: %s\n", FILENAME, FNR, why, $0
    failed = 1
}

function end_process()
{
    if (in_process && claimed != counted)
        wrong("the head above says " claimed " hits, the leaves have " counted)
    counted = claimed = in_process = 0
}

BEGIN {
    duration = "[0-9]+(\\.[0-9])? (ns|us|ms|s)|[0-9]+ (min [0-9]+ s|h [0-9]+ min)"
    unfinished = "([0-9]+ )?unfinished( after (" duration "))?"
    place = "([^ ].*:[0-9]+(:[0-9]+)?|[^ ].*\\+0x[0-9a-f]+)"
    mark = "interrupted by a signal|generated code|caller guessed"
    marks = "( \\((" mark ")(, (" mark "))*\\))?"
    about = "((median|p99) (~|<=)|longest )?(" duration ")|" unfinished
    remarks = "(" about ")(, (" about "))*"
    leaf = "^[A-Za-z_][A-Za-z0-9_]* x[0-9]+(  " remarks ")?(  [^ ].*)?$"
    object = "^\\* [^ ].*( x[0-9]+(  " remarks ")?|  " remarks ")?$"
    frame = "^(.+ at )?" place marks "$"
    gone = "^[^ ].* \\(jumps on\\)(, called at " place ")?$"
    phase = "^(before|after) main: [0-9]+ hits?(, (" duration "))?$"
    generated = "^0x[0-9a-f]+ \\((" mark ")(, (" mark "))*\\)$"
}

# A head.
/^[^ ].*\[[0-9]+\].*: / && !/^- / {
    end_process()
    in_process = 1
    if (match($0, /: [0-9]+ hits? of [0-9]+ (leaf|leaves) in [0-9]+ threads?/)) {
        split(substr($0, RSTART + 2), words, " ")
        claimed = words[1]
    } else if ($0 !~ /: no hits/) {
        wrong("unknown head")
    }
    next
}

/^thread [0-9]+/ { next }

# Notes on what is not in the tree; a lost hit or a damaged record is never right.
/^[0-9]+ hits? (lies|lie) outside of / { next }
/^no function '.*' is on any path/ { next }
/^no function on the paths has the name 'main': / { next }
/^no call of / { next }
/^[0-9]+ process(es)?, with [0-9]+ hits?, never reached / { next }
/^no hits in [0-9]+ more process(es)?: / { next }
/^not traced: [0-9]+ / { next }
/^functions of '.*' are shown as addresses: / { next }
/^the program forbade reading the clock: later calls have no time$/ { next }
/ not hooked[: ]/ { wrong("leaves were not hooked"); next }
/^without a time, because they may have more arguments on the stack than are copied: / { next }
/^[0-9]+ more calls? of the root, without a separate tree: / { next }
/^\.\.\. \(callers unknown/ { next }
/^\.\.\. \(the stack goes on/ { next }
/ hits? lost/ { wrong("hits were lost"); next }
/left out, because of damage$/ { wrong("the trace is damaged"); next }

# A line of the tree.
/^(- |\[|  )/ {
    text = $0
    sub(/^(\[[0-9]+\] )?[ |`-]*/, "", text)
    if (text ~ leaf) {
        split(text, words, " ")
        sub(/^x/, "", words[2])
        counted += words[2]
    } else if (text !~ frame && text !~ generated && text !~ gone && text !~ phase &&
        text !~ object) {
        wrong("neither a leaf nor a frame")
    }
    if (!in_process)
        wrong("belongs to no process")
    next
}

{ wrong("unknown line") }

END {
    end_process()
    exit failed
}
