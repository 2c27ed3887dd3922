//! People and pipes that type commands: data on stdout, words and progress on stderr, an exit code.
