-- Which version readers are shown, and the shape of its tables.
select version, shape from mfa.projection_version where active
