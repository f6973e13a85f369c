//! How the stored rows of a picture are to be turned before it is looked at.

use super::pixels::{Pixels, Samples};

/// The EXIF orientation (Exif 2.32, tag 0x0112): what has to be done to the stored
/// picture so that it stands upright.
///
/// ```
/// use driftsphere::ingest::image::Orientation;
///
/// assert_eq!(Orientation::of_exif(6), Some(Orientation::Rotate90));
/// assert_eq!(Orientation::of_exif(9), None);
/// assert_eq!(Orientation::Rotate90.size(640, 480), (480, 640));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub enum Orientation {
    /// 1: nothing.
    #[default]
    Upright,
    /// 2: mirror left and right.
    FlipHorizontal,
    /// 3: turn by 180 degrees.
    Rotate180,
    /// 4: mirror top and bottom.
    FlipVertical,
    /// 5: mirror at the diagonal from the top left.
    Transpose,
    /// 6: turn by 90 degrees clockwise.
    Rotate90,
    /// 7: mirror at the diagonal from the top right.
    Transverse,
    /// 8: turn by 270 degrees clockwise.
    Rotate270,
}

impl Orientation {
    /// All eight, in the order of their EXIF values.
    pub const ALL: [Self; 8] = [
        Self::Upright,
        Self::FlipHorizontal,
        Self::Rotate180,
        Self::FlipVertical,
        Self::Transpose,
        Self::Rotate90,
        Self::Transverse,
        Self::Rotate270,
    ];

    /// Of the value in the tag: 1 to 8, else none.
    #[must_use]
    pub fn of_exif(value: u32) -> Option<Self> {
        let index = usize::try_from(value.checked_sub(1)?).ok()?;
        Self::ALL.get(index).copied()
    }

    /// The value in the tag: 1 to 8.
    #[must_use]
    pub fn exif(self) -> u8 {
        self as u8 + 1
    }

    /// Whether width and height change places.
    #[must_use]
    pub fn swaps(self) -> bool {
        self.exif() >= 5
    }

    /// Width and height after it has been applied.
    #[must_use]
    pub fn size(self, width: u32, height: u32) -> (u32, u32) {
        if self.swaps() {
            (height, width)
        } else {
            (width, height)
        }
    }

    /// Where a box of the stored picture lies once it stands upright: left, top, width and height,
    /// all as shares of the picture's own width and height.
    ///
    /// ```
    /// use driftsphere::ingest::image::Orientation;
    ///
    /// // What lies at the left edge lies at the top after a turn clockwise.
    /// let turned = Orientation::Rotate90.turn_box([0.0, 0.25, 0.125, 0.5]);
    /// assert_eq!(turned, [0.25, 0.0, 0.5, 0.125]);
    /// ```
    #[must_use]
    pub fn turn_box(self, [left, top, width, height]: [f64; 4]) -> [f64; 4] {
        let (right, bottom) = (1.0 - left - width, 1.0 - top - height);
        match self {
            Self::Upright => [left, top, width, height],
            Self::FlipHorizontal => [right, top, width, height],
            Self::Rotate180 => [right, bottom, width, height],
            Self::FlipVertical => [left, bottom, width, height],
            Self::Transpose => [top, left, height, width],
            Self::Rotate90 => [bottom, left, height, width],
            Self::Transverse => [bottom, right, height, width],
            Self::Rotate270 => [top, right, height, width],
        }
    }

    /// The stored place of the upright pixel (x, y), of a stored picture of
    /// `width` x `height`.
    fn source(self, x: usize, y: usize, width: usize, height: usize) -> (usize, usize) {
        let (right, bottom) = (width - 1, height - 1);
        match self {
            Self::Upright => (x, y),
            Self::FlipHorizontal => (right - x, y),
            Self::Rotate180 => (right - x, bottom - y),
            Self::FlipVertical => (x, bottom - y),
            Self::Transpose => (y, x),
            Self::Rotate90 => (y, bottom - x),
            Self::Transverse => (right - y, bottom - x),
            Self::Rotate270 => (right - y, x),
        }
    }
}

impl Pixels {
    /// The picture as it is to be looked at: turned and mirrored as its EXIF
    /// orientation says.
    #[must_use]
    pub fn oriented(self, orientation: Orientation) -> Self {
        if orientation == Orientation::Upright {
            return self;
        }
        let (w, h, channels) = (self.width(), self.height(), self.channels());
        let (width, height) = orientation.size(w, h);
        let turn = Turn {
            orientation,
            stored: (w as usize, h as usize),
            upright: (width as usize, height as usize),
        };
        let samples = match self.into_samples() {
            Samples::U8(values) => Samples::U8(turn.apply(&values, channels.count())),
            Samples::U16(values) => Samples::U16(turn.apply(&values, channels.count())),
            Samples::F32 { values, low, high } => Samples::F32 {
                values: turn.apply(&values, channels.count()),
                low,
                high,
            },
        };
        Self::of_parts(width, height, channels, samples)
    }
}

struct Turn {
    orientation: Orientation,
    stored: (usize, usize),
    upright: (usize, usize),
}

