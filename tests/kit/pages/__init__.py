"""What a seller sees and touches, one class for each screen; the tests tell the story with them."""
