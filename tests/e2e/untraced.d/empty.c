/*
 * empty.c - a library with nothing in it.
 */
int untraced_empty;
