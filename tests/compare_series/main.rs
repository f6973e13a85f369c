//! Windows in the order of time, from the records to the answer.

mod columns;
mod errors;
mod level;
mod real;
mod support;
