//! From bytes on disk to records: the only room that trusts nothing.

mod batch;
mod column;
mod condition;
mod decode;
mod dtype;
mod header;
mod limits;
mod matrix;
#[cfg(feature = "npz")]
mod npz;
mod record;
mod select;
mod source;
mod table;

pub use batch::Batch;
pub use column::Column;
pub use dtype::Dtype;
pub use limits::Limits;
pub use matrix::MatrixReader;
pub use record::{Record, Value};
pub use select::{RowPlan, SelectedRows, Selection};
pub use table::{ArrayFile, ArrayInfo};
