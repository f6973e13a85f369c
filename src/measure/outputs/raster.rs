//! A mask as pixels.

use std::ops::Range;

use super::polygons::{FAR, spans};
use crate::ingest::Mask;

/// Most pixels that are laid out: a picture of 64 megapixels.
const MAX_PIXELS: u64 = 1 << 26;

/// The pixels of a mask inside its bounding box, with a margin of one pixel outside of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Raster {
    /// Width and height with the margin.
    pub(super) width: usize,
    pub(super) height: usize,
    /// Row by row; whether a pixel is inside.
    pub(super) pixels: Vec<bool>,
    /// Where the bounding box begins in the image.
    pub(super) left: usize,
    pub(super) top: usize,
    /// Width and height of the image.
    pub(super) image: (usize, usize),
}

/// Why a mask cannot be laid out.
pub(super) const TOO_LARGE: &str = "mask of more than 64 megapixels";
pub(super) const EMPTY: &str = "mask without a pixel";

impl Raster {
    /// Lays out a mask; polygons on the pixels of the image, where its size is known.
    ///
    /// # Errors
    /// A reason, for one without a pixel and one that is too large.
    pub(super) fn new(mask: &Mask, size: Option<(f64, f64)>) -> Result<Self, &'static str> {
        match mask {
            Mask::Runs { size, counts } => Self::of_runs(*size, counts),
            Mask::Polygons(rings) => Self::of_rings(rings, size),
        }
    }

    fn blank(
        (left, top): (usize, usize),
        (right, bottom): (usize, usize),
        image: (usize, usize),
    ) -> Result<Self, &'static str> {
        let (width, height) = (right - left + 3, bottom - top + 3);
        if width as u64 * height as u64 > MAX_PIXELS {
            return Err(TOO_LARGE);
        }
        Ok(Self {
            width,
            height,
            pixels: vec![false; width * height],
            left,
            top,
            image,
        })
    }

    /// Runs go down the columns, outside first.
    fn of_runs((height, width): (u32, u32), counts: &[u32]) -> Result<Self, &'static str> {
        let height = height as usize;
        let mut spans = Vec::new();
        let (mut at, mut inside) = (0_usize, false);
        for &run in counts {
            let end = at + run as usize;
            if inside && run > 0 {
                spans.push(at..end);
            }
            (at, inside) = (end, !inside);
        }
        Self::of_spans(&spans, height, width as usize)
    }

    /// Of spans of pixels counted down the columns, which rise and do not touch.
    fn of_spans(spans: &[Range<usize>], height: usize, width: usize) -> Result<Self, &'static str> {
        // Pieces of one column each.
        let pieces = || {
            spans.iter().flat_map(|span| {
                let columns = span.start / height..=(span.end - 1) / height;
                columns.map(|x| {
                    let top = span.start.max(x * height) - x * height;
                    let bottom = span.end.min((x + 1) * height) - x * height;
                    (x, top..bottom)
                })
            })
        };
        // Spans rise. One that goes on into a next column reaches the lower edge and the upper.
        let (Some(first), Some(last)) = (spans.first(), spans.last()) else {
            return Err(EMPTY);
        };
        let (left, right) = (first.start / height, (last.end - 1) / height);
        let (mut top, mut bottom) = (height - 1, 0);
        for span in spans {
            let (start, end) = (span.start, span.end - 1);
            let is_one_column = start / height == end / height;
            top = top.min(if is_one_column { start % height } else { 0 });
            bottom = bottom.max(if is_one_column {
                end % height
            } else {
                height - 1
            });
        }
        let mut out = Self::blank((left, top), (right, bottom), (width, height))?;
        for (x, ys) in pieces() {
            for y in ys {
                out.pixels[(y - top + 1) * out.width + x - left + 1] = true;
            }
        }
        Ok(out)
    }

    /// What lies in any of the rings, as the COCO API lays them out.
    fn of_rings(rings: &[Vec<f64>], size: Option<(f64, f64)>) -> Result<Self, &'static str> {
        let extent = |axis: usize| {
            let along = rings
                .iter()
                .flat_map(move |ring| ring[axis..].iter().step_by(2));
            along
                .fold(0.0_f64, |most, v| most.max(*v))
                .min(FAR)
                .ceil()
                .max(1.0)
        };
        let (width, height) = size.unwrap_or_else(|| (extent(0), extent(1)));
        let (width, height) = (width.min(FAR) as usize, height.min(FAR) as usize);
        let spans = spans(rings, width, height)?;
        Self::of_spans(&spans, height, width)
    }

    /// Pixels inside.
    pub(super) fn area(&self) -> u64 {
        self.pixels.iter().filter(|inside| **inside).count() as u64
    }

    /// Pixels inside that lie at the border of the image.
    pub(super) fn at_border(&self) -> u64 {
        let (width, height) = self.image;
        let is_border = |x: usize, y: usize| {
            let (x, y) = (x + self.left - 1, y + self.top - 1);
            x == 0 || y == 0 || x + 1 == width || y + 1 == height
        };
        let all = (0..self.pixels.len()).filter(|&at| self.pixels[at]);
        all.filter(|&at| is_border(at % self.width, at / self.width))
            .count() as u64
    }

    /// Number of parts of pixels that are `inside`, touching by their sides, or also
    /// by corners.
    fn components(&self, inside: bool, corners: bool) -> u64 {
        let mut left: Vec<bool> = self.pixels.iter().map(|pixel| *pixel == inside).collect();
        let (width, height) = (self.width as isize, self.height as isize);
        let mut open = Vec::new();
        let mut count = 0;
        for start in 0..left.len() {
            if !std::mem::replace(&mut left[start], false) {
                continue;
            }
            count += 1;
            open.push(start);
            while let Some(at) = open.pop() {
                let (x, y) = ((at % self.width) as isize, (at / self.width) as isize);
                for (dx, dy) in [
                    (-1, 0),
                    (1, 0),
                    (0, -1),
                    (0, 1),
                    (-1, -1),
                    (-1, 1),
                    (1, -1),
                    (1, 1),
                ] {
                    let (x, y) = (x + dx, y + dy);
                    if (dx != 0 && dy != 0 && !corners)
                        || x < 0
                        || y < 0
                        || x >= width
                        || y >= height
                    {
                        continue;
                    }
                    let next = (y * width + x) as usize;
                    if std::mem::replace(&mut left[next], false) {
                        open.push(next);
                    }
                }
            }
        }
        count
    }

    /// Parts that touch by no side and no corner.
    pub(super) fn parts(&self) -> u64 {
        self.components(true, true)
    }

    /// Parts of the outside that are enclosed; the margin makes all else one.
    pub(super) fn holes(&self) -> u64 {
        self.components(false, false) - 1
    }

    /// The length of the contour, by the weights of its pixels and their neighbours.
    ///
    /// ```text
    /// contour = pixels inside with a side neighbour outside
    /// code    = 1 + 2 (contour pixels at its sides) + 10 (contour pixels at its corners)
    /// length  = sum of 1 for the codes 5, 7, 15, 17, 25, 27, sqrt(2) for 21, 33,
    ///           (1 + sqrt(2)) / 2 for 13, 23
    /// ```
    ///
    /// Source: Benkrid, Crookes, Benkrid, "Design and FPGA implementation of a
    /// perimeter estimator", 2000; as in scikit-image's `perimeter`.
    pub(super) fn contour_length(&self) -> f64 {
        let (width, pixels) = (self.width, &self.pixels);
        // Pixels of the margin are outside: no neighbour lies beyond the raster.
        let contour: Vec<bool> = (0..pixels.len())
            .map(|at| {
                pixels[at]
                    && !(pixels[at - 1]
                        && pixels[at + 1]
                        && pixels[at - width]
                        && pixels[at + width])
            })
            .collect();
        let (mut ones, mut diagonals, mut halves) = (0_u64, 0_u64, 0_u64);
        for at in (0..contour.len()).filter(|&at| contour[at]) {
            let sides = [at - 1, at + 1, at - width, at + width];
            let corners = [
                at - width - 1,
                at - width + 1,
                at + width - 1,
                at + width + 1,
            ];
            let count = |places: [usize; 4]| places.iter().filter(|&&p| contour[p]).count();
            match 1 + 2 * count(sides) + 10 * count(corners) {
                5 | 7 | 15 | 17 | 25 | 27 => ones += 1,
                21 | 33 => diagonals += 1,
                13 | 23 => halves += 1,
                _ => {}
            }
        }
        let root = std::f64::consts::SQRT_2;
        ones as f64 + diagonals as f64 * root + halves as f64 * ((1.0 + root) / 2.0)
    }
}

