//! Cutting a connection's bytes into frames: chunks of any size in, frames out, whatever stands between them skipped.
//!
//! A byte is decided on when it comes, so that the frames never depend on how a stream was chopped. Where a frame ends is
//! told by its length and checksum together, else by its checksum and line end, else by the head of the next one.

use std::fmt;

use super::crc::{START, step};
use super::frame::{
    CHECKSUM_BYTES, Frame, HEAD_BYTES_MAX, Head, LENGTH_DIGITS_MAX, SEGMENT_BYTES_MAX, SentChecksum,
    checksum_digits, looks_finished,
};

/// Bytes that one connection's splitter keeps at most: the longest head, data segment, checksum and line end.
pub const BUFFER_BYTES_MAX: usize = HEAD_BYTES_MAX + SEGMENT_BYTES_MAX + CHECKSUM_BYTES + 2;

/// Cuts the bytes of one connection into frames.
#[derive(Default)]
pub struct Splitter {
    /// Inside a frame: its head and what follows; outside: the last bytes, which may begin a head.
    buffer: Vec<u8>,
    /// The checksum's register after each byte of the body.
    registers: Vec<u16>,
    inside: Option<Inside>,
    /// A frame has just ended by its length; its line end is awaited.
    awaits_line_end: bool,
    tally: Tally,
}

/// What was met on a connection so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Frames handed out, whole or to be refused.
    pub frames: u64,
    /// Bytes that belong to no frame handed out, line ends between frames left out.
    pub skipped_bytes: u64,
    /// Frames that broke off before their end: cut by the next head, or by the end of the stream.
    pub half_frames: u64,
    /// Frames that did not end within [`BUFFER_BYTES_MAX`].
    pub endless_frames: u64,
    /// Whole frames that no CR LF follows.
    pub without_line_end: u64,
}

#[derive(Clone, Copy)]
struct Inside {
    head: Head,
    /// Bytes of `##` and the length.
    head_bytes: usize,
}

impl Splitter {
    /// A splitter for a new connection.
    pub fn new() -> Self {
        Self::default()
    }

    /// The frames that end within `chunk`, in their order; the last, unended one is kept for the next chunk.
    ///
    /// The list grows with the chunk, so read in bounded chunks; what is kept is at most [`BUFFER_BYTES_MAX`].
    pub fn feed(&mut self, chunk: &[u8]) -> Vec<Frame> {
        chunk.iter().filter_map(|byte| self.take(*byte)).collect()
    }

    /// Ends the stream: a last frame that lacks only its line end or a right length is handed out, others are counted.
    pub fn finish(&mut self) -> Option<Frame> {
        if std::mem::take(&mut self.awaits_line_end) {
            self.tally.without_line_end += 1;
        }
        match self.inside.take() {
            Some(inside) => {
                let end = self.buffer.len();
                let frame = self.cut_off(inside, end);
                self.clear();
                frame
            }
            None => {
                let buffer = std::mem::take(&mut self.buffer);
                self.skip(&buffer);
                None
            }
        }
    }

    /// What was met so far.
    pub const fn tally(&self) -> Tally {
        self.tally
    }

    /// Bytes kept for the frame that has not ended yet; at most [`BUFFER_BYTES_MAX`].
    pub fn kept_bytes(&self) -> usize {
        self.buffer.len()
    }

    fn take(&mut self, byte: u8) -> Option<Frame> {
        if self.awaits_line_end && byte != b'\r' {
            self.awaits_line_end = false;
            if byte != b'\n' {
                self.tally.without_line_end += 1;
            }
        }
        self.buffer.push(byte);
        match self.inside {
            None => {
                self.outside();
                None
            }
            Some(inside) => self.inside(inside, byte),
        }
    }

    /// Outside a frame only the last bytes are kept, until they are a head.
    fn outside(&mut self) {
        if let Some((start, inside)) = head_at_end(&self.buffer, 0) {
            let before: Vec<u8> = self.buffer.drain(..start).collect();
            self.skip(&before);
            self.begin(inside);
        } else if self.buffer.len() >= HEAD_BYTES_MAX {
            let first = self.buffer.remove(0);
            self.skip(&[first]);
        }
    }

    /// The buffer holds a head and the first letter of its data segment.
    fn begin(&mut self, inside: Inside) {
        self.inside = Some(inside);
        self.registers.clear();
        if let Some(letter) = self.buffer.last() {
            self.registers.push(step(START, *letter));
        }
    }

