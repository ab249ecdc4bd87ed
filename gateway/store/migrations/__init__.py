"""The store's schema, revision by revision; run when a store is opened."""
