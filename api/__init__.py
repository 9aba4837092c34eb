"""HTTP, command line, web page. Thin: no model, no rule of business."""