#[cfg(test)]
mod tests {
    use super::super::polygons::TOO_FAR;
    use super::*;

    /// A mask of rows of `#` and `.`, as runs.
    fn runs(rows: &[&str]) -> Mask {
        let (height, width) = (rows.len(), rows[0].len());
        let inside = |at: usize| rows[at % height].as_bytes()[at / height] == b'#';
        let mut counts = vec![0];
        let mut last = false;
        for at in 0..height * width {
            if inside(at) != last {
                counts.push(0);
                last = !last;
            }
            *counts.last_mut().unwrap() += 1;
        }
        Mask::Runs {
            size: (height as u32, width as u32),
            counts,
        }
    }

    #[test]
    fn a_ring_has_a_part_a_hole_and_a_contour() {
        let mask = runs(&["#####", "#...#", "#...#", "#####", ".....", "....#"]);
        let raster = Raster::new(&mask, None).unwrap();
        assert_eq!(raster.area(), 15);
        assert_eq!((raster.parts(), raster.holes()), (2, 1));
        // The top row, the sides, the corner below.
        assert_eq!(raster.at_border(), 5 + 3 + 3 + 1);
        // scikit-image 0.26: measure.perimeter(pixels, neighborhood=4); the lone pixel has none.
        assert_eq!(raster.contour_length(), 14.0);
        assert_eq!(raster.image, (5, 6));
    }

