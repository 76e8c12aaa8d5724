#include "settings.h"

#include "number.h"

#include <limits.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

const char redis_settings_help[] = "Environment:\n"
				   "  REDIS_HOST      default localhost\n"
				   "  REDIS_PORT      default 6379\n"
				   "  REDIS_DB        number of the database, default 0\n"
				   "  REDIS_PASSWORD  default none\n"
				   "  REDIS_USER      default: Redis's default user\n"
				   "  REDIS_TLS       yes or no (default)\n"
				   "  REDIS_TLS_CA    certificates to trust, default: those of the system\n"
				   "  REDIS_TLS_CERT, REDIS_TLS_KEY\n"
				   "                  our own certificate and its key, default none\n";

/* An empty setting is an absent one. */
static const char *
setting(const char *name, const char *fallback)
{
	const char *value = getenv(name);
	return value == NULL || value[0] == '\0' ? fallback : value;
}

/* Takes the files into the context. Returns NULL, or what is wrong with them. */
static const char *
read_tls_files(SSL_CTX *tls)
{
	const char *ca = setting("REDIS_TLS_CA", NULL);
	const char *certificate = setting("REDIS_TLS_CERT", NULL);
	const char *key = setting("REDIS_TLS_KEY", NULL);
	if (ca == NULL ? SSL_CTX_set_default_verify_paths(tls) != 1 : SSL_CTX_load_verify_file(tls, ca) != 1)
		return "REDIS_TLS_CA: expected a file of certificates";
	if ((certificate == NULL) != (key == NULL))
		return "REDIS_TLS_CERT, REDIS_TLS_KEY: expected both or none";
	if (certificate != NULL && SSL_CTX_use_certificate_chain_file(tls, certificate) != 1)
		return "REDIS_TLS_CERT: expected a file with a certificate";
	if (key != NULL && SSL_CTX_use_PrivateKey_file(tls, key, SSL_FILETYPE_PEM) != 1)
		return "REDIS_TLS_KEY: expected a file with the certificate's key";
	return NULL;
}

static const char *
read_tls(struct redis_settings *settings)
{
	const char *wanted = setting("REDIS_TLS", "no");
	if (strcmp(wanted, "no") == 0)
		return NULL;
	if (strcmp(wanted, "yes") != 0)
		return "REDIS_TLS: expected yes or no";
	settings->tls = SSL_CTX_new(TLS_client_method());
	if (settings->tls == NULL)
		return "REDIS_TLS: OpenSSL can't be set up";
	SSL_CTX_set_verify(settings->tls, SSL_VERIFY_PEER, NULL);
	/* What a connection that is not blocking couldn't write yet may have moved until it can. */
	SSL_CTX_set_mode(settings->tls, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
	return read_tls_files(settings->tls);
}

const char *
redis_settings_read(struct redis_settings *settings)
{
	long long port;
	long long db;
	*settings = (struct redis_settings){0};
	if (!parse_number(setting("REDIS_PORT", "6379"), 1, 65535, &port))
		return "REDIS_PORT: expected a port number";
	if (!parse_number(setting("REDIS_DB", "0"), 0, INT_MAX, &db))
		return "REDIS_DB: expected the number of a database";
	settings->host = setting("REDIS_HOST", "localhost");
	settings->port = (int)port;
	settings->db = (int)db;
	settings->user = setting("REDIS_USER", NULL);
	settings->password = setting("REDIS_PASSWORD", NULL);
	return read_tls(settings);
}
