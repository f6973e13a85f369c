//! What a chain does to a picture before it asks.

use std::fmt;

use serde::Deserialize;

use super::super::plane::Plane;
use super::super::resize::{Filter, resized};
use crate::error::{Error, ErrorKind, Result};
use crate::ingest::image::{Channels, Pixels, Samples};

/// One transform of a [`Chain`](super::Chain).
#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Step {
    /// To `width` x `height` pixels, whatever the shape was.
    Resize {
        /// Pixels in a row.
        width: u32,
        /// Rows.
        height: u32,
        /// How samples are weighed; bilinear if not stated.
        #[serde(default)]
        filter: Filter,
    },
    /// The shorter side to so many pixels, the shape kept.
    ResizeShorter {
        /// Pixels of the shorter side.
        side: u32,
        /// How samples are weighed; bilinear if not stated.
        #[serde(default)]
        filter: Filter,
    },
    /// A part of `width` x `height` pixels.
    Crop {
        /// Pixels in a row.
        width: u32,
        /// Rows.
        height: u32,
        /// Its first column; in the middle if not stated.
        left: Option<u32>,
        /// Its first row; in the middle if not stated.
        top: Option<u32>,
    },
    /// Luma alone; alpha is left out.
    Grey,
}

impl Step {
    pub(super) fn check(self) -> Result<()> {
        let sides = match self {
            Self::Resize { width, height, .. } | Self::Crop { width, height, .. } => {
                [width, height]
            }
            Self::ResizeShorter { side, .. } => [side; 2],
            Self::Grey => [1; 2],
        };
        if sides.into_iter().all(|side| (1..=16_384).contains(&side)) {
            return Ok(());
        }
        Err(Error::new(
            ErrorKind::Argument,
            format!("{self}: sides lie between 1 and 16384"),
        ))
    }

    pub(super) fn apply(self, pixels: &Pixels) -> Result<Pixels> {
        match self {
            Self::Resize {
                width,
                height,
                filter,
            } => resized(pixels, width, height, filter),
            Self::ResizeShorter { side, filter } => {
                let (width, height) = (pixels.width(), pixels.height());
                let shorter = u64::from(width.min(height));
                let scaled = |length: u32| {
                    let long = (u64::from(length) * u64::from(side) + shorter / 2) / shorter;
                    u32::try_from(long.max(1)).unwrap_or(u32::MAX)
                };
                resized(pixels, scaled(width), scaled(height), filter)
            }
            Self::Crop {
                width,
                height,
                left,
                top,
            } => cropped(pixels, [width, height], [left, top]),
            Self::Grey => grey(pixels),
        }
    }
}

/// As it is written in messages and in the description of a chain.
impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Resize {
                width,
                height,
                filter,
            } => write!(f, "resize {width} x {height} {filter:?}"),
            Self::ResizeShorter { side, filter } => write!(f, "resize shorter {side} {filter:?}"),
            Self::Crop {
                width,
                height,
                left,
                top,
            } => {
                write!(f, "crop {width} x {height}")?;
                for (name, place) in [("left", left), ("top", top)] {
                    if let Some(place) = place {
                        write!(f, " {name} {place}")?;
                    }
                }
                Ok(())
            }
            Self::Grey => f.write_str("grey"),
        }
    }
}

fn cropped(pixels: &Pixels, size: [u32; 2], place: [Option<u32>; 2]) -> Result<Pixels> {
    let whole = [pixels.width(), pixels.height()];
    let mut start = [0; 2];
    for axis in 0..2 {
        let room = whole[axis].checked_sub(size[axis]);
        start[axis] = match (room, place[axis]) {
            (Some(room), None) => room / 2,
            (Some(room), Some(place)) if place <= room => place,
            _ => {
                return Err(
                    Error::new(ErrorKind::Input, "a crop does not fit the picture")
                        .at("crop", format_args!("{} x {}", size[0], size[1]))
                        .at("picture", format_args!("{} x {}", whole[0], whole[1])),
                );
            }
        };
    }
    let count = pixels.channels().count();
    let (stride, from) = (whole[0] as usize * count, start[0] as usize * count);
    let length = size[0] as usize * count;
    let rows = start[1] as usize..start[1] as usize + size[1] as usize;
    fn part<T: Copy>(
        values: &[T],
        rows: std::ops::Range<usize>,
        stride: usize,
        from: usize,
        length: usize,
    ) -> Vec<T> {
        rows.flat_map(|y| values[y * stride + from..][..length].iter().copied())
            .collect()
    }
    let samples = match pixels.samples() {
        Samples::U8(values) => Samples::U8(part(values, rows, stride, from, length)),
        Samples::U16(values) => Samples::U16(part(values, rows, stride, from, length)),
        Samples::F32 { values, low, high } => Samples::F32 {
            values: part(values, rows, stride, from, length),
            low: *low,
            high: *high,
        },
    };
    Pixels::new(size[0], size[1], pixels.channels(), samples)
}

fn grey(pixels: &Pixels) -> Result<Pixels> {
    let plane = Plane::luma(pixels);
    let samples = match pixels.samples() {
        Samples::U8(_) => Samples::U8(plane.values.iter().map(|v| *v as u8).collect()),
        // Luma of 16 bits is a whole multiple of 1 / 257.
        Samples::U16(_) | Samples::F32 { .. } => {
            let deep = plane.values.iter().map(|v| (v * 257.0).round() as u16);
            Samples::U16(deep.collect())
        }
    };
    Pixels::new(pixels.width(), pixels.height(), Channels::Grey, samples)
}
