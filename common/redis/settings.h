/* Where Redis is, and how to log in, by the environment. */
#ifndef SETTINGS_H
#define SETTINGS_H

#include <openssl/ssl.h>

struct redis_settings {
	const char *host;
	int port;
	int db;
	const char *user;     /* NULL: the default user */
	const char *password; /* NULL: none */
	SSL_CTX *tls;         /* NULL: none */
};

/* The lines of --help about these settings. */
extern const char redis_settings_help[];

/*
 * Reads REDIS_HOST, REDIS_PORT, REDIS_DB, REDIS_USER, REDIS_PASSWORD, REDIS_TLS and the files of REDIS_TLS_CA,
 * REDIS_TLS_CERT and REDIS_TLS_KEY. Returns NULL, or what is wrong with them.
 */
const char *redis_settings_read(struct redis_settings *);

#endif
