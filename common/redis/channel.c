#include "channel.h"

#include "clock.h"
#include "dial.h"
#include "patience.h"

#include <errno.h>
#include <openssl/err.h>
#include <openssl/x509v3.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { CONNECTING_MAX = 5 }; /* seconds, TLS included */

static ssize_t
fail(struct redis_trouble *trouble, const char *what, const char *found)
{
	redis_failed(trouble, what, found);
	return -1;
}

/* What a call of OpenSSL returned, as the caller of channel_read() is told. */
static ssize_t
tls_result(struct channel *channel, int result, short *awaited, struct redis_trouble *trouble)
{
	const char *reason;
	switch (SSL_get_error(channel->tls, result)) {
	case SSL_ERROR_NONE:
		return result;
	case SSL_ERROR_WANT_READ:
		*awaited = POLLIN;
		return 0;
	case SSL_ERROR_WANT_WRITE:
		*awaited = POLLOUT;
		return 0;
	case SSL_ERROR_ZERO_RETURN:
		return fail(trouble, "it closed the connection", "");
	case SSL_ERROR_SYSCALL:
		return fail(trouble, errno == 0 ? "it closed the connection" : strerror(errno), "");
	}
	if (SSL_get_verify_result(channel->tls) != X509_V_OK)
		return fail(trouble, "TLS: ", X509_verify_cert_error_string(SSL_get_verify_result(channel->tls)));
	reason = ERR_reason_error_string(ERR_peek_error());
	return fail(trouble, "TLS: ", reason != NULL ? reason : "unknown error");
}

static bool
shake_hands(struct channel *channel, double deadline, struct redis_trouble *trouble)
{
	for (;;) {
		short awaited;
		ERR_clear_error();
		errno = 0;
		ssize_t done = tls_result(channel, SSL_connect(channel->tls), &awaited, trouble);
		if (done != 0)
			return done > 0;
		if (!redis_wait(channel->fd, awaited, deadline, trouble))
			return false;
	}
}

/* Whom the certificate has to name. */
static bool
expect_host(SSL *tls, const char *host)
{
	if (X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(tls), host) == 1)
		return true;
	return SSL_set1_host(tls, host) == 1 && SSL_set_tlsext_host_name(tls, host) == 1;
}

bool
channel_open(struct channel *channel, const struct redis_settings *settings, struct redis_trouble *trouble)
{
	double deadline = clock_seconds() + CONNECTING_MAX;
	*channel = (struct channel){.fd = dial(settings->host, settings->port, deadline, trouble)};
	if (channel->fd < 0)
		return false;
	if (settings->tls == NULL)
		return true;
	channel->tls = SSL_new(settings->tls);
	if (channel->tls == NULL || SSL_set_fd(channel->tls, channel->fd) != 1 ||
		!expect_host(channel->tls, settings->host))
		redis_failed(trouble, "TLS: OpenSSL can't be set up", "");
	else if (shake_hands(channel, deadline, trouble))
		return true;
	channel_close(channel);
	return false;
}

void
channel_close(struct channel *channel)
{
	SSL_free(channel->tls);
	if (channel->fd >= 0)
		close(channel->fd);
	*channel = (struct channel){.fd = -1};
}

/* What recv(2) or send(2) returned, the same way. */
static ssize_t
plain_result(ssize_t result, short awaits, short *awaited, struct redis_trouble *trouble)
{
	if (result > 0)
		return result;
	*awaited = awaits;
	if (result == 0)
		return fail(trouble, "it closed the connection", "");
	return errno == EAGAIN || errno == EINTR ? 0 : fail(trouble, strerror(errno), "");
}

static int
at_most(size_t length)
{
	return length < 1 << 30 ? (int)length : 1 << 30;
}

ssize_t
channel_read(struct channel *channel, char *bytes, size_t room, short *awaited, struct redis_trouble *trouble)
{
	if (channel->tls == NULL)
		return plain_result(recv(channel->fd, bytes, room, MSG_DONTWAIT), POLLIN, awaited, trouble);
	ERR_clear_error();
	errno = 0;
	return tls_result(channel, SSL_read(channel->tls, bytes, at_most(room)), awaited, trouble);
}

ssize_t
channel_write(struct channel *channel, const char *bytes, size_t length, short *awaited, struct redis_trouble *trouble)
{
	if (channel->tls == NULL)
		return plain_result(
			send(channel->fd, bytes, length, MSG_DONTWAIT | MSG_NOSIGNAL), POLLOUT, awaited, trouble);
	ERR_clear_error();
	errno = 0;
	return tls_result(channel, SSL_write(channel->tls, bytes, at_most(length)), awaited, trouble);
}
