//! `driftsphere merge`: profiles of parts -> the profile of the whole.

use super::args::MergeArgs;
use super::exit::ExitStatus;
use super::output;
use super::stored::Stored;
use anyhow::Result;
use driftsphere::profile::{ProfileBuilder, ProfileSet};
use driftsphere::report::{profile_line, set_line};
use driftsphere::{Error, ErrorKind};
use std::collections::BTreeMap;
use std::path::Path;
use xxhash_rust::xxh3::xxh3_128;

pub(super) fn run(args: &MergeArgs) -> Result<ExitStatus> {
    // The output may be one of the parts: all are read before it is written.
    output::check_output(&args.output, &[])?;
    let (first, others) = args
        .profiles
        .split_first()
        .ok_or_else(|| Error::new(ErrorKind::Argument, "nothing to merge"))?;
    let name = args.output.display().to_string();
    let mut parts = Parts::default();
    let line = match parts.read(first)? {
        Stored::Profile(profile) => {
            let mut merged = ProfileBuilder::new(profile.config().clone())?;
            merged.merge(&profile)?;
            for path in others {
                merge_into(&mut merged, path, parts.read(path)?)?;
            }
            let merged = merged.freeze();
            merged.write(&args.output)?;
            profile_line(&merged, &name)
        }
        Stored::Set(mut merged) => {
            for path in others {
                merge_set(&mut merged, path, parts.read(path)?)?;
            }
            merged.write(&args.output)?;
            set_line(&merged, &name)
        }
    };
    output::print(&format!("{line}\n"))?;
    Ok(ExitStatus::Success)
}

/// The parts that were read, by what they hold.
#[derive(Default)]
struct Parts<'a>(BTreeMap<u128, &'a Path>);

impl<'a> Parts<'a> {
    /// Reads a part, and says where it is one that was read before: its records count again.
    fn read(&mut self, path: &'a Path) -> driftsphere::Result<Stored> {
        let part = Stored::read(path)?;
        let bytes = match &part {
            // Of empty windows one is like another.
            Stored::Profile(profile) if profile.records() == 0 => return Ok(part),
            Stored::Profile(profile) => profile.to_bytes(),
            Stored::Set(set) => set.to_bytes(),
        };
        if let Some(before) = self.0.insert(xxh3_128(&bytes), path) {
            output::note(&format!(
                "{} is the same as {}, byte for byte: its records are counted again",
                path.display(),
                before.display()
            ));
        }
        Ok(part)
    }
}

fn merge_into(merged: &mut ProfileBuilder, path: &Path, part: Stored) -> driftsphere::Result<()> {
    let place = |error: Error| error.at("file", path.display());
    match part {
        Stored::Profile(profile) => merged.merge(&profile).map_err(place),
        Stored::Set(set) => Err(place(unlike(&format!(
            "a set of profiles by {}, the first file is one profile",
            set.column()
        )))),
    }
}

fn merge_set(merged: &mut ProfileSet, path: &Path, part: Stored) -> driftsphere::Result<()> {
    let place = |error: Error| error.at("file", path.display());
    match part {
        Stored::Set(set) => merged.merge(&set).map_err(place),
        Stored::Profile(_) => Err(place(unlike(&format!(
            "one profile, the first file is a set by {}",
            merged.column()
        )))),
    }
}

fn unlike(what: &str) -> Error {
    let message = format!("this is {what}; sets are merged with sets, profiles with profiles");
    Error::new(ErrorKind::Incompatible, message)
}
