//! From one record to named values: pure functions, without state and files.
//!
//! | measures of | begin with |
//! | --- | --- |
//! | what a model says: boxes, masks, keypoints, score vectors | `outputs::measure`, `outputs::score_block` (feature `records`) |

#[cfg(feature = "records")]
pub mod outputs;
