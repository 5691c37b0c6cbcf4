"""What the course's budgets allow, and what this machine measures: `python -m benchmarks`."""
