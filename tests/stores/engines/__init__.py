"""Real S3 engines for tests: Ceph's object gateway and SeaweedFS, on loopback, in a folder that goes with them."""
