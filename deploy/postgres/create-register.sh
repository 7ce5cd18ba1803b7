#!/bin/sh
# Runs once, when the data folder is still empty: makes the register's two roles and its database.
# The owner of the tables migrates; the running register has another role, which cannot switch off the triggers that keep
# the journal (rule D14). Neither is a superuser.
set -eu

if [ -z "${OSR_DATABASE_PASSWORD:-}" ] || [ -z "${OSR_OWNER_DATABASE_PASSWORD:-}" ]; then
    echo "OSR_DATABASE_PASSWORD or OSR_OWNER_DATABASE_PASSWORD is not set: see deploy/README.md" >&2
    exit 1
fi

psql --no-psqlrc --set ON_ERROR_STOP=1 --username "${POSTGRES_USER:-postgres}" --dbname postgres <<'SQL'
\getenv password OSR_DATABASE_PASSWORD
\getenv owner_password OSR_OWNER_DATABASE_PASSWORD
CREATE ROLE osr LOGIN PASSWORD :'password';
CREATE ROLE osr_owner LOGIN PASSWORD :'owner_password';
CREATE DATABASE osr OWNER osr_owner;
SQL
