enum PlaceholderMemcachedTestingTests {}
