-- With the rows goes what says how far they reached; whoever projects meanwhile is overtaken and begins at 0.
delete from mfa.projection_checkpoint where projection = $1 and version = $2
