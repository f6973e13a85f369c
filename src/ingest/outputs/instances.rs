//! What a model says of images, as it came.

/// The image that objects were found in.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ImageInfo {
    /// Its name, such as its file; else the id that results name it by.
    pub name: String,
    /// Width and height in pixels, where they are known.
    pub size: Option<(f64, f64)>,
}

/// A mask, as it came.
#[derive(Debug, Clone, PartialEq)]
pub enum Mask {
    /// Lengths of runs down the columns, outside first: COCO's run-length encoding.
    Runs {
        /// Height and width in pixels.
        size: (u32, u32),
        /// The runs, checked to add up to the size.
        counts: Vec<u32>,
    },
    /// Rings of x, y, x, y, ... in pixels; what lies in any of them lies in the mask.
    Polygons(Vec<Vec<f64>>),
}

/// What an object has beside its box.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Shape {
    /// x, y, visibility of each point: 0 not labelled, 1 labelled but hidden, 2
    /// visible, or a score; in pixels.
    pub keypoints: Option<Vec<f64>>,
    /// Its mask.
    pub mask: Option<Mask>,
    /// Whether it is a crowd: an annotation of objects that nobody told apart (COCO's `iscrowd`).
    pub is_crowd: bool,
}

/// One object that was found.
#[derive(Debug, Clone, PartialEq)]
pub struct Instance {
    /// Index into [`Instances::classes`]; `None` for an object without a class.
    pub class: Option<u32>,
    /// How sure the model is; NaN where it does not say.
    pub score: f64,
    /// Left, top, width and height; NaN where there is no box.
    pub bbox: [f64; 4],
    /// Keypoints and mask, where there are any.
    pub shape: Option<Box<Shape>>,
}

impl Instance {
    /// Whether there is a box, be it a bad one.
    #[must_use]
    pub fn has_box(&self) -> bool {
        self.bbox.iter().any(|v| !v.is_nan())
    }
}

/// In what the places of objects are measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Units {
    /// Pixels from the left and top edge.
    #[default]
    Pixels,
    /// Shares of the image's width and height.
    Relative,
}

/// What a model says of some images, as a reader of outputs gives it.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Instances {
    /// The images.
    pub images: Vec<ImageInfo>,
    /// For each image one past its last object.
    pub ends: Vec<usize>,
    /// The objects, image by image.
    pub instances: Vec<Instance>,
    /// Names of the classes.
    pub classes: Vec<String>,
    /// In what boxes are measured.
    pub units: Units,
    /// Image, kind and reason of each object that cannot be used, in order of the images.
    pub faults: Vec<(usize, ObjectKind, &'static str)>,
    /// Whether objects of this file have boxes, keypoints, masks: records without
    /// any object are records of these kinds.
    pub kinds: Kinds,
}

/// A kind of objects.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ObjectKind {
    /// A box around an object.
    Box,
    /// Points of an object, such as the joints of a person.
    Keypoints,
    /// The pixels of an object.
    Mask,
}

/// Which kinds of objects a file holds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Kinds {
    /// Boxes.
    pub boxes: bool,
    /// Keypoints.
    pub keypoints: bool,
    /// Masks.
    pub masks: bool,
}

impl Instances {
    /// The objects of an image.
    ///
    /// # Panics
    /// Beyond the last image.
    #[must_use]
    pub fn of(&self, image: usize) -> &[Instance] {
        let start = image.checked_sub(1).map_or(0, |before| self.ends[before]);
        &self.instances[start..self.ends[image]]
    }
}
