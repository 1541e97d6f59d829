enum PlaceholderDocumentationTests {}
