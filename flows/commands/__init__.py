"""What the command `refworld` takes, by what it is for; the work stands in the modules called."""