    fn inside(&mut self, inside: Inside, byte: u8) -> Option<Frame> {
        let register = self.registers.last().copied().unwrap_or(START);
        self.registers.push(step(register, byte));
        let body_bytes = self.buffer.len() - inside.head_bytes;
        if inside.head.length.is_some_and(|length| body_bytes == length + CHECKSUM_BYTES)
            && let Some((segment_bytes, checksum)) = self.agreed(inside, body_bytes)
        {
            self.awaits_line_end = true;
            return self.hand_out(|buffer| {
                let end = inside.head_bytes + segment_bytes;
                let segment = buffer.get(inside.head_bytes..end).unwrap_or_default();
                Frame::confirmed(inside.head, segment, checksum)
            });
        }
        if byte == b'\n'
            && let Some(frame) = self.at_line_end(inside, body_bytes - 1)
        {
            return Some(frame);
        }
        if let Some((start, next)) = head_at_end(&self.buffer, 1)
            && start > inside.head_bytes
        {
            let frame = self.cut_off(inside, start);
            self.buffer.drain(..start);
            self.begin(next);
            return frame;
        }
        if self.buffer.len() >= BUFFER_BYTES_MAX {
            self.tally.endless_frames += 1;
            self.inside = None;
            // The last bytes may begin a head.
            let end = self.buffer.len() - (HEAD_BYTES_MAX - 1);
            let before: Vec<u8> = self.buffer.drain(..end).collect();
            self.skip(&before);
        }
        None
    }

    /// At a line feed behind `body_bytes` of body: the end of the frame, unless its length says that more is to come
    /// and it doesn't look finished.
    fn at_line_end(&mut self, inside: Inside, body_bytes: usize) -> Option<Frame> {
        let body = self.buffer.get(inside.head_bytes..inside.head_bytes + body_bytes).unwrap_or_default();
        let blanks = body.iter().rev().take_while(|byte| matches!(byte, b'\r' | b' ' | b'\t')).count();
        let body_bytes = body_bytes - blanks;
        let body = body.get(..body_bytes).unwrap_or_default();
        let is_past_length = inside.head.length.is_none_or(|length| body_bytes >= length + CHECKSUM_BYTES);
        if !is_past_length && self.agreed(inside, body_bytes).is_none() && !looks_finished(body) {
            return None;
        }
        self.hand_out(|buffer| {
            let body = buffer.get(inside.head_bytes..inside.head_bytes + body_bytes).unwrap_or_default();
            Frame::from_body(Some(inside.head), body)
        })
    }

    /// The data segment's bytes and the checksum, when the last four of `body_bytes` are the right checksum.
    fn agreed(&self, inside: Inside, body_bytes: usize) -> Option<(usize, SentChecksum)> {
        let segment_bytes = body_bytes.checked_sub(CHECKSUM_BYTES)?;
        let register = self.registers.get(segment_bytes.checked_sub(1)?)?;
        let start = inside.head_bytes + segment_bytes;
        let checksum = checksum_digits(self.buffer.get(start..start + CHECKSUM_BYTES)?)?;
        matches!(checksum, SentChecksum::Digits { value, .. } if value == *register)
            .then_some((segment_bytes, checksum))
    }

    fn hand_out(&mut self, frame: impl FnOnce(&[u8]) -> Frame) -> Option<Frame> {
        let frame = frame(&self.buffer);
        self.tally.frames += 1;
        self.clear();
        Some(frame)
    }

    /// A frame that nothing ended, up to `end`: handed out if it looks finished, counted otherwise.
    fn cut_off(&mut self, inside: Inside, end: usize) -> Option<Frame> {
        let body = self.buffer.get(inside.head_bytes..end).unwrap_or_default();
        let blanks = body.iter().rev().take_while(|byte| byte.is_ascii_whitespace()).count();
        let body = body.get(..body.len() - blanks).unwrap_or_default();
        if looks_finished(body) || self.agreed(inside, body.len()).is_some() {
            let frame = Frame::from_body(Some(inside.head), body);
            self.tally.frames += 1;
            self.tally.without_line_end += u64::from(blanks == 0);
            return Some(frame);
        }
        self.tally.half_frames += 1;
        self.tally.skipped_bytes += end as u64;
        None
    }

    fn clear(&mut self) {
        self.inside = None;
        self.buffer.clear();
        self.registers.clear();
    }

    fn skip(&mut self, bytes: &[u8]) {
        let count = bytes.iter().filter(|byte| !matches!(byte, b'\r' | b'\n')).count();
        self.tally.skipped_bytes += count as u64;
    }
}

impl fmt::Debug for Splitter {
    /// Without the bytes kept, which hold passwords.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Splitter")
            .field("kept_bytes", &self.buffer.len())
            .field("tally", &self.tally)
            .finish_non_exhaustive()
    }
}

/// A head that ends at the end of `buffer`: `##`, at least `digits_min` digits, and a letter. Where it begins.
fn head_at_end(buffer: &[u8], digits_min: usize) -> Option<(usize, Inside)> {
    let (letter, before) = buffer.split_last()?;
    if !letter.is_ascii_alphabetic() {
        return None;
    }
    let count = before.iter().rev().take(LENGTH_DIGITS_MAX).take_while(|byte| byte.is_ascii_digit()).count();
    let (rest, digits) = before.split_at_checked(before.len() - count)?;
    if count < digits_min || !rest.ends_with(b"##") {
        return None;
    }
    Some((rest.len() - 2, Inside { head: Head::of(digits), head_bytes: 2 + count }))
}
