//! Results put together image by image, whatever their order in the file.

use super::instances::{Instance, Shape};
use crate::error::{Error, ErrorKind, Result};

/// Objects that are held before complete images are let go.
const WINDOW: usize = 1 << 20;
/// Objects that are held at most, where those of an image lie apart.
const MAX_HELD: usize = 1 << 23;
/// Bytes of shapes that count as one more object.
const SHAPE_BYTES: usize = 64;

/// Objects of images that are not complete yet.
///
/// Up to a million objects (64 MiB) are held before anything is known to be
/// complete: results of small files may come in any order. From there on, if every
/// image came in one piece so far, the file is taken to be written image by
/// image, as detectors do, and all images but the last are let go; one that comes
/// again later is an error. If images did come in pieces, everything is held, up
/// to eight million objects (512 MiB).
#[derive(Debug)]
pub(super) struct Gather {
    held: Vec<(u32, Instance)>,
    weight: usize,
    /// By image: whether it has come, and whether it was let go.
    seen: Vec<bool>,
    gone: Vec<bool>,
    last: Option<u32>,
    /// Whether each image came in one piece so far.
    in_pieces: bool,
    window: usize,
    most: usize,
}

impl Gather {
    pub(super) fn new() -> Self {
        Self::with_window(WINDOW, MAX_HELD)
    }

    fn with_window(window: usize, most: usize) -> Self {
        Self {
            held: Vec::new(),
            weight: 0,
            seen: Vec::new(),
            gone: Vec::new(),
            last: None,
            in_pieces: false,
            window,
            most,
        }
    }

    /// Takes in an object of the image of this index.
    ///
    /// # Errors
    /// [`ErrorKind::Input`] for an image that was let go; [`ErrorKind::Limit`] where too much
    /// has to be held.
    pub(super) fn push(&mut self, image: u32, instance: Instance) -> Result<()> {
        let at = image as usize;
        if at >= self.seen.len() {
            self.seen.resize(at + 1, false);
            self.gone.resize(at + 1, false);
        }
        if self.gone[at] {
            return Err(Error::new(
                ErrorKind::Input,
                format!(
                    "results of an image come again after {} others: in files of over a million \
                     results those of an image stand together; sort them, for instance with \
                     jq -c 'sort_by(.image_id)'",
                    self.gone.iter().filter(|gone| **gone).count()
                ),
            ));
        }
        if self.last != Some(image) {
            self.in_pieces |= self.seen[at];
            self.seen[at] = true;
            self.last = Some(image);
        }
        self.weight += 1 + instance.shape.as_deref().map_or(0, shape_bytes) / SHAPE_BYTES;
        self.held.push((image, instance));
        if self.weight > self.most {
            return Err(Error::new(
                ErrorKind::Limit,
                format!(
                    "more than {} results, and those of an image do not stand together; sort \
                     them, for instance with jq -c 'sort_by(.image_id)'",
                    self.most
                ),
            ));
        }
        Ok(())
    }

    /// Whether some images are complete and should be let go.
    pub(super) fn is_full(&self) -> bool {
        let first = self.held.first().map(|(image, _)| *image);
        self.weight >= self.window && !self.in_pieces && first != self.last
    }

    /// The complete images, which come no more: all but the last, or at the end
    /// of the file all. Objects come image by image, in the order of their file.
    pub(super) fn release(&mut self, at_end: bool) -> Vec<(u32, Instance)> {
        let kept = match at_end {
            true => None,
            false => self.last,
        };
        let split = match kept {
            // In one piece, so it stands at the end.
            Some(last) if !self.in_pieces => self.held.partition_point(|(image, _)| *image != last),
            _ => self.held.len(),
        };
        let rest = self.held.split_off(split);
        let mut out = std::mem::replace(&mut self.held, rest);
        if self.in_pieces {
            out.sort_by_key(|(image, _)| *image);
        }
        for (image, _) in &out {
            self.gone[*image as usize] = true;
        }
        self.weight = self.held.len();
        out
    }

    /// Whether any object of the image came.
    pub(super) fn has_seen(&self, image: usize) -> bool {
        self.seen.get(image).copied().unwrap_or(false)
    }
}

/// Bytes that keypoints and masks take, about.
fn shape_bytes(shape: &Shape) -> usize {
    use super::instances::Mask;
    let points = shape
        .keypoints
        .as_ref()
        .map_or(0, |points| 8 * points.len());
    let mask = match &shape.mask {
        None => 0,
        Some(Mask::Runs { counts, .. }) => 4 * counts.len(),
        Some(Mask::Polygons(rings)) => rings.iter().map(|ring| 24 + 8 * ring.len()).sum(),
    };
    64 + points + mask
}

#[cfg(test)]
mod tests {
    use super::*;

    fn object(score: f64) -> Instance {
        Instance {
            class: None,
            score,
            bbox: [0.0, 0.0, 1.0, 1.0],
            shape: None,
        }
    }

    fn images(held: &[(u32, Instance)]) -> Vec<(u32, f64)> {
        held.iter()
            .map(|(image, object)| (*image, object.score))
            .collect()
    }

    #[test]
    fn scattered_results_are_put_together() {
        let mut gather = Gather::with_window(2, 10);
        for (image, score) in [(3, 0.1), (1, 0.2), (3, 0.3), (1, 0.4)] {
            gather.push(image, object(score)).unwrap();
        }
        let out = gather.release(true);
        assert_eq!(images(&out), [(1, 0.2), (1, 0.4), (3, 0.1), (3, 0.3)]);
        assert!(gather.has_seen(1) && !gather.has_seen(2) && !gather.has_seen(9));
    }

    #[test]
    fn grouped_results_are_let_go_but_for_the_last_image() {
        let mut gather = Gather::with_window(3, 10);
        for (image, score) in [(0, 0.1), (1, 0.2), (1, 0.3)] {
            gather.push(image, object(score)).unwrap();
        }
        assert!(gather.is_full());
        assert_eq!(images(&gather.release(false)), [(0, 0.1)]);
        gather.push(1, object(0.5)).unwrap();
        gather.push(2, object(0.6)).unwrap();
        assert_eq!(
            images(&gather.release(true)),
            [(1, 0.2), (1, 0.3), (1, 0.5), (2, 0.6)]
        );
        let error = gather.push(0, object(0.7)).unwrap_err();
        assert!(error.message().contains("sort"), "{error}");
    }

    #[test]
    fn too_many_scattered_results_are_a_limit() {
        let mut gather = Gather::with_window(2, 4);
        let mut push = |i: u32| gather.push(i % 2, object(0.0));
        (0..4).for_each(|i| push(i).unwrap());
        assert_eq!(push(4).unwrap_err().kind(), ErrorKind::Limit);
    }
}
