//! Numbers and p-values of windows in their order.
//!
//! | question | use |
//! | --- | --- |
//! | may a window alarm, when every window is looked at? | [`Evidence`] |
//! | since when? | [`onset`] |
//! | do the windows rise or fall? | [`MannKendall`] |
//! | between which windows did the level change? | [`change_points`] |
//! | at once, or bit by bit? | [`rises_gradually`] |

mod change_points;
mod evidence;
mod mann_kendall;
mod shape;

pub use change_points::{ChangePoint, change_points};
pub use evidence::{Evidence, onset};
pub use mann_kendall::MannKendall;
pub use shape::rises_gradually;
