# One image for every program of this project; docker-compose.yml says which of them a container runs.

FROM debian:trixie-slim AS build
RUN apt-get update && apt-get install --yes --no-install-recommends \
	gcc libc6-dev libssl-dev make
WORKDIR /src
COPY . .
RUN make CFLAGS=-O2 LDFLAGS=-s redis-decode/redis-decode events-decode/events-decode join/join \
	scripts/redis-source/redis-source scripts/stedi-simulator/stedi-simulator

FROM debian:trixie-slim
RUN apt-get update && apt-get install --yes --no-install-recommends \
	kcat websocketd && \
	rm -rf /var/lib/apt/lists/* /var/cache/apt/* /var/cache/debconf/* /var/log/* \
		/usr/share/doc/* /usr/share/man/*
# the pipeline prints what it logs, and the engine keeps that within bounds
RUN useradd --system --create-home --home-dir /var/lib/stedi stedi && \
	install --directory --owner stedi /var/lib/stedi/logs && ln -s /dev/null /var/lib/stedi/logs/kafkajoin.log
COPY --from=build /src/redis-decode/redis-decode /opt/stedi-pipes/redis-decode/
COPY --from=build /src/events-decode/events-decode /opt/stedi-pipes/events-decode/
COPY --from=build /src/join/join /opt/stedi-pipes/join/
COPY --from=build /src/scripts /opt/stedi-pipes/scripts
WORKDIR /opt/stedi-pipes
ENV LOG_DIR=/var/lib/stedi/logs
USER stedi
CMD ["scripts/submit-event-kafkajoin.sh"]
