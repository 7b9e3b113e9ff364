#!/bin/sh
# Runs a command in a network of its own that has nothing but loopback: what is lost there, nobody else misses.
# This machine's PostgreSQL is reached by its socket. Needs root and nftables.
export TEST_DATABASE_URL="${TEST_DATABASE_URL:-postgresql://postgres@localhost/postgres?host=/var/run/postgresql}"
exec unshare --net sh -c 'ip link set lo up && exec "$@"' sh "$@"
