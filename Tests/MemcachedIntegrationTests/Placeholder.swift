enum PlaceholderMemcachedIntegrationTests {}
