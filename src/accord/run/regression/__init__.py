"""Two sides asked the same: services that run, or recordings of one."""
