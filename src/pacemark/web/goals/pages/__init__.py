"""What the Goals pages show, worked out from stored plans: words and positions, no business."""
