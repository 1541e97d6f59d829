enum PlaceholderMemcachedTesting {}
