//! COCO results and annotations, image by image.

use std::io::Read;
use std::path::Path;

use hashbrown::HashMap;

use super::coco_json::{Id, RawResult};
use super::coco_quick;
use super::gather::{Complete, Gather};
use super::image_list::ImageList;
use super::instances::{ImageInfo, Instance, Instances, Kinds, ObjectKind, Shape};
use super::json_elements::{Element, JsonElements};
use super::runs;
use crate::error::{Error, ErrorKind, Result};
use crate::ingest::limits::Limits;
use crate::ingest::problem::{Loss, Problem, Problems};

const NO_IMAGE: &str = "result of an image that the list of images does not have";
/// Of a file whose results are all left out.
const NO_RESULT: &str = "no result is of an image that the list of images has";
const NOTHING: &str = "result without a box, keypoints or a mask";
/// Most classes: their names are held.
const MAX_CLASSES: usize = 1 << 20;
/// Results parsed before it is looked whether images are complete.
const STEP: usize = 1 << 12;

/// Reads results in one pass over the file.
pub(super) struct CocoScan {
    elements: JsonElements,
    in_list: bool,
    images: ImageList,
    /// Whether the images were listed: then others do not exist, and all that are
    /// listed are records.
    is_listed: bool,
    gather: Gather,
    ready: Complete,
    /// The image of the last result: mostly that of the next one, too.
    last: Option<(Id, u32)>,
    unseen: usize,
    at_end: bool,
    classes: Vec<String>,
    codes: HashMap<Id, u32>,
    names: HashMap<String, u32>,
    /// Looked up only, never walked.
    faults: HashMap<u32, Vec<(ObjectKind, &'static str)>>,
    problems: Problems,
    kinds: Kinds,
}

impl CocoScan {
    /// `images` as given beside the file; else those in it, if there are any.
    pub(super) fn open(path: &Path, images: Option<&ImageList>, limits: &Limits) -> Result<Self> {
        let elements = JsonElements::open(path, limits.max_line_bytes)?;
        // An object of lists says itself what its images are, be it at its end.
        let own = match elements.is_object() {
            true => ImageList::parse(path)?,
            false => ImageList::default(),
        };
        Ok(Self::new(
            elements,
            match images {
                Some(images) => images.clone().or_names(&own),
                None => own,
            },
        ))
    }

    /// Of bytes that come only once.
    pub(super) fn read(
        input: Box<dyn Read + Send>,
        images: &ImageList,
        limits: &Limits,
    ) -> Result<Self> {
        let elements = JsonElements::new(input, limits.max_line_bytes)?;
        Ok(Self::new(elements, images.clone()))
    }

    fn new(elements: JsonElements, images: ImageList) -> Self {
        Self {
            elements,
            in_list: false,
            is_listed: !images.is_empty(),
            images,
            gather: Gather::new(),
            ready: Complete::default(),
            last: None,
            unseen: 0,
            at_end: false,
            classes: Vec::new(),
            codes: HashMap::new(),
            names: HashMap::new(),
            faults: HashMap::new(),
            problems: Problems::default(),
            kinds: Kinds::default(),
        }
    }

    pub(super) fn problems(&self) -> Vec<Problem> {
        self.problems.list("byte")
    }

    /// At most `most` images, complete with their objects; `None` at the end.
    pub(super) fn next(&mut self, most: usize) -> Result<Option<Instances>> {
        let mut out = Instances::default();
        out.instances.reserve(self.ready.objects(most));
        while out.images.len() < most {
            match self.ready.next_image(&mut out.instances) {
                Some(image) => self.open_image(&mut out, image),
                None if self.at_end => {
                    self.empty_images(&mut out, most);
                    break;
                }
                None => {
                    self.gather()?;
                    let coming = self.ready.objects(most - out.images.len());
                    out.instances.reserve(coming);
                }
            }
        }
        out.classes.clone_from(&self.classes);
        out.kinds = self.kinds;
        Ok((!out.images.is_empty()).then_some(out))
    }

    fn open_image(&mut self, out: &mut Instances, image: u32) {
        let info: &ImageInfo = &self.images.images()[image as usize];
        out.images.push(info.clone());
        out.ends.push(out.instances.len());
        let at = out.images.len() - 1;
        let faults = self.faults.remove(&image).unwrap_or_default();
        out.faults
            .extend(faults.into_iter().map(|(kind, reason)| (at, kind, reason)));
    }

    /// Images of the list in which nothing was found.
    fn empty_images(&mut self, out: &mut Instances, most: usize) {
        while out.images.len() < most && self.unseen < self.images.len() {
            let image = self.unseen as u32;
            self.unseen += 1;
            if !self.gather.has_seen(image as usize) {
                self.open_image(out, image);
            }
        }
    }

