//! From bytes on disk to records: the only room that trusts nothing.
//!
//! | you have | you want |
//! | --- | --- |
//! | one record at a time, in a loop | [`Record`] |
//! | many records in memory | [`Batch`], its [`Column`]s lent or given |
//! | a file of any kind | `InputFile`: lists its columns; `Roles` say which of them are what; `Scan` reads blocks |
//! | two files that know different things of the same records | `Partners`: holds one by id, adds it to the other |
//! | a `.npy`, `.npz` or `.safetensors` file, array by array | [`ArrayFile`]: lists arrays, reads columns, opens a [`MatrixReader`] |
//! | what a model says of images: COCO, YOLO, Pascal VOC, label maps | `OutputsFile`, `ImageList`; `OutputsScan` gives `Instances` |
//! | boxes and the like that records hold | [`Objects`], for [`Batch::objects`] |
//! | a part of the rows of a file | [`Selection`] as typed, [`RowPlan`] for one file of arrays, [`SelectedRows`] to read |
//!
//! (`InputFile` and what belongs to it need the feature `records`, Parquet the
//! feature `parquet`.)
//!
//! ```text
//! .npy .npz .safetensors --ArrayFile--+
//! Parquet ----------------------------+--> InputFile --Roles, Selection--> Scan --> Block --> Batch
//! CSV, JSON lines --------------------+
//! ```
//!
//! # What a hostile file can do
//!
//! Be refused with a typed error that names the file, the array, and what to do.
//! A file states its sizes before it delivers bytes, so every stated size is
//! held against the bytes that are there, and where compression hides these,
//! against [`Limits`]; memory is taken as bytes arrive, never on the strength of
//! a claim. A member that unfolds to more than it states, a wrong checksum, a
//! text that is no Unicode, a shape whose product overflows: all are errors.
//! Pickled objects are never loaded.
//!
//! A file of records is not refused for a bad line: what cannot be read is
//! counted by reason, with its first place (`Problem`), and the rest is read.
//! Types are decided value by value, so that it makes no difference how a file is
//! divided.
//!
//! # From arrays to batches
//!
//! Columns are held whole, embeddings are streamed: peak memory is the columns
//! and one block.
//!
//! ```
//! use driftsphere::ingest::{ArrayFile, Batch, Selection};
//!
//! # fn write_archive(path: &std::path::Path) -> Result<(), Box<dyn std::error::Error>> {
//! #     use std::io::Write;
//! #     let mut zip = zip::ZipWriter::new(std::fs::File::create(path)?);
//! #     let mut member = |name: &str, bytes: Vec<u8>| -> std::io::Result<()> {
//! #         zip.start_file(name, zip::write::SimpleFileOptions::default())?;
//! #         zip.write_all(&bytes)
//! #     };
//! #     fn npy<T: ndarray_npy::WritableElement, D: ndarray::Dimension>(
//! #         array: ndarray::Array<T, D>,
//! #     ) -> Vec<u8> {
//! #         let mut bytes = Vec::new();
//! #         ndarray_npy::WriteNpyExt::write_npy(&array, &mut bytes).unwrap();
//! #         bytes
//! #     }
//! #     member("emb.npy", npy(ndarray::Array2::from_elem((5, 3), 1.0_f32)))?;
//! #     member("label.npy", npy(ndarray::array![0_i16, 1, 2, 1, 1]))?;
//! #     zip.finish()?;
//! #     Ok(())
//! # }
//! # let folder = tempfile::tempdir()?;
//! # let path = folder.path().join("window.npz");
//! # write_archive(&path)?;
//! let file = ArrayFile::open(&path)?; // emb: 5 rows of 3 numbers, label: 5 integers
//! let matrix = file.matrix("emb")?;
//! let plan = Selection::parse(None, &["label=1"])?.plan(&file, matrix.rows())?;
//! let labels = plan.take(file.column("label")?)?;
//!
//! let (mut rows, mut start) = (plan.read(matrix)?, 0);
//! while let Some(block) = rows.next_block(4096)? {
//!     let end = start + block.nrows();
//!     let batch = Batch::new(block.nrows())
//!         .labels(labels.slice(start..end)?)
//!         .space("emb", block.view());
//!     batch.check()?; // ready to be profiled
//!     start = end;
//! }
//! assert_eq!(start, 3);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

#[cfg(feature = "records")]
mod array_scan;
mod batch;
#[cfg(feature = "records")]
mod block;
#[cfg(feature = "records")]
mod cells;
mod column;
mod condition;
#[cfg(feature = "records")]
mod csv;
mod decode;
#[cfg(feature = "records")]
mod detect;
mod dtype;
#[cfg(feature = "records")]
mod field;
#[cfg(feature = "records")]
mod filter;
mod fingerprint;
mod header;
#[cfg(feature = "images")]
pub mod image;
#[cfg(feature = "records")]
mod input_file;
#[cfg(feature = "records")]
mod join;
#[cfg(feature = "records")]
mod json_flat;
#[cfg(feature = "records")]
mod json_lines;
mod limits;
#[cfg(feature = "records")]
mod lines;
mod literal;
mod matrix;
#[cfg(feature = "npz")]
mod npz;
mod objects;
#[cfg(feature = "records")]
mod outputs;
#[cfg(feature = "parquet")]
mod parquet;
#[cfg(feature = "parquet")]
mod parquet_column;
mod plan;
#[cfg(feature = "records")]
mod problem;
#[cfg(any(feature = "images", feature = "parquet"))]
mod quiet;
mod record;
mod rows_file;
#[cfg(feature = "records")]
mod safetensors;
#[cfg(feature = "records")]
mod scan;
mod select;
#[cfg(feature = "records")]
mod sniff;
mod source;
#[cfg(feature = "records")]
mod stream;
#[cfg(feature = "records")]
mod stream_scan;
mod table;
#[cfg(feature = "records")]
mod text_value;

pub use batch::Batch;
#[cfg(feature = "records")]
pub use block::Block;
pub use column::{Cell, Column};
pub use dtype::Dtype;
#[cfg(feature = "records")]
pub use field::{Field, FieldKind, Roles};
pub use fingerprint::Fingerprint;
#[cfg(feature = "records")]
pub use input_file::{As, Format, InputFile};
#[cfg(feature = "records")]
pub use join::Partners;
pub use limits::Limits;
pub use matrix::MatrixReader;
pub use objects::Objects;
#[cfg(feature = "records")]
pub use outputs::{
    ImageInfo, ImageList, Instance, Instances, Kinds, Mask, ObjectKind, OutputsFile, OutputsFormat,
    OutputsScan, Shape, Units, read_class_names,
};
pub use plan::{RowPlan, SelectedRows};
#[cfg(feature = "records")]
pub use problem::{Loss, Problem};
pub use record::{Record, Value};
#[cfg(feature = "records")]
pub use scan::Scan;
pub use select::Selection;
pub use table::{ArrayFile, ArrayInfo};
