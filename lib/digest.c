/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/digest.h"

#include <openssl/evp.h>

bool digest_sha256(const void *bytes, size_t length, char hex[static DIGEST_HEX_BYTES])
{
    unsigned char sum[EVP_MAX_MD_SIZE];
    unsigned int size = 0;
    hex[0] = '\0';
    if (EVP_Digest(bytes, length, sum, &size, EVP_sha256(), NULL) != 1 || size * 2 + 1 != DIGEST_HEX_BYTES)
        return false;
    for (unsigned int i = 0; i < size; i++)
        (void)snprintf(hex + (size_t)2 * i, 3, "%02x", sum[i]);
    return true;
}
