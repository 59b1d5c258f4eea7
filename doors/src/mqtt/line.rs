//! One connection's bytes in both directions: what was heard and not yet read, what is to be said.
//!
//! Both directions move at once, so that neither a client that does not read nor one that does not write can hold up the
//! other side. An idle line holds almost no buffer.

use std::io;

use bytes::{Buf, BytesMut};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, ReadHalf, WriteHalf};

use super::codec::{Broken, Packet, Protocol, decode, frame};

/// Bytes that are read at once from a quiet line, and from a busy one.
const READ_BYTES: (usize, usize) = (256, 16 * 1024);
/// Bytes of a client's that are heard and forgotten once it was told the end.
const LINGER_BYTES_MAX: usize = 4 * 1024 * 1024;
/// Bytes of a buffer that is kept once it is empty.
const KEPT_BYTES: usize = 1024;

/// A connection's bytes.
pub(crate) struct Line<S> {
    reader: ReadHalf<S>,
    writer: WriteHalf<S>,
    heard: BytesMut,
    /// What is to be said; packets are appended here.
    pub(crate) said: BytesMut,
    is_unflushed: bool,
    is_busy: bool,
}

/// What moved on a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Moved {
    /// Bytes were heard.
    Heard,
    /// Bytes were said.
    Said,
    /// The other side has closed.
    Closed,
}

impl<S: AsyncRead + AsyncWrite> Line<S> {
    /// A line over `stream`.
    pub(crate) fn new(stream: S) -> Self {
        let (reader, writer) = tokio::io::split(stream);
        let (heard, said) = (BytesMut::new(), BytesMut::new());
        Self { reader, writer, heard, said, is_unflushed: false, is_busy: false }
    }

    /// The next packet that was heard whole, on a connection that speaks `protocol`.
    pub(crate) fn packet(&mut self, protocol: Protocol, bytes_max: u32) -> Result<Option<Packet>, Broken> {
        let Some(frame) = frame(&self.heard, bytes_max)? else { return Ok(None) };
        let packet = decode(self.heard[0], &self.heard[frame.header..frame.length], protocol);
        self.heard.advance(frame.length);
        if self.heard.is_empty() && self.heard.capacity() > KEPT_BYTES {
            self.heard = BytesMut::new();
        }
        packet.map(Some)
    }

    /// What was heard and not read yet.
    pub(crate) fn heard(&self) -> &[u8] {
        &self.heard
    }

    /// Moves bytes in one direction, whichever is ready; hears only when `may_hear`. May be dropped at any await without
    /// losing bytes.
    pub(crate) async fn moved(&mut self, may_hear: bool) -> io::Result<Moved> {
        let Self { reader, writer, heard, said, is_unflushed, is_busy } = self;
        let wants_to_say = !said.is_empty() || *is_unflushed;
        if may_hear {
            heard.reserve(if *is_busy { READ_BYTES.1 } else { READ_BYTES.0 });
        }
        tokio::select! {
            read = reader.read_buf(heard), if may_hear => {
                let count = read?;
                *is_busy = count >= READ_BYTES.0;
                Ok(if count == 0 { Moved::Closed } else { Moved::Heard })
            }
            written = say(writer, said, is_unflushed), if wants_to_say => written.map(|()| Moved::Said),
            else => std::future::pending().await,
        }
    }

    /// Says all that is to be said and closes this direction.
    pub(crate) async fn finish(&mut self) -> io::Result<()> {
        while !self.said.is_empty() || self.is_unflushed {
            say(&mut self.writer, &mut self.said, &mut self.is_unflushed).await?;
        }
        self.writer.shutdown().await
    }

    /// Hears, and forgets, what still comes until the other side closes: a socket closed over bytes that were not read is
    /// reset, and the other side may lose the last word that it was told.
    pub(crate) async fn linger(&mut self) {
        let mut left = LINGER_BYTES_MAX;
        while left > 0 {
            self.heard.clear();
            self.heard.reserve(READ_BYTES.1);
            match self.reader.read_buf(&mut self.heard).await {
                Ok(count) if count > 0 => left = left.saturating_sub(count),
                _ => return,
            }
        }
    }
}

async fn say<S: AsyncWrite>(
    writer: &mut WriteHalf<S>,
    said: &mut BytesMut,
    is_unflushed: &mut bool,
) -> io::Result<()> {
    if said.is_empty() {
        writer.flush().await?;
        *is_unflushed = false;
        return Ok(());
    }
    if writer.write_buf(said).await? == 0 {
        return Err(io::ErrorKind::WriteZero.into());
    }
    *is_unflushed = true;
    if said.is_empty() && said.capacity() > KEPT_BYTES {
        *said = BytesMut::new();
    }
    Ok(())
}
