# Signal handlers, exceptions, pipes both ways, children that die.
use strict;
use warnings;
use POSIX ":sys_wait_h";
use Time::HiRes qw(usleep ualarm);
$| = 1;

# Handlers while the program sleeps, reads, and does nothing of the kind.
my ($alarms, $children) = (0, 0);
$SIG{ALRM} = sub { $alarms++ };
ualarm(1000, 1000);
my $sum = 0;
for my $number (1 .. 20) {
    usleep(2000);
    $sum += $_ * $number for 1 .. 1000;
}
ualarm(0);
print $alarms > 5 ? "alarms\n" : "$alarms alarms\n", "$sum\n";

# A handler that dies leaves what it interrupted.
my $result = eval {
    local $SIG{ALRM} = sub { die "timeout\n" };
    ualarm(5000);
    select undef, undef, undef, 10;
    1;
};
print "left by: $@" unless $result;

# A pipe to sort and one from it, and children that end in every way.
pipe my $from, my $to or die;
my $sorter = fork // die;
if ($sorter == 0) {
    close $to;
    open STDIN, '<&', $from or die;
    exec 'sort', '-n' or die;
}
close $from;
print $to "$_\n" for reverse 1 .. 5;
close $to;
waitpid $sorter, 0;
print "sort: $?\n";
for my $end ('exit 3', 'kill 9, $$', 'die "dead\n"', 'POSIX::_exit(4)') {
    my $child = fork // die;
    if ($child == 0) {
        close STDERR;
        eval "usleep(100); $end; 1" or exit 7;
        exit 8;
    }
    waitpid $child, 0;
    print "$end: ", $? >> 8, " ", $? & 127, "\n";
}

# As a server collects its children.
$SIG{CHLD} = sub { while (waitpid(-1, WNOHANG) > 0) { $children++ } };
for (1 .. 5) {
    my $child = fork // die;
    next if $child;
    usleep(1000);
    POSIX::_exit(0);
}
usleep(1000) while $children < 5;
print "$children children\n";
$SIG{CHLD} = 'DEFAULT';
open my $reader, '-|', 'echo one; echo two; exit 5' or die;
print "read $_" while <$reader>;
close $reader;
print "status ", $? >> 8, "\n";
kill 'SEGV', $$;
sleep 1;
