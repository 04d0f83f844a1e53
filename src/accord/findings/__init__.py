"""Stage 4, findings: what is wrong; rules, the findings they yield, and the run that holds them."""
