//! `driftsphere merge`: profiles of parts -> the profile of the whole.

use super::args::MergeArgs;
use super::exit::ExitStatus;
use super::output;
use anyhow::Result;
use driftsphere::profile::{Profile, ProfileBuilder};
use driftsphere::report::profile_line;
use driftsphere::{Error, ErrorKind};

pub(super) fn run(args: &MergeArgs) -> Result<ExitStatus> {
    // The output may be one of the parts: all are read before it is written.
    output::check_output(&args.output, &[])?;
    let mut merged: Option<ProfileBuilder> = None;
    for path in &args.profiles {
        let profile = Profile::read(path)?;
        let builder = match &mut merged {
            Some(builder) => builder,
            None => merged.insert(ProfileBuilder::new(profile.config().clone())?),
        };
        builder
            .merge(&profile)
            .map_err(|e| e.at("file", path.display()))?;
    }
    let merged = merged.ok_or_else(|| Error::new(ErrorKind::Argument, "nothing to merge"))?;
    let merged = merged.freeze();
    merged.write(&args.output)?;
    let name = args.output.display().to_string();
    output::print(&format!("{}\n", profile_line(&merged, &name)))?;
    Ok(ExitStatus::Success)
}
