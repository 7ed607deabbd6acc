"""How a bundle is sealed and how a seal is read: certificates, signatures, time stamps; no row and no page."""
