"""`python -m tensorviz`: the same as the command `tensorviz`.

Must not hold behaviour.
"""

from __future__ import annotations

import sys

from tensorviz.cli.main import main

if __name__ == "__main__":
    sys.exit(main())
