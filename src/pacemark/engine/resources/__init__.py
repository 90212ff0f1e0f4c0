"""Resources: who gets which leads, by shares, a carried ledger and nothing else."""
