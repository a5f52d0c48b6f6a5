"""What is done for requests about translating pictures."""
