"""Parts made of an original when it arrives, so that pages and bundles only have to take them."""
