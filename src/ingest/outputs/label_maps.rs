//! Label maps: a picture, or array, whose pixels are indices of classes.

use std::fs::File;
use std::io::BufReader;
use std::path::Path;

use png::{BitDepth, ColorType, Decoder, Limits as PngLimits, Transformations};

use super::class_names;
use super::folder::ImageFiles;
use super::image_list::ImageList;
use super::instances::{Instance, Instances, Kinds, Mask, Shape};
use crate::error::Result;
use crate::ingest::problem::{Loss, Problem};
use crate::ingest::table::ArrayFile;

const NOT_READABLE: &str =
    "file that is no label map: grey or palette PNG, or a matrix of whole numbers";
/// Most pixels of a map.
const MAX_PIXELS: usize = 1 << 26;
/// Most changes from one class to another down the columns, and most classes of a map.
const MAX_CHANGES: usize = 1 << 24;
const MAX_CLASSES: usize = 4096;
/// Names of what is no class.
const NO_CLASSES: [&str; 6] = [
    "background",
    "_background_",
    "__background__",
    "void",
    "ignore",
    "unlabeled",
];

/// Reads a folder of label maps, image by image: each class in a map is one mask.
///
/// Index k is class k of `classes.txt`; indices called `background`, `void`, `ignore` or `unlabeled` are
/// left out; without a list of names, index 0 is.
pub(super) struct LabelMapScan {
    files: ImageFiles,
    names: Vec<String>,
}

impl LabelMapScan {
    pub(super) fn open(folder: &Path, extension: &str, images: Option<&ImageList>) -> Result<Self> {
        let files = ImageFiles::open(folder, extension, images)?;
        Ok(Self {
            names: class_names::find(folder, files.class_lists())?,
            files,
        })
    }

    pub(super) fn problems(&self) -> Vec<Problem> {
        self.files.problems()
    }

    pub(super) fn next(&mut self, most: usize) -> Result<Option<Instances>> {
        let mut out = Instances {
            kinds: Kinds {
                masks: true,
                ..Kinds::default()
            },
            ..Instances::default()
        };
        while out.images.len() < most {
            let Some((mut image, path)) = self.files.next() else {
                break;
            };
            if let Some(path) = path {
                let Some(map) = LabelMap::read(&path).and_then(|map| Some((map.runs()?, map)))
                else {
                    self.files.count(Loss::Failed, NOT_READABLE, &path);
                    continue;
                };
                let (runs, map) = map;
                image.size = Some((map.width as f64, map.height as f64));
                for (label, counts) in runs {
                    if let Some(class) = self.class(label, &mut out) {
                        out.instances.push(map.instance(class, counts));
                    }
                }
            }
            out.images.push(image);
            out.ends.push(out.instances.len());
        }
        Ok((!out.images.is_empty()).then_some(out))
    }

    /// The class of an index, if it is one.
    fn class(&self, label: u16, out: &mut Instances) -> Option<u32> {
        let name = match self.names.get(usize::from(label)) {
            Some(name) if NO_CLASSES.iter().any(|no| name.eq_ignore_ascii_case(no)) => return None,
            Some(name) => name.clone(),
            None if self.names.is_empty() && label == 0 => return None,
            None => label.to_string(),
        };
        let known = out.classes.iter().position(|class| *class == name);
        let class = known.unwrap_or(out.classes.len()) as u32;
        if known.is_none() {
            out.classes.push(name);
        }
        Some(class)
    }
}

/// Indices of classes, row by row.
struct LabelMap {
    width: usize,
    height: usize,
    labels: Vec<u16>,
}

impl LabelMap {
    fn read(path: &Path) -> Option<Self> {
        let is_png = path
            .extension()
            .is_some_and(|e| e.eq_ignore_ascii_case("png"));
        match is_png {
            true => Self::of_png(path),
            false => Self::of_array(path),
        }
    }

