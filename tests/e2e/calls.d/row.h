/* row.h - functions that jump to one another, in the program or in a library. */
int odd(unsigned n);
int even(unsigned n);
int first(unsigned n); /* jumps to plain, that to last, and so on */
int plain(unsigned n);
int last(unsigned n);
int looker(unsigned n); /* jumps to _Unwind_Looker, which is always entered by a jump */
int _Unwind_Looker(unsigned n);
int summing(long a, long b, long c, long d, long e, long f, long g, long h, unsigned n);
int adding(long a, long b, long c, long d, long e, long f, long g, long h, unsigned n);
