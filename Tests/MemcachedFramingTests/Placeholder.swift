enum PlaceholderMemcachedFramingTests {}
