"""Models of the job queue's messages, as a generator that knows too little would write them."""
