//! When a picture has taken too long.

use std::io::{BufRead, ErrorKind, Read, Result, Seek, SeekFrom};
use std::time::{Duration, Instant};

/// A moment after which reading on is refused.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Deadline(Option<Instant>);

impl Deadline {
    /// So many seconds from now.
    pub(crate) fn after(seconds: u32) -> Self {
        Self(Instant::now().checked_add(Duration::from_secs(seconds.into())))
    }

    pub(crate) fn is_over(self) -> bool {
        self.0.is_some_and(|end| Instant::now() >= end)
    }

    /// The same bytes, which end in an error once it is over.
    pub(crate) fn watch<T>(self, inner: T) -> Watched<T> {
        Watched {
            inner,
            deadline: self,
            reads: 0,
        }
    }

    fn check(self) -> Result<()> {
        match self.is_over() {
            true => Err(ErrorKind::TimedOut.into()),
            false => Ok(()),
        }
    }
}

/// Bytes that are read under a deadline.
pub(crate) struct Watched<T> {
    inner: T,
    deadline: Deadline,
    reads: u32,
}

impl<T> Watched<T> {
    /// The clock is looked at now and then: decoders read byte by byte.
    fn look(&mut self) -> Result<()> {
        self.reads = self.reads.wrapping_add(1);
        match self.reads % 256 {
            1 => self.deadline.check(),
            _ => Ok(()),
        }
    }
}

impl<T: Read> Read for Watched<T> {
    fn read(&mut self, buffer: &mut [u8]) -> Result<usize> {
        self.look()?;
        self.inner.read(buffer)
    }

    fn read_exact(&mut self, buffer: &mut [u8]) -> Result<()> {
        self.look()?;
        self.inner.read_exact(buffer)
    }

    fn read_to_end(&mut self, buffer: &mut Vec<u8>) -> Result<usize> {
        self.look()?;
        self.inner.read_to_end(buffer)
    }
}

impl<T: BufRead> BufRead for Watched<T> {
    fn fill_buf(&mut self) -> Result<&[u8]> {
        self.look()?;
        self.inner.fill_buf()
    }

    fn consume(&mut self, amount: usize) {
        self.inner.consume(amount);
    }
}

impl<T: Seek> Seek for Watched<T> {
    fn seek(&mut self, to: SeekFrom) -> Result<u64> {
        self.inner.seek(to)
    }

    fn seek_relative(&mut self, offset: i64) -> Result<()> {
        self.inner.seek_relative(offset)
    }

    fn stream_position(&mut self) -> Result<u64> {
        self.inner.stream_position()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Cursor;

    #[test]
    fn reading_ends_once_the_time_is_over() {
        let mut open = Deadline::after(3600).watch(Cursor::new([7_u8; 3]));
        let mut bytes = Vec::new();
        assert_eq!(open.read_to_end(&mut bytes).unwrap(), 3);
        let mut over = Deadline::after(0).watch(Cursor::new([7_u8; 3]));
        let error = over.read(&mut [0]).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::TimedOut);
    }
}
