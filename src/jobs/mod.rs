//! Where long work runs: a job is a value, done on a worker thread with its own connection.
