"""The desk: queues, entry by phone, one matter with its acts."""
