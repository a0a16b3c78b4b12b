"""The demo: the story of a lost phone, told on a real Kafka and a real PostgreSQL, every step checked."""
