"""What was seen of a contract in traffic: counts by place, and how sure they are."""
