//! `driftsphere show`: what a profile contains.

use super::args::ShowArgs;
use super::exit::ExitStatus;
use super::output;
use anyhow::Result;
use driftsphere::profile::Profile;
use driftsphere::report::{profile_json, profile_page};

pub(super) fn run(args: &ShowArgs) -> Result<ExitStatus> {
    let profile = Profile::read(&args.profile)?;
    let name = args.profile.display().to_string();
    output::print(&match args.json {
        true => profile_json::to_text(&profile, &name),
        false => profile_page(&profile, &name, &output::page(true)),
    })?;
    Ok(ExitStatus::Success)
}
