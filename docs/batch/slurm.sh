#!/bin/bash
# A worker on each of four GPUs, which ends once no job has waited for a minute: `sbatch docs/batch/slurm.sh`.
# DATABASE, JOBS and SHARED are set where it is submitted; SHARED is a folder that every node and the server see.
#SBATCH --job-name=circuit-explorer
#SBATCH --array=1-4
#SBATCH --gres=gpu:1
#SBATCH --cpus-per-task=8
#SBATCH --mem=64G
#SBATCH --time=24:00:00
#SBATCH --requeue
#SBATCH --signal=TERM@60
set -eu
: "${DATABASE:?the graphs: neo4j://user:password@host}" "${JOBS:?the jobs: postgresql://user:password@host/jobs}"
: "${SHARED:?a folder that every node and the server see}"

# What a node loses with its own disk is traced again: another worker takes over what this one ran.
data=$(mktemp -d "${TMPDIR:-/tmp}/circuit-explorer-XXXXXX")
trap 'rm -rf "$data"' EXIT
export TMPDIR="$data"

export CIRCUIT_EXPLORER_MODELS="$SHARED/models.toml" CIRCUIT_EXPLORER_LOG=json
export HF_HOME="${HF_HOME:-$SHARED/hub}"
circuit-explorer worker --drain --max-idle 60 \
  --data "$data" --database "$DATABASE" --jobs "$JOBS" --traces "$SHARED/traces" &
worker=$!
trap 'kill -TERM "$worker" 2>/dev/null || true' TERM # a minute before the time is over: its job is queued again
status=0
wait "$worker" || status=$?
while kill -0 "$worker" 2>/dev/null; do # the signal ended the wait, not the worker
  status=0
  wait "$worker" || status=$?
done
exit "$status"
