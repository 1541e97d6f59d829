enum PlaceholderMemcachedTests {}
