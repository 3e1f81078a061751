# Reads its own text, waits for a child, and for a command.
use strict;
use warnings;
$| = 1;
open my $file, '<', $0 or die;
my $lines = () = <$file>;
print "$lines lines\n";
my $child = fork // die;
if ($child == 0) {
    select undef, undef, undef, 0.01;
    exit 3;
}
waitpid $child, 0;
print "child ", $? >> 8, "\n";
print "command ", `echo said`;
kill 'TERM', $$;
