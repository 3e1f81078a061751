# A pipeline, substitutions, a trap, a background job, and the exit status of each.
trap 'echo trapped' USR1
word=$(printf 'some text' | tr a-z A-Z)
echo "$word"
printf '%s\n' c a b | sort | head -n 2
kill -USR1 $$
(exit 3)
echo "status $?"
false | true
echo "pipe ${PIPESTATUS[*]}"
sleep 0.02 &
wait $!
echo "waited $?"
while read -r line; do echo "line $line"; done <<END
one
two
END
exit 7
