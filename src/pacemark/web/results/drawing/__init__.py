"""Celebration cards as pictures: one layout, drawn as PNG by the server or written as SVG."""
