/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The functions of libcurl that http.c calls, with the types of <curl/curl.h>. Nobody else includes this. */
#ifndef WATCHBILL_COLLECTORS_HTTP_LIBRARY_H
#define WATCHBILL_COLLECTORS_HTTP_LIBRARY_H

#include "lib/error.h"

#include <curl/curl.h>

struct http_library {
    __typeof__(curl_global_init) *global_init;
    __typeof__(curl_easy_init) *easy_init;
    __typeof__(curl_easy_setopt) *easy_setopt;
    __typeof__(curl_easy_perform) *easy_perform;
    __typeof__(curl_easy_getinfo) *easy_getinfo;
    __typeof__(curl_easy_strerror) *easy_strerror;
    __typeof__(curl_easy_cleanup) *easy_cleanup;
    __typeof__(curl_slist_append) *slist_append;
    __typeof__(curl_slist_free_all) *slist_free_all;
};

/* http_library_get(error): the table, loaded by the first call; the same one ever after. NULL when the
 * library cannot be loaded, with the reason. Safe from several threads. */
const struct http_library *http_library_get(struct error *error);

#endif
