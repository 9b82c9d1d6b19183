/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Calls that this project does without: each overflows, keeps hidden state, or meets a shell.
 * The compiler is told to include this header before every source file. */
#ifndef WATCHBILL_LIB_BANNED_H
#define WATCHBILL_LIB_BANNED_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#pragma GCC poison strcpy strcat sprintf vsprintf gets system popen
#pragma GCC poison localtime gmtime ctime asctime mktime strtok atoi atol atof

#endif