    #[test]
    fn a_raster_is_as_large_as_what_is_inside() {
        // One span over two columns, none that reaches the lower edge, one pixel, a far ring.
        for (rows, left, top, width, height) in [
            (["...", ".#.", "#..", "#.."], 0, 1, 2, 3),
            (["....", "..#.", "....", "...."], 2, 1, 1, 1),
            ([".##.", ".##.", "....", ".#.."], 1, 0, 2, 4),
        ] {
            let raster = Raster::new(&runs(&rows), None).unwrap();
            assert_eq!((raster.left, raster.top), (left, top), "{rows:?}");
            assert_eq!(
                (raster.width, raster.height),
                (width + 2, height + 2),
                "{rows:?}"
            );
        }
        let ring = vec![vec![
            5000.0, 6000.0, 5004.0, 6000.0, 5004.0, 6002.0, 5000.0, 6002.0,
        ]];
        let raster = Raster::new(&Mask::Polygons(ring), Some((8000.0, 8000.0))).unwrap();
        assert_eq!((raster.width, raster.height, raster.area()), (6, 4, 8));
        let whole = Mask::Runs {
            size: (1, u32::MAX),
            counts: vec![0, u32::MAX],
        };
        assert_eq!(Raster::new(&whole, None).unwrap_err(), TOO_LARGE);
    }

    #[test]
    fn corners_join_parts_and_divide_the_outside() {
        let mask = runs(&[".#.", "#.#", ".#."]);
        let raster = Raster::new(&mask, None).unwrap();
        assert_eq!((raster.parts(), raster.holes()), (1, 1));
        let square = Raster::new(&runs(&["##", "##"]), None).unwrap();
        assert_eq!(
            (square.parts(), square.holes(), square.contour_length()),
            (1, 0, 4.0)
        );
    }

    #[test]
    fn polygons_are_laid_out_within_the_image() {
        let rings = vec![vec![1.0, 1.0, 4.0, 1.0, 4.0, 3.0, 1.0, 3.0]];
        let raster = Raster::new(&Mask::Polygons(rings.clone()), Some((10.0, 10.0))).unwrap();
        assert_eq!(raster.area(), 6);
        assert_eq!((raster.left, raster.top), (1, 1));
        assert_eq!(Raster::new(&Mask::Polygons(rings), None).unwrap().area(), 6);
        let beyond = vec![vec![-5.0, -5.0, -1.0, -5.0, -1.0, -1.0]];
        assert_eq!(
            Raster::new(&Mask::Polygons(beyond), Some((4.0, 4.0))),
            Err(EMPTY)
        );
        let huge = Some((1e9, 1e9));
        let ring = vec![vec![0.0, 0.0, 1e9, 0.0, 1e9, 1e9]];
        assert_eq!(Raster::new(&Mask::Polygons(ring), huge), Err(TOO_FAR));
    }
}
