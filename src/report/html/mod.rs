//! Answers as one HTML file that a person understands at a glance and can dig into.
//!
//! | page | of |
//! | --- | --- |
//! | [`comparison`] | two windows |
//! | [`segments`] | two sets of windows by segment |
//! | [`series`] | windows in the order of time |
//! | [`stability`] | training runs |
//! | [`checked`] | a profile held against rules |
//! | [`profile`], [`profile_set`] | what a profile, or a set of them, holds |
//!
//! [`wanted`] says of which records a page would show [`Pictures`].
//!
//! Every page is complete in itself: no network, no framework, nothing but markup,
//! one style sheet and a little script for sorting, filtering and opening; without
//! the script all is there and readable. It follows the light or dark setting of
//! the reader, fits a phone and prints. A policy in its head forbids it to load
//! anything.
//!
//! The words are those of the terminal page, written through the same canvas; what
//! is added are charts and the details of each finding. Templates (askama) escape
//! every text, after [`escape`](super::escape) has written out what acts on a
//! screen. The same answer gives the same bytes.

mod blocks;
mod centres;
mod chart;
mod comparison;
mod configuration;
mod document;
mod drawn_boxes;
mod filters;
mod findings;
mod map;
mod pages;
#[cfg(feature = "images")]
mod picture_files;
mod pictures;
mod profile;
mod reading;
mod segments;
mod series;
mod spaces;
mod stability;
#[cfg(all(test, feature = "fit"))]
mod tests;
mod windows;

pub use centres::moved_box_classes;
pub use comparison::comparison;
pub use drawn_boxes::{PictureBox, PictureBoxes};
pub use pages::checked;
pub use pictures::{Pictures, Side, Wanted, wanted};
pub use profile::{profile, profile_set};
pub use segments::segments;
pub use series::series;
pub use stability::stability;
