//! Profiles of one window, by segment, in one file.

use std::collections::BTreeMap;
use std::fmt;
use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::error::{Error, ErrorKind, Result};

use super::builder::ProfileBuilder;
use super::config::ProfileConfig;
use super::container::{self, FileKind, damaged};
use super::file::{expect, section};
use super::segmented::SegmentedBuilder;
use super::window::Profile;
use super::wire::{from_body, to_body};

const SET: [u8; 4] = *b"SETS";
const REST: [u8; 4] = *b"REST";
const MEMBER: [u8; 4] = *b"MEMB";

/// Which records a member of a [`ProfileSet`] stands for.
///
/// ```
/// use driftsphere::profile::Segment;
///
/// let three = Segment::Value("3".into());
/// assert_eq!(three.address("camera"), "camera=3");
/// assert_eq!(Segment::Null.address("camera"), "camera=");
/// assert_eq!(Segment::Other.address("camera"), "other");
/// assert!(three < Segment::Null && Segment::Null < Segment::Other);
/// ```
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Segment {
    /// Those with this value, as text. Of one longer than 256 bytes the beginning
    /// and a hash.
    Value(String),
    /// Those without a value: null, an empty text or NaN.
    Null,
    /// Those with any other value, for which there was no room.
    Other,
}

impl Segment {
    /// How the member is named behind the `#` of a file: `camera=3`, `camera=`
    /// for records without a value, `other` for the rest.
    #[must_use]
    pub fn address(&self, column: &str) -> String {
        match self {
            Self::Value(value) => format!("{column}={value}"),
            Self::Null => format!("{column}="),
            Self::Other => "other".to_owned(),
        }
    }

    /// The segment that an [`address`](Self::address) means, if it is one.
    #[must_use]
    pub fn from_address(address: &str, column: &str) -> Option<Self> {
        let value = address
            .strip_prefix(column)
            .and_then(|v| v.strip_prefix('='));
        match value {
            Some("") => Some(Self::Null),
            Some(value) => Some(Self::Value(value.to_owned())),
            None if address == "other" => Some(Self::Other),
            None => None,
        }
    }
}

impl fmt::Display for Segment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Value(value) => value,
            Self::Null => "(no value)",
            Self::Other => "(other values)",
        })
    }
}

/// One profile for each segment of a window, by the values of a column.
///
/// Made by a [`SegmentedBuilder`], read from a file, or merged from others. All
/// members have one configuration. As a profile's, the bytes of a set are a pure
/// function of the records and the configuration, and the merge of sets of parts
/// is the set of the whole, byte for byte.
#[derive(Debug, Clone, PartialEq)]
pub struct ProfileSet {
    column: String,
    max_segments: usize,
    rest: Profile,
    members: BTreeMap<Segment, Profile>,
}

impl ProfileSet {
    /// Checks that the parts belong together.
    pub(super) fn from_parts(
        column: String,
        max_segments: usize,
        rest: Profile,
        mut members: BTreeMap<Segment, Profile>,
    ) -> Result<Self> {
        let values = members.keys().filter(|s| matches!(s, Segment::Value(_)));
        let count = values.count();
        if count > max_segments {
            return Err(damaged(format!(
                "{count} segments, where at most {max_segments} have a profile"
            )));
        }
        if members.contains_key(&Segment::Other) && count < max_segments {
            return Err(damaged(
                "other values are together though there is room for them",
            ));
        }
        if members.values().any(|profile| profile.records() == 0) {
            return Err(damaged("a segment without a record"));
        }
        if rest.records() > 0 {
            return Err(damaged("records that were read stand outside all segments"));
        }
        for profile in members.values_mut() {
            if profile.config != rest.config {
                return Err(damaged("the segments have different configurations"));
            }
            // Centres are large, and one copy serves all.
            profile.config = rest.config.clone();
        }
        Ok(Self {
            column,
            max_segments,
            rest,
            members,
        })
    }

    /// The column whose values divide the records.
    #[must_use]
    pub fn column(&self) -> &str {
        &self.column
    }

    /// How many values have a profile of their own, at most.
    #[must_use]
    pub fn max_segments(&self) -> usize {
        self.max_segments
    }

    /// The configuration that all members share.
    #[must_use]
    pub fn config(&self) -> &ProfileConfig {
        &self.rest.config
    }

    /// The profiles by segment; one of no record is not there.
    #[must_use]
    pub fn members(&self) -> &BTreeMap<Segment, Profile> {
        &self.members
    }

    /// What belongs to no segment: a profile without a record, whose tally has
    /// those that could not be read.
    #[must_use]
    pub fn rest(&self) -> &Profile {
        &self.rest
    }

    /// The profile of all records together, byte for byte as if they had not
    /// been divided.
    ///
    /// # Errors
    /// None today; the members have one configuration.
    pub fn whole(&self) -> Result<Profile> {
        let mut builder = ProfileBuilder::new(self.config().clone())?;
        builder.merge(&self.rest)?;
        for profile in self.members.values() {
            builder.merge(profile)?;
        }
        Ok(builder.freeze())
    }

