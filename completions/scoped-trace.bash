# Completion of scoped-trace for bash.
# shellcheck shell=bash

# Options of runs and reports, of runs only, and of reports only; then those of all that take the
# next word.
_scoped_trace_both='--root --leaf --color --output --save --redact --help --full --under --through --without
    --thread --process --hide --merge --internals --idle --invert --threads --processes --sort --lines
    --min --min-share --all --histogram --sites --places --full-names --what --no-what'
_scoped_trace_run='--fibers --each --by --tasks --task --exact-tasks --hook --explain --yes-many --list-leaves --no-time
    --wait --for --then --no-keep --version'
_scoped_trace_report='--interactive --remove --now --json --since --every --count'
_scoped_trace_valued=' -o --root --leaf --by --task --hook --wait --for --then --color --output --save --under --through
    --without --thread --process --hide --merge --idle --sort --lines --min --min-share --since --every --count '

# Sets `words` to the words of the command, and `cword` to the index of the current one. In
# COMP_WORDS they are split at =, : and @, too.
_scoped_trace_read_words() {
    local i blank rest=$COMP_LINE
    words=() cword=0
    for ((i = 0; i < ${#COMP_WORDS[@]}; i++)); do
        blank=${rest%%[![:space:]]*}
        [[ -n ${COMP_WORDS[i]} ]] || blank=${blank:0:1} # the cursor is between two blanks
        rest=${rest#"$blank"}
        rest=${rest#"${COMP_WORDS[i]}"}
        if [[ $i -eq 0 || -n $blank ]]; then
            words+=("${COMP_WORDS[i]}")
        else
            words[${#words[@]} - 1]+=${COMP_WORDS[i]}
        fi
        ((i != COMP_CWORD)) || cword=$((${#words[@]} - 1))
    done
}

_scoped_trace_takes_word() {
    [[ $1 == -* && " ${_scoped_trace_valued//$'\n'/ } " == *" $1 "* ]]
}

# Sets `at` to the index of PROG, or of the run of a report; without one, to the number of words.
_scoped_trace_find_program() {
    for ((at = first; at < ${#words[@]}; at++)); do
        if [[ ${words[at]} == -- && at -ne cword ]]; then
            ((at++))
            return
        elif _scoped_trace_takes_word "${words[at]}"; then
            ((at++))
        elif [[ ${words[at]} != -?* && ! (-z ${words[at]} && at -lt cword) ]]; then
            return
        fi
    done
}

# Reads the output of nm and prints names as --root takes them.
_scoped_trace_clean() {
    sed -n -E '/^[0-9a-f]* [TtWi] /{
        s/^[0-9a-f]* . //; s/\(anonymous namespace\):://g; s/\(.*//
        :a
        s/<[^<>]*>//; ta
        s/.* //; s/\.[a-z].*//; s/::h[0-9a-f]{16}$//
        /^[A-Za-z_][A-Za-z0-9_:~]*$/p
    }'
}

# Prints the functions of a program that may begin with $2. A second is enough for 100 MB.
_scoped_trace_functions_of_program() {
    local file
    file=$(type -P -- "${1/#\~\//$HOME/}") || return
    { timeout 1 nm -C --defined-only -- "$file" && timeout 1 nm -CD --defined-only -- "$file"; } |
        grep -F -e "${2##*:}" | _scoped_trace_clean
}

# Prints those in the report of a run, as if nm had named them.
_scoped_trace_functions_of_run() {
    LC_ALL=C timeout 1 "$tool" report "$1" --color=never --lines=500 --min-share=0 |
        sed -n -E '/^[ 0-9.a-z<%]* [-|`]/{ s/^[^-]*- //; s/  .*//; s/^[^>]*: //; s/ x[0-9]+ deep//g
            s/ > /\n/g; p; }' | sed 's/^/0 T /' | _scoped_trace_clean
}

_scoped_trace_functions() {
    if [[ $first == 2 ]]; then
        _scoped_trace_functions_of_run "${words[at]:-last}"
    elif [[ -n ${words[at]:-} ]]; then
        _scoped_trace_functions_of_program "${words[at]}" "$1"
    fi 2>/dev/null | sort -u
}

# Prints the groups of leaves, and the functions in them.
_scoped_trace_leaves() {
    "$tool" --list-leaves 2>/dev/null | sed -E '/^@/s/ .*//' | tr -s ' ' '\n'
}

# Prints the beginning of a word that readline does not replace: up to the last = or :, or before
# the last @ (readline's rl_special_prefixes), as far as the user has them as word breaks.
_scoped_trace_kept() {
    local kept=$1 breaks=${COMP_WORDBREAKS//[^=:]/}
    if [[ $COMP_WORDBREAKS == *@* && $kept == *@* ]]; then
        printf %s "${kept%@*}"
    elif [[ -n $breaks ]]; then
        printf %s "${kept%"${kept##*[$breaks]}"}"
    fi
}

# _scoped_trace_offer WORDS [BEFORE]: those that begin with `current`; BEFORE is before it in its word.
_scoped_trace_offer() {
    local kept
    mapfile -t COMPREPLY < <(compgen -P "${2:-}" -W "$1" -- "$current" | head -n 1000)
    kept=$(_scoped_trace_kept "${2:-}$current")
    [[ -z $kept ]] || COMPREPLY=("${COMPREPLY[@]#"$kept"}")
}

_scoped_trace_offer_files() {
    compopt -o filenames 2>/dev/null
    mapfile -t COMPREPLY < <(compgen -f -- "$current")
}

# The last of a list; what is before it stays.
_scoped_trace_offer_leaves() {
    local before=${current%"${current##*,}"}
    current=${current##*,}
    [[ $current != -* ]] || before+=-
    current=${current#-}
    compopt -o nospace 2>/dev/null
    _scoped_trace_offer "$(_scoped_trace_leaves) $(_scoped_trace_functions "$current")" "$before"
}

_scoped_trace_offer_value() {
    case $1 in
    --color) _scoped_trace_offer 'auto always never' ;;
    --tasks) _scoped_trace_offer 'auto tokio async-task futures' ;;
    --hook) _scoped_trace_offer 'auto entry plt' ;;
    --wait) _scoped_trace_offer 'program all' ;;
    --for | --since | --every) _scoped_trace_offer '1s 10s 1m' ;;
    --then) _scoped_trace_offer 'leave term' ;;
    --sort) _scoped_trace_offer 'time order hits' ;;
    --leaf) _scoped_trace_offer_leaves ;;
    --idle) _scoped_trace_offer "none $(_scoped_trace_functions "$current")" ;;
    --root | --under | --through | --without | --hide | --merge)
        _scoped_trace_offer "$(_scoped_trace_functions "$current")"
        ;;
    -o | --output | --save) _scoped_trace_offer_files ;;
    esac
}

_scoped_trace_offer_options() {
    [[ $first == 1 ]] && _scoped_trace_offer "$_scoped_trace_both $_scoped_trace_run"
    [[ $first == 2 ]] && _scoped_trace_offer "$_scoped_trace_both $_scoped_trace_report"
}

_scoped_trace_offer_runs() {
    local files runs
    mapfile -t files < <(compgen -f -- "$current")
    runs=$("$tool" report 2>/dev/null | sed -n -E 's/^ *([0-9]+)  .*/\1/p')
    _scoped_trace_offer "last $runs"
    COMPREPLY+=("${files[@]}")
}

# PROG, a report, what waits now, or what happens.
_scoped_trace_offer_commands() {
    local report=
    [[ $at != 1 ]] || report=$(compgen -W 'report now watch' -- "$current")
    [[ $current != */* ]] || compopt -o filenames 2>/dev/null
    mapfile -t COMPREPLY < <(compgen -c -- "$current" | sort -u)
    # shellcheck disable=SC2206 # words
    [[ -z $report ]] || COMPREPLY+=($report)
}

# What follows PROG is completed as PROG's command line, if bash-completion is there.
_scoped_trace_leave_to_program() {
    local offset=0 word
    for word in "${COMP_WORDS[@]}"; do
        [[ $word != "${words[at]}" ]] || break
        ((offset++))
    done
    if declare -F _comp_command_offset >/dev/null; then # since 2.12
        _comp_command_offset "$offset"
    elif declare -F _command_offset >/dev/null; then
        _command_offset "$offset"
    else
        _scoped_trace_offer_files
    fi
}

_scoped_trace() {
    local words cword at first=1 tool=${1/#\~\//$HOME/} current before
    _scoped_trace_read_words
    [[ ! ${words[1]:-} =~ ^(report|now|watch)$ || $cword -lt 2 ]] || first=2
    _scoped_trace_find_program
    current=${words[cword]} before=${words[cword - 1]}
    if ((first == 1 && at < cword)); then
        _scoped_trace_leave_to_program
    elif [[ $current == --*=* ]]; then
        current=${current#*=}
        _scoped_trace_offer_value "${words[cword]%%=*}"
    elif _scoped_trace_takes_word "$before"; then
        _scoped_trace_offer_value "$before"
    elif [[ $current == -* ]]; then
        _scoped_trace_offer_options
    elif ((at == cword && first == 2)); then
        _scoped_trace_offer_runs
    elif ((at == cword)); then
        _scoped_trace_offer_commands
    fi
}

complete -F _scoped_trace scoped-trace
