/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The program of one check or collector: TABLE is its name, given by the Makefile. */
#include "lib/check.h"

extern const struct check TABLE;

int main(int argc, char **argv)
{
    return check_main(&TABLE, argc, argv);
}
