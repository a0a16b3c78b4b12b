-- Everything of ours lives in one schema, so that a shared database can tell it from what is not ours.
-- migrate:up
create schema mfa;

-- migrate:down
drop schema mfa;
