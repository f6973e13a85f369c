//! Results put together image by image, whatever their order in the file.

use std::ops::Range;

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
/// Up to a million objects (56 MiB) are held before anything is known to be
/// complete: results of small files may come in any order. From there on, if every
/// image came in one piece so far, the file is taken to be written image by
/// image, as detectors do, and all images but the last are let go; one that comes
/// again later is an error. If images did come in pieces, everything is held, up
/// to eight million objects (448 MiB).
#[derive(Debug)]
pub(super) struct Gather {
    held: Vec<Instance>,
    /// Objects of one image that came one after the other: the image and how many they are.
    runs: Vec<(u32, usize)>,
    weight: usize,
    /// By image: whether it has come, and whether it was let go.
    seen: Vec<bool>,
    gone: Vec<bool>,
    /// Whether some image came in more than one run.
    in_pieces: bool,
    window: usize,
    most: usize,
}

/// Complete images that were let go, with their objects.
#[derive(Debug, Default)]
pub(super) struct Complete {
    held: Vec<Instance>,
    /// Each image and where its objects lie; those of one image follow each other.
    runs: std::vec::IntoIter<(u32, Range<usize>)>,
}

impl Complete {
    /// How many objects the next images have, about.
    pub(super) fn objects(&self, images: usize) -> usize {
        let runs = self.runs.as_slice().iter().take(images);
        runs.map(|(_, range)| range.len()).sum()
    }

    /// Moves the objects of the next image to the end of `out`.
    pub(super) fn next_image(&mut self, out: &mut Vec<Instance>) -> Option<u32> {
        let image = self.runs.as_slice().first()?.0;
        while self
            .runs
            .as_slice()
            .first()
            .is_some_and(|run| run.0 == image)
            && let Some((_, range)) = self.runs.next()
        {
            let objects = self.held[range].iter_mut();
            out.extend(objects.map(|object| Instance {
                shape: object.shape.take(),
                ..*object
            }));
        }
        Some(image)
    }
}

impl Gather {
    pub(super) fn new() -> Self {
        Self::with_window(WINDOW, MAX_HELD)
    }

    fn with_window(window: usize, most: usize) -> Self {
        Self {
            held: Vec::new(),
            runs: Vec::new(),
            weight: 0,
            seen: Vec::new(),
            gone: Vec::new(),
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
    #[inline]
    pub(super) fn push(&mut self, image: u32, instance: Instance) -> Result<()> {
        match self.runs.last_mut() {
            Some((last, count)) if *last == image => *count += 1,
            _ => self.begin(image)?,
        }
        self.weight += 1 + instance.shape.as_deref().map_or(0, shape_bytes) / SHAPE_BYTES;
        self.held.push(instance);
        if self.weight > self.most {
            return Err(Error::new(
                ErrorKind::Limit,
                format!(
                    "more than {} results before an image is complete: it has more than that, or \
                     those of an image do not stand together; sort them, for instance with \
                     jq -c 'sort_by(.image_id)'",
                    self.most
                ),
            ));
        }
        Ok(())
    }

    /// Begins a run.
    fn begin(&mut self, image: u32) -> Result<()> {
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
        self.in_pieces |= self.seen[at];
        self.seen[at] = true;
        self.runs.push((image, 1));
        Ok(())
    }

    /// Whether some images are complete and should be let go.
    pub(super) fn is_full(&self) -> bool {
        self.weight >= self.window && !self.in_pieces && self.runs.len() > 1
    }

    /// Lets the complete images go, which come no more: all but the last, or at the end of the
    /// file all. Objects come image by image, in the order of their file. What `complete` held
    /// before is forgotten; its room is used again.
    pub(super) fn release(&mut self, at_end: bool, complete: &mut Complete) {
        // Not at the end only where no image is in pieces: the last one stands at the end.
        let kept = match at_end {
            true => None,
            false => self.runs.pop(),
        };
        let split = self.held.len() - kept.map_or(0, |(_, count)| count);
        complete.held.clear();
        complete.held.extend(self.held.drain(split..));
        std::mem::swap(&mut self.held, &mut complete.held);
        let mut end = 0;
        let place = |(image, count): (u32, usize)| {
            end += count;
            (image, end - count..end)
        };
        let mut runs: Vec<_> = self.runs.drain(..).map(place).collect();
        if self.in_pieces {
            runs.sort_by_key(|(image, _)| *image);
        }
        for (image, _) in &runs {
            self.gone[*image as usize] = true;
        }
        complete.runs = runs.into_iter();
        self.runs.extend(kept);
        self.weight = self.held.len();
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

    /// What is let go: each image, and the score of each object.
    fn released(gather: &mut Gather, at_end: bool) -> Vec<(u32, Vec<f64>)> {
        let (mut complete, mut images) = (Complete::default(), Vec::new());
        gather.release(at_end, &mut complete);
        loop {
            let mut objects = Vec::new();
            match complete.next_image(&mut objects) {
                Some(image) => images.push((image, objects.iter().map(|o| o.score).collect())),
                None => return images,
            }
        }
    }

    #[test]
    fn scattered_results_are_put_together() {
        let mut gather = Gather::with_window(2, 10);
        for (image, score) in [(3, 0.1), (1, 0.2), (3, 0.3), (1, 0.4)] {
            gather.push(image, object(score)).unwrap();
        }
        let images = [(1, vec![0.2, 0.4]), (3, vec![0.1, 0.3])];
        assert_eq!(released(&mut gather, true), images);
        assert!(gather.has_seen(1) && !gather.has_seen(2) && !gather.has_seen(9));
    }

    #[test]
    fn grouped_results_are_let_go_but_for_the_last_image() {
        let mut gather = Gather::with_window(3, 10);
        for (image, score) in [(0, 0.1), (1, 0.2), (1, 0.3)] {
            gather.push(image, object(score)).unwrap();
        }
        assert!(gather.is_full());
        assert_eq!(released(&mut gather, false), [(0, vec![0.1])]);
        gather.push(1, object(0.5)).unwrap();
        gather.push(2, object(0.6)).unwrap();
        let images = [(1, vec![0.2, 0.3, 0.5]), (2, vec![0.6])];
        assert_eq!(released(&mut gather, true), images);
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
