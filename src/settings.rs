//! The trainer's own settings: config file, folders, language, name.
