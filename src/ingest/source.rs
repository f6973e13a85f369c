//! The bytes of one array: a part of a file, as it is or deflated.

use std::fs::File;
use std::io::{BufReader, Read, Seek, SeekFrom};
use std::path::Path;
use std::sync::Arc;

use crate::error::{Error, ErrorKind, Result};

const BUFFER: usize = 128 << 10;

/// How the bytes lie in the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Packing {
    Stored,
    /// `packed` bytes in the file unfold to the source's size.
    #[cfg(feature = "npz")]
    Deflated {
        packed: u64,
    },
}

/// Where the bytes of one array lie.
#[derive(Debug, Clone)]
pub(crate) struct Source {
    pub(crate) path: Arc<Path>,
    pub(crate) packing: Packing,
    /// First byte in the file.
    pub(crate) start: u64,
    /// Bytes once unfolded.
    pub(crate) size: u64,
    /// CRC-32 of the unfolded bytes, where one is stated.
    pub(crate) crc: Option<u32>,
}

impl Source {
    /// Opens the bytes from their beginning.
    pub(crate) fn open(&self) -> Result<SourceReader> {
        let mut file = File::open(&self.path).map_err(io)?;
        file.seek(SeekFrom::Start(self.start)).map_err(io)?;
        let stream = match self.packing {
            Packing::Stored => Stream::Stored(BufReader::with_capacity(BUFFER, file)),
            #[cfg(feature = "npz")]
            Packing::Deflated { packed } => {
                let packed = BufReader::with_capacity(BUFFER, file.take(packed));
                Stream::Deflated(flate2::bufread::DeflateDecoder::new(packed))
            }
        };
        Ok(SourceReader {
            stream,
            left: self.size,
            crc: self.crc.map(|crc| (crc, crc32fast::Hasher::new())),
        })
    }
}

enum Stream {
    Stored(BufReader<File>),
    #[cfg(feature = "npz")]
    Deflated(flate2::bufread::DeflateDecoder<BufReader<std::io::Take<File>>>),
}

/// Reads the bytes of one array in order, never more than its stated size.
pub(crate) struct SourceReader {
    stream: Stream,
    left: u64,
    crc: Option<(u32, crc32fast::Hasher)>,
}

impl SourceReader {
    /// Fills `bytes`, or says why that is impossible. After the last byte the
    /// checksum is compared and the stream must end.
    pub(crate) fn fill(&mut self, bytes: &mut [u8]) -> Result<()> {
        self.read_exact(bytes).map_err(io)?;
        if self.left == 0 {
            self.finish()
        } else {
            Ok(())
        }
    }

    /// Passes over `count` bytes; a stored stream jumps, and then its checksum
    /// cannot be compared any more.
    pub(crate) fn skip(&mut self, count: u64) -> Result<()> {
        if count == 0 {
            return Ok(());
        }
        match &mut self.stream {
            Stream::Stored(reader) => {
                let step = i64::try_from(count).ok().filter(|_| count <= self.left);
                let step = step.ok_or_else(|| io(std::io::ErrorKind::UnexpectedEof.into()))?;
                reader.seek_relative(step).map_err(io)?;
                self.left -= count;
                self.crc = None;
            }
            #[cfg(feature = "npz")]
            Stream::Deflated(_) => {
                let mut scratch = vec![0u8; BUFFER];
                let mut rest = count;
                while rest > 0 {
                    let step = scratch
                        .len()
                        .min(usize::try_from(rest).unwrap_or(usize::MAX));
                    self.fill(&mut scratch[..step])?;
                    rest -= step as u64;
                }
            }
        }
        Ok(())
    }

    fn finish(&mut self) -> Result<()> {
        #[cfg(feature = "npz")]
        if let Stream::Deflated(stream) = &mut self.stream {
            let surplus = stream.read(&mut [0u8]).map_err(io)?;
            if surplus != 0 {
                return Err(input(
                    "the compressed data unfold to more than the archive states; refused as a possible bomb",
                ));
            }
        }
        let matches = match self.crc.take() {
            Some((stated, hasher)) => hasher.finalize() == stated,
            None => true,
        };
        if matches {
            Ok(())
        } else {
            Err(input(
                "the checksum does not match: the archive is damaged; write or copy it again",
            ))
        }
    }
}

impl Read for SourceReader {
    fn read(&mut self, bytes: &mut [u8]) -> std::io::Result<usize> {
        let most = bytes
            .len()
            .min(usize::try_from(self.left).unwrap_or(usize::MAX));
        let bytes = &mut bytes[..most];
        let read = match &mut self.stream {
            Stream::Stored(stream) => stream.read(bytes)?,
            #[cfg(feature = "npz")]
            Stream::Deflated(stream) => stream.read(bytes)?,
        };
        if let Some((_, hasher)) = &mut self.crc {
            hasher.update(&bytes[..read]);
        }
        self.left -= read as u64;
        Ok(read)
    }
}

fn input(message: &str) -> Error {
    Error::new(ErrorKind::Input, message)
}

/// An error while reading, without the place, which the caller knows.
pub(crate) fn io(error: std::io::Error) -> Error {
    let (kind, message) = match error.kind() {
        std::io::ErrorKind::UnexpectedEof => (
            ErrorKind::Input,
            "truncated: the data end early; write or copy the file again".to_owned(),
        ),
        std::io::ErrorKind::InvalidData | std::io::ErrorKind::InvalidInput => (
            ErrorKind::Input,
            format!("the compressed data are damaged ({error}); write or copy the file again"),
        ),
        _ => (ErrorKind::Io, error.to_string()),
    };
    Error::new(kind, message).because(error)
}
