# offer.bash - prints what bash offers for a command line. usage: bash offer.bash FILE LINE
# FILE has the completion; | in the line is the cursor. The function gets what readline gives it:
# words are split at blanks, and at =, : and @.
# shellcheck shell=bash disable=SC1090,SC2034 # which files, the caller says; COMP_* is for them

# Appends the words of a text to COMP_WORDS.
split() {
    local rest=$1
    while [[ $rest =~ ^[[:space:]]*([=:@]+|[^[:space:]=:@]+)(.*)$ ]]; do
        COMP_WORDS+=("${BASH_REMATCH[1]}")
        rest=${BASH_REMATCH[2]}
    done
}

compopt() { :; } # there is no readline
[ ! -e "${BASH_COMPLETION:-}" ] || . "$BASH_COMPLETION"
. "$1"
COMP_LINE=${2/|/} COMP_WORDS=() COMPREPLY=()
before=${2%%|*}
COMP_POINT=${#before} COMP_TYPE=9 COMP_KEY=9
split "$before"
[[ $before != *' ' ]] || COMP_WORDS+=('')
COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
split "${2#*|}"
"_scoped_trace" "${COMP_WORDS[0]}"
((${#COMPREPLY[@]} == 0)) || printf '%s\n' "${COMPREPLY[@]}"
