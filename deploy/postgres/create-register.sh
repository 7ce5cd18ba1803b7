#!/bin/sh
# Runs once, when the data folder is still empty: makes the register's own role and database.
# The role is no superuser: a superuser can switch off the triggers that keep the journal (rule D14).
set -eu

if [ -z "${OSR_DATABASE_PASSWORD:-}" ]; then
    echo "OSR_DATABASE_PASSWORD is not set: see deploy/README.md" >&2
    exit 1
fi

psql --no-psqlrc --set ON_ERROR_STOP=1 --username "${POSTGRES_USER:-postgres}" --dbname postgres <<'SQL'
\getenv password OSR_DATABASE_PASSWORD
CREATE ROLE osr LOGIN PASSWORD :'password';
CREATE DATABASE osr OWNER osr;
SQL
