"""One check over HTTP, complete: caller identified, answered, recorded (D16, D17, bar P1).

.venv/bin/python -m bench.checks
"""
