-- What is begun anew may be begun on another log.
delete from mfa.projection_log where projection = $1 and version = $2
