"""From a chunk of cells to staged columns, by a profile; rows that cannot be read are refused one by one."""
