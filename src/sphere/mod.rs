//! Geometry on the unit sphere.

mod boundary;
mod centres;
mod distance;
mod lanes;
mod nearest;
mod unit;

pub use boundary::boundary_distance;
pub use centres::CentreSet;
pub use distance::{Distance, squared_chord};
pub use nearest::{Block, NearestSearch, Neighbour, Products};
pub use unit::{RowFault, UnitRow, norm};
