//! Measures of pictures.

mod answers;
mod colour;
mod level;
mod perceptual_hash;
mod pixels;
mod resize;
mod scan;
mod texture;

pub use answers::PixelMeasures;
pub use perceptual_hash::PerceptualHash;
pub use pixels::{Analysis, analyse};
pub use resize::{Filter, resized};
