# The server (page and API) and, with LOCK=requirements.lock, the worker that traces, for docker-compose.yml.
#
# That lock holds all that the tests use, too, and brings PyTorch with CUDA: several gigabytes that a server of stored graphs
# never uses. Without it graphs are imported, and prompts wait for a worker, or, where none is promised, are refused.

FROM node:22-bookworm-slim AS page
WORKDIR /page
COPY web/package.json web/package-lock.json ./
RUN npm ci --no-fund --no-audit
COPY web/ ./
RUN npm run build

FROM python:3.11-slim-bookworm
ENV PYTHONUNBUFFERED=1 PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1 PIP_ROOT_USER_ACTION=ignore
WORKDIR /app

ARG LOCK=requirements-serve.lock
COPY requirements.lock requirements-serve.lock ./
RUN pip install --require-hashes --requirement ${LOCK}

COPY pyproject.toml README.md LICENSE ./
COPY queries/ queries/
COPY ingest/ ingest/
COPY api/ api/
COPY demo/ demo/
COPY --from=page /page/dist web/dist
RUN pip install --no-deps --editable .

RUN useradd --system --uid 10001 --no-create-home explorer && install --directory --owner explorer /data /traces /hub
USER explorer
# Where numba keeps what it compiled: the user has no home, and the code is not its own.
ENV CIRCUIT_EXPLORER_DATA=/data NUMBA_CACHE_DIR=/data/compiled
VOLUME /data
EXPOSE 8000

HEALTHCHECK --interval=15s --timeout=10s --start-period=60s --retries=4 \
  CMD ["python", "-m", "api.health", "http://127.0.0.1:8000/api/health"]

# Beyond loopback, as a container must; the server refuses to without CIRCUIT_EXPLORER_TOKEN.
CMD ["circuit-explorer", "serve", "--no-examples", "--host=0.0.0.0", "--port=8000"]
