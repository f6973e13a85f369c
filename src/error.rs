//! The one error type of the crate: a kind for programs, a message for people,
//! and the place where it happened.

use std::fmt;
use std::path::Path;

/// What went wrong, for programs that want to act on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// An argument lies outside what the function accepts.
    Argument,
    /// Input data are not what they claim to be (a cut `.npy`, an object array).
    Input,
    /// Input data ask for more than the stated limits allow.
    Limit,
    /// Two sketches, profiles or arrays do not fit together.
    Incompatible,
    /// A profile or codebook file is damaged, or is not one.
    Format,
    /// A profile or codebook file was written by a newer version.
    Version,
    /// The operating system refused to read or write.
    Io,
}

impl ErrorKind {
    /// A short stable name, as printed in JSON.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Argument => "argument",
            Self::Input => "input",
            Self::Limit => "limit",
            Self::Incompatible => "incompatible",
            Self::Format => "format",
            Self::Version => "version",
            Self::Io => "io",
        }
    }
}

/// An error: what was wrong, where, and what to do about it.
///
/// The printed form is one line: the message, then the place as `key value`
/// pairs, innermost first.
///
/// ```
/// use driftsphere::{Error, ErrorKind};
///
/// let error = Error::new(ErrorKind::Input, "expected 512 columns, found 256")
///     .at("array", "embeddings")
///     .at("file", "train.npz");
/// assert_eq!(error.kind(), ErrorKind::Input);
/// assert_eq!(
///     error.to_string(),
///     "expected 512 columns, found 256 (array embeddings, file train.npz)"
/// );
/// ```
#[derive(Debug)]
pub struct Error {
    kind: ErrorKind,
    message: String,
    place: Vec<(&'static str, String)>,
    source: Option<Box<dyn std::error::Error + Send + Sync + 'static>>,
}

/// `Result` with this crate's [`Error`].
pub type Result<T> = std::result::Result<T, Error>;

impl Error {
    /// An error of `kind` whose `message` says what was wrong and what to do.
    #[must_use]
    pub fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self {
            kind,
            message: message.into(),
            place: Vec::new(),
            source: None,
        }
    }

    /// Adds where it happened; callers further out add wider places.
    #[must_use]
    pub fn at(mut self, key: &'static str, value: impl fmt::Display) -> Self {
        self.place.push((key, value.to_string()));
        self
    }

    /// Keeps the underlying error for `source()`.
    #[must_use]
    pub fn because(
        mut self,
        source: impl Into<Box<dyn std::error::Error + Send + Sync + 'static>>,
    ) -> Self {
        self.source = Some(source.into());
        self
    }

    /// An operating-system error on `path`.
    #[must_use]
    pub fn io(error: std::io::Error, path: &Path) -> Self {
        Self::new(ErrorKind::Io, error.to_string())
            .at("file", path.display())
            .because(error)
    }

    /// What went wrong, for programs.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        self.kind
    }

    /// What went wrong, for people, without the place.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.message
    }

    /// Where it happened, for programs: keys such as `file`, `column` or `option` with their
    /// values, innermost first.
    ///
    /// ```
    /// use driftsphere::profile::Profile;
    ///
    /// let error = Profile::read("none.dsp").unwrap_err();
    /// assert!(error.place().any(|place| place == ("file", "none.dsp")));
    /// ```
    pub fn place(&self) -> impl Iterator<Item = (&'static str, &str)> {
        self.place.iter().map(|(key, value)| (*key, value.as_str()))
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)?;
        for (i, (key, value)) in self.place.iter().enumerate() {
            f.write_str(if i == 0 { " (" } else { ", " })?;
            write!(f, "{key} {value}")?;
        }
        if !self.place.is_empty() {
            f.write_str(")")?;
        }
        Ok(())
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.source.as_deref().map(|e| e as _)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn is_send_sync_and_static() {
        fn check<T: Send + Sync + 'static>() {}
        check::<Error>();
    }

    #[test]
    fn an_io_error_names_the_file_and_keeps_its_source() {
        let io = std::io::Error::new(std::io::ErrorKind::NotFound, "no such file");
        let error = Error::io(io, Path::new("a/b.npy"));
        assert_eq!(error.to_string(), "no such file (file a/b.npy)");
        assert!(std::error::Error::source(&error).is_some());
    }
}
