/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Local sockets by paths of any length. */
#ifndef WATCHBILL_IO_CONTROL_ADDRESS_H
#define WATCHBILL_IO_CONTROL_ADDRESS_H

#include "lib/error.h"

/* control_address_listen(path, backlog, error): a listening stream socket whose file was never open to more than
 * its owner and group (0660). A file that nobody answers at is replaced, if it is a socket. -1: see ${error}. */
int control_address_listen(const char *path, int backlog, struct error *error);

/* control_address_connect(path, error): a connected socket that does not block; -1: see ${error}. */
int control_address_connect(const char *path, struct error *error);

#endif
