-- Nobody begins or moves a checkpoint between its end and that of the rows: rows would be lost that count as applied.
lock table mfa.projection_checkpoint in share row exclusive mode