    /// The member at an [address](Segment::address) such as `camera=3`.
    ///
    /// # Errors
    /// [`ErrorKind::Argument`] that lists the members where there is none.
    pub fn member(&self, address: &str) -> Result<&Profile> {
        const LISTED: usize = 12;
        let segment = Segment::from_address(address, &self.column);
        segment.and_then(|s| self.members.get(&s)).ok_or_else(|| {
            let known = self.members.keys().map(|s| s.address(&self.column));
            let mut list = known.take(LISTED).collect::<Vec<_>>().join(", ");
            match self.members.len() {
                0 => list.push_str("none"),
                n if n > LISTED => list.push_str(&format!(" and {} more", n - LISTED)),
                _ => {}
            }
            let message = format!("the set has no segment `{address}`; there are: {list}");
            Error::new(ErrorKind::Argument, message)
        })
    }

    /// Takes in `other`, segment by segment: afterwards this is, byte for byte,
    /// the set of the records of both.
    ///
    /// # Errors
    /// [`ErrorKind::Incompatible`] that names what the two differ in: the column,
    /// the number of segments or a setting; this set is unchanged then.
    pub fn merge(&mut self, other: &Self) -> Result<()> {
        let differ = |what: &str, mine: &dyn fmt::Display, theirs: &dyn fmt::Display| {
            let message = format!("{what} {mine} and {theirs}; profile both alike to merge them");
            Err(Error::new(ErrorKind::Incompatible, message))
        };
        if self.column != other.column {
            return differ("segments by the columns", &self.column, &other.column);
        }
        if self.max_segments != other.max_segments {
            return differ(
                "the numbers of segments are limited to",
                &self.max_segments,
                &other.max_segments,
            );
        }
        let template = ProfileBuilder::new(self.config().clone())?;
        let builder = SegmentedBuilder::new(template, &self.column);
        let mut builder = builder.max_segments(self.max_segments)?;
        builder.merge(self)?;
        builder.merge(other)?;
        *self = builder.freeze()?;
        Ok(())
    }

    /// The bytes of a set file; the layout is specified in `FORMAT.md`.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let head = to_body(&(&self.column, self.max_segments as u64));
        let mut sections = vec![section(SET, head), section(REST, self.rest.to_bytes())];
        for (segment, profile) in &self.members {
            // A member is a profile file, to be taken out as it is.
            let mut body = to_body(segment);
            body.extend_from_slice(&profile.to_bytes());
            sections.push(section(MEMBER, body));
        }
        container::encode(FileKind::Set, &sections)
    }

    /// Reads what [`to_bytes`](Self::to_bytes) wrote; nothing is trusted.
    ///
    /// # Errors
    /// As [`Profile::from_bytes`].
    pub fn from_bytes(bytes: &[u8]) -> Result<Self> {
        let sections = container::decode(bytes, FileKind::Set)?;
        let mut sections = sections.iter();
        let head: (String, u64) = from_body(&expect(&mut sections, SET)?.body, "SETS")?;
        let rest = Profile::from_bytes(&expect(&mut sections, REST)?.body);
        let rest = rest.map_err(|e| e.at("section", "REST"))?;
        let mut members = BTreeMap::new();
        for section in sections {
            if section.tag != MEMBER {
                return Err(damaged("a section that does not belong in a set"));
            }
            let (segment, profile): (Segment, &[u8]) = postcard::take_from_bytes(&section.body)
                .map_err(|e| damaged(format!("cannot decode: {e}")).at("section", "MEMB"))?;
            if members.last_key_value().is_some_and(|(l, _)| *l >= segment) {
                return Err(damaged("the segments are out of order"));
            }
            let profile = Profile::from_bytes(profile);
            let profile = profile.map_err(|e| e.at("segment", segment.address(&head.0)))?;
            members.insert(segment, profile);
        }
        let max_segments = usize::try_from(head.1).ok().filter(|&max| max > 0);
        let max_segments = max_segments.ok_or_else(|| damaged("no segment has a profile"))?;
        Self::from_parts(head.0, max_segments, rest, members)
    }

    /// Whether a file begins as a set of profiles does, judging by its first 12
    /// bytes.
    #[must_use]
    pub fn is_set(start: &[u8]) -> bool {
        container::kind_of(start) == Some(FileKind::Set)
    }

    /// Writes a file, beside it first, then renamed over it.
    ///
    /// # Errors
    /// [`ErrorKind::Io`] with the file's name.
    pub fn write(&self, path: impl AsRef<Path>) -> Result<()> {
        container::write(path.as_ref(), &self.to_bytes())
    }

    /// Reads a file.
    ///
    /// # Errors
    /// [`ErrorKind::Io`], and those of [`from_bytes`](Self::from_bytes), with the
    /// file's name.
    pub fn read(path: impl AsRef<Path>) -> Result<Self> {
        let path = path.as_ref();
        let bytes = container::read(path)?;
        Self::from_bytes(&bytes).map_err(|e| e.at("file", path.display()))
    }
}
