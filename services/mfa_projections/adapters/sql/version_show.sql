-- One statement, so that its time limit holds for all the locks that it waits for.
select mfa.show_version($1, $2)
