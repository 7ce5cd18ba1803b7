# The register as one image; web server, worker, beat and migrations are the same image with another command.

# Node only fetches the style sheets; none of it reaches the final image.
FROM node:24-slim AS styles
WORKDIR /styles
COPY package.json package-lock.json .npmrc ./
RUN npm ci --ignore-scripts

FROM python:3.13-slim
LABEL org.opencontainers.image.title="Onderwijs Serviceregister" \
      org.opencontainers.image.licenses="EUPL-1.2"

# A worker per core: with two cores, two. Each of its threads keeps a connection to PostgreSQL, and the plan that it made
# there, also while there is little to do; all threads together must stay below PostgreSQL's max_connections.
ENV PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    DJANGO_SETTINGS_MODULE=osr.settings \
    OSR_DATA_DIR=/var/lib/osr \
    GRANIAN_WORKERS=2 \
    GRANIAN_BLOCKING_THREADS=8 \
    GRANIAN_BLOCKING_THREADS_IDLE_TIMEOUT=600 \
    GRANIAN_WEBSOCKETS=false

WORKDIR /srv/osr

COPY requirements/base.txt requirements/base.txt
RUN pip install --no-cache-dir --require-hashes --requirement requirements/base.txt

# The code belongs to root and the register runs as someone else: it cannot change itself.
RUN useradd --system --uid 10001 --no-create-home osr \
    && install --directory --owner=osr --group=osr /var/lib/osr

COPY . .
COPY --from=styles /styles/node_modules/@utrecht/component-library-css/dist \
     node_modules/@utrecht/component-library-css/dist
COPY --from=styles /styles/node_modules/@nl-design-system-candidate/data-badge-css/dist \
     node_modules/@nl-design-system-candidate/data-badge-css/dist
COPY --from=styles /styles/node_modules/@nl-design-system-candidate/skip-link-css/dist \
     node_modules/@nl-design-system-candidate/skip-link-css/dist

# The settings demand a secret even here; this one lasts one command and signs nothing.
RUN OSR_SECRET_KEY=only-for-this-command python manage.py collectstatic --noinput

USER osr
EXPOSE 8000
CMD ["granian", "--interface", "wsgi", "osr.wsgi:application", "--host", "0.0.0.0", "--port", "8000"]
