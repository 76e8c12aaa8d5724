#!/usr/bin/env bash
# The risk graph in a real browser, fed by real records. Needs chromium, kcat, websocketd and node.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
if ! cmp -s package-lock.json node_modules/.installed; then
	npm ci --silent >&2
	cp package-lock.json node_modules/.installed
fi
exec node --test-reporter=./tap.mjs risk-graph.mjs
