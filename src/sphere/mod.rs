//! Geometry on the unit sphere.

mod boundary;
mod centre;
mod centres;
#[cfg(feature = "fit")]
mod cluster;
mod codebook;
mod distance;
mod lanes;
mod leave_one_out;
mod medoid;
mod nearest;
mod ruler;
mod sampled;
mod unit;

pub use boundary::boundary_distance;
pub use centre::{Centre, MedoidScope, Member, Provenance};
pub use centres::CentreSet;
#[cfg(feature = "fit")]
pub use cluster::fit_clusters;
pub use codebook::Codebook;
pub use distance::{Distance, squared_chord};
pub use leave_one_out::LeaveOneOut;
pub use medoid::{Medoid, Medoids, record_name};
pub use nearest::{Block, NearestSearch, Neighbour, Products};
pub use ruler::{Reading, Ruler};
pub use unit::{RowFault, UnitRow, norm};
