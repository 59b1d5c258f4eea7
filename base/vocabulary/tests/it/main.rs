//! The vocabulary through its public functions.
