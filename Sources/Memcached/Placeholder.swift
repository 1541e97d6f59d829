enum PlaceholderMemcached {}
