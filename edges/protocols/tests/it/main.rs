//! The codecs through their public functions: printed vectors, public frames, odd inputs that are kept, and any bytes.

#![expect(
    clippy::print_stdout,
    reason = "what was judged, and what was not run, is for the reader of the test's output"
)]

mod answers;
mod any_bytes;
mod corpus;
mod meters;
mod public_frames;
mod readings;
mod vectors;
