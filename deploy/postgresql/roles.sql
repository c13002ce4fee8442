-- Two roles: one owns the tables and migrates, the other serves and can neither change nor delete the ledger.
-- Run once as a superuser of the server, in psql:
--   psql -v owner_password=... -v app_password=... -f deploy/postgresql/roles.sql
\set ON_ERROR_STOP on

-- CREATEROLE: a role for each county, under which its pages write and which sees no other county.
CREATE ROLE weimin_owner LOGIN CREATEROLE PASSWORD :'owner_password';
CREATE ROLE weimin_app LOGIN PASSWORD :'app_password';
CREATE DATABASE weimin OWNER weimin_owner ENCODING 'UTF8' TEMPLATE template0;
REVOKE ALL ON DATABASE weimin FROM PUBLIC;
GRANT CONNECT ON DATABASE weimin TO weimin_app;

\connect weimin
ALTER SCHEMA public OWNER TO weimin_owner;
REVOKE CREATE ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO weimin_app;

-- What the owner makes from now on the app may use. The ledger's own migration takes UPDATE, DELETE and TRUNCATE back.
ALTER DEFAULT PRIVILEGES FOR ROLE weimin_owner GRANT USAGE ON SCHEMAS TO weimin_app;
ALTER DEFAULT PRIVILEGES FOR ROLE weimin_owner GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO weimin_app;
ALTER DEFAULT PRIVILEGES FOR ROLE weimin_owner GRANT USAGE, SELECT ON SEQUENCES TO weimin_app;
