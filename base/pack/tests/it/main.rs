//! The pack compiler through its public functions.