impl Turn {
    fn apply<T: Copy>(&self, values: &[T], channels: usize) -> Vec<T> {
        match channels {
            1 => self.pixels::<T, 1>(values),
            2 => self.pixels::<T, 2>(values),
            3 => self.pixels::<T, 3>(values),
            _ => self.pixels::<T, 4>(values),
        }
    }

    /// In tiles, so that both the rows read and the rows written stay in the cache.
    fn pixels<T: Copy, const C: usize>(&self, values: &[T]) -> Vec<T> {
        const TILE: usize = 32;
        let (from, _) = values.as_chunks::<C>();
        let mut out = values.to_vec();
        let (to, _) = out.as_chunks_mut::<C>();
        let ((w, h), (width, height)) = (self.stored, self.upright);
        for top in (0..height).step_by(TILE) {
            for left in (0..width).step_by(TILE) {
                for y in top..height.min(top + TILE) {
                    for x in left..width.min(left + TILE) {
                        let (sx, sy) = self.orientation.source(x, y, w, h);
                        to[y * width + x] = from[sy * w + sx];
                    }
                }
            }
        }
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ingest::image::Channels;

    /// A letter F of 3 x 2 would do; numbers say which pixel went where.
    fn upright(orientation: Orientation) -> (u32, u32, Vec<u8>) {
        let stored = Samples::U8(vec![1, 2, 3, 4, 5, 6]);
        let pixels = Pixels::new(3, 2, Channels::Grey, stored).unwrap();
        let out = pixels.oriented(orientation);
        let (width, height) = (out.width(), out.height());
        let Samples::U8(values) = out.into_samples() else {
            panic!("the depth changed");
        };
        (width, height, values)
    }

    #[test]
    fn the_eight_orientations_by_hand() {
        // 1 2 3
        // 4 5 6
        let expected: [(u32, u32, [u8; 6]); 8] = [
            (3, 2, [1, 2, 3, 4, 5, 6]),
            (3, 2, [3, 2, 1, 6, 5, 4]),
            (3, 2, [6, 5, 4, 3, 2, 1]),
            (3, 2, [4, 5, 6, 1, 2, 3]),
            (2, 3, [1, 4, 2, 5, 3, 6]),
            (2, 3, [4, 1, 5, 2, 6, 3]),
            (2, 3, [6, 3, 5, 2, 4, 1]),
            (2, 3, [3, 6, 2, 5, 1, 4]),
        ];
        for (orientation, (width, height, values)) in Orientation::ALL.into_iter().zip(expected) {
            assert_eq!(upright(orientation), (width, height, values.to_vec()));
            assert_eq!(orientation.size(3, 2), (width, height));
        }
    }

    #[test]
    fn boxes_turn_with_the_pixels_in_them() {
        // One pixel of 3 x 2 after the other is marked; its box must lie on the mark.
        for orientation in Orientation::ALL {
            for (x, y) in (0..3).flat_map(|x| (0..2).map(move |y| (x, y))) {
                let mut stored = vec![0; 6];
                stored[y * 3 + x] = 1;
                let pixels = Pixels::new(3, 2, Channels::Grey, Samples::U8(stored)).unwrap();
                let upright = pixels.oriented(orientation);
                let (width, height) = (f64::from(upright.width()), f64::from(upright.height()));
                let place = [x as f64 / 3.0, y as f64 / 2.0, 1.0 / 3.0, 0.5];
                let [left, top, w, h] = orientation.turn_box(place);
                let (column, row) = ((left * width).round(), (top * height).round());
                assert!((w * width - 1.0).abs() < 1e-9 && (h * height - 1.0).abs() < 1e-9);
                let at = row as usize * upright.width() as usize + column as usize;
                let Samples::U8(values) = upright.into_samples() else {
                    panic!("the depth changed");
                };
                assert_eq!(values[at], 1, "{orientation:?} {x} {y}");
            }
        }
    }

    #[test]
    fn each_has_its_inverse_whatever_the_depth_and_the_channels() {
        use Orientation::{Rotate90, Rotate270};
        let (width, height) = (37, 70);
        for channels in [1, 2, 3, 4] {
            let count = width as usize * height as usize * channels;
            let channels = Channels::of_count(channels).unwrap();
            let values: Vec<u16> = (0..count).map(|i| (i * 7919 % 65_536) as u16).collect();
            let floats = values.iter().map(|&v| f32::from(v)).collect();
            let float = Samples::F32 {
                values: floats,
                low: 0.0,
                high: 65_535.0,
            };
            for samples in [Samples::U16(values), float] {
                let pixels = Pixels::new(width, height, channels, samples).unwrap();
                for orientation in Orientation::ALL {
                    let back = match orientation {
                        Rotate90 => Rotate270,
                        Rotate270 => Rotate90,
                        own => own,
                    };
                    let turned = pixels.clone().oriented(orientation);
                    assert!(orientation == Orientation::Upright || turned != pixels);
                    assert_eq!(turned.oriented(back), pixels, "{orientation:?}");
                }
            }
        }
    }
}
