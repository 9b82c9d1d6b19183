/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A YAML file as a tree of texts, lists and maps, each with its position. The only part that knows libyaml.
 * Scalars are text and nothing else: whoever reads one decides its type. Refused, with position: duplicate
 * keys, tags, anchors and aliases, keys that are no text, a second document, NUL bytes, bytes that are not
 * UTF-8, nesting deeper than DOCUMENT_DEPTH, more than DOCUMENT_VALUES values, more than DOCUMENT_BYTES
 * bytes. */
#ifndef WATCHBILL_IO_CONFIG_DOCUMENT_H
#define WATCHBILL_IO_CONFIG_DOCUMENT_H

#include "lib/arena.h"
#include "scheduler/io/config_findings.h"

enum { DOCUMENT_DEPTH = 32, DOCUMENT_VALUES = 2000000, DOCUMENT_BYTES = 16 << 20 };

enum node_kind { NODE_TEXT, NODE_LIST, NODE_MAP };

struct node {
    enum node_kind kind;
    bool quoted;           /* a text in quotes or a block */
    struct place place;    /* line and column count from 1; columns are characters */
    const char *text;      /* NODE_TEXT */
    struct entry *entries; /* of a list, or of a map in the order of the file */
    size_t count;
};

struct entry {
    const char *name;   /* NULL in a list */
    struct place place; /* of the key; in a list, of the item */
    const struct node *value;
};

/* config_document_parse(bytes, length, file, nodes, texts, draft): the tree of ${length} ${bytes}; the nodes
 * live in ${nodes}, names and texts in ${texts}. ${file} is kept as a pointer. An empty file is an empty map.
 * NULL when it cannot be read as YAML; findings say why. Other findings leave the rest readable. */
const struct node *config_document_parse(const char *bytes, size_t length, const char *file,
                                         struct arena *nodes, struct arena *texts,
                                         struct findings_draft *draft);

/* config_document_load(path, file, nodes, texts, draft): the same of the file at ${path}, called ${file} in
 * findings. An absent file is an empty map. */
const struct node *config_document_load(const char *path, const char *file, struct arena *nodes,
                                        struct arena *texts, struct findings_draft *draft);

/* config_document_find(map, name): the entry of that key, or NULL. Linear: for maps of a known shape. */
const struct entry *config_document_find(const struct node *map, const char *name);

/* config_document_empty(node): nothing was written where a value could stand (`hosts:`). */
bool config_document_empty(const struct node *node);

#endif
