/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The program of one remediation: TABLE is its name, given by the Makefile. */
#include "lib/remediation.h"

extern const struct remediation_program TABLE;

int main(int argc, char **argv)
{
    return remediation_main(&TABLE, argc, argv);
}