    /// Reads on until some images are complete, or the file ends.
    fn gather(&mut self) -> Result<()> {
        while !self.at_end && !self.gather.is_full() {
            self.at_end = !self.parse()?;
        }
        // No image was ever found, though results named some.
        let problems = self.problems();
        let strange = problems.iter().find(|problem| problem.reason == NO_IMAGE);
        if let (true, None, Some(strange)) = (self.at_end, &self.last, strange) {
            return Err(Error::new(ErrorKind::Input, NO_RESULT).at("results", strange.count));
        }
        self.gather.release(self.at_end, &mut self.ready);
        Ok(())
    }

    /// Parses some results; `false` at the end of the file.
    fn parse(&mut self) -> Result<bool> {
        for _ in 0..STEP {
            if !self.in_list {
                match self.elements.next_list()?.as_deref() {
                    None => return Ok(false),
                    Some("" | "annotations") => self.in_list = true,
                    Some(_) => self.elements.pass_list()?,
                }
                continue;
            }
            match self.elements.next_by(coco_quick::result)? {
                None => self.in_list = false,
                Some(Element::Read(result)) => self.take(result)?,
                Some(Element::Bad { offset, reason }) => {
                    self.problems.count(Loss::Failed, reason, offset);
                }
            }
        }
        Ok(true)
    }

    #[inline(always)]
    fn take(&mut self, mut raw: RawResult) -> Result<()> {
        let Some(image) = self.image(&raw.image_id)? else {
            let place = self.elements.position();
            self.problems.count(Loss::Skipped, NO_IMAGE, place);
            return Ok(());
        };
        let class = raw
            .category_id
            .as_ref()
            .map(|id| self.class(id))
            .transpose()?;
        self.kinds.boxes |= raw.bbox.is_some();
        let (bbox, score) = (raw.bbox, raw.score.unwrap_or(f64::NAN));
        raw.drop_empty();
        // Nearly all are such.
        let is_box = bbox.is_some() && raw.keypoints.is_none() && raw.segmentation.is_none();
        let shape = match is_box && !raw.iscrowd {
            true => None,
            false => self.shape(image, raw),
        };
        let instance = Instance {
            class,
            score,
            bbox: bbox.unwrap_or([f64::NAN; 4]),
            shape,
        };
        self.gather.push(image, instance)
    }

    /// What a result has beside its box.
    #[inline(never)]
    fn shape(&mut self, image: u32, raw: RawResult) -> Option<Box<Shape>> {
        self.kinds.keypoints |= raw.keypoints.is_some();
        self.kinds.masks |= raw.segmentation.is_some();
        let mut fault = |kind, reason| self.faults.entry(image).or_default().push((kind, reason));
        if raw.bbox.is_none() && raw.keypoints.is_none() && raw.segmentation.is_none() {
            fault(ObjectKind::Box, NOTHING);
        }
        let mask = match raw.segmentation.map(|raw| runs::mask(*raw)) {
            None => None,
            Some(Ok(mask)) => Some(mask),
            Some(Err(reason)) => {
                fault(ObjectKind::Mask, reason);
                None
            }
        };
        let shape = Shape {
            keypoints: raw.keypoints,
            mask,
            is_crowd: raw.iscrowd,
        };
        (shape != Shape::default()).then(|| Box::new(shape))
    }

    /// The index of an image; `None` where the list does not have it.
    fn image(&mut self, id: &Id) -> Result<Option<u32>> {
        if let Some((last, image)) = &self.last
            && last == id
        {
            return Ok(Some(*image));
        }
        let image = match self.images.find(id) {
            None if self.is_listed => return Ok(None),
            None => self.images.discover(id)?,
            Some(image) => image,
        };
        self.last = Some((id.clone(), image));
        Ok(Some(image))
    }

    fn class(&mut self, id: &Id) -> Result<u32> {
        if let Some(code) = self.codes.get(id) {
            return Ok(*code);
        }
        let name = self.images.category(id);
        // Two categories of one name are one class.
        let code = match self.names.get(&name) {
            Some(code) => *code,
            None if self.classes.len() >= MAX_CLASSES => {
                let message = format!("more than {MAX_CLASSES} classes");
                return Err(Error::new(ErrorKind::Limit, message));
            }
            None => {
                let code = self.classes.len() as u32;
                self.names.insert(name.clone(), code);
                self.classes.push(name);
                code
            }
        };
        self.codes.insert(id.clone(), code);
        Ok(code)
    }
}
