"""From a cell's text to a value: dates, amounts, durations, ids, names. A bad cell costs its row, with a reason."""
