//! Boxes of the records that a page shows, from files of what a model says.

use anyhow::{Result, bail};
use driftsphere::ingest::image::FileFacts;
use driftsphere::ingest::{ImageInfo, ImageList, Instances, OutputsFile, OutputsFormat, Units};
use driftsphere::measure::outputs::place_on_picture;
use driftsphere::report::html::{PictureBox, PictureBoxes, Side, Wanted};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::output;

/// Images read at a time.
const BLOCK_IMAGES: usize = 1 << 13;

/// Records shown of each class that moved.
const EXAMPLES: usize = 3;

/// Class, score and box.
type Object = (Option<String>, f64, [f64; 4]);

/// What is said of one image.
#[derive(Debug, Clone)]
struct Found {
    image: ImageInfo,
    units: Units,
    objects: Vec<Object>,
    further: usize,
}

/// What is said of the images that are shown: nothing is held of others.
#[derive(Debug, Default)]
pub(super) struct Boxes {
    found: BTreeMap<Wanted, Found>,
    /// By class the images of the target that show it best, the surest first.
    examples: BTreeMap<String, Vec<(f64, Found)>>,
}

impl Boxes {
    /// Reads the boxes of `wanted` records from `files`, in the formats of a profile's inputs, and those
    /// of the images that show each of `classes` best; `images` says their names and sizes.
    pub(super) fn read(
        &mut self,
        files: &[PathBuf],
        images: Option<&Path>,
        wanted: &[Wanted],
        classes: &[String],
    ) -> Result<()> {
        if files.is_empty() || (wanted.is_empty() && classes.is_empty()) {
            return Ok(());
        }
        let images =
            images.map(|path| ImageList::read(path).map_err(|e| e.at("option", "--boxes-images")));
        let images = images.transpose()?.map(Arc::new);
        let names = Names::new(wanted);
        for path in files {
            let Some(format) =
                OutputsFile::detect(path)?.filter(|of| *of != OutputsFormat::LabelMaps)
            else {
                bail!(
                    "{}: holds no boxes; COCO, YOLO text and Pascal VOC are read",
                    path.display()
                );
            };
            let file = OutputsFile::new(path, format);
            let file = match &images {
                Some(images) => file.images(Arc::clone(images)),
                None => file,
            };
            let mut scan = file.scan()?;
            while let Some(block) = scan.next_block(BLOCK_IMAGES)? {
                for (at, image) in block.images.iter().enumerate() {
                    let records = names.of(&image.name);
                    let is_example = block.of(at).iter().any(|object| {
                        let class = object
                            .class
                            .and_then(|code| block.classes.get(code as usize));
                        class.is_some_and(|class| classes.contains(class))
                    });
                    if records.is_empty() && !is_example {
                        continue;
                    }
                    let found = Found::new(&block, at, image);
                    self.show(classes, &found);
                    for record in records {
                        match self.found.get_mut(*record) {
                            Some(before) => before.add(&found),
                            None => {
                                self.found.insert((*record).clone(), found.clone());
                            }
                        }
                    }
                }
            }
            for problem in scan.problems() {
                output::note(&format!("--boxes: {problem}"));
            }
        }
        Ok(())
    }

    /// Whether none of the records has any.
    pub(super) fn is_empty(&self) -> bool {
        self.found.is_empty() && self.examples.is_empty()
    }

    /// Keeps an image if it shows a class better than others do; of equal ones that of the first name.
    fn show(&mut self, classes: &[String], found: &Found) {
        for class in classes {
            let Some(score) = found.best(class) else {
                continue;
            };
            let own = self.examples.entry(class.clone()).or_default();
            if own
                .iter()
                .any(|(_, other)| other.image.name == found.image.name)
            {
                continue;
            }
            own.push((score, found.clone()));
            own.sort_by(|a, b| {
                b.0.total_cmp(&a.0)
                    .then_with(|| a.1.image.name.cmp(&b.1.image.name))
            });
            own.truncate(EXAMPLES);
        }
    }

    /// For each class the records of the target that show it best, whose boxes are known from now on.
    pub(super) fn examples(&mut self) -> Vec<(String, Vec<Wanted>)> {
        let examples = std::mem::take(&mut self.examples).into_iter();
        let record = |(_, found): (f64, Found), all: &mut BTreeMap<Wanted, Found>| {
            let record = (Side::Target, found.image.name.clone());
            all.entry(record.clone()).or_insert(found);
            record
        };
        examples
            .map(|(class, found)| {
                let records = found.into_iter().map(|one| record(one, &mut self.found));
                (class, records.collect())
            })
            .collect()
    }

