#!/usr/bin/env bash
# The risk graph in a real browser, fed by real records. Needs chromium, kcat, websocketd and node.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
./install
exec node --test-reporter=./tap.mjs risk-graph.mjs
