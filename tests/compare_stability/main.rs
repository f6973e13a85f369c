//! Training runs compared, from the records to the answer.
#![cfg(feature = "fit")]

mod errors;
mod made;
mod real;
mod support;
