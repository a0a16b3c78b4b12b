-- The number is the database's to give: nobody has had it before.
insert into mfa.projection_version (shape) values ($1) returning version
