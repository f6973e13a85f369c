//! What models say of images: boxes, keypoints, masks.
//!
//! | you have | you want |
//! | --- | --- |
//! | COCO results or annotations; a folder of YOLO text, Pascal VOC or label maps | [`OutputsFile`], and an [`ImageList`] of the images beside it |
//!
//! An [`OutputsScan`] gives [`Instances`]: images, complete with their objects, a
//! bounded number at a time. What was said of an object is kept as it was said;
//! [`measure`](crate::measure::outputs) makes numbers of it.
//!
//! Results of one image may lie anywhere in a file of up to a million (with more,
//! in eight million if they are scattered at all); in larger ones they stand together,
//! as detectors write them.

mod class_names;
mod coco;
mod coco_json;
mod coco_quick;
mod detect;
mod folder;
mod gather;
mod image_list;
mod instances;
mod json_elements;
mod label_maps;
mod listing;
mod outputs_file;
mod runs;
mod voc;
mod yolo;

pub use class_names::read_class_names;
pub use image_list::ImageList;
pub use instances::{ImageInfo, Instance, Instances, Kinds, Mask, ObjectKind, Shape, Units};
pub use outputs_file::{OutputsFile, OutputsFormat, OutputsScan};
