//! Files of records, from bytes to batches and profiles.
#![cfg(feature = "parquet")]

mod blocks;
mod hostile;
mod parquet;
mod support;
mod tensors;
mod text;
