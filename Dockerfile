# syntax=docker/dockerfile:1
# The web client is built with Node, the Python environment with uv; the image that runs has neither.

FROM node:22-bookworm-slim AS web
WORKDIR /build/web
ENV NEXT_TELEMETRY_DISABLED=1 NEXT_IGNORE_INCORRECT_LOCKFILE=1
COPY web/package.json web/package-lock.json ./
RUN --mount=type=cache,target=/root/.npm npm ci --no-audit --no-fund
COPY schema/schema.graphql ../schema/schema.graphql
COPY web ./
RUN npm run build

FROM python:3.12-slim-bookworm AS python
WORKDIR /app
ENV UV_LINK_MODE=copy UV_PYTHON_DOWNLOADS=never PYTHONDONTWRITEBYTECODE=1
COPY requirements-uv.txt requirements.lock ./
RUN --mount=type=cache,target=/root/.cache python -m venv /uv \
    && /uv/bin/pip install --quiet --require-hashes --only-binary :all: -r requirements-uv.txt
RUN --mount=type=cache,target=/root/.cache /uv/bin/uv venv /app/.venv \
    && /uv/bin/uv pip sync --python /app/.venv/bin/python --require-hashes --compile-bytecode requirements.lock
COPY domain domain
COPY persistence persistence
COPY orchestration orchestration
COPY schema schema
COPY resolvers resolvers
COPY server server
# The checkout on the environment's path, and the command: as `make setup` does it.
RUN echo /app > "$(/app/.venv/bin/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))')/parley.pth" \
    && printf '%s\n' '#!/app/.venv/bin/python' 'import sys' 'from server.commands import main' 'sys.exit(main())' \
       > /app/.venv/bin/parley \
    && chmod 755 /app/.venv/bin/parley \
    && /app/.venv/bin/python -m compileall -q domain persistence orchestration schema resolvers server

FROM python AS model
# Brings the small embedded model into the image, so that a container needs no network for it.
RUN --mount=type=cache,target=/cache \
    mkdir -p .uv/bin /models && ln -s /uv/bin/uv .uv/bin/uv \
    && PARLEY_MODELS=/cache/models /app/.venv/bin/parley fetch-model \
    && cp /cache/models/SmolLM2-*.gguf /models/

FROM python:3.12-slim-bookworm
LABEL org.opencontainers.image.title="Parley" \
      org.opencontainers.image.description="People and programs talk to a pool of AI models through one GraphQL API."
RUN groupadd --gid 10001 parley \
    && useradd --uid 10001 --gid parley --no-create-home --home-dir /data --shell /usr/sbin/nologin parley \
    && install -d -o parley -g parley -m 700 /data
WORKDIR /app
COPY --from=python /app /app
COPY --from=model /models /app/models
COPY --from=web /build/web/out /app/web/out
COPY alembic.ini ./
# Only /data is ever written to (and /tmp, by PostgreSQL's clients and OpenSSL): the rest may be read-only.
ENV PATH=/app/.venv/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    PARLEY_HOST=0.0.0.0 \
    PARLEY_PORT=8000 \
    PARLEY_DATA=/data \
    PARLEY_MODELS=/app/models
USER parley
VOLUME /data
EXPOSE 8000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --retries=3 \
    CMD ["python", "-c", "import os, urllib.request as r; r.urlopen(f\"http://127.0.0.1:{os.environ['PARLEY_PORT']}/readyz\", timeout=4)"]
ENTRYPOINT ["parley"]
CMD ["serve"]
