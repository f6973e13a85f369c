//! What a model says of images, as named numbers.
//!
//! [`measure`] takes what a reader of outputs gives
//! ([`Instances`](crate::ingest::Instances)) and makes tables of objects of it
//! ([`Objects`](crate::ingest::Objects)), one for each kind:
//!
//! | kind | numbers of each object |
//! | --- | --- |
//! | `box` | [`BOX_FEATURES`]: score, width, height, area, relative area, aspect, centre x, centre y, touches border, overlap |
//! | `keypoints` | [`KEYPOINT_FEATURES`]: score, points, visibility, visible share, spread, centre x, centre y, outside share |
//! | `mask` | [`MASK_FEATURES`]: score, area, relative area, parts, holes, contour length, compactness, border share |
//!
//! `place_on_picture` (feature `images`) says where a box lies on its picture.
//!
//! [`score_vectors`] takes vectors of scores `(n_records, classes)`.
//!
//! ```
//! use driftsphere::ingest::{ImageInfo, Instance, Instances, Kinds};
//! use driftsphere::measure::outputs::measure;
//!
//! let found = Instances {
//!     images: vec![ImageInfo { name: "a.jpg".into(), size: Some((200.0, 100.0)) }],
//!     ends: vec![1],
//!     instances: vec![Instance {
//!         class: Some(0),
//!         score: 0.9,
//!         bbox: [0.0, 20.0, 50.0, 40.0],
//!         shape: None,
//!     }],
//!     classes: vec!["person".into()],
//!     kinds: Kinds { boxes: true, ..Kinds::default() },
//!     ..Instances::default()
//! };
//! let (kind, boxes) = &measure(&found)?[0];
//! let value = |name| boxes.features().find(|(n, _)| *n == name).unwrap().1[0];
//! assert_eq!(*kind, "box");
//! assert_eq!(value("relative area"), 0.1);
//! assert_eq!(value("touches border"), 1.0);
//! # Ok::<(), driftsphere::Error>(())
//! ```

mod boxes;
mod keypoints;
mod kinds;
mod masks;
mod matching;
#[cfg(feature = "images")]
mod placed;
mod polygons;
mod raster;
mod score_vector;
mod scores;

pub use boxes::BOX_FEATURES;
pub use keypoints::KEYPOINT_FEATURES;
pub use kinds::measure;
pub use masks::MASK_FEATURES;
pub use matching::Annotations;
#[cfg(feature = "images")]
pub use placed::place_on_picture;
pub use score_vector::ScoreVector;
pub use scores::{ScoreOptions, Scores, score_block, score_vectors};
