//! Pure functions: what is known of a record -> named values. No state, no files.
//!
//! | of | begin with |
//! | --- | --- |
//! | what a model says: boxes, masks, keypoints, score vectors | [`outputs`] |

pub mod outputs;
