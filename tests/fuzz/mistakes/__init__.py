"""Environment files with something wrong in them."""
