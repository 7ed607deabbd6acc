"""Pages of bundles: choosing, watching, releasing."""
