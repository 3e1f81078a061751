# matches.zsh - lets a tab print the matches, a line each, between <<BEGIN>> and <<END>>.
autoload -Uz compinit
compinit -D -u
setopt no_beep
matches_begin() { print "\n<<BEGIN>>"; }
matches_end() { print "<<END>>"; }
compprefuncs=(matches_begin)
comppostfuncs=(matches_end)
zstyle ':completion:*' completer _complete
bindkey '^I' complete-word
# Calls with -O, -A or -D fill arrays; the others add matches.
compadd() {
    if [[ ${@[1,(i)(-|--)]} == *-(O|A|D)\ * ]]; then
        builtin compadd "$@"
        return
    fi
    local -a found
    builtin compadd -A found "$@"
    (($#found)) && print -rl -- $found
    builtin compadd "$@"
}
