//! `driftsphere show`: what a profile, or a set of them, contains.

use super::args::ShowArgs;
use super::exit::ExitStatus;
use super::output;
use super::stored::Stored;
use anyhow::Result;
use driftsphere::report::{profile_json, profile_page, set_json, set_page};

pub(super) fn run(args: &ShowArgs) -> Result<ExitStatus> {
    let name = args.profile.display().to_string();
    output::print(&match (Stored::read(&args.profile)?, args.json) {
        (Stored::Profile(profile), true) => profile_json::to_text(&profile, &name),
        (Stored::Profile(profile), false) => profile_page(&profile, &name, &output::page(true)),
        (Stored::Set(set), true) => set_json::to_text(&set, &name),
        (Stored::Set(set), false) => set_page(&set, &name, &output::page(true)),
    })?;
    Ok(ExitStatus::Success)
}