    fn of_png(path: &Path) -> Option<Self> {
        let limits = PngLimits {
            bytes: 4 * MAX_PIXELS,
        };
        let file = BufReader::new(File::open(path).ok()?);
        let mut decoder = Decoder::new_with_limits(file, limits);
        // Indices as they are, not the colours they stand for.
        decoder.set_transformations(Transformations::IDENTITY);
        let mut reader = decoder.read_info().ok()?;
        let (width, height) = reader.info().size();
        let (width, height) = (width as usize, height as usize);
        let (colour, depth) = reader.output_color_type();
        let is_map = matches!(colour, ColorType::Grayscale | ColorType::Indexed);
        let bytes = reader.output_buffer_size()?;
        if !is_map || width.checked_mul(height)? > MAX_PIXELS || bytes > 2 * MAX_PIXELS {
            return None;
        }
        let mut buffer = vec![0; bytes];
        let info = reader.next_frame(&mut buffer).ok()?;
        let mut labels = Vec::with_capacity(width * height);
        for row in buffer.chunks_exact(info.line_size).take(height) {
            let bits = match depth {
                BitDepth::One => 1,
                BitDepth::Two => 2,
                BitDepth::Four => 4,
                BitDepth::Eight => 8,
                BitDepth::Sixteen => {
                    let (pairs, _) = row.as_chunks::<2>();
                    labels.extend(
                        pairs
                            .iter()
                            .take(width)
                            .map(|pair| u16::from_be_bytes(*pair)),
                    );
                    continue;
                }
            };
            // The first pixel is in the highest bits.
            let label = |x: usize| {
                let shift = 8 - bits - (x * bits) % 8;
                u16::from(row[x * bits / 8] >> shift) & ((1 << bits) - 1)
            };
            labels.extend((0..width).map(label));
        }
        Some(Self {
            width,
            height,
            labels,
        })
    }

    fn of_array(path: &Path) -> Option<Self> {
        let file = ArrayFile::open(path).ok()?;
        let name = file.sole_matrix().ok()?.name.clone();
        let mut matrix = file.matrix(&name).ok()?;
        let (width, height) = (matrix.cols(), matrix.rows());
        if width.checked_mul(height)? > MAX_PIXELS {
            return None;
        }
        let mut labels = Vec::new();
        while let Some(block) = matrix.next_block(height).ok()? {
            for value in &block {
                let label = *value as u16;
                if f32::from(label) != *value {
                    return None;
                }
                labels.push(label);
            }
        }
        (labels.len() == width * height).then_some(Self {
            width,
            height,
            labels,
        })
    }

    /// For each class its runs down the columns, outside first; `None` for a map that
    /// is more like noise.
    fn runs(&self) -> Option<Vec<(u16, Vec<u32>)>> {
        let mut runs: Vec<(u16, Vec<u32>, usize)> = Vec::new();
        let mut places = vec![u32::MAX; 1 << 16];
        let (mut last, mut start, mut changes) = (None, 0, 0);
        let all = self.width * self.height;
        for at in 0..=all {
            let label =
                (at < all).then(|| self.labels[at % self.height * self.width + at / self.height]);
            if label == last {
                continue;
            }
            if let Some(label) = last {
                let place = &mut places[usize::from(label)];
                if *place == u32::MAX {
                    *place = runs.len() as u32;
                    runs.push((label, Vec::new(), 0));
                }
                let (_, counts, end) = &mut runs[*place as usize];
                counts.extend([(start - *end) as u32, (at - start) as u32]);
                *end = at;
                changes += 1;
                if changes > MAX_CHANGES || runs.len() > MAX_CLASSES {
                    return None;
                }
            }
            (last, start) = (label, at);
        }
        let finish = |(label, mut counts, end): (u16, Vec<u32>, usize)| {
            if end < all {
                counts.push((all - end) as u32);
            }
            (label, counts)
        };
        Some(runs.into_iter().map(finish).collect())
    }

    fn instance(&self, class: u32, counts: Vec<u32>) -> Instance {
        let mask = Mask::Runs {
            size: (self.height as u32, self.width as u32),
            counts,
        };
        Instance {
            class: Some(class),
            score: f64::NAN,
            bbox: [f64::NAN; 4],
            shape: Some(Box::new(Shape {
                mask: Some(mask),
                ..Shape::default()
            })),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_go_down_the_columns_and_make_up_the_map() {
        let map = LabelMap {
            width: 3,
            height: 2,
            labels: vec![0, 7, 7, 0, 7, 1],
        };
        let runs = map.runs().unwrap();
        assert_eq!(
            runs,
            [(0, vec![0, 2, 4]), (7, vec![2, 3, 1]), (1, vec![5, 1])]
        );
    }
}
