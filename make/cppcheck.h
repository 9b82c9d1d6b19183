/* SPDX-License-Identifier: GPL-3.0-or-later */
/* jansson's loops in words that cppcheck follows without jansson's headers. */
#define json_array_foreach(array, index, value) for (index = 0; (value = json_array_get(array, index)); index++)
#define json_object_foreach(object, key, value) while ((key = next_key(object)) && (value = next_value(object)))
