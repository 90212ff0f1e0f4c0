"""The command line: each command parses its words and calls one service."""

from __future__ import annotations

import sys

from pacemark.cli.root import app
from pacemark.cli.start import mistake_in_one_sentence


def main() -> None:
    """Run the command line; a user's mistake is one sentence and exit code 2, never a traceback."""
    try:
        app()
    except BrokenPipeError:  # the reader of our output has gone, for example `| head`
        sys.stderr.close()
        sys.exit(0)
    except Exception as error:
        sentence = mistake_in_one_sentence(error)
        if sentence is None:
            raise
        sys.stderr.write(f"pacemark: {sentence}\n")
        sys.exit(2)
