"""Products and their index: catalogue, ingest, Milvus, queries, re-ranking."""
