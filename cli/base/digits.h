/*
 * digits.h - names that differ in digits only.
 */
#ifndef BASE_DIGITS_H
#define BASE_DIGITS_H

/* Puts # for each row of digits. */
void digits_mask(char *text);

#endif
