# offer.fish - prints what fish offers for a command line. usage: fish offer.fish FILE LINE
# FILE has the completion; | in the line is the cursor. `complete -C` completes at the end of a line
# only, so what is behind the cursor is told to the functions that ask for the whole line.
source $argv[1]
set -g line (string split -- '|' $argv[2])
function commandline
    if test "$argv" = -op; and test -n "$line[2]"
        string split -n -- ' ' "$line[1] $line[2]"
    else
        builtin commandline $argv
    end
end
complete -C "$line[1]" | string replace -r '\t.*' ''
