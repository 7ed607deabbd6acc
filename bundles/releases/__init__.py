"""What leaves, in whose hands, and by when: the rules of a release."""
