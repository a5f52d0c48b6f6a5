"""The panels that look into a file of tensors."""
