-- With all that it has; the one that is shown stays.
select mfa.drop_version($1)
