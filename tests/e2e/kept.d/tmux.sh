# shellcheck shell=bash disable=SC2154 # set by the scripts
# Terminals of tmux(1), for scripts that include kept.d/tests.sh: keys are sent, and the screen is
# compared.

# in_tmux ARGUMENTS...: tmux with the server of the terminal that was opened last.
terminals=0
in_tmux() { tmux -f /dev/null -S "$PWD/tmux.$terminals" "$@"; }

screen() { in_tmux capture-pane -p; }

# Whether ./screen is the whole screen: what is taken while it is being drawn has old lines, too.
is_drawn() {
    sleep 0.02
    screen >screen.again 2>/dev/null && cmp -s screen screen.again
}

# shows PATTERN...: waits until lines of the screen match, in this order.
shows() {
    local i
    for ((i = 0; i < 500; i++)); do
        screen >screen 2>/dev/null && (has screen "$@") >/dev/null && is_drawn && return
        sleep 0.02
    done
    fail "the screen never has '$*': $(cat screen)"
}

keys() { in_tmux send-keys "$@"; }

# type_text TEXT: each of its letters.
type_text() { in_tmux send-keys -l "$1"; }

# open_terminal COLUMNSxROWS COMMAND...: runs it in a terminal of its own.
open_terminal() {
    needs tmux
    local size=$1
    shift
    terminals=$((terminals + 1))
    trap 'in_tmux kill-server 2>/dev/null' EXIT
    LC_ALL=C.UTF-8 in_tmux -u new-session -d -x "${size%x*}" -y "${size#*x}" \
        "cd '$PWD'; $* 2>errors; echo status \$?; sleep 1000" || fail "no tmux"
}
