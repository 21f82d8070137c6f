"""The mapping language: which field of which ERP becomes which field of our documents."""
