#!/bin/bash
# The cases of the steps that need no broker.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
PATH=$here/../../scripts/assessments:$PATH exec "$here/../cases.t" "$here"/cases/*.txt
