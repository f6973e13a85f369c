//! What models say of images: from files to findings.

mod annotated;
mod canonical;
mod class_naming;
mod formats;
mod hostile;
mod level;
mod masks;
mod photographs;
mod real;
mod same_images;
mod scores;
mod support;
