//! Pictures from files: headers, formats, folders and lists, and what is broken.

mod broken;
mod facts;
mod folders;
mod formats;
mod support;
