//! What stands in COCO files, as it stands there.

use serde::de::{Error as _, IgnoredAny, Visitor};
use serde::{Deserialize, Deserializer};

/// The id of an image or category: a whole number, or a text.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) enum Id {
    Number(i64),
    Text(Box<str>),
}

impl std::fmt::Display for Id {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Number(id) => write!(f, "{id}"),
            Self::Text(id) => f.write_str(id),
        }
    }
}

impl<'de> Deserialize<'de> for Id {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Ids;
        impl Visitor<'_> for Ids {
            type Value = Id;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("an id: a whole number or a text")
            }

            fn visit_i64<E>(self, id: i64) -> Result<Id, E> {
                Ok(Id::Number(id))
            }

            fn visit_u64<E: serde::de::Error>(self, id: u64) -> Result<Id, E> {
                let id = i64::try_from(id).map_err(|_| E::custom("an id beyond 2^63"))?;
                Ok(Id::Number(id))
            }

            fn visit_str<E>(self, id: &str) -> Result<Id, E> {
                Ok(Id::Text(id.into()))
            }
        }
        deserializer.deserialize_any(Ids)
    }
}

/// An element of `images`.
#[derive(Debug, Deserialize)]
pub(super) struct RawImage {
    pub(super) id: Id,
    pub(super) file_name: Option<String>,
    pub(super) width: Option<f64>,
    pub(super) height: Option<f64>,
}

/// An element of `categories`.
#[derive(Debug, Deserialize)]
pub(super) struct RawCategory {
    pub(super) id: Id,
    pub(super) name: String,
}

/// An element of the results, or of `annotations`.
#[derive(Debug, Deserialize)]
pub(super) struct RawResult {
    pub(super) image_id: Id,
    pub(super) category_id: Option<Id>,
    pub(super) bbox: Option<[f64; 4]>,
    pub(super) score: Option<f64>,
    pub(super) keypoints: Option<Vec<f64>>,
    /// In a box, as most results have none and are moved often.
    pub(super) segmentation: Option<Box<RawSegmentation>>,
    #[serde(default, deserialize_with = "flag")]
    pub(super) iscrowd: bool,
}

impl RawResult {
    /// An empty list is how many writers say that there is none.
    pub(super) fn drop_empty(&mut self) {
        self.keypoints.take_if(|points| points.is_empty());
        self.segmentation.take_if(
            |mask| matches!(mask.as_ref(), RawSegmentation::Polygons(rings) if rings.is_empty()),
        );
    }
}

/// A number that is not 0, or `true`.
fn flag<'de, D: Deserializer<'de>>(deserializer: D) -> Result<bool, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Flag {
        Number(f64),
        Truth(bool),
        Other(IgnoredAny),
    }
    Ok(match Flag::deserialize(deserializer)? {
        Flag::Number(number) => number != 0.0,
        Flag::Truth(truth) => truth,
        Flag::Other(_) => false,
    })
}

/// The three ways in which COCO writes a mask.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub(super) enum RawSegmentation {
    Polygons(Vec<Vec<f64>>),
    Runs { size: [u32; 2], counts: RawCounts },
}

#[derive(Debug)]
pub(super) enum RawCounts {
    Compressed(String),
    Plain(Vec<u32>),
}

impl<'de> Deserialize<'de> for RawCounts {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Counts;
        impl<'de> Visitor<'de> for Counts {
            type Value = RawCounts;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("runs: a text or a list of whole numbers")
            }

            fn visit_str<E>(self, text: &str) -> Result<RawCounts, E> {
                Ok(RawCounts::Compressed(text.to_owned()))
            }

            fn visit_seq<A: serde::de::SeqAccess<'de>>(
                self,
                mut list: A,
            ) -> Result<RawCounts, A::Error> {
                let mut counts = Vec::new();
                while let Some(count) = list.next_element::<u64>()? {
                    let count =
                        u32::try_from(count).map_err(|_| A::Error::custom("a run beyond 2^32"))?;
                    counts.push(count);
                }
                Ok(RawCounts::Plain(counts))
            }
        }
        deserializer.deserialize_any(Counts)
    }
}
