//! Profile files as they are named on the command line: a profile, a set of
//! them, or one member of a set.

use anyhow::{Context, bail};
use driftsphere::profile::{Profile, ProfileConfig, ProfileSet};
use driftsphere::{Error, ErrorKind, Result};
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

/// Bytes that tell which kind of file it is.
const START: u64 = 12;

/// What a file holds.
#[derive(Debug)]
pub(super) enum Stored {
    Profile(Box<Profile>),
    Set(Box<ProfileSet>),
}

impl Stored {
    /// Reads `FILE` or `FILE#SEGMENT`, one member of a set.
    pub(super) fn read(name: &Path) -> Result<Self> {
        let (path, segment) = divide(name);
        let is_set = start(&path).is_some_and(|start| ProfileSet::is_set(&start));
        match (is_set, segment) {
            (false, None) => Ok(Self::Profile(Box::new(Profile::read(path)?))),
            (false, Some(segment)) => Err(Error::new(
                ErrorKind::Argument,
                format!("this is one profile, no set of them; leave out `#{segment}`"),
            )
            .at("file", path.display())),
            (true, None) => Ok(Self::Set(Box::new(ProfileSet::read(path)?))),
            (true, Some(segment)) => {
                let set = ProfileSet::read(&path)?;
                let member = set.member(&segment);
                let member = member.map_err(|e| e.at("file", path.display()))?;
                Ok(Self::Profile(Box::new(member.clone())))
            }
        }
    }

    /// The configuration, of a set that of all members.
    pub(super) fn config(&self) -> &ProfileConfig {
        match self {
            Self::Profile(profile) => profile.config(),
            Self::Set(set) => set.config(),
        }
    }

    /// The profile that was read as `name`; of a set, an error that says how its
    /// members are named.
    pub(super) fn profile(self, name: &Path) -> Result<Profile> {
        let set = match self {
            Self::Profile(profile) => return Ok(*profile),
            Self::Set(set) => set,
        };
        let first = set.members().keys().next();
        let example = first.map_or("COLUMN=VALUE".into(), |s| s.address(set.column()));
        let message = format!(
            "this is a set of profiles by {}, where one is expected; name one of them, such as \
             {}#{example}",
            set.column(),
            name.display()
        );
        Err(Error::new(ErrorKind::Argument, message).at("file", name.display()))
    }
}

/// Reads what must be one profile.
pub(super) fn read_profile(name: &Path) -> Result<Profile> {
    Stored::read(name)?.profile(name)
}

/// The file that is meant: the input that an output must not destroy.
pub(super) fn file(name: &Path) -> PathBuf {
    divide(name).0
}

/// Whether the file begins as profiles do. One that cannot be read is taken for
/// embeddings, whose reader says best what is wrong with it.
pub(super) fn is_stored(name: &Path) -> bool {
    let (path, _) = divide(name);
    start(&path).is_some_and(|start| start.starts_with(b"\x89DSP"))
}

/// A file that is there is meant whole, whatever it is called; else what stands
/// before the first `#` that makes it one, and the segment behind that.
fn divide(name: &Path) -> (PathBuf, Option<String>) {
    let whole = (name.to_path_buf(), None);
    if name.exists() {
        return whole;
    }
    let Some(text) = name.to_str() else {
        return whole;
    };
    let mut marks = text.match_indices('#');
    let found = marks.find(|(at, _)| Path::new(&text[..*at]).is_file());
    found.map_or(whole, |(at, _)| {
        (text[..at].into(), Some(text[at + 1..].to_owned()))
    })
}

/// The first bytes of a file, fewer where it is shorter.
fn start(path: &Path) -> Option<Vec<u8>> {
    // Asked first, as opening a pipe would wait for its writer.
    let file = path.is_file().then(|| File::open(path))?.ok()?;
    let mut start = Vec::new();
    file.take(START).read_to_end(&mut start).ok()?;
    Some(start)
}

/// The files that are named, and the profiles in folders that are, by name.
pub(super) fn profiles_at(named: &[PathBuf]) -> anyhow::Result<Vec<PathBuf>> {
    let mut all = Vec::new();
    for path in named {
        match path.is_dir() {
            true => all.extend(profiles_in(path)?),
            false => all.push(path.clone()),
        }
    }
    Ok(all)
}

fn profiles_in(folder: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let cannot = || format!("cannot read the folder {}", folder.display());
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).with_context(cannot)? {
        let path = entry.with_context(cannot)?.path();
        if path.is_file() && path.extension().is_some_and(|extension| extension == "dsp") {
            found.push(path);
        }
    }
    if found.is_empty() {
        bail!(
            "there is no profile (.dsp) in the folder {}",
            folder.display()
        );
    }
    found.sort();
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mark_divides_only_where_a_file_stands_before_it() {
        let folder = tempfile::tempdir().unwrap();
        let file = |name: &str| folder.path().join(name);
        std::fs::write(file("a.dsp"), b"x").unwrap();
        std::fs::write(file("b#c.dsp"), b"x").unwrap();
        let segment = |name: &str| divide(&file(name)).1;
        assert_eq!(segment("a.dsp"), None);
        assert_eq!(segment("a.dsp#camera=1#2").as_deref(), Some("camera=1#2"));
        assert_eq!(segment("b#c.dsp"), None);
        assert_eq!(segment("b#c.dsp#other").as_deref(), Some("other"));
        assert_eq!(segment("none.dsp#other"), None);
    }
}
