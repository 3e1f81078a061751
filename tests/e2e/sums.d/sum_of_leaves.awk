# Of a report in ASCII: each leaf's hits in all its trees, then what was lost; and "bad" with the
# line for what is said to be damaged. With --each a tree stands for so many calls of the root.

/^[^ ].*\[[0-9]+\].*: / && !/^- / { times = 1; next }
/^[0-9]+ calls? of / { times = $1; next }
/^[0-9]+ hits? (lies|lie) in no call/ { outside += $1; next }
/^[0-9]+ hits? lost/ { lost += $1; next }
/damaged/ { print "bad", $0; next }
/^[0-9]+ more calls? .* not kept/ { print "bad", $0; next }

match($0, /[^ ]+ x[0-9]+(  |$)/) {
    split(substr($0, RSTART), words, " ")
    hits[words[1]] += times * substr(words[2], 2)
}

END {
    for (leaf in hits)
        print leaf, hits[leaf]
    print "lost", lost + 0
    print "outside", outside + 0
}
