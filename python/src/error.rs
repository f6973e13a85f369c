//! Errors of the crate as exceptions, by kind; these are defined in
//! `driftsphere/errors.py`.

use driftsphere::{Error, ErrorKind};
use pyo3::{PyErr, import_exception};

import_exception!(driftsphere.errors, DriftsphereError);
import_exception!(driftsphere.errors, ArgumentError);
import_exception!(driftsphere.errors, InputError);
import_exception!(driftsphere.errors, LimitError);
import_exception!(driftsphere.errors, IncompatibleError);
import_exception!(driftsphere.errors, FormatError);
import_exception!(driftsphere.errors, VersionError);
import_exception!(driftsphere.errors, FileError);

/// The exception of an error.
pub(crate) fn raise(error: Error) -> PyErr {
    let text = error.to_string();
    match error.kind() {
        ErrorKind::Argument => ArgumentError::new_err(text),
        ErrorKind::Input => InputError::new_err(text),
        ErrorKind::Limit => LimitError::new_err(text),
        ErrorKind::Incompatible => IncompatibleError::new_err(text),
        ErrorKind::Format => FormatError::new_err(text),
        ErrorKind::Version => VersionError::new_err(text),
        ErrorKind::Io => FileError::new_err(text),
        _ => DriftsphereError::new_err(text),
    }
}

/// An argument that cannot be, and where it stands.
pub(crate) fn argument(message: impl Into<String>, key: &'static str, value: &str) -> PyErr {
    raise(Error::new(ErrorKind::Argument, message).at(key, value))
}
