//! Geometry on the unit sphere: what an embedding means is its direction.
//!
//! A row `v` of an embedding matrix is split into its norm `|v|`, which says
//! how sure or how busy the model was, and its direction `x = v / |v|`, a point
//! on the unit sphere. Distances are taken between directions.
//!
//! | what | where |
//! | --- | --- |
//! | a row, its norm and its faults | [`UnitRow`], [`norm`], [`RowFault`] |
//! | the mean that rows are freed of first | [`MeanRow`], [`MeanSketch`] |
//! | how far apart two directions are | [`Distance`], [`squared_chord`] |
//! | unit vectors to measure against | [`CentreSet`] |
//! | the nearest of them, exactly and fast | [`NearestSearch`] |
//! | how far inside its class a row lies | [`boundary_distance`] |
//! | named centres with their origin | [`Codebook`], [`Centre`], [`Member`] |
//! | finding clusters in a sample | `fit_clusters` (feature `fit`) |
//! | the record that stands for a centre | [`Medoids`], [`Medoid`] |
//! | a reference row against a centre it helped to make | [`LeaveOneOut`] |
//! | all of it for a block of rows | [`Ruler`], [`Reading`] |
//!
//! # What is promised
//! - Rows come in as f32, `(n, dim)` row by row, and every kept number is
//!   worked out in f64 in a fixed order: the same bits for every block size,
//!   thread and CPU. Only fitting clusters may differ between CPUs; its result
//!   is stored and has a [`content_hash`](Codebook::content_hash).
//! - A small distance keeps its relative precision, because it comes from
//!   differences of coordinates and never from `1 - x.y`.
//! - A row of the reference is never measured against itself.
//!
//! # Example
//! ```
//! use std::sync::Arc;
//! use driftsphere::sketch::Directions;
//! use driftsphere::sphere::{
//!     Centre, Codebook, Distance, LeaveOneOut, Products, Provenance, Ruler, UnitRow,
//! };
//!
//! // The reference: two classes of two rows each.
//! let rows = [[9.0, 1.0], [2.0, 0.0], [0.0, 5.0], [1.0, 7.0_f32]];
//! let class = |name: &str, rows: &[[f32; 2]]| {
//!     let mut sum = Directions::new(2);
//!     for row in rows {
//!         sum.update_scaled(row, UnitRow::new(row).unwrap().inverse());
//!     }
//!     Centre { name: name.into(), sum, medoid: None }
//! };
//! let book = Codebook::new(
//!     2,
//!     Distance::HalfChord,
//!     vec![class("cat", &rows[..2]), class("dog", &rows[2..])],
//!     vec![],
//!     vec![],
//!     Provenance::default(),
//! )?;
//!
//! // A target row that calls itself a cat and lies on the dogs' side.
//! let cat = book.class_index("cat");
//! let ruler = Ruler::new(Arc::new(book), false);
//! let (mut products, mut scratch) = (Products::default(), LeaveOneOut::default());
//! let block = ruler.block(&[1.0, 3.0], &mut products);
//! let reading = ruler.read(&block, 0, cat, 0, &mut scratch).unwrap();
//! assert!(reading.own_class.unwrap() > 0.5);
//! assert!(reading.boundary.unwrap() < 0.0);
//! # Ok::<(), driftsphere::Error>(())
//! ```

mod block;
mod boundary;
mod centre;
mod centres;
#[cfg(feature = "fit")]
mod cluster;
mod codebook;
#[cfg(feature = "fit")]
mod density;
mod distance;
mod given;
mod lanes;
mod leave_one_out;
mod mean;
mod medoid;
mod method;
mod nearest;
mod ruler;
mod sampled;
mod unit;

pub use block::{Block, Neighbour};
pub use boundary::boundary_distance;
pub use centre::{Centre, MedoidScope, Member, Provenance};
pub use centres::CentreSet;
#[cfg(feature = "fit")]
pub use cluster::{fit_clusters, fit_clusters_by};
pub use codebook::Codebook;
pub use distance::{Distance, squared_chord};
pub use leave_one_out::LeaveOneOut;
pub use mean::{MeanRow, MeanSketch};
pub(crate) use medoid::is_made_up;
pub use medoid::{Medoid, Medoids, record_name};
pub use method::ClusterMethod;
pub use nearest::{NearestSearch, Products};
pub use ruler::{Reading, Ruler};
pub use unit::{RowFault, UnitRow, norm};
