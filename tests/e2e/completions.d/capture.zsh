# capture.zsh - prints what zsh offers for a command line. usage: zsh -f capture.zsh FOLDER LINE
# FOLDER has the completion; | is the cursor. An inner zsh at a terminal gets the line and a tab; in it, compadd
# prints the matches.
zmodload zsh/zpty || exit 1
zpty inner zsh -f -i
zpty -w inner "fpath=($1 \$fpath); stty -echo; PS1="
zpty -w inner ". ${0:h}/matches.zsh; print READY"
zpty -r inner skipped '*READY*READY*' 2>/dev/null
after=${2#*|}
zpty -w -n inner "${2/|/}${(pl:$#after::\C-b:)}"$'\t'
zpty -r inner found $'*<<END>>*'
print -r -- "$found" | tr -d '\r' | sed -n '/^<<BEGIN>>/,/^<<END>>/{/^<</!p}'
