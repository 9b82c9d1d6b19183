/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The program of one remediation: TABLE is its name, given by the Makefile. */
#include "lib/remediation.h"
#include "remediations/tools/machine.h"

extern const struct remediation_program TABLE;

int main(int argc, char **argv)
{
    return remediation_main(&TABLE, machine_gather, argc, argv);
}
