"""S3: bucket policies and state buckets, as AWS has them."""