    /// Those of a record, on its picture.
    pub(super) fn on(&self, record: &Wanted, picture: &FileFacts) -> Option<PictureBoxes> {
        let found = self.found.get(record)?;
        let place = |(class, score, bbox): &Object| {
            Some(PictureBox {
                class: class.clone(),
                score: Some(*score).filter(|score| !score.is_nan()),
                place: place_on_picture(*bbox, &found.image, found.units, picture)?,
            })
        };
        Some(PictureBoxes {
            size: (picture.width, picture.height),
            boxes: found.objects.iter().filter_map(place).collect(),
            further: found.further,
        })
    }
}

impl Found {
    fn new(block: &Instances, at: usize, image: &ImageInfo) -> Self {
        let class = |code: Option<u32>| Some(block.classes.get(code? as usize)?.clone());
        let objects = block.of(at).iter().filter(|object| object.has_box());
        let mut out = Self {
            image: image.clone(),
            units: block.units,
            objects: objects
                .map(|object| (class(object.class), object.score, object.bbox))
                .collect(),
            further: 0,
        };
        out.limit();
        out
    }

    /// Takes in what another file says.
    fn add(&mut self, other: &Self) {
        self.objects.extend(other.objects.iter().cloned());
        self.further += other.further;
        self.limit();
    }

    /// The score of the surest object of a class; `None` where there is none.
    fn best(&self, class: &str) -> Option<f64> {
        let own = self
            .objects
            .iter()
            .filter(|object| object.0.as_deref() == Some(class));
        own.map(score).max_by(f64::total_cmp)
    }

    /// As many as are drawn, the surest.
    fn limit(&mut self) {
        self.objects.sort_by(|a, b| score(b).total_cmp(&score(a)));
        self.further += self.objects.len().saturating_sub(PictureBoxes::MOST);
        self.objects.truncate(PictureBoxes::MOST);
    }
}

/// One that has none is the least sure.
fn score(object: &Object) -> f64 {
    match object.1.is_nan() {
        true => f64::NEG_INFINITY,
        false => object.1,
    }
}

/// Records by what files of boxes may call them: as they are, without the ending, or without
/// folders, where that is of one record of a window.
struct Names<'w> {
    whole: BTreeMap<&'w str, Vec<&'w Wanted>>,
    stems: BTreeMap<&'w str, Vec<&'w Wanted>>,
}

impl<'w> Names<'w> {
    fn new(wanted: &'w [Wanted]) -> Self {
        let mut out = Self {
            whole: BTreeMap::new(),
            stems: BTreeMap::new(),
        };
        for record in wanted {
            let names: BTreeSet<&str> = [record.1.as_str(), without_ending(&record.1)].into();
            for name in names {
                out.whole.entry(name).or_default().push(record);
            }
            out.stems.entry(stem(&record.1)).or_default().push(record);
        }
        out
    }

    fn of(&self, name: &str) -> &[&'w Wanted] {
        let whole = self
            .whole
            .get(name)
            .or_else(|| self.whole.get(without_ending(name)));
        let by_stem = || {
            let records = self.stems.get(stem(name))?;
            let sides: BTreeSet<_> = records.iter().map(|record| record.0).collect();
            (sides.len() == records.len()).then_some(records)
        };
        whole.or_else(by_stem).map_or(&[], Vec::as_slice)
    }
}

fn stem(name: &str) -> &str {
    let file = name.rsplit(['/', '\\']).next().unwrap_or(name);
    without_ending(file)
}

/// A name without what stands behind the last dot of its last part.
fn without_ending(name: &str) -> &str {
    match name.rsplit_once('.') {
        Some((before, ending)) if !before.is_empty() && !ending.contains(['/', '\\']) => before,
        _ => name,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records_are_found_by_whole_names_then_by_stems_that_are_of_one() {
        let record = |side, id: &str| (side, id.to_owned());
        let wanted = [
            record(Side::Reference, "march/a.jpg"),
            record(Side::Target, "april/a.jpg"),
            record(Side::Target, "b.v2"),
            record(Side::Target, "x/c.png"),
            record(Side::Target, "y/c.png"),
        ];
        let names = Names::new(&wanted);
        let ids = |name: &str| -> Vec<&str> {
            names
                .of(name)
                .iter()
                .map(|record| record.1.as_str())
                .collect()
        };
        assert_eq!(ids("march/a.jpg"), ["march/a.jpg"]);
        assert_eq!(ids("march/a"), ["march/a.jpg"]);
        // One of each window.
        assert_eq!(ids("a"), ["march/a.jpg", "april/a.jpg"]);
        assert_eq!(ids("b.v2"), ["b.v2"]);
        // Which of both is not known.
        assert_eq!(ids("c"), [""; 0]);
        assert_eq!(ids("x/c"), ["x/c.png"]);
        assert_eq!(ids("d"), [""; 0]);
        assert_eq!((stem(".hidden"), stem("a.b/c")), (".hidden", "c"));
    }
}
