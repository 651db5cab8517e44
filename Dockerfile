FROM python:3.11-slim-bookworm AS packages
COPY requirements.txt /
RUN python -m venv /packages \
    && /packages/bin/pip install --no-cache-dir --require-hashes -r /requirements.txt

FROM python:3.11-slim-bookworm
# The distribution's own git, as its security fixes come.
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install -y --no-install-recommends ca-certificates git \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --create-home --uid 1000 tracker \
    && install --directory --owner tracker /data /imports
COPY --from=packages /packages /packages
ENV PATH=/packages/bin:$PATH PYTHONUNBUFFERED=1 PORT=5001 GITHUB_CACHE_DIR=/data/git IMPORTS_DIR=/imports/files
WORKDIR /app
COPY . .
# A key for this step alone: no file depends on it. Compiled here, because nothing can be written there later.
RUN SECRET_KEY=none python manage.py collectstatic --noinput --verbosity 0 \
    && python -m compileall -q .
USER 1000
EXPOSE 5001
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s \
    CMD ["python", "-c", "import os, urllib.request as u; u.urlopen('http://localhost:' + os.environ['PORT'] + '/api/health', timeout=4)"]
CMD ["gunicorn", "lifetracker.wsgi"]
