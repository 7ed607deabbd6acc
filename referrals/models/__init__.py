"""Support services, restorative justice, equipment, onward referrals, signposts: one module each."""
