"""Pages: signing in and out, starting, one's own account, second factors, and the administrator's."""
