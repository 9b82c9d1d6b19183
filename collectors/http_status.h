/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the status of an HTTP answer says, and lists of statuses. */
#ifndef WATCHBILL_COLLECTORS_HTTP_STATUS_H
#define WATCHBILL_COLLECTORS_HTTP_STATUS_H

#include "collectors/source.h"

/* http_status_end(status): what an answer that is no success says about the service: 5xx is its own fault;
 * anything else (401, 403, 404, ...) means that the question cannot be answered. */
enum source_end http_status_end(int status);

/* http_status_name(status): "Not Found"; "" when it has no name here. */
const char *http_status_name(int status);

/* http_status_list_check(list): whether ${list} reads as "200,301-302": statuses of 100 to 999, and spans. */
bool http_status_list_check(const char *list);

/* http_status_listed(list, status): whether such a list holds ${status}. */
bool http_status_listed(const char *list, int status);

#endif
