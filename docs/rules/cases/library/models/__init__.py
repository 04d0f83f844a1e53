"""Models of the library, as a generator that knows too little would write them."""
