# compare.awk - compares the first histogram of a report with what a program has measured itself.
# usage: awk -f compare.awk MEASURED REPORT; MEASURED has the lines "long NANOSECONDS" of slow.c
# Prints what is not so. Bounds are printed with two digits or more, so they are compared with 5 %.

BEGIN {
    unit["ns"] = 1; unit["us"] = 1e3; unit["ms"] = 1e6; unit["s"] = 1e9
}

FILENAME == ARGV[1] && $1 == "long" { took[measured++] = $2 }

# "28.5 us to   57.0 us   909  ###" or "up to 122 ns  3  #"
FILENAME == ARGV[2] && / to +[0-9.]+ [a-z]+ +[0-9,]+  #/ {
    if (ended)
        next
    match($0, /[0-9.]+ [a-z]+ to/)
    least[rows] = 0
    if (RSTART) {
        split(substr($0, RSTART, RLENGTH), parts, " ")
        least[rows] = parts[1] * unit[parts[2]]
    }
    match($0, / to +[0-9.]+ [a-z]+ +[0-9,]+/)
    split(substr($0, RSTART, RLENGTH), parts, " ")
    most[rows] = parts[2] * unit[parts[3]]
    gsub(/,/, "", parts[4])
    calls[rows++] = parts[4]
    next
}
FILENAME == ARGV[2] && rows { ended = 1 }

END {
    for (i = 0; i < rows; i++) {
        all += calls[i]
        if (i && least[i] < most[i - 1] * 0.95)
            print "bounds overlap: " least[i] " after " most[i - 1]
        if (least[i] && i < rows - 1 && (most[i] > least[i] * 2.1 || most[i] < least[i] * 1.9))
            print "no power of two: " least[i] " to " most[i]
        if (most[i] >= 200e6)
            slow += calls[i]
    }
    if (all != 1003 || measured != 1003)
        print all " calls in the histogram, " measured " measured"
    if (slow < 3)
        print slow " calls of 200 ms"
    # What a report says is never more than what the program has measured.
    for (i = 0; i < rows; i++) {
        at_least = 0
        for (k = 0; k < measured; k++)
            at_least += took[k] >= least[i] * 0.95
        so_long = 0
        for (k = i; k < rows; k++)
            so_long += calls[k]
        if (so_long > at_least)
            print so_long " calls of " least[i] " ns or more, " at_least " measured"
    }
}
