//! The `driftsphere` command.

fn main() {}
