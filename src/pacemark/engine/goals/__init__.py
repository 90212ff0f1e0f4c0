"""Goals: quantify, decompose, replan."""
