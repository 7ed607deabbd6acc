"""What a recipient is not to see: protected words and their near forms, what is withheld, what is redacted by hand."""
